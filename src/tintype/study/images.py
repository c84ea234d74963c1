"""The image files of a study, and the pictures of its attention checks."""

from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tintype import color
from tintype.evaluate.pictures import Picture, into_gamut, to_bytes, to_lab
from tintype.study.place import Place

RAINBOW_CHROMA: Final = 60.0
"""Chroma of the rainbow check, in CIE units, where sRGB has it: far more than photographs have."""

RAINBOW_LIGHTNESS: Final = (40.0, 80.0)
"""Darkest and lightest L* of it, between which sRGB has strong colors of every hue."""


def png(picture: Picture) -> bytes:
    """A picture as a PNG without metadata.

    Not compressed: all pictures of one size become files of one size, while compressed ones would tell by it
    how much color noise there is, which is more in photographs than in what a model painted.
    """
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=0)
    return file.getvalue()


def store(place: Place, picture: Picture) -> str:
    """Write a picture under its hash; gives the hash. Raises `OSError`."""
    data = png(picture)
    name = sha256(data).hexdigest()
    path = place.image(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return name


def without_color(picture: Picture) -> Picture:
    """The same lightness without any color."""
    lab = to_lab(picture)
    lab[..., 1:] = 0
    return to_bytes(color.lab_to_srgb(lab))


def rainbow(picture: Picture) -> Picture:
    """The same picture, faint, in strong colors of all hues from left to right."""
    lab = to_lab(picture)
    darkest, lightest = RAINBOW_LIGHTNESS
    lab[..., 0] = darkest + (lightest - darkest) / 100 * lab[..., 0]
    hue: NDArray[np.floating[Any]] = np.linspace(0, 2 * np.pi, lab.shape[1], endpoint=False)
    lab[..., 1] = RAINBOW_CHROMA * np.cos(hue)
    lab[..., 2] = RAINBOW_CHROMA * np.sin(hue)
    return to_bytes(color.lab_to_srgb(into_gamut(lab)))
