"""Opening pictures: what they are, whether they can be handled, and their samples, the right way up."""

import logging
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.errors import ConfigError, PhotoTooLarge, UnreadablePhoto, UnsupportedPhoto
from tintype.photo.formats import GIF, HEAD_SIZE, HEIC, JPEG, TIFF, WEBP, Format, sniff

MAX_MEGAPIXELS_VARIABLE: Final = "TINTYPE_MAX_MEGAPIXELS"
MAX_MEGAPIXELS: Final = 1000.0
"""Pictures with more pixels are refused, by their header alone, unless the environment allows more."""

SAMPLES_ADVICE: Final = "save it with 8 or 16 unsigned bits a sample"

TURNED: Final = 3
"""EXIF orientations from here on need rows in another order than the file has them."""
SIDEWAYS: Final = 5
"""EXIF orientations from here on exchange width and height."""


@dataclass(frozen=True)
class Source:
    """A picture file on disk or in memory, of a format that is ours."""

    name: str
    """What messages call it."""
    format: Format
    place: str | bytes
    """Path, or the bytes themselves."""

    def load(self, **options: Any) -> pyvips.Image:
        """Begin to read the picture with libvips' own options; samples are decoded later.

        A picture that breaks off is an error, never half a picture. Raises `pyvips.Error`.
        """
        prepare_libvips()
        ending = "_buffer" if isinstance(self.place, bytes) else ""
        image: pyvips.Image = pyvips.Operation.call(
            self.format.loader + ending, self.place, fail_on="error", **options
        )
        return image

    def upright(self, orientation: int) -> pyvips.Image:
        """The picture at full size, row by row as long as its rows are in order, else by way of the disk."""
        if orientation < TURNED:
            return self.load(access="sequential").autorot()
        return self.load(access="random").autorot()

    def shrunken(self, height: int, width: int) -> tuple[pyvips.Image, float, float]:
        """The picture (as stored) at no less than height × width, decoded small where the format can.

        With it go its height and width in samples, which are fractions where the last sample stands for less.
        """
        image = self.load(access="sequential")
        spare = min(image.height // height, image.width // width)
        if self.format is JPEG and spare > 1:
            step = max(step for step in (1, 2, 4, 8) if step <= spare)
            return self.load(access="sequential", shrink=step), image.height / step, image.width / step
        if self.format is WEBP and spare > 1:
            image = self.load(access="sequential", scale=1 / spare)
        return image, image.height, image.width


def open_path(path: str | os.PathLike[str]) -> Source:
    """Look at a file's beginning; raises `UnreadablePhoto` when it cannot be a photograph."""
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD_SIZE)
    except FileNotFoundError:
        raise UnreadablePhoto(f"{name}: no such file; check the name") from None
    except IsADirectoryError:
        raise UnreadablePhoto(f"{name}: a folder, not a photograph; name a file in it") from None
    except PermissionError:
        raise UnreadablePhoto(f"{name}: reading it is not permitted; change its permissions") from None
    except OSError as error:
        raise UnreadablePhoto(f"{name}: {error.strerror or error}; check the path and the disk") from None
    return Source(name, _recognized(name, head), str(Path(path).absolute()))


def open_bytes(data: bytes) -> Source:
    """Look at the beginning of a picture file in memory; raises as `open_path` does."""
    return Source("the given bytes", _recognized("the given bytes", data[:HEAD_SIZE]), data)


def read_header(source: Source) -> pyvips.Image:
    """The picture with its header read and its samples not; checked, so that it can be handled.

    Raises `UnreadablePhoto`, `UnsupportedPhoto` or `PhotoTooLarge`.
    """
    try:
        image = source.load(access="sequential")
    except pyvips.Error as error:
        raise failed(source, error) from error
    check_size(source.name, image.width, image.height)
    check_samples(source.name, image)
    return image


def check_size(name: str, width: int, height: int) -> None:
    """Raise `PhotoTooLarge` when there are more pixels than the environment allows."""
    allowed = max_megapixels()
    if width * height > allowed * 1e6:
        raise PhotoTooLarge(
            f"{name}: {width} x {height} pixels are more than the {allowed:g} megapixels allowed; "
            f"set {MAX_MEGAPIXELS_VARIABLE} to allow more"
        )


def max_megapixels() -> float:
    """The limit of `check_size`, from the environment; raises `ConfigError` when that is no number."""
    value = os.environ.get(MAX_MEGAPIXELS_VARIABLE, "")
    if not value:
        return MAX_MEGAPIXELS
    try:
        allowed = float(value)
    except ValueError:
        allowed = 0.0
    if not allowed > 0:
        raise ConfigError(
            f"{MAX_MEGAPIXELS_VARIABLE} must be a number of megapixels, not {value!r}; correct or unset it"
        )
    return allowed


