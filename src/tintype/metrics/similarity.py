"""Structural similarity of pictures (SSIM)."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.metrics.arrays import ByteArray

WINDOW: Final = 11
"""Side of the Gaussian window in pixels (Wang et al. 2004, section III.C)."""
SIGMA: Final = 1.5
"""Standard deviation of the window in pixels (Wang et al. 2004, section III.C)."""
STABILIZERS: Final = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)
"""C1 and C2, (K L)² with K 0.01 and 0.03 and L the range of 8 bits (Wang et al. 2004, equations 7 and 9)."""
_ROWS: Final = 16
"""Rows of the map that are computed at a time; so few stay in a core's cache, which halves the time."""


def ssim(true: ByteArray, predicted: ByteArray) -> float:
    """Structural similarity, 1 for equal pictures, at least -1, of two 8-bit RGB pictures [H, W, 3].

    Wang, Bovik, Sheikh and Simoncelli 2004, equations 13 to 17: Gaussian window of 11 x 11 and σ = 1.5,
    K1 = 0.01, K2 = 0.03, weighted moments without Bessel's correction. The mean is over those pixels whose
    window lies within the picture, so nothing is assumed beyond its border, and over R, G and B, each by
    itself (the paper has gray pictures). The picture is taken as it is; a later program of the authors
    shrinks large ones first.

    Raises ValueError when the pictures differ in size, or a side is shorter than the window.
    """
    height, width, channels = true.shape
    if predicted.shape != true.shape:
        raise ValueError(
            f"pictures of {true.shape} and {predicted.shape} cannot be compared; resize one first"
        )
    if min(height, width) < WINDOW:
        raise ValueError(
            f"SSIM needs sides of at least {WINDOW} pixels, not {width}x{height}; give a larger picture"
        )
    first, second = true.reshape(height, -1), predicted.reshape(height, -1)  # [H, W * 3]
    tops = range(0, height - WINDOW + 1, _ROWS)
    strips = (slice(top, top + _ROWS + WINDOW - 1) for top in tops)
    total = sum(_map(first[rows], second[rows], channels).sum() for rows in strips)
    count = (height - WINDOW + 1) * (width - WINDOW + 1) * channels
    return float(total / count)


def _map(first: ByteArray, second: ByteArray, channels: int) -> NDArray[np.float64]:
    """Equation 13 at each pixel of two strips [h, W * channels], without a border of 5 pixels."""
    x, y = first.astype(float), second.astype(float)
    # Variances are needed as a sum only, so four weighted means do.
    mean_x, mean_y, squares, products = (_blur(each, channels) for each in (x, y, x * x + y * y, x * y))
    product, square = mean_x * mean_y, mean_x * mean_x + mean_y * mean_y
    luminance, structure = STABILIZERS
    likeness = (2 * product + luminance) * (2 * (products - product) + structure)
    similarity: NDArray[np.float64] = likeness / ((square + luminance) * (squares - square + structure))
    return similarity


def _blur(strip: NDArray[np.float64], channels: int) -> NDArray[np.float64]:
    """Weighted mean of each window of [h, W * channels], down, then across: [h - 10, (W - 10) * channels]."""
    height, width = strip.shape[0] - WINDOW + 1, strip.shape[1] - (WINDOW - 1) * channels
    down = _weighted([strip[tap : tap + height] for tap in range(WINDOW)])
    return _weighted([down[:, tap * channels : tap * channels + width] for tap in range(WINDOW)])


def _weighted(taps: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Sum of equally large views, one for each tap, by the weights of the window, which is symmetric."""
    middle, weights = WINDOW // 2, _weights()
    total: NDArray[np.float64] = taps[middle] * weights[middle]
    pair = np.empty_like(total)
    for tap in range(middle):
        np.add(taps[tap], taps[WINDOW - 1 - tap], out=pair)
        pair *= weights[tap]
        total += pair
    return total


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    """Those of the window in one direction; their sum is 1."""
    weights = np.exp(-np.square(np.arange(WINDOW) - WINDOW // 2) / (2 * SIGMA**2))
    return tuple((weights / weights.sum()).tolist())
