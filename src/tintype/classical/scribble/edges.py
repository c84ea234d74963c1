"""Edges of a picture, with thresholds that follow the picture."""

from typing import Final

import numpy as np
from scipy import ndimage

from tintype.classical.scribble.affinity import Float64Array, FloatArray
from tintype.classical.scribble.geodesic import BoolArray

BLUR: Final = 0.7
"""Pixels: standard deviation of the Gaussian whose derivatives are the gradient."""
AROUND: Final = 31
"""Pixels: side of the window that a gradient is compared with."""
STRONG: Final = 2.0
"""Times the mean gradient of its window: an edge for certain."""
WEAK: Final = 1.0
"""Times the mean gradient of its window: an edge if it goes on from a certain one."""
LEAST: Final = 3.0
"""L* per pixel below which nothing is an edge for certain, half of it below which nothing is one."""


def find_edges(luma: FloatArray) -> BoolArray:
    """Thin edges [H, W] of L* [H, W] in 0..100.

    Canny's way (1986): pixels whose gradient is the largest across the edge, strong ones and weak ones that
    go on from these. Both thresholds are multiples of the mean gradient in a window around the pixel, so that
    a faint outline on a smooth wall is found and the grain of a lawn is not.
    """
    light = luma.astype(np.float64)
    down = ndimage.gaussian_filter(light, BLUR, order=(1, 0), mode="nearest")
    right = ndimage.gaussian_filter(light, BLUR, order=(0, 1), mode="nearest")
    steep = np.hypot(down, right)
    usual = ndimage.uniform_filter(steep, AROUND, mode="reflect")
    ridge = _largest_across(steep, down, right)
    strong = ridge & (steep > np.maximum(STRONG * usual, LEAST))
    weak = ridge & (steep > np.maximum(WEAK * usual, LEAST / 2))
    parts, _ = ndimage.label(weak, structure=np.ones((3, 3)))
    certain = np.unique(parts[strong])
    return np.asarray(np.isin(parts, certain[certain > 0]))


def _largest_across(steep: Float64Array, down: Float64Array, right: Float64Array) -> BoolArray:
    """Where the gradient is not smaller than half a pixel's way before, and larger than as far behind."""
    length = np.maximum(steep, 1e-12)
    y, x = np.indices(steep.shape)
    before, behind = (
        ndimage.map_coordinates(
            steep, (y + sign * down / length, x + sign * right / length), order=1, mode="nearest"
        )
        for sign in (-1, 1)
    )
    return np.asarray((steep >= before - 1e-9) & (steep > behind + 1e-9))
