"""From a label for each pixel to colors with borders that follow lightness."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tintype.classical.scribble.affinity import FloatArray
from tintype.classical.scribble.geodesic import BoolArray

BAND: Final = 4
"""Pixels on either side of a border between labels where these say nothing, as texture is blurred."""


def at_border(label: NDArray[np.intp], band: int = BAND) -> BoolArray:
    """Where another label than a pixel's own is within so many pixels, [H, W]."""
    side = 2 * band + 1
    highest = ndimage.maximum_filter(label, side, mode="nearest")
    lowest = ndimage.minimum_filter(label, side, mode="nearest")
    return np.asarray(highest != lowest)


def trust_in(label: NDArray[np.intp], margin: FloatArray, most: float) -> FloatArray:
    """How much labels [H, W] count that are certain by margins 0..1 [H, W]: 0..most, and 0 at borders."""
    return np.where(at_border(label), 0, most * margin**2).astype(np.float32)
