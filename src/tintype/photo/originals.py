"""What a photograph can be made of, a picture file or an array, behind one face."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color import srgb_to_lab
from tintype.color.enlarge import bicubic_matrix
from tintype.errors import PhotoError, UnsupportedPhoto
from tintype.photo import reading
from tintype.photo.formats import PNG, Format
from tintype.photo.metadata import Metadata, orientation_of, read_metadata
from tintype.photo.profile import ICC_FIELD, Profile, Srgb, read_profile
from tintype.photo.reading import Source

FloatArray = NDArray[np.float32]
Size = tuple[float, float]
"""Height and width in samples; fractions where the last row or column stands for fewer pixels."""

OVERSAMPLING: Final = 2
"""libvips leaves at least this many times the asked-for size; means over area do the rest."""
GRAY_CHROMA: Final = 6.0
"""C*ab up to which a scan still counts as gray."""
GRAY_SHARE: Final = 0.95
"""Share of the picture that must lie within it."""
STRIPE: Final = 256
"""Rows of a float array that are taken to L* at a time."""
ARRAY_NAME: Final = "the given array"


@dataclass(frozen=True)
class Layers:
    """A photograph at full size, upright, to be computed while it is written."""

    lightness: pyvips.Image
    """L* (0..100), one float band."""
    alpha: pyvips.Image | None
    """One band of 8 or 16 bits, or of floats in 0..1."""


@dataclass(frozen=True)
class Survey:
    """What is seen of a photograph from afar."""

    lab: FloatArray
    """L* (0..100), or L*a*b* where the file tells of color: [height, width, 1 or 3] as asked for."""
    colored: bool
    """Whether it has colors of its own, beyond the tint of a scan."""


class Original(Protocol):
    """A photograph before coloring."""

    name: str
    format: Format | None
    """None for an array."""
    width: int
    height: int
    """Size when upright."""
    dtype: np.dtype[Any]
    """Kind of its samples."""
    has_alpha: bool
    profile: Profile
    notices: tuple[str, ...]

    def layers(self) -> Layers:
        """Begin to read it at full size; raises `pyvips.Error` where its header cannot be read."""

    def survey(self, height: int, width: int) -> Survey:
        """Look at the whole photograph, shrunk or enlarged; raises `pyvips.Error` when it cannot be read."""

    def metadata(self) -> Metadata:
        """All that is said beside the samples; raises `OSError` when the file is gone."""

    def failed(self, error: pyvips.Error) -> PhotoError:
        """What to tell of samples that could not be read."""


class FileOriginal:
    """A picture file, on disk or in memory; it is read anew for each use, and never held as a whole."""

    def __init__(self, source: Source) -> None:
        header = reading.read_header(source)
        self._source = source
        self._orientation = orientation_of(header)
        turned = self._orientation >= reading.SIDEWAYS
        bands = reading.color_bands(header)
        icc = header.get(ICC_FIELD) if header.get_typeof(ICC_FIELD) else None
        profile = read_profile(icc, bands)
        metadata = read_metadata(source, header)
        self.name = source.name
        self.format: Format | None = source.format
        self.width, self.height = (header.height, header.width) if turned else (header.width, header.height)
        self.dtype: np.dtype[Any] = np.dtype(np.uint8 if header.format == "uchar" else np.uint16)
        self.has_alpha = header.bands > bands
        self.profile: Profile = profile or Srgb()
        notices = (
            reading.page_notice(source, header),
            None if profile else "its color profile is damaged or of another kind, and is left out",
            "ink colors (CMYK) become sRGB" if bands == 4 else None,
            "its damaged XMP metadata gives way to the record of the coloring"
            if metadata.xmp_is_damaged
            else None,
        )
        self.notices = tuple(notice for notice in notices if notice)

    def layers(self) -> Layers:
        """See `Original`."""
        samples, alpha = reading.split_alpha(self._source.upright(self._orientation))
        return Layers(self.profile.to_lab(samples)[0], alpha)

    def survey(self, height: int, width: int) -> Survey:
        """See `Original`."""
        if self._orientation >= reading.SIDEWAYS:
            height, width = width, height
        image, tall, wide = self._source.shrunken(height * OVERSAMPLING, width * OVERSAMPLING)
        small, extent = _shrunken(reading.split_alpha(image)[0], (tall, wide), height, width)
        seen = _surveyed(reading.as_array(self.profile.to_lab(small)), extent, height, width)
        turn = UPRIGHT[self._orientation]
        upright = np.stack([turn(seen.lab[:, :, band]) for band in range(seen.lab.shape[2])], axis=-1)
        return Survey(upright, seen.colored)

    def metadata(self) -> Metadata:
        """See `Original`."""
        return read_metadata(self._source, self._source.load(access="sequential"))

    def failed(self, error: pyvips.Error) -> PhotoError:
        """See `Original`."""
        return reading.failed(self._source, error)


class ArrayOriginal:
    """An array [H, W], [H, W, 1 or 3] or, with alpha, [H, W, 2 or 4]: uint8, uint16 or float in 0..1.

    It is shared, not copied: do not change it before the color photograph is made.
    """

    format: Format | None = None
    notices: tuple[str, ...] = ()

    def __init__(self, array: NDArray[Any]) -> None:
        _check_array(array)
        self._array = array if array.ndim == 3 else array[:, :, np.newaxis]
        self._depth = "float" if array.dtype.kind == "f" else "whole"
        self.name = ARRAY_NAME
        self.height, self.width, bands = self._array.shape
        self.dtype = array.dtype
        self.has_alpha = bands in (2, 4)
        self.profile: Profile = Srgb()

    def layers(self) -> Layers:
        """See `Original`."""
        if self._depth == "float":
            lightness = _lightness_of_floats(self._samples())
            alpha = self._array[:, :, -1].astype(np.float32) if self.has_alpha else None
            return Layers(
                reading.image_from_array(lightness),
                None if alpha is None else reading.image_from_array(alpha),
            )
        samples, alpha = reading.split_alpha(reading.image_from_array(self._array))
        return Layers(self.profile.to_lab(samples)[0], alpha)

    def survey(self, height: int, width: int) -> Survey:
        """See `Original`."""
        whole = (float(self.height), float(self.width))
        if self._depth == "whole":
            image, _ = reading.split_alpha(reading.image_from_array(self._array))
            small, extent = _shrunken(image, whole, height, width)
            return _surveyed(reading.as_array(self.profile.to_lab(small)), extent, height, width)
        image = reading.image_from_array(self._samples().astype(np.float32))
        small, extent = _shrunken(image, whole, height, width)
        rgb = reading.as_array(small)
        lab = srgb_to_lab(rgb if rgb.shape[-1] == 3 else np.repeat(rgb, 3, axis=-1))
        return _surveyed(lab, extent, height, width)

    def metadata(self) -> Metadata:
        """See `Original`."""
        return Metadata()

    def failed(self, error: pyvips.Error) -> PhotoError:
        """See `Original`."""
        return PhotoError(f"{self.name}: {reading.one_line(error)}; give a smaller one")

    def _samples(self) -> NDArray[Any]:
        return self._array[:, :, : self._array.shape[2] - self.has_alpha]


def default_format(original: Original) -> Format:
    """The format of a result when none is asked for: the original's own, PNG for an array."""
    return original.format or PNG


