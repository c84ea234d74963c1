"""The kinds of thing that a photograph may be given as, and the way back to the same kind."""

import io
import os
import sys
from pathlib import Path
from typing import Any, Final, Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedPhoto
from tintype.photo import Photo


class PillowImage(Protocol):
    """The part of `PIL.Image.Image` that is used here; Pillow itself is no requirement."""

    @property
    def mode(self) -> str:
        """Kind of its samples."""

    @property
    def info(self) -> dict[Any, Any]:
        """What its file said beside the samples."""

    def convert(self, mode: str) -> "PillowImage":
        """The image in another mode."""

    def save(self, fp: Any, format: str, **params: Any) -> None:
        """Write it to a file."""


PILLOW_MODES: Final = {"L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"}
KEPT_INFO: Final = ("exif", "xmp", "dpi")
"""What an image carries on; not its color profile, since the result is sRGB."""


def is_pillow(source: object) -> TypeGuard[PillowImage]:
    """Whether a thing is a PIL image; Pillow is not imported: if there is an image, then its maker did so."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(source, module.Image)


def open_photo(source: object) -> Photo:
    """The photograph in a path, the bytes of a picture file, an array or a PIL image.

    Raises `UnsupportedPhoto` for anything else, and what `Photo` raises.
    """
    if isinstance(source, bytes):
        return Photo.from_bytes(source)
    if isinstance(source, np.ndarray):
        return Photo.from_array(source)
    if isinstance(source, str | os.PathLike):
        return Photo.open(Path(source))
    if is_pillow(source):
        return Photo.from_bytes(_as_tiff(source))
    raise UnsupportedPhoto(
        f"a photograph cannot be given as {type(source).__name__}; "
        "give a path, bytes, a NumPy array or a PIL image"
    )


def encoded(source: object) -> bytes:
    """The bytes of the picture file that a path, bytes or a PIL image stands for.

    Raises `OSError` when the file cannot be read, and as `open_photo` for a thing that is none of these.
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return Path(source).read_bytes()
    if is_pillow(source):
        return _as_tiff(source)
    raise UnsupportedPhoto(f"{type(source).__name__} has no bytes of a picture file; give a path or bytes")


def like_pillow(source: PillowImage, colored: NDArray[Any]) -> PillowImage:
    """A PIL image of a colored array [H, W, 3 or 4]; of 8 bits, since Pillow knows no deeper color."""
    if colored.dtype == np.uint16:
        colored = ((colored.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    image: Any = sys.modules["PIL.Image"].fromarray(colored)
    image.info.update({key: source.info[key] for key in KEPT_INFO if key in source.info})
    result: PillowImage = image
    return result


def _as_tiff(image: PillowImage) -> bytes:
    """The image as an uncompressed TIFF, which keeps depth, alpha and color profile; its orientation is not
    applied.

    Raises `UnsupportedPhoto` for modes beside `PILLOW_MODES`.
    """
    if image.mode not in PILLOW_MODES:
        raise UnsupportedPhoto(
            f"PIL images of mode {image.mode!r} are not handled; convert it first: image.convert('RGB')"
        )
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    file = io.BytesIO()
    image.save(file, "TIFF", icc_profile=image.info.get("icc_profile"))
    return file.getvalue()
