"""sRGB ↔ CIE L*a*b*, one formula for NumPy arrays and torch tensors.

sRGB after IEC 61966-2-1:1999, L*a*b* after CIE 15:2004 (8.2.1), white D65 for the 2° observer. Nothing is
clipped on the way: colors outside sRGB come out as values below 0 or above 1, and go in as such, so that a
round trip is exact and gradients never vanish at the gamut's edge.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

Array = TypeVar("Array")
"""A NumPy array or a torch tensor of floats; what goes in comes out."""

RGB_TO_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ, D65, from the primaries of IEC 61966-2-1 (as computed by Lindbloom, 7 digits)."""

WHITE: Final = RGB_TO_XYZ.sum(axis=1)
"""XYZ of RGB (1, 1, 1): D65, (0.95047, 1.00000, 1.08883). Summed, so that gray has a* = b* = 0 exactly."""

XYZ_TO_RGB: Final = np.linalg.inv(RGB_TO_XYZ)

EPSILON: Final = 216 / 24389
"""CIE 15:2004: where the cube root hands over to the line, as a share of white."""
KAPPA: Final = 24389 / 27
"""CIE 15:2004: slope of L* below EPSILON."""

SRGB_KNEE: Final = 0.0031308
"""Linear value where the sRGB curve hands over to its line (IEC 61966-2-1)."""
SRGB_SLOPE: Final = 12.92
SRGB_KNEE_CODED: Final = SRGB_KNEE * SRGB_SLOPE


def srgb_to_linear(coded: Array) -> Array:
    """Decode sRGB values (0..1) to linear light, any shape; negative values go on along the line."""
    x: Any = coded
    xp = array_namespace(x)
    curve = ((xp.where(x > SRGB_KNEE_CODED, x, 1.0) + 0.055) / 1.055) ** 2.4
    result: Array = xp.where(x > SRGB_KNEE_CODED, curve, x / SRGB_SLOPE)
    return result


def linear_to_srgb(linear: Array) -> Array:
    """Code linear light (0..1) as sRGB values, any shape; negative values go on along the line."""
    x: Any = linear
    xp = array_namespace(x)
    curve = 1.055 * xp.where(x > SRGB_KNEE, x, 1.0) ** (1 / 2.4) - 0.055
    result: Array = xp.where(x > SRGB_KNEE, curve, x * SRGB_SLOPE)
    return result


def srgb_to_lab(rgb: Array, axis: int = -1) -> Array:
    """Turn sRGB (0..1, three channels on `axis`) into L* (0..100), a*, b*, same shape and dtype.

    Arrays are HWC (`axis=-1`), tensors BCHW (`axis=-3`).
    """
    linear: Any = srgb_to_linear(rgb)
    xp = array_namespace(linear)
    xyz = mix(xp.unstack(linear, axis=axis), RGB_TO_XYZ)
    fx, fy, fz = (_f(xp, value / float(white)) for value, white in zip(xyz, WHITE, strict=True))
    lab: Array = xp.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=axis)
    return lab


def lab_to_linear(lab: Array, axis: int = -1) -> Array:
    """Turn L*a*b* (three channels on `axis`) into linear sRGB light, same shape and dtype, not clipped."""
    x: Any = lab
    xp = array_namespace(x)
    lightness, a, b = xp.unstack(x, axis=axis)
    fy = (lightness + 16) / 116
    roots = (fy + a / 500, fy, fy - b / 200)
    xyz = [inverse_f(xp, root) * float(white) for root, white in zip(roots, WHITE, strict=True)]
    linear: Array = xp.stack(mix(xyz, XYZ_TO_RGB), axis=axis)
    return linear


def lab_to_srgb(lab: Array, axis: int = -1) -> Array:
    """Turn L*a*b* (three channels on `axis`) into sRGB, same shape and dtype, not clipped to 0..1."""
    return linear_to_srgb(lab_to_linear(lab, axis))


def mix(channels: Sequence[Any], matrix: FloatArray) -> list[Any]:
    """Multiply a list of channels, as a column vector, with a matrix of numbers."""
    rows = [[float(number) for number in row] for row in matrix]
    return [sum(weight * channel for weight, channel in zip(row, channels, strict=True)) for row in rows]


def _f(xp: Any, share: Any) -> Any:
    """CIE 15:2004 (8.5): the cube root with its line near black; `share` is of white."""
    bright = share > EPSILON
    return xp.where(bright, xp.where(bright, share, 1.0) ** (1 / 3), (KAPPA * share + 16) / 116)


def inverse_f(xp: Any, root: Any) -> Any:
    """CIE 15:2004 (8.6): from f back to a share of white; `xp` is the arrays' namespace."""
    cube = root**3
    return xp.where(cube > EPSILON, cube, (116 * root - 16) / KAPPA)
