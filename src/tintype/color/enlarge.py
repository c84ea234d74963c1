"""The one rule that carries small a*b* to full size: bicubic interpolation after a prefilter.

A network predicts chroma on a small grid, each value standing for the mean over its cell of the full picture.
Interpolating such means blurs twice. The prefilter undoes most of it with one back-projection step (Irani and
Peleg 1991): shrink what was enlarged, and add to the small chroma what was lost on the way,

    c' = c + (c - shrink(enlarge(c))),

which costs nothing at full size, since shrink ∘ enlarge is a small matrix for each axis. Then c' is enlarged.

Interpolation is Catmull and Rom's cubic (Keys 1981, a = -1/2) between centers of cells, the outermost cell
continued at the borders; shrinking is the mean over each cell's area. Both are separable, so each is written
as a matrix for one axis, and NumPy and torch apply the same one.
"""

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

Array = TypeVar("Array")
FloatArray = NDArray[np.float64]


def enlarge(chroma: Array, size: tuple[int, int], axes: tuple[int, int] = (-3, -2)) -> Array:
    """Carry small chroma to `size` = (height, width) by the prefiltered bicubic; same dtype.

    `axes` are height and width: (-3, -2) for HWC arrays, (-2, -1) for BCHW tensors. An axis on which `size`
    is the smaller one is shrunk by area instead.
    """
    return bicubic(prefilter(chroma, size, axes), size, axes)


def prefilter(chroma: Array, size: tuple[int, int], axes: tuple[int, int] = (-3, -2)) -> Array:
    """One back-projection step at network size, for an enlargement to `size`; same shape and dtype."""
    x: Any = chroma
    small = (x.shape[axes[0]], x.shape[axes[1]])
    there_and_back = [area_matrix(n, m) @ _axis_matrix(m, n) for m, n in zip(small, size, strict=True)]
    result: Array = 2 * x - _apply(x, there_and_back, axes)
    return result


def bicubic(chroma: Array, size: tuple[int, int], axes: tuple[int, int] = (-3, -2)) -> Array:
    """Plain bicubic interpolation to `size` = (height, width); shrinks by area where `size` is smaller."""
    x: Any = chroma
    result: Array = _apply(
        x, [_axis_matrix(x.shape[axis], n) for axis, n in zip(axes, size, strict=True)], axes
    )
    return result


def shrink(picture: Array, size: tuple[int, int], axes: tuple[int, int] = (-3, -2)) -> Array:
    """Mean over the area that each cell of `size` = (height, width) covers; same dtype.

    An axis on which `size` is the larger one is interpolated instead.
    """
    return bicubic(picture, size, axes)


def _axis_matrix(old: int, new: int) -> FloatArray:
    return bicubic_matrix(old, new) if new >= old else area_matrix(old, new)


@lru_cache(maxsize=32)
def bicubic_matrix(old: int, new: int) -> FloatArray:
    """The [new, old] matrix that interpolates at the centers of `new` cells (Keys 1981, a = -1/2)."""
    matrix = interpolation_matrix(old, (np.arange(new) + 0.5) * old / new - 0.5)
    matrix.flags.writeable = False
    return matrix


def interpolation_matrix(old: int, position: FloatArray) -> FloatArray:
    """The [n, old] matrix of cubic interpolation at n positions, in samples; the ends go on outside."""
    left = np.floor(position).astype(int)
    matrix = np.zeros((len(position), old))
    for tap in range(-1, 3):
        distance = np.abs(position - (left + tap))
        near = (1.5 * distance - 2.5) * distance**2 + 1
        far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
        np.add.at(
            matrix,
            (np.arange(len(position)), np.clip(left + tap, 0, old - 1)),
            np.where(distance <= 1, near, np.where(distance < 2, far, 0.0)),
        )
    return matrix


@lru_cache(maxsize=32)
def area_matrix(old: int, new: int) -> FloatArray:
    """The [new, old] matrix of means over area: each row weighs samples by their share of its cell."""
    edges = np.arange(new + 1) * old / new
    sample = np.arange(old)
    overlap = np.minimum(edges[1:, None], sample + 1) - np.maximum(edges[:-1, None], sample)
    matrix: FloatArray = np.clip(overlap, 0, None) * new / old
    matrix.flags.writeable = False
    return matrix


def _apply(x: Any, matrices: list[FloatArray], axes: tuple[int, int]) -> Any:
    xp = array_namespace(x)
    for matrix, axis in zip(matrices, axes, strict=True):
        weights = xp.asarray(matrix.copy(), dtype=x.dtype, device=device(x))
        x = xp.moveaxis(xp.matmul(weights, xp.moveaxis(x, axis, -2)), -2, axis)
    return x
