"""How sure a score is: intervals and comparisons, by drawing the pictures anew.

The pictures are the sample; whoever scores other photographs of the same kind would find other numbers. All
intervals are percentile bootstrap intervals of 95 % (Efron and Tibshirani 1993, chapter 13) over pictures,
the same draws for all entries, so that differences are those of pairs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.color import bins
from tintype.evaluate.results import Comparison, Estimate

FloatArray = NDArray[np.floating[Any]]

TAIL: Final = 2.5
"""Percent of the draws that lie below an interval, and above it."""
AT_ONCE: Final = 4_000_000
"""Numbers of drawn weights in memory at once."""


@dataclass(frozen=True)
class Draws:
    """How often pictures are drawn anew."""

    resamples: int
    flips: int
    seed: int

    def weights(self, pictures: int) -> Iterator[FloatArray]:
        """How often each picture is in each bootstrap sample, [k, pictures], until there are all samples."""
        random = np.random.default_rng(self.seed)
        for count in _portions(self.resamples, pictures):
            yield random.multinomial(pictures, np.full(pictures, 1 / pictures), count).astype(float)

    def signs(self, pictures: int) -> Iterator[FloatArray]:
        """Random signs, [k, pictures], until there are all flips."""
        random = np.random.default_rng(self.seed + 1)
        for count in _portions(self.flips, pictures):
            yield 2.0 * random.integers(0, 2, (count, pictures)) - 1


@dataclass(frozen=True)
class ClassAreas:
    """What the rebalanced area under the curve needs of each picture."""

    pixels: FloatArray
    """Pixels of each color class, [pictures, 226]."""
    areas: Mapping[str, FloatArray]
    """Of each entry the sum over those pixels of the share of thresholds that they keep, [pictures, 226]."""


def estimates(columns: Mapping[str, FloatArray], draws: Draws) -> dict[str, Estimate]:
    """The mean of each column [pictures] over pictures that have a value (NaN is none), with its interval."""
    if not columns:
        return {}
    values = np.stack(list(columns.values()), axis=1).astype(float)
    there = np.isfinite(values).astype(float)
    values = np.where(there > 0, values, 0.0)
    drawn = np.concatenate(
        [_ratio(weights @ values, weights @ there) for weights in draws.weights(len(values))]
    )
    means = _ratio(values.sum(axis=0), there.sum(axis=0))
    counts = there.sum(axis=0).astype(int).tolist()
    return {
        name: estimate(float(means[place]), drawn[:, place], counts[place])
        for place, name in enumerate(columns)
    }


def estimate(value: float, drawn: FloatArray, pictures: int) -> Estimate:
    """A value with the interval of its bootstrap samples [n]; nothing where no picture has a value."""
    drawn = drawn[np.isfinite(drawn)]
    if not pictures or not len(drawn):
        return Estimate(None, None, None, pictures)
    low, high = np.percentile(drawn, [TAIL, 100 - TAIL])
    return Estimate(value, float(low), float(high), pictures)


def distance_estimate(first: FloatArray, second: FloatArray, draws: Draws) -> Estimate:
    """How far apart the means of two columns [pictures] are, with its interval."""
    drawn = [np.abs(weights @ (first - second)) / len(first) for weights in draws.weights(len(first))]
    return estimate(abs(float(np.mean(first - second))), np.concatenate(drawn), len(first))


def rebalanced_draws(classes: ClassAreas, draws: Draws) -> tuple[dict[str, float], dict[str, FloatArray]]:
    """The class-rebalanced area under the curve of each entry, 0..100, and its bootstrap samples.

    The weights of the classes are those of the whole set (`metrics.rebalanced_area_under_curve`) in each
    sample too: a sample lacks a third of the pictures, and with them rare classes, so with weights of its own
    the interval would lie too high.
    """
    pictures = len(classes.pixels)
    rarity = bins.rarity_weights(classes.pixels.sum(axis=0), mix=0.0)
    once = _rebalanced(np.ones((1, pictures)), classes, rarity)
    parts = [_rebalanced(weights, classes, rarity) for weights in draws.weights(pictures)]
    drawn = {name: np.concatenate([part[name] for part in parts]) for name in classes.areas}
    return {name: float(values[0]) for name, values in once.items()}, drawn


def _rebalanced(weights: FloatArray, classes: ClassAreas, rarity: FloatArray) -> dict[str, FloatArray]:
    total = weights @ (classes.pixels @ rarity)
    return {name: 100 * (weights @ (areas @ rarity)) / total for name, areas in classes.areas.items()}


def compare(measure: str, columns: Mapping[str, FloatArray], draws: Draws) -> list[Comparison]:
    """Each pair of entries by a measure that each picture has, columns [pictures] by name.

    The p is that of a test by random sign flips of the differences (Fisher 1935; Good 2005, section 3.2), its
    adjustment Holm's (1979). Pictures that lack a value in one of the two do not count.
    """
    pairs = list(combinations(columns, 2))
    if not pairs:
        return []
    differences = np.stack([columns[first] - columns[second] for first, second in pairs], axis=1)
    there = np.isfinite(differences).astype(float)
    differences = np.where(there > 0, differences, 0.0)
    means = _ratio(differences.sum(axis=0), there.sum(axis=0))
    drawn = np.concatenate(
        [_ratio(weights @ differences, weights @ there) for weights in draws.weights(len(there))]
    )
    sums = np.abs(differences.sum(axis=0))
    as_far = sum(
        (np.abs(signs @ differences) >= sums * (1 - 1e-12)).sum(axis=0) for signs in draws.signs(len(there))
    )
    p = (np.asarray(as_far, dtype=float) + 1) / (draws.flips + 1)
    return [
        Comparison(measure, *pair, *_with_interval(means[place], drawn[:, place]), float(p[place]), adjusted)
        for place, (pair, adjusted) in enumerate(zip(pairs, holm(p), strict=True))
        if np.isfinite(means[place])
    ]


def compare_drawn(
    measure: str, values: Mapping[str, float], drawn: Mapping[str, FloatArray]
) -> list[Comparison]:
    """Each pair of entries by a measure of whole sets, given its bootstrap samples; without a p."""
    return [
        Comparison(
            measure,
            first,
            second,
            *_with_interval(values[first] - values[second], drawn[first] - drawn[second]),
            None,
            None,
        )
        for first, second in combinations(values, 2)
    ]


def holm(p: Sequence[float] | FloatArray) -> list[float]:
    """Adjust the p of several tests so that the chance of any false finding stays below them (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    factors = np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(np.asarray(p)[order] * factors), 1)
    return [float(each) for each in adjusted]


def _with_interval(value: float, drawn: FloatArray) -> tuple[float, float, float]:
    low, high = np.nanpercentile(drawn, [TAIL, 100 - TAIL])
    return float(value), float(low), float(high)


def _ratio(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """Sums by counts, NaN where nothing was counted."""
    return np.where(counts > 0, sums / np.maximum(counts, 1e-300), np.nan)


def _portions(total: int, width: int) -> Iterator[int]:
    """Parts of a total, each small enough that rows of this width fit into memory at once."""
    most = max(1, AT_ONCE // max(width, 1))
    for start in range(0, total, most):
        yield min(most, total - start)
