"""R'G'B' ↔ Y'UV after ITU-R BT.601, for the methods that work in it; one formula for NumPy and torch.

Y' in 0..1, U in ±0.436, V in ±0.615 (analog scaling of BT.470, as Levin et al. 2004 use it). Coded sRGB
values stand in for R'G'B', as everywhere in the literature on colorization.
"""

from typing import Any, Final, TypeVar

import numpy as np
from array_api_compat import array_namespace

from tintype.color.lab import mix

Array = TypeVar("Array")

LUMA: Final = (0.299, 0.587, 0.114)
"""Weights of R', G', B' in Y' (BT.601-7, 2.5.1)."""
U_MAX: Final = 0.436
"""U of pure blue (BT.470-6, table 2)."""
V_MAX: Final = 0.615
"""V of pure red (BT.470-6, table 2)."""

_LUMA_ROW: Final = np.array(LUMA)
RGB_TO_YUV: Final = np.stack(
    [
        _LUMA_ROW,
        (np.array([0, 0, 1]) - _LUMA_ROW) * U_MAX / (1 - LUMA[2]),
        (np.array([1, 0, 0]) - _LUMA_ROW) * V_MAX / (1 - LUMA[0]),
    ]
)
YUV_TO_RGB: Final = np.linalg.inv(RGB_TO_YUV)


def rgb_to_yuv(rgb: Array, axis: int = -1) -> Array:
    """Turn R'G'B' (0..1, three channels on `axis`) into Y', U, V; same shape and dtype."""
    return _apply(rgb, RGB_TO_YUV, axis)


def yuv_to_rgb(yuv: Array, axis: int = -1) -> Array:
    """Turn Y', U, V (three channels on `axis`) into R'G'B'; same shape and dtype, not clipped."""
    return _apply(yuv, YUV_TO_RGB, axis)


def _apply(picture: Array, matrix: Any, axis: int) -> Array:
    x: Any = picture
    xp = array_namespace(x)
    result: Array = xp.stack(mix(xp.unstack(x, axis=axis), matrix), axis=axis)
    return result