def check_samples(name: str, image: pyvips.Image) -> None:
    """Raise `UnsupportedPhoto` unless the samples are gray, RGB or CMYK of at most 16 bits."""
    if image.format not in ("uchar", "ushort"):
        raise UnsupportedPhoto(f"{name}: samples of kind {image.format} are not handled; {SAMPLES_ADVICE}")
    if image.interpretation in ("lab", "labs", "labq", "xyz", "matrix"):
        raise UnsupportedPhoto(
            f"{name}: {image.interpretation} pictures are not handled; save it as RGB or gray"
        )
    if color_bands(image) not in (1, 3, 4):
        raise UnsupportedPhoto(
            f"{name}: pictures of {image.bands} channels are not handled; save it as RGB or gray"
        )


def color_bands(image: pyvips.Image) -> int:
    """Bands without alpha: 1 gray, 3 RGB, 4 CMYK; 0 for other kinds."""
    bands: int = image.bands
    if image.interpretation == "cmyk":
        return 4 if bands in (4, 5) else 0
    return {1: 1, 2: 1, 3: 3, 4: 3}.get(bands, 0)


def split_alpha(image: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    """Color (gray, RGB or CMYK, marked as what it is) and alpha, where there is any."""
    bands = color_bands(image)
    deep = image.format == "ushort"
    kind = {1: "grey16" if deep else "b-w", 3: "rgb16" if deep else "srgb", 4: "cmyk"}[bands]
    if image.bands == bands:
        return image.copy(interpretation=kind), None
    return image.extract_band(0, n=bands).copy(interpretation=kind), image[bands]


def image_from_array(array: NDArray[Any]) -> pyvips.Image:
    """A picture that shares the memory of an array [H, W, C] of uint8, uint16 or float32."""
    prepare_libvips()
    return pyvips.Image.new_from_array(np.ascontiguousarray(array))


def as_array(image: pyvips.Image) -> NDArray[Any]:
    """The computed samples of a picture, [H, W, C]."""
    kinds = {"uchar": np.uint8, "ushort": np.uint16, "float": np.float32}
    samples = np.frombuffer(image.write_to_memory(), kinds[image.format])
    return samples.reshape(image.height, image.width, image.bands)


def failed(source: Source, error: pyvips.Error) -> UnreadablePhoto | UnsupportedPhoto:
    """What to tell of a picture that libvips could not read."""
    reason = one_line(error)
    if source.format is HEIC and ("ecoder" in reason or "ompression" in reason or "nsupported" in reason):
        return UnsupportedPhoto(
            f"{source.name}: this libvips has no HEVC decoder, which HEIC needs; convert it to JPEG or TIFF"
        )
    if source.format is TIFF and "samples out of range" in reason:
        return UnsupportedPhoto(f"{source.name}: samples of this kind are not handled; {SAMPLES_ADVICE}")
    return UnreadablePhoto(
        f"{source.name}: the {source.format.title} is damaged ({reason}); get a whole copy of it"
    )


def one_line(error: pyvips.Error) -> str:
    """The first thing that libvips says of an error, without its own names for things."""
    return _told(error).split(": ", 1)[-1]


def told_by(error: pyvips.Error) -> str:
    """The part of libvips that says it, such as "VipsJpeg" or "vips2png"."""
    return _told(error).split(": ", 1)[0]


def _told(error: pyvips.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith("unable to call")]
    return told[0] if told else "no reason given"


def page_notice(source: Source, image: pyvips.Image) -> str | None:
    """What to tell of a file with several pictures, of which the first is taken."""
    pages = int(image.get("n-pages")) if image.get_typeof("n-pages") else 1
    if pages < 2:
        return None
    if source.format is GIF or image.get_typeof("delay"):
        return f"only the first of its {pages} frames is colored"
    return f"only the first of its {pages} {'pages' if source.format is TIFF else 'pictures'} is colored"


@cache
def prepare_libvips() -> None:
    """Set what must hold for all of libvips, once.

    Its cache of recent operations is off, since it would pin the memory of arrays and files that are done
    with. Its warnings are not printed. Texts that are not UTF-8 are read as well as can be: pyvips would
    raise `UnicodeDecodeError` at a damaged file, and, since libvips' one list of errors is then left as it
    is, at each picture after it too.
    """
    pyvips.cache_set_max(0)
    logging.getLogger("pyvips").addHandler(logging.NullHandler())
    for module in (pyvips, pyvips.error, pyvips.gvalue, pyvips.vimage):
        module._to_string = _text


def _text(pointer: Any) -> str:
    """What pyvips calls `_to_string`: a text of libvips."""
    if pointer == pyvips.ffi.NULL:
        return "NULL"
    text = pyvips.ffi.string(pointer)
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _recognized(name: str, head: bytes) -> Format:
    if not head:
        raise UnreadablePhoto(f"{name}: empty; get a whole copy of it")
    found = sniff(head)
    if found is None:
        raise UnreadablePhoto(
            f"{name}: no picture that Tintype reads; save it as JPEG, PNG, TIFF, WebP or AVIF"
        )
    return found
