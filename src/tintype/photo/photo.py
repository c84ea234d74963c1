"""A photograph, and the same one in color."""

import os
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color import linear_to_srgb
from tintype.color import vips as color
from tintype.color.enlarge import shrink
from tintype.photo import reading
from tintype.photo.atomic import new_file
from tintype.photo.formats import FORMATS, PNG, Format, named
from tintype.photo.originals import ArrayOriginal, FileOriginal, Original
from tintype.photo.profile import Srgb
from tintype.photo.provenance import Provenance
from tintype.photo.saving import Order, check_order, join_alpha, write

FloatArray = NDArray[np.float32]

SURVEY_SIZE: Final = 128
"""Side of the small picture in which a photograph's own colors are looked for."""
OWN_COLOR: Final = "it has colors of its own, of which only the lightness is used"


class Photo:
    """A photograph to be colored; made by `open`, `from_bytes` or `from_array`.

    Only the header is read at first; files stay on disk and are streamed: size costs time, but little memory.
    """

    def __init__(self, original: Original) -> None:
        self._original = original
        self._own_color: bool | None = None

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Photo":
        """The photograph in a file: JPEG, PNG, TIFF, WebP, AVIF, GIF, or HEIC where libvips can.

        Raises `UnreadablePhoto` when there is none or it is damaged, `UnsupportedPhoto` for kinds of samples
        that are not handled, `PhotoTooLarge` beyond the allowed number of pixels (`TINTYPE_MAX_MEGAPIXELS`
        or else 1000 million).
        """
        return cls(FileOriginal(reading.open_path(path)))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Photo":
        """The photograph in the bytes of a picture file; raises as `open` does."""
        return cls(FileOriginal(reading.open_bytes(data)))

    @classmethod
    def from_array(cls, array: NDArray[Any]) -> "Photo":
        """The photograph in an array [H, W], [H, W, 1 or 3] (gray or RGB) or, with alpha, [H, W, 2 or 4].

        Samples are uint8, uint16 or floats in 0..1, sRGB-coded. The array is shared, not copied, and left
        unchanged. Raises `UnsupportedPhoto` for other arrays.
        """
        return cls(ArrayOriginal(array))

    @property
    def width(self) -> int:
        """Pixels from left to right, when upright."""
        return self._original.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom, when upright."""
        return self._original.height

    @property
    def bit_depth(self) -> int:
        """Bits that a sample of the color photograph's file has: 8 or 16."""
        return 8 if self._original.dtype == np.uint8 else 16

    @property
    def format(self) -> str:
        """Name of the file's format, such as "jpeg"; "array" for an array."""
        return self._original.format.name if self._original.format else "array"

    @property
    def has_alpha(self) -> bool:
        """Whether parts of it may be transparent; they stay so."""
        return self._original.has_alpha

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know, each in a few words; empty for most photographs.

        Whether it has colors of its own is seen in `lightness`, or else looked up once here.
        """
        return self._original.notices + ((OWN_COLOR,) if self.has_own_color else ())

    def lightness(self, height: int, width: int) -> FloatArray:
        """L* (0..100) of the whole photograph, shrunk or enlarged to [height, width], antialiased.

        Raises `UnreadablePhoto` when the photograph turns out to be damaged.
        """
        return np.ascontiguousarray(self._survey(height, width)[:, :, 0])

    def lab(self, height: int, width: int) -> FloatArray:
        """L*a*b* of the whole photograph by its own color profile, CIE units, [height, width, 3]; a* and b*
        of a gray one are 0. See `lightness`."""
        seen = self._survey(height, width)
        return seen if seen.shape[2] == 3 else np.pad(seen, ((0, 0), (0, 0), (0, 2)))

    @property
    def has_own_color(self) -> bool:
        """Whether it has colors of its own, beyond the tint of a scan."""
        if self._own_color is None:
            self.lightness(SURVEY_SIZE, SURVEY_SIZE)
        return bool(self._own_color)

    def _survey(self, height: int, width: int) -> FloatArray:
        """L*, or L*a*b*, [height, width, 1 or 3]."""
        try:
            survey = self._original.survey(height, width)
        except pyvips.Error as error:
            raise self._original.failed(error) from error
        self._own_color = survey.colored
        return survey.lab

    def with_chroma(self, chroma: FloatArray, saturation: float = 1.0) -> "ColorPhoto":
        """The photograph in color: a*b* [h, w, 2], of any size, times `saturation`; nothing is computed yet.

        Its L* stays. Colors outside sRGB lose chroma. Raises `ValueError` for chroma of another shape or that
        is not finite.
        """
        if chroma.ndim != 3 or chroma.shape[2] != 2 or 0 in chroma.shape or not np.isfinite(chroma).all():
            raise ValueError(f"chroma must be finite numbers [h, w, 2], not {chroma.shape}")
        size = (min(chroma.shape[0], self.height), min(chroma.shape[1], self.width))
        small = shrink(np.asarray(chroma, np.float32), size) if size != chroma.shape[:2] else chroma
        return ColorPhoto(self._original, np.asarray(small * saturation, np.float32))


class ColorPhoto:
    """A photograph in color, not yet computed; made by `Photo.with_chroma`, saved as often as one likes."""

    def __init__(self, original: Original, chroma: FloatArray) -> None:
        self._original = original
        self._chroma = chroma

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,
        quality: int | None = None,
        overwrite: bool = False,
        provenance: Provenance | None = None,
    ) -> None:
        """Write the file, whole or not at all, with the photograph's metadata and the record of its coloring.

        The format is the asked-for one, else that of the path's suffix, else the photograph's own. `quality`
        (1..100) counts where the format loses something: JPEG, WebP, AVIF. More than 8 bits become 8 where
        the format has no more, and alpha is laid on white where it has none.

        Raises `SaveError` when it cannot be written, or when it exists and `overwrite` is not given,
        `ConfigError` for an unknown format or quality, `UnreadablePhoto` when the photograph turns out to be
        damaged.
        """
        order = Order(self._target(format, Path(path).suffix), os.fspath(path), quality, provenance)
        check_order(self._original, order)
        with new_file(Path(path), overwrite) as descriptor:
            self._write(descriptor, order)

    def to_bytes(
        self, *, format: str | None = None, quality: int | None = None, provenance: Provenance | None = None
    ) -> bytes:
        """The bytes of the file that `save` would write; PNG for an array unless asked otherwise.

        Raises as `save`.
        """
        order = Order(self._target(format, ""), "the result", quality, provenance)
        check_order(self._original, order)
        with tempfile.TemporaryFile() as file:
            self._write(file.fileno(), order)
            file.seek(0)
            return file.read()

    def to_array(self) -> NDArray[Any]:
        """sRGB [H, W, 3], or [H, W, 4] where there is alpha, of the photograph's kind of samples.

        Floats are not rounded. Raises `UnreadablePhoto` when the photograph turns out to be damaged.
        """
        try:
            lab, alpha = self._recombined()
            if self._original.dtype.kind == "f":
                return self._float_array(lab, alpha)
            depth = self._original.dtype.itemsize * 8
            array = reading.as_array(join_alpha(Srgb().from_lab(lab, depth), alpha, depth))
        except pyvips.Error as error:
            raise self._original.failed(error) from error
        return array

    def _target(self, asked: str | None, suffix: str) -> Format:
        if asked is not None:
            return named(asked)
        if suffix.lower() in FORMATS:
            return named(FORMATS[suffix.lower()])
        return self._original.format or PNG

    def _recombined(self) -> tuple[pyvips.Image, pyvips.Image | None]:
        layers = self._original.layers()
        return color.recombine(layers.lightness, self._chroma), layers.alpha

    def _write(self, descriptor: int, order: Order) -> None:
        try:
            lab, alpha = self._recombined()
        except pyvips.Error as error:
            raise self._original.failed(error) from error
        write(descriptor, self._original, lab, alpha, order)

    def _float_array(self, lab: pyvips.Image, alpha: pyvips.Image | None) -> NDArray[Any]:
        rgb = np.clip(linear_to_srgb(reading.as_array(lab.colourspace("scrgb"))), 0, 1)
        bands = [rgb] if alpha is None else [rgb, reading.as_array(alpha)]
        return np.concatenate(bands, axis=-1).astype(self._original.dtype)
