"""Numbers from answers: pure functions of rows, which open nothing and draw by a seed."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.results import Comparison
from tintype.evaluate.statistics import holm
from tintype.study import intervals, people
from tintype.study.agreement import Agreement, Scale
from tintype.study.estimates import Estimate, Share, Tally, Wanted, find, ratio, share, support
from tintype.study.people import Counts, GroupFound, Times
from tintype.study.records import Answer
from tintype.study.resampling import Draws, spread
from tintype.study.sample import Sample, kept, sample_of, scored

FloatArray = NDArray[np.floating[Any]]

TRUTH: Final = 0
"""Place of the truth among the kinds."""
MOST_STARS: Final = 4
SHARES: Final = (0.0, 1.0)
GRADES: Final = (1.0, float(MOST_STARS))
"""Between what mean answers lie."""
BELIEVED: Final = "believed"
STARS: Final = "stars"
"""Measures that kinds are compared by."""


@dataclass(frozen=True)
class Detection:
    """How well people tell a model's pictures from real ones, and which way they lean."""

    sensitivity: Estimate
    """d′: 0 when they cannot tell."""
    bias: Estimate
    """c: below 0 when they lean to "real"."""


@dataclass(frozen=True)
class Agreed:
    """Krippendorff's alpha."""

    alpha: Estimate
    """Its counts are those of answers that can be held against another one."""
    images: int
    """Images with two answers or more."""


@dataclass(frozen=True)
class Believed:
    """What part one tells."""

    shares: dict[str, Share]
    """Believed real, by kind."""
    detection: dict[str, Detection]
    """By model."""
    right: Share
    """Answers that were right."""
    balanced: Estimate
    """Mean of the right shares about real pictures and about models' pictures; 0.5 is guessing."""
    comparisons: list[Comparison]
    agreement: Agreed


@dataclass(frozen=True)
class Stars:
    """What part two tells."""

    means: dict[str, Estimate]
    shares: dict[str, tuple[float, ...] | None]
    """Of one, two, three and four stars, by kind."""
    comparisons: list[Comparison]
    agreement: Agreed


@dataclass(frozen=True)
class Analysis:
    """All that the answers of a study tell."""

    kinds: tuple[str, ...]
    counts: Counts
    believed: Believed
    stars: Stars
    unfiltered_believed: dict[str, float | None]
    """Shares believed real by kind, had no rule left anything out."""
    unfiltered_stars: dict[str, float | None]
    times: list[Times]
    groups: list[GroupFound]
    draws: Draws


def analyze(rows: Sequence[Answer], kinds: Sequence[str], draws: Draws) -> Analysis:
    """Everything, of all answers of a study; those that a rule excludes are counted and left out.

    `kinds` has the truth first. With few or no answers numbers and intervals are None where there are none.
    """
    whole, left = scored(rows), kept(rows)
    groups = [
        GroupFound(
            group.by,
            group.name,
            group.people,
            shares(sample_of(group.rows, "believe", kinds), draws),
            mean_stars(sample_of(group.rows, "rate", kinds), draws),
        )
        for group in people.groups(rows)
    ]
    return Analysis(
        tuple(kinds),
        people.counts(rows),
        believed(sample_of(left, "believe", kinds), draws),
        stars(sample_of(left, "rate", kinds), draws),
        plain_means(sample_of(whole, "believe", kinds)),
        plain_means(sample_of(whole, "rate", kinds)),
        people.times(rows, kinds),
        groups,
        draws,
    )


def believed(sample: Sample, draws: Draws) -> Believed:
    """Shares believed real, sensitivity and bias, all kinds against each other, and agreement."""
    kinds = sample.kinds
    wanted = _means(sample, SHARES) | _differences(sample, SHARES) | _detection(sample)
    right = np.where(sample.kind == TRUTH, sample.values, 1 - sample.values)
    everything = np.ones(len(sample), dtype=bool)
    wanted["right"] = Wanted(
        lambda tally: ratio(tally.weights @ right, tally.weights.sum(axis=1)),
        everything,
        sample.crossing.support(),
    )
    wanted["balanced"] = Wanted(
        lambda tally: (tally.means[:, TRUTH] + 1 - tally.means[:, TRUTH + 1 :].mean(axis=1)) / 2,
        everything,
        support(sample, range(len(kinds))),
        SHARES,
    )
    found, variances = find(sample, wanted, draws)

    def shared(key: Hashable) -> Share:
        return share(found[key], variances[key], wanted[key].support)

    return Believed(
        {kind: shared(kind) for kind in kinds},
        {kind: Detection(found["d", kind], found["c", kind]) for kind in kinds[1:]},
        shared("right"),
        found["balanced"],
        _comparisons(BELIEVED, kinds, found),
        agreement(sample, "nominal", draws),
    )


