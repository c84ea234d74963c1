"""Photographs by name: files, and those that come with scikit-image."""

from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from tintype.errors import DataError

Pixels = NDArray[np.uint8]
FROM_SCIKIT_IMAGE = "skimage:"
INSTALLED = ("astronaut", "camera", "chelsea", "coffee", "rocket")
"""Photographs that are part of scikit-image itself, so that none is fetched."""


def read(name: str) -> Image.Image:
    """The photograph of a file, or one such as `skimage:coffee`, upright, in RGB.

    Raises `DataError` when there is none.
    """
    if name.startswith(FROM_SCIKIT_IMAGE):
        return _installed(name.removeprefix(FROM_SCIKIT_IMAGE))
    try:
        with Image.open(name) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DataError(f"cannot read the photograph {name} ({error}); give another file") from error


def _installed(name: str) -> Image.Image:
    if name not in INSTALLED:
        known = ", ".join(FROM_SCIKIT_IMAGE + each for each in INSTALLED)
        raise DataError(f"{FROM_SCIKIT_IMAGE}{name} is not among {known}; choose one of them, or give a file")
    return Image.fromarray(getattr(skimage.data, name)()).convert("RGB")


def short_name(name: str) -> str:
    """What a photograph is called in tables: no folders of this computer."""
    return name.removeprefix(FROM_SCIKIT_IMAGE) if name.startswith(FROM_SCIKIT_IMAGE) else Path(name).name
