"""Colors that spread from strokes by affinities: the equations, and what all methods do with strokes."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_matrix

from tintype.classical.scribble.affinity import NEIGHBORS, Float64Array, FloatArray
from tintype.classical.scribble.dissection import Dissection

BoolArray = NDArray[np.bool_]


class Spreading:
    """Spreads colors over one picture, any number of times; a change costs less than a start."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._solver = Dissection(shape)

    def spread(
        self,
        weights: Float64Array,
        hints: FloatArray,
        wish: FloatArray | None = None,
        trust: FloatArray | None = None,
    ) -> FloatArray:
        """a*b* [H, W, 2] for affinities [H, W, 8] and strokes [H, W, 3], which it has exactly.

        Elsewhere each pixel is the mean of its neighbors, Σ_s w_rs x_s / Σ_s w_rs; or, with a `wish`
        [H, W, 2] and `trust` t >= 0 [H, W] in it, (Σ_s w_rs x_s + t_r wish_r) / (Σ_s w_rs + t_r). So no
        color can leave the range of those given.
        """
        return kept_in_range(self._solver.solve(*equations(weights, hints, wish, trust)), hints)


def equations(
    weights: Float64Array, hints: FloatArray, wish: FloatArray | None = None, trust: FloatArray | None = None
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """w, d and c of d_r x_r - Σ_s w_rs x_s = c_r for `Spreading.spread`; a stroke's pixel is x_r = c_r."""
    stroked = is_stroked(hints)
    free = np.where(stroked[:, :, None], 0, weights)
    diagonal = weights.sum(axis=-1)
    constant = np.where(stroked[:, :, None], hints[:, :, :2], 0).astype(np.float64)
    if wish is not None and trust is not None:
        diagonal = diagonal + trust
        constant = np.where(stroked[:, :, None], constant, trust[:, :, None] * wish)
    return free, np.where(stroked, 1, diagonal), constant


def is_stroked(hints: FloatArray) -> BoolArray:
    """The mask of strokes [H, W, 3]."""
    return np.asarray(hints[:, :, 2] > 0)


def kept_in_range(chroma: NDArray[np.floating], hints: FloatArray) -> FloatArray:
    """Chroma [H, W, 2] with the strokes' own colors under them, and rounding errors beyond them cut off."""
    stroked = is_stroked(hints)
    given = hints[stroked][:, :2]
    bounded = np.clip(chroma, given.min(axis=0), given.max(axis=0))
    return np.where(stroked[:, :, None], hints[:, :, :2], bounded).astype(np.float32)


def sparse_matrix(weights: Float64Array, diagonal: Float64Array) -> csr_matrix:
    """The matrix [H W, H W] of d_r x_r - Σ_s w_rs x_s, for w [H, W, 8] and d [H, W]."""
    height, width = diagonal.shape
    y, x = (each.ravel() for each in np.indices(diagonal.shape))
    rows, columns, values = [y * width + x], [y * width + x], [diagonal.ravel()]
    for index, (down, right) in enumerate(NEIGHBORS):
        inside = (y + down >= 0) & (y + down < height) & (x + right >= 0) & (x + right < width)
        inside &= weights[:, :, index].ravel() > 0
        start = (y * width + x)[inside]
        rows.append(start)
        columns.append(start + down * width + right)
        values.append(-weights[:, :, index].ravel()[inside])
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix(coo_array((np.concatenate(values), places), shape=(y.size, y.size)))
