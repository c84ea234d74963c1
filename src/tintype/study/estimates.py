"""Numbers with their 95 % intervals over people and pictures."""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.study import intervals
from tintype.study.resampling import FEWEST, Draws, Spread, spread
from tintype.study.sample import Sample

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval over people and pictures."""

    value: float | None
    """None when there are no answers."""
    low: float | None
    high: float | None
    """None where the answers tell nothing of other people or other pictures."""
    answers: int
    people: int
    pictures: int
    p: float | None = None
    """How often the bootstrap finds the other side of 0, both sides together; for differences."""


@dataclass(frozen=True)
class Share:
    """A share of answers."""

    estimate: Estimate
    """Its interval is Wilson's at the number of independent answers that would tell as much."""
    worth: float | None
    """That number: the effective sample size (Kish 1965; for intervals Korn and Graubard 1998)."""
    naive: tuple[float, float] | None
    """Wilson's interval as if all answers were independent, which they are not."""


@dataclass(frozen=True)
class Tally:
    """Weighted sums of the answers in each of k draws."""

    weights: FloatArray
    """[k, answers]"""
    counts: FloatArray
    """How many answers each kind has, [k, kinds]."""
    sums: FloatArray
    """Sums of what was answered, [k, kinds]."""

    @property
    def means(self) -> FloatArray:
        """Mean answer of each kind, [k, kinds]; NaN without answers."""
        return ratio(self.sums, self.counts)

    @property
    def rates(self) -> FloatArray:
        """Log-linear rates of each kind, [k, kinds] (Hautus 1995)."""
        return intervals.log_linear(self.sums, self.counts)


@dataclass(frozen=True)
class Wanted:
    """A number that is asked for."""

    of: Callable[[Tally], FloatArray]
    """Gives it for each draw, [k]."""
    about: Bools
    """The answers that it is taken from, [answers]."""
    support: int
    """People or pictures behind it, whichever are fewer; for one of several kinds that of the poorest."""
    limits: tuple[float, float] = (-math.inf, math.inf)
    """Values that it can have."""


def find(
    sample: Sample, wanted: Mapping[Hashable, Wanted], draws: Draws
) -> tuple[dict[Hashable, Estimate], dict[Hashable, float]]:
    """Each number with its interval, and the two-way variance of each, all by the same draws."""
    if not len(sample):
        return {key: Estimate(None, None, None, 0, 0, 0) for key in wanted}, dict.fromkeys(wanted, np.nan)
    indicator = sample.indicator

    def statistic(weights: FloatArray) -> FloatArray:
        tally = Tally(weights, weights @ indicator, weights @ (indicator * sample.values[:, None]))
        return np.stack([each.of(tally) for each in wanted.values()], axis=1)

    support = np.array([each.support for each in wanted.values()])
    found = spread(sample.crossing, statistic, support, draws)
    return (
        {key: _estimate(sample, found, place, each) for place, (key, each) in enumerate(wanted.items())},
        {key: float(found.variances[place]) for place, key in enumerate(wanted)},
    )


def _estimate(sample: Sample, found: Spread, place: int, wanted: Wanted) -> Estimate:
    value = float(found.values[place])
    known = bool(np.isfinite(value))
    low, high = (found.interval(place) if known else None) or (None, None)
    least, most = wanted.limits
    about = wanted.about
    return Estimate(
        value if known else None,
        None if low is None else max(low, least),
        None if high is None else min(high, most),
        int(about.sum()),
        len(np.unique(sample.people[about])),
        len(np.unique(sample.pictures[about])),
        found.p(place) if known else None,
    )


def support(sample: Sample, kinds: Sequence[int]) -> int:
    """People or pictures behind numbers of several kinds: those of the kind that has fewest."""
    return min(sample.crossing.support(sample.kind == kind) for kind in kinds)


def share(estimate: Estimate, variance: float, fewest: int) -> Share:
    """A share with Wilson's interval at the number of independent answers that would tell as much.

    Where all answers are alike there is no variance to take that number from; then it is the number of people
    or of pictures, whichever are `fewest`, as if each of them had given one answer.
    """
    value = estimate.value
    if value is None:
        return Share(estimate, None, None)
    naive = intervals.wilson(value, estimate.answers)
    if fewest < FEWEST:
        return Share(replace(estimate, low=None, high=None), None, naive)
    independent = value * (1 - value)
    worth = float(fewest) if not variance > 0 else min(independent / variance, estimate.answers)
    low, high = intervals.wilson(value, worth, intervals.student(fewest - 1))
    return Share(replace(estimate, low=low, high=high), worth, naive)


def ratio(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """Sums by counts, NaN where nothing was counted."""
    return np.where(counts > 0, sums / np.maximum(counts, 1e-300), np.nan)
