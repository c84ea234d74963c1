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
        self._levels = np.unique(values)
        _, codes, counts = np.unique(units, return_inverse=True, return_counts=True)
        self._pairable = np.flatnonzero(counts[codes.reshape(-1)] >= ENOUGH)
        order = np.argsort(codes.reshape(-1)[self._pairable], kind="stable")
        self._pairable = self._pairable[order]
        own = codes.reshape(-1)[self._pairable]
        self._starts = np.flatnonzero(np.diff(own, prepend=-1))
        self._unit = np.cumsum(np.diff(own, prepend=-1) != 0) - 1
        self._level = np.searchsorted(self._levels, values[self._pairable])
        self._scale = scale

    @property
    def pairable(self) -> IntArray:
        """The places of the answers that count, since another one is there for their image."""
        return self._pairable

    @property
    def units(self) -> int:
        """How many images have at least two answers."""
        return len(self._starts)

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Alpha, [k, 1], of weights [k, n]; NaN where all answers are alike or none can be compared."""
        own = weights[:, self._pairable]
        if not own.shape[1]:
            return np.full((len(own), 1), np.nan)
        levels = range(len(self._levels))
        by_level = [own * (self._level == level) for level in levels]
        sums = np.stack(
            [np.add.reduceat(each, self._starts, axis=1)[:, self._unit] for each in by_level], axis=2
        )
        others = sums.sum(axis=2) - own
        compared = np.where(others > TINY, own, 0.0)
        totals = np.stack([(compared * (self._level == level)).sum(axis=1) for level in levels], axis=1)
        apart = self._apart(totals)
        shares = compared / np.where(others > TINY, others, 1.0)
        observed = np.zeros(len(own))
        for level in levels:
            mine = shares * (self._level == level)
            observed += np.einsum("kn,knv,kv->k", mine, sums, apart[:, level], optimize=True)
        expected = np.einsum("kv,kvu,ku->k", totals, apart, totals, optimize=True)
        total = totals.sum(axis=1)
        there = expected > TINY
        alpha = 1 - (total - 1) * observed / np.where(there, expected, 1.0)
        return np.where(there, alpha, np.nan)[:, None]

    def _apart(self, totals: FloatArray) -> FloatArray:
        """The squared difference of each two values, [k, v, v]; of ranks by how often each was said."""
        many = totals.shape[1]
        if self._scale == "nominal":
            return np.broadcast_to(1 - np.eye(many), (len(totals), many, many))
        reached = np.cumsum(totals, axis=1) - totals / 2
        return np.square(reached[:, :, None] - reached[:, None, :])
