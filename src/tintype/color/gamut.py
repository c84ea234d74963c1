"""The gamut rule: what sRGB cannot show loses chroma, never lightness and never hue.

Clipping R, G and B one by one changes all three of L*, hue and chroma. Here a color outside sRGB is moved
straight toward the gray of its own L* until it fits; a color inside is left exactly as it is.
"""

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from tintype.color.lab import lab_to_linear

Array = TypeVar("Array")
FloatArray = NDArray[np.float64]

TOLERANCE = 1e-6
"""How far outside 0..1 linear light still counts as inside: the rounding of float32."""

HALVINGS = 18
"""Steps of the search along chroma; after them the shortfall is below 0.001 CIE units."""

MAX_CHROMA = 140.0
"""C*ab of no sRGB color is larger: blue has the largest, 133.8."""


def in_gamut(lab: Array, axis: int = -1) -> Array:
    """Tell which colors sRGB can show: booleans of the same shape without `axis`."""
    linear: Any = lab_to_linear(lab, axis)
    xp = array_namespace(linear)
    inside: Array = xp.all((linear >= -TOLERANCE) & (linear <= 1 + TOLERANCE), axis=axis)
    return inside


def reduce_chroma(lab: Array, axis: int = -1) -> Array:
    """Lower chroma just as far as sRGB demands, with L* and hue kept; same shape and dtype.

    L* must lie in 0..100. The scale of chroma is found by halving, `HALVINGS` times.
    """
    x: Any = lab
    xp = array_namespace(x)
    lightness, a, b = xp.unstack(x, axis=axis)
    low = xp.where(in_gamut(x, axis), xp.ones_like(a), xp.zeros_like(a))
    high = xp.ones_like(a)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        inside = in_gamut(xp.stack([lightness, a * middle, b * middle], axis=axis), axis)
        low, high = xp.where(inside, middle, low), xp.where(inside, high, middle)
    reduced: Array = xp.stack([lightness, a * low, b * low], axis=axis)
    return reduced


def max_chroma(lightness: FloatArray, hue: FloatArray) -> FloatArray:
    """The largest C*ab that sRGB can show at L* (0..100) and hue (degrees); the two broadcast."""
    lightness, radians = np.broadcast_arrays(lightness, np.deg2rad(hue))
    lab = np.stack([lightness, MAX_CHROMA * np.cos(radians), MAX_CHROMA * np.sin(radians)], axis=-1)
    fitted = reduce_chroma(lab)
    limit: FloatArray = np.hypot(fitted[..., 1], fitted[..., 2])
    return limit


@lru_cache(maxsize=1)
def chroma_limits() -> FloatArray:
    """`max_chroma` as a table to interpolate in: [101, 361], rows L* 0..100, columns hue 0..360 degrees.

    Between the entries the limit is curved, so the plain values would promise too much in places. Each is
    therefore lowered by the most that bilinear interpolation exceeds the limit half-way to its neighbors;
    what is left exceeds it nowhere by more than 0.04 L* after clipping (99.9 % of colors: 0.002).
    """
    fine = max_chroma(np.linspace(0, 100, 201)[:, None], np.linspace(0, 360, 721)[None, :])
    table = fine[::2, ::2].copy()
    between = np.zeros_like(fine)
    between[::2, ::2] = table
    between[1::2, ::2] = (table[1:] + table[:-1]) / 2
    between[:, 1::2] = (between[:, :-1:2] + between[:, 2::2]) / 2
    excess = np.pad(np.maximum(between - fine, 0), 2, mode="edge")
    around = np.max(
        [excess[1 + i : 202 + i : 2, 1 + j : 722 + j : 2] for i in range(3) for j in range(3)], axis=0
    )
    limits: FloatArray = np.maximum(table - around, 0)
    limits.flags.writeable = False
    return limits
