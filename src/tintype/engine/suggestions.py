"""The colors that a model finds likely at a point, from its distribution there."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.color import bins, lab_to_srgb, reduce_chroma

FloatArray = NDArray[np.float32]
Float64Array = NDArray[np.float64]

APART: Final = 15.0
"""CIE units: colors nearer to each other than this are one suggestion; one and a half bins."""
LEAST_WEIGHT: Final = 0.005
"""Colors that are less likely than this are not worth a person's look."""
DIGITS: Final = 3
"""Digits behind the point of what is told; the rest would be the rounding of sums."""
KERNEL: Final = np.outer([1, 4, 1], [1, 4, 1]) / 36
"""Weights of a cell and its 8 neighbors, the cell's own the largest."""


@dataclass(frozen=True)
class Suggestion:
    """A color that the model finds likely at a point."""

    color: tuple[float, float]
    """a*, b* in CIE units; a hint takes it as it is."""
    weight: float
    """Share of the model's probability, 0..1."""
    rgb: tuple[int, int, int]
    """How it looks at the photograph's lightness there: sRGB, 0..255."""

    @property
    def hex(self) -> str:
        """The look as "#rrggbb"."""
        return "#" + "".join(f"{sample:02x}" for sample in self.rgb)


def suggest(probabilities: Float64Array, lightness: float, count: int) -> list[Suggestion]:
    """At most `count` colors of a distribution [226] (sum 1) at an L*, the most likely first.

    Greedy: the likeliest bin takes all bins within 15 CIE units that are left, its color being their mean
    and its weight their sum, and so on with the rest. A mean that comes to lie near an earlier one is added
    to that one. The weights sum to 1 at most.
    """
    left = np.array(probabilities, np.float64)
    centers = bins.centers()
    colors: list[Float64Array] = []
    weights: list[float] = []
    while left.max() > 0:
        basin = _distance(centers, centers[left.argmax()]) <= APART
        weight = float(left[basin].sum())
        mean = left[basin] @ centers[basin] / weight
        left[basin] = 0
        near = _distance(np.array(colors), mean) < APART if colors else np.zeros(0, bool)
        if near.any():
            weights[int(near.argmax())] += weight
        else:
            colors.append(mean)
            weights.append(weight)
    order = sorted(range(len(colors)), key=lambda index: -weights[index])
    return [
        _suggestion(colors[index], weights[index], lightness)
        for index in order[:count]
        if weights[index] >= LEAST_WEIGHT
    ]


def around(planes: FloatArray, row: int, column: int) -> Float64Array:
    """Weighted mean over a cell of planes [C, h, w] and those of its 8 neighbors that exist: [C]."""
    rows = slice(max(row - 1, 0), row + 2)
    columns = slice(max(column - 1, 0), column + 2)
    part = planes[:, rows, columns].astype(np.float64)
    top, left = rows.start - (row - 1), columns.start - (column - 1)
    weights = KERNEL[top : top + part.shape[1], left : left + part.shape[2]]
    return np.asarray((part * weights).sum(axis=(1, 2)) / weights.sum())


def _distance(colors: Float64Array, color: Float64Array) -> Float64Array:
    """Distances in CIE units of colors [n, 2] from one."""
    return np.asarray(np.hypot(*(colors - color).T))


def _suggestion(color: Float64Array, weight: float, lightness: float) -> Suggestion:
    """A color with its look at an L*."""
    lab = reduce_chroma(np.array([lightness, *color]))
    red, green, blue = np.clip(np.round(lab_to_srgb(lab) * 255), 0, 255).astype(int).tolist()
    a, b = (round(float(each), DIGITS) + 0.0 for each in color)
    return Suggestion((a, b), round(weight, 6), (red, green, blue))
