"""How sure a number is when its answers hang together: by the people who gave them and by the pictures.

Each answer belongs to a person and to a picture, and whoever asks other people about other pictures would
find other numbers. Treating answers as independent makes intervals too short. The pigeonhole bootstrap draws
people and pictures anew at once, an answer counting as often as its person times as often as its picture
(Owen 2007). It counts what is neither person nor picture three times, so where most pictures have few answers
its intervals are up to √3 times too long. Therefore its draws give the shape of an interval here, and its
spread is set to the two-way variance: that by people, plus that by pictures, minus that by single answers,
which is in both (Cameron, Gelbach and Miller 2011), each by its own bootstrap.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.study.intervals import LEVEL, NORMAL, student

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

AT_ONCE: Final = 4_000_000
"""Numbers of drawn weights in memory at once."""
FEWEST: Final = 2
"""People, and pictures, below which nothing can be said of others."""
TAIL: Final = 50 * (1 - LEVEL)
"""Percent of the draws that lie below an interval, and above it."""

Statistic = Callable[[FloatArray], FloatArray]
"""Takes how often each answer counts, [k, answers], and gives numbers [k, s]; NaN where there is none."""


@dataclass(frozen=True)
class Draws:
    """How often answers are drawn anew."""

    resamples: int = 4000
    seed: int = 0


@dataclass(frozen=True)
class Crossing:
    """Which person and which picture each answer belongs to."""

    people: IntArray
    """[answers], whole numbers from 0 on."""
    pictures: IntArray

    @classmethod
    def of(cls, people: IntArray, pictures: IntArray) -> "Crossing":
        """From any whole numbers."""
        return cls(
            np.unique(people, return_inverse=True)[1].reshape(-1),
            np.unique(pictures, return_inverse=True)[1].reshape(-1),
        )

    def __len__(self) -> int:
        return len(self.people)

    def support(self, those: NDArray[np.bool_] | None = None) -> int:
        """People or pictures among these answers, whichever are fewer."""
        chosen = slice(None) if those is None else those
        return min(len(np.unique(self.people[chosen])), len(np.unique(self.pictures[chosen])))


@dataclass(frozen=True)
class Spread:
    """Numbers, and how they vary over people and pictures."""

    values: FloatArray
    """[s]"""
    variances: FloatArray
    """Two-way variance of each, [s]; NaN where there is nothing to tell it by."""
    drawn: FloatArray
    """Draws of the pigeonhole bootstrap, their spread set to the two-way one, [resamples, s]."""

    def interval(self, place: int) -> tuple[float, float] | None:
        """The 95 % interval of a number; None where there is none, or where all answers are alike."""
        drawn = self.drawn[:, place]
        drawn = drawn[np.isfinite(drawn)]
        if not self.variances[place] > 0 or not len(drawn):
            return None
        low, high = np.percentile(drawn, [TAIL, 100 - TAIL])
        return float(low), float(high)

    def p(self, place: int) -> float | None:
        """How often a draw lies on the other side of 0, on both sides together; None without an interval."""
        drawn = self.drawn[:, place]
        drawn = drawn[np.isfinite(drawn)]
        if not self.variances[place] > 0 or not len(drawn):
            return None
        beyond = min(int(np.sum(drawn <= 0)), int(np.sum(drawn >= 0)))
        return min(1.0, 2 * (beyond + 1) / (len(drawn) + 1))


def spread(crossing: Crossing, statistic: Statistic, support: IntArray, draws: Draws) -> Spread:
    """Numbers with their two-way spread; `support` [s] is what `Crossing.support` says for each."""
    values = statistic(np.ones((1, len(crossing))))[0]
    both = pigeonhole(crossing, statistic, draws)
    people = _variance(_drawn(statistic, _people(crossing, draws)))
    pictures = _variance(_drawn(statistic, _pictures(crossing, draws)))
    answers = _variance(_drawn(statistic, _answers(crossing, draws)))
    variances = np.maximum(people + pictures - answers, np.maximum(people, pictures))
    enough = support >= FEWEST
    variances = np.where(
        enough & np.isfinite(values), variances * support / np.maximum(support - 1, 1), np.nan
    )
    reach = np.array([student(max(int(each) - 1, 1)) / NORMAL for each in support])
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where(variances > 0, reach * np.sqrt(variances / _variance(both)), np.nan)
    return Spread(values, variances, values + (both - values) * factors)


def pigeonhole(crossing: Crossing, statistic: Statistic, draws: Draws) -> FloatArray:
    """Plain draws of the pigeonhole bootstrap (Owen 2007), [resamples, s]; they spread too far."""
    return _drawn(statistic, _both(crossing, draws))


def _drawn(statistic: Statistic, weights: Iterator[FloatArray]) -> FloatArray:
    return np.concatenate([statistic(each) for each in weights])


def _variance(drawn: FloatArray) -> FloatArray:
    """Over the draws that have a number; NaN where fewer than two have."""
    there = np.isfinite(drawn)
    count = there.sum(axis=0)
    safe = np.maximum(count, 1)
    means = np.where(there, drawn, 0.0).sum(axis=0) / safe
    squares = (np.where(there, drawn - means, 0.0) ** 2).sum(axis=0)
    return np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan)


def _people(crossing: Crossing, draws: Draws) -> Iterator[FloatArray]:
    for counts in _counts(int(crossing.people.max(initial=-1)) + 1, len(crossing), draws, 1):
        yield counts[:, crossing.people]


def _pictures(crossing: Crossing, draws: Draws) -> Iterator[FloatArray]:
    for counts in _counts(int(crossing.pictures.max(initial=-1)) + 1, len(crossing), draws, 2):
        yield counts[:, crossing.pictures]


def _answers(crossing: Crossing, draws: Draws) -> Iterator[FloatArray]:
    yield from _counts(len(crossing), len(crossing), draws, 3)


def _both(crossing: Crossing, draws: Draws) -> Iterator[FloatArray]:
    for people, pictures in zip(_people(crossing, draws), _pictures(crossing, draws), strict=True):
        yield people * pictures


def _counts(things: int, width: int, draws: Draws, stream: int) -> Iterator[FloatArray]:
    """How often each of some things is in each bootstrap sample, [k, things], until there are all samples."""
    random = np.random.default_rng([draws.seed, stream])
    portion = max(1, AT_ONCE // max(width, 1))
    for start in range(0, draws.resamples, portion):
        count = min(portion, draws.resamples - start)
        chosen = random.integers(0, things, (count, things)) + things * np.arange(count)[:, None]
        yield np.bincount(chosen.reshape(-1), minlength=count * things).reshape(count, things).astype(float)
