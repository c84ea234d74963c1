"""Do people agree? Krippendorff's alpha: 1 when they always do, 0 when as often as chance would have them.

Defined in Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"; the units are images (a picture
in one kind), the coders people. It takes any number of people per image, and leaves out images with a single
answer.
"""

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

Scale = Literal["nominal", "ordinal"]
ENOUGH: Final = 2
"""Answers that an image needs."""
TINY: Final = 1e-9


class Agreement:
    """Alpha of some answers, with any weights on them, so that a bootstrap can draw answers anew.

    An answer is compared with the other answers to its image, never with itself, however often it was drawn:
    each counts as often as its weight, and so do those that it is compared with. With equal weights this is
    Krippendorff's definition.
    """

    def __init__(self, units: IntArray, values: FloatArray, scale: Scale) -> None:
        """`units` [n] is the image of each answer, `values` [n] what was said."""
        self._scale = scale
        self._many = len(np.unique(values))
        _, unit, counts = np.unique(units, return_inverse=True, return_counts=True)
        level = np.unique(values, return_inverse=True)[1].reshape(-1)
        unit = unit.reshape(-1)
        pairable = np.flatnonzero(counts[unit] >= ENOUGH)
        self._pairable = pairable[np.lexsort((level[pairable], unit[pairable]))]
        own_unit, own_level = unit[self._pairable], level[self._pairable]
        self._cells = _begins(own_unit * max(self._many, 1) + own_level)
        """Where the answers of one image that say the same begin."""
        cell_unit = own_unit[self._cells]
        self._level = own_level[self._cells]
        self._units = _begins(cell_unit)
        """Where the cells of one image begin."""
        self._unit = np.cumsum(np.isin(np.arange(len(self._cells)), self._units)) - 1
        sizes = np.diff(np.append(self._cells, len(self._pairable)))
        self._own_unit = np.repeat(self._unit, sizes)
        same = [np.flatnonzero(self._unit == each) for each in range(len(self._units))]
        pairs = [(one, other) for each in same for one in each for other in each if one != other]
        self._pairs = np.array(pairs, dtype=np.int64).reshape(-1, 2)

    @property
    def pairable(self) -> IntArray:
        """The places of the answers that count, since another one is there for their image."""
        return self._pairable

    @property
    def units(self) -> int:
        """How many images have at least two answers."""
        return len(self._units)

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Alpha, [k, 1], of weights [k, n]; NaN where all answers are alike or none can be compared."""
        own = weights[:, self._pairable]
        if not own.shape[1]:
            return np.full((len(own), 1), np.nan)
        said = np.add.reduceat(own, self._cells, axis=1)
        others = np.add.reduceat(said, self._units, axis=1)[:, self._own_unit] - own
        alone = others <= TINY
        own[alone], others[alone] = 0.0, 1.0
        totals = self._by_level(np.add.reduceat(own, self._cells, axis=1))
        apart = self._apart(totals)
        own /= others
        shares = np.add.reduceat(own, self._cells, axis=1)
        observed = self._observed(shares, said, apart)
        expected = np.einsum("kv,kvu,ku->k", totals, apart, totals, optimize=True)
        there = expected > TINY
        alpha = 1 - (totals.sum(axis=1) - 1) * observed / np.where(there, expected, 1.0)
        return np.where(there, alpha, np.nan)[:, None]

    def _by_level(self, cells: FloatArray) -> FloatArray:
        """Sums over cells [k, cells] that say the same, [k, v]."""
        return np.asarray(cells @ (self._level[:, None] == np.arange(self._many)).astype(float))

    def _observed(self, shares: FloatArray, said: FloatArray, apart: FloatArray) -> FloatArray:
        """The disagreement within images, [k]: each answer against the mean of the others about its image."""
        first, second = self._pairs[:, 0], self._pairs[:, 1]
        products = shares[:, first] * said[:, second]
        kinds = self._level[first] * self._many + self._level[second]
        sums = products @ (kinds[:, None] == np.arange(self._many**2)).astype(float)
        return np.asarray((sums * apart.reshape(len(sums), -1)).sum(axis=1))

    def _apart(self, totals: FloatArray) -> FloatArray:
        """The squared difference of each two values, [k, v, v]; of ranks by how often each was said."""
        many = totals.shape[1]
        if self._scale == "nominal":
            return np.broadcast_to(1 - np.eye(many), (len(totals), many, many))
        reached = np.cumsum(totals, axis=1) - totals / 2
        return np.square(reached[:, :, None] - reached[:, None, :])


def _begins(sorted_: IntArray) -> IntArray:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(sorted_, prepend=sorted_[:1] - 1))
