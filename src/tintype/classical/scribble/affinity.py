"""How much a pixel's color follows each of its eight neighbors', from lightness."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

FloatArray = NDArray[np.float32]
Float64Array = NDArray[np.float64]

NEIGHBORS: Final = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
"""Rows and columns to the neighbors of a pixel, in the order of all arrays of affinities."""
VARIANCE_SHARE: Final = 0.2
"""2 σ² of equation 2 as a share of the variance around a pixel (see `affinities`)."""
WINDOW: Final = 3
"""Side, in pixels, of the window whose variance counts."""
NEAREST: Final = 0.01
"""Least affinity, before they are made to sum to 1, to the neighbor that is most alike."""
LEAST_VARIANCE: Final = 2e-6
"""Of lightness 0..1: below it differences are noise."""
LEAST: Final = 1e-6
"""Affinity of neighbors that have nothing in common, so that no pixel is cut off from all strokes."""


def affinities(luma: FloatArray, share: float = VARIANCE_SHARE, window: int = WINDOW) -> Float64Array:
    """The affinities w_rs [H, W, 8] of each pixel r to its neighbors s, for L* [H, W] in 0..100.

    Equation 2 of Levin, Lischinski and Weiss 2004, w_rs ∝ exp(-(Y(r) - Y(s))² / 2σ_r²), with σ_r² from the
    variance in a window around r; those of a pixel sum to 1, those across the border are 0. As in the
    authors' program, σ_r is widened where needed so that the most similar neighbor keeps a hundredth. Theirs
    is 2σ_r² = 0.6 · variance; the smaller share used here keeps color from seeping through sharp edges, where
    a step's own variance would make it look harmless.
    """
    light = luma.astype(np.float64) / 100
    differences = neighbors_of(light, np.nan) - light[:, :, None]
    squared = np.where(np.isnan(differences), np.inf, differences**2)
    mean = uniform_filter(light, window, mode="nearest")
    variance = (
        uniform_filter((light - light.mean()) ** 2, window, mode="nearest") - (mean - light.mean()) ** 2
    )
    closest = squared.min(axis=-1)
    needed = np.where(np.isfinite(closest), closest, 0) / -np.log(NEAREST)
    width = np.maximum(np.maximum(share * variance, needed), LEAST_VARIANCE)
    weights = np.where(np.isfinite(squared), np.exp(-squared / width[:, :, None]) + LEAST, 0)
    return normalized(weights)


def normalized(weights: Float64Array) -> Float64Array:
    """Weights [H, W, 8] that sum to 1 for each pixel; those of a picture of one pixel stay 0."""
    return np.asarray(weights / np.maximum(weights.sum(axis=-1, keepdims=True), np.finfo(float).tiny))


def neighbors_of(plane: NDArray[np.generic], outside: float) -> Float64Array:
    """The values [H, W, 8] of the neighbors of each pixel of a plane [H, W]; `outside` beyond the border."""
    height, width = plane.shape
    padded = np.full((height + 2, width + 2), outside)
    padded[1:-1, 1:-1] = plane
    return np.stack(
        [padded[1 + y : 1 + y + height, 1 + x : 1 + x + width] for y, x in NEIGHBORS],
        axis=-1,
    )