def _check_array(array: NDArray[Any]) -> None:
    bands = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or bands not in (1, 2, 3, 4) or 0 in array.shape:
        raise UnsupportedPhoto(
            f"an array of shape {array.shape} is no photograph; give [height, width] or [height, width, 3]"
        )
    if array.dtype not in (np.uint8, np.uint16) and array.dtype.kind != "f":
        raise UnsupportedPhoto(
            f"an array of {array.dtype} is no photograph; give uint8, uint16, or floats between 0 and 1"
        )
    if array.dtype.kind == "f" and not (np.min(array) >= 0 and np.max(array) <= 1):
        raise UnsupportedPhoto(
            f"an array of floats must lie in 0..1, not {np.min(array):g}..{np.max(array):g}; scale it first"
        )
    reading.check_size(ARRAY_NAME, array.shape[1], array.shape[0])


def _lightness_of_floats(samples: NDArray[Any]) -> FloatArray:
    """L* of floats [H, W, 1 or 3], a stripe at a time."""
    lightness = np.empty(samples.shape[:2], np.float32)
    for top in range(0, len(samples), STRIPE):
        stripe = samples[top : top + STRIPE].astype(np.float32)
        rgb = stripe if stripe.shape[-1] == 3 else np.repeat(stripe, 3, axis=-1)
        lightness[top : top + STRIPE] = srgb_to_lab(rgb)[..., 0]
    return lightness


def _shrunken(image: pyvips.Image, extent: Size, height: int, width: int) -> tuple[pyvips.Image, Size]:
    """Means over blocks, no larger than leave `OVERSAMPLING` times the asked-for size; and the new extent."""
    y = max(1, image.height // (OVERSAMPLING * height))
    x = max(1, image.width // (OVERSAMPLING * width))
    return image.shrink(x, y, ceil=True), (extent[0] / y, extent[1] / x)


def _surveyed(lab: FloatArray, extent: Size, height: int, width: int) -> Survey:
    """From L*, or L*a*b*, [h, w, 1 or 3] of that extent to the asked-for size."""
    rows = _resampling(lab.shape[0], extent[0], height)
    columns = _resampling(lab.shape[1], extent[1], width)
    bands = [rows @ lab[:, :, band] @ columns.T for band in range(lab.shape[2])]
    bands[0] = np.clip(bands[0], 0, 100)
    colored = lab.shape[-1] == 3 and np.quantile(np.hypot(lab[..., 1], lab[..., 2]), GRAY_SHARE) > GRAY_CHROMA
    return Survey(np.stack(bands, axis=-1), bool(colored))


def _resampling(samples: int, extent: float, new: int) -> FloatArray:
    """The [new, samples] matrix of means over area, or of bicubic interpolation where `new` is larger.

    `extent` is the size in samples, of which the last may be there only in part or not at all.
    """
    if new >= samples:
        return bicubic_matrix(samples, new).astype(np.float32)
    edges = np.arange(new + 1) * extent / new
    start = np.arange(samples)
    overlap = np.minimum(edges[1:, np.newaxis], start + 1) - np.maximum(edges[:-1, np.newaxis], start)
    weights = np.clip(overlap, 0, None)
    means: FloatArray = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return means


UPRIGHT: Final[dict[int, Callable[[FloatArray], FloatArray]]] = {
    1: lambda seen: seen,
    2: lambda seen: seen[:, ::-1],
    3: lambda seen: seen[::-1, ::-1],
    4: lambda seen: seen[::-1],
    5: lambda seen: seen.T,
    6: lambda seen: np.rot90(seen, -1),
    7: lambda seen: seen[::-1, ::-1].T,
    8: np.rot90,
}
"""How an array of each EXIF orientation is turned upright (EXIF 2.32, 4.6.4.A)."""