def stars(sample: Sample, draws: Draws) -> Stars:
    """Mean stars, how often each was given, all kinds against each other, and agreement."""
    found, _ = find(sample, _means(sample, GRADES) | _differences(sample, GRADES), draws)
    shares: dict[str, tuple[float, ...] | None] = {}
    for kind in sample.kinds:
        own = sample.values[sample.of(kind)]
        each = [float(np.mean(own == star)) for star in range(1, MOST_STARS + 1)] if len(own) else None
        shares[kind] = None if each is None else tuple(each)
    return Stars(
        {kind: found[kind] for kind in sample.kinds},
        shares,
        _comparisons(STARS, sample.kinds, found),
        agreement(sample, "ordinal", draws),
    )


def shares(sample: Sample, draws: Draws) -> dict[str, Share]:
    """Shares believed real by kind, and nothing else."""
    wanted = _means(sample, SHARES)
    found, variances = find(sample, wanted, draws)
    return {kind: share(found[kind], variances[kind], wanted[kind].support) for kind in sample.kinds}


def mean_stars(sample: Sample, draws: Draws) -> dict[str, Estimate]:
    """Mean stars by kind, and nothing else."""
    found, _ = find(sample, _means(sample, GRADES), draws)
    return {kind: found[kind] for kind in sample.kinds}


def plain_means(sample: Sample) -> dict[str, float | None]:
    """Mean answers by kind without intervals."""
    own = {kind: sample.values[sample.of(kind)] for kind in sample.kinds}
    return {kind: float(each.mean()) if len(each) else None for kind, each in own.items()}


def agreement(sample: Sample, scale: Scale, draws: Draws) -> Agreed:
    """Krippendorff's alpha over images that at least two people answered."""
    alpha = Agreement(sample.units, sample.values, scale)
    about = np.zeros(len(sample), dtype=bool)
    about[alpha.pairable] = True
    counts = [len(np.unique(each[about])) for each in (sample.people, sample.pictures)]
    nothing = Agreed(Estimate(None, None, None, int(about.sum()), counts[0], counts[1]), alpha.units)
    if not alpha.units:
        return nothing
    found = spread(sample.crossing, alpha, np.array([sample.crossing.support(about)]), draws)
    if not np.isfinite(found.values[0]):
        return nothing
    low, high = found.interval(0) or (None, None)
    high = None if high is None else min(high, 1.0)
    return Agreed(
        Estimate(float(found.values[0]), low, high, int(about.sum()), counts[0], counts[1]), alpha.units
    )


def _mean(place: int) -> Callable[[Tally], FloatArray]:
    return lambda tally: tally.means[:, place]


def _means(sample: Sample, limits: tuple[float, float]) -> dict[Hashable, Wanted]:
    """The mean answer of each kind."""
    return {
        kind: Wanted(_mean(place), sample.kind == place, support(sample, [place]), limits)
        for place, kind in enumerate(sample.kinds)
    }


def _difference(first: int, second: int) -> Callable[[Tally], FloatArray]:
    return lambda tally: tally.means[:, first] - tally.means[:, second]


def _differences(sample: Sample, limits: tuple[float, float]) -> dict[Hashable, Wanted]:
    """The difference of the mean answers of each two kinds, by the same people."""
    reach = limits[1] - limits[0]
    return {
        (sample.kinds[first], sample.kinds[second]): Wanted(
            _difference(first, second),
            (sample.kind == first) | (sample.kind == second),
            support(sample, [first, second]),
            (-reach, reach),
        )
        for first, second in combinations(range(len(sample.kinds)), 2)
    }


def _detection(sample: Sample) -> dict[Hashable, Wanted]:
    """d′ and c of each model: real pictures believed are hits, the model's are false alarms.

    Answers about a kind that are all alike tell no spread of a rate, so there is no interval then.
    """
    varied = [len(np.unique(sample.values[sample.of(kind)])) > 1 for kind in sample.kinds]
    found: dict[Hashable, Wanted] = {}
    for place, kind in enumerate(sample.kinds[1:], TRUTH + 1):
        about = (sample.kind == TRUTH) | (sample.kind == place)
        fewest = support(sample, [TRUTH, place]) if varied[TRUTH] and varied[place] else 0
        for letter, measure in (("d", intervals.sensitivity), ("c", intervals.bias)):
            found[letter, kind] = Wanted(_rates(measure, place), about, fewest)
    return found


def _rates(
    measure: Callable[[FloatArray, FloatArray], FloatArray], place: int
) -> Callable[[Tally], FloatArray]:
    return lambda tally: measure(tally.rates[:, TRUTH], tally.rates[:, place])


def _comparisons(measure: str, kinds: Sequence[str], found: dict[Hashable, Estimate]) -> list[Comparison]:
    """All pairs that have an interval, their p adjusted together (Holm 1979)."""
    pairs = [(pair, found[pair]) for pair in combinations(kinds, 2)]
    told = [(pair, each) for pair, each in pairs if each.p is not None]
    adjusted = holm([each.p for _, each in told if each.p is not None])
    return [
        Comparison(measure, *pair, each.value, each.low, each.high, each.p, p)
        for (pair, each), p in zip(told, adjusted, strict=True)
        if each.value is not None and each.low is not None and each.high is not None
    ]
