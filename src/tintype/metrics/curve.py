"""The area under the cumulative curve of a*b* distance (AuC), raw and rebalanced by class.

Zhang, Isola and Efros 2016, section 3.1: the share of pixels within t of the truth, averaged over
t = 0, 1, ... 150 CIE units. A class is a bin of `color.bins`, of which Zhang et al. count 313 and we 226.

Pictures are added up before an area is taken: their `distance_counts`, or their `areas_by_class`, which are
all that an area needs.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.color import bins
from tintype.metrics.arrays import FloatArray, IntArray
from tintype.metrics.chroma import chroma_distance

THRESHOLDS: Final = 151
"""Number of thresholds, 0, 1, ... 150 CIE units, of the cumulative curve (Zhang et al. 2016, section 3.1)."""

_REACH: Final = 13
"""Squares of the a*b* grid on either side of gray that are looked up; no bin lies as far out as the last."""


def color_classes(true: FloatArray) -> IntArray:
    """The bin of `color.bins` nearest to each true color: indices [...] of a*b* [..., 2].

    That is the square of the grid that a color lies in, where that square is a bin. Only the few colors for
    which it is none, near the rim of sRGB or beyond, are searched for with `bins.encode`.
    """
    colors = true.reshape(-1, 2)
    cells = np.clip(np.rint(colors / bins.STEP), -_REACH, _REACH).astype(np.int64) + _REACH
    found: IntArray = _bins_by_square()[cells[:, 0], cells[:, 1]]
    others = np.flatnonzero(found < 0)
    if others.size:
        found[others] = bins.encode(colors[others])[0][:, 0]
    return found.reshape(true.shape[:-1])


def distance_counts(true: FloatArray, predicted: FloatArray, classes: IntArray | None = None) -> IntArray:
    """Count pixels by true color and distance: [226, 152]; add up over pictures, then take an area.

    Row k holds the pixels of bin k, column t those whose Euclidean distance in a*b* lies in (t - 1, t], the
    last column all beyond 150. `classes`, from `color_classes(true)`, saves finding them again.
    """
    rows = color_classes(true) if classes is None else classes
    columns = np.minimum(np.ceil(chroma_distance(true, predicted)).astype(np.int64), THRESHOLDS)
    width = THRESHOLDS + 1
    flat = np.bincount((rows * width + columns).ravel(), minlength=len(bins.centers()) * width)
    return flat.reshape(-1, width).astype(np.int64)


def area_under_curve(counts: IntArray) -> float:
    """AuC, raw, 0..100: the share of pixels within t of the truth, averaged over t = 0, 1, ... 150.

    Zhang, Isola and Efros 2016, section 3.1; `counts` is a sum of `distance_counts`. Raises ValueError when
    it holds no pixel.
    """
    return area_from_classes(*areas_by_class(counts))


def rebalanced_area_under_curve(counts: IntArray, share: FloatArray | None = None) -> float:
    """AuC, class-rebalanced, 0..100: as raw, each pixel weighted inversely to how common its true color is.

    Zhang, Isola and Efros 2016, section 3.1: the weights of their equation 4 with λ = 0, that is, one over
    the frequency of the bin, smoothed over the plane. The frequencies are those of the pixels in `counts`,
    unless `share` [226] gives others, such as a training set's. Raises ValueError when there is no pixel.
    """
    return rebalanced_area_from_classes(*areas_by_class(counts), share)


def areas_by_class(counts: IntArray) -> tuple[NDArray[np.float64], IntArray]:
    """What the areas need of each class: its area A [226] and its number of pixels N [226].

    A_k = 1/151 Σ_t (pixels of bin k within t of the truth), t = 0, 1, ... 150. Of one picture both are zero
    for most bins. Both may be added up over pictures; `counts` is of `distance_counts`.
    """
    within = (
        THRESHOLDS - np.arange(THRESHOLDS + 1)
    ) / THRESHOLDS  # share of thresholds that a column is within
    return counts @ within, counts.sum(axis=1)


def area_from_classes(area: FloatArray, pixels: IntArray | FloatArray) -> float:
    """`area_under_curve` of summed `areas_by_class`: 100 Σ A / Σ N.

    Raises ValueError when there is no pixel.
    """
    return _weighted_area(area, pixels, np.ones(len(pixels)))


def rebalanced_area_from_classes(
    area: FloatArray, pixels: IntArray | FloatArray, share: FloatArray | None = None
) -> float:
    """`rebalanced_area_under_curve` of summed `areas_by_class`: 100 Σ w A / Σ w N.

    The weights w are `bins.rarity_weights` with λ = 0 of the pixels, unless `share` [226] gives other
    frequencies. Raises ValueError when there is no pixel.
    """
    frequency = np.asarray(pixels if share is None else share, dtype=float)
    return _weighted_area(area, pixels, bins.rarity_weights(frequency, mix=0.0))


def _weighted_area(area: FloatArray, pixels: IntArray | FloatArray, weights: NDArray[np.float64]) -> float:
    """Mean over thresholds of the weighted share of pixels within each, 0..100."""
    total = float(weights @ pixels)
    if total <= 0:
        raise ValueError("no pixels were counted; add up distance_counts of at least one picture first")
    return 100 * float(weights @ area) / total


@lru_cache(maxsize=1)
def _bins_by_square() -> IntArray:
    """The bin of each square of the a*b* grid [27, 27], gray in the middle; -1 where the square is no bin."""
    squares = np.rint(bins.centers() / bins.STEP).astype(np.int64) + _REACH
    table = np.full((2 * _REACH + 1, 2 * _REACH + 1), -1, dtype=np.int64)
    table[squares[:, 0], squares[:, 1]] = np.arange(len(squares))
    return table
