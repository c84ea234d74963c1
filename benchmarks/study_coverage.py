"""How often 95 % intervals of a user study hold the truth: simulated people whose rates are known say so.

    python benchmarks/study_coverage.py [--studies N] [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import results
from tintype.study.analysis import BELIEVED, Believed, Stars, believed, stars
from tintype.study.crowd import Crowd
from tintype.study.intervals import probit
from tintype.study.protocol import Protocol, StudyModel
from tintype.study.resampling import TAIL, Draws, pigeonhole
from tintype.study.sample import Sample, sample_of
from tintype.study.simulate import made_up

MODELS = ("cnn", "fusion", "gan", "tint")
KINDS = ("truth", *MODELS)
NAIVE, PIGEONHOLE, SHARE = "naive", "pigeonhole", "share"
ROWS = {
    SHARE: "share believed",
    NAIVE: "the same, Wilson's interval as if answers were independent",
    PIGEONHOLE: "the same, percentiles of the plain pigeonhole bootstrap",
    "balanced": "right answers, real and colorized alike",
    "difference": "difference of two shares",
    "sensitivity": "d′",
    "bias": "c",
    "stars": "mean stars",
    "stars difference": "difference of two means of stars",
}
HEADER = (
    "95 % intervals of",
    "hold the truth, %",
    "truth above, %",
    "truth below, %",
    "mean length",
    "missing, %",
)
Interval = tuple[float, float] | None


@dataclass(frozen=True)
class Design:
    """A kind of study."""

    people: int
    pictures: int
    per_part: int
    crowd: Crowd
    words: str


def designs() -> Iterator[Design]:
    """The report's size first."""
    usual = Crowd(careless=0)
    strong = replace(usual, leaning=0.8, picture=1.2, image=0.8, taste=0.6, picture_stars=0.5)
    yield Design(34, 100, 5, usual, "as large as the report's study")
    yield Design(12, 100, 5, usual, "few people")
    yield Design(34, 20, 5, usual, "few pictures")
    yield Design(200, 30, 5, usual, "many people, few pictures")
    yield Design(100, 40, 10, usual, "twice as many answers of each")
    yield Design(200, 15, 5, strong, "people and pictures that differ much")


class Tally:
    """What became of the intervals of one design."""

    def __init__(self) -> None:
        self.held: dict[str, list[tuple[bool, bool, bool, float]]] = defaultdict(list)
        self.missing: dict[str, int] = defaultdict(int)

    def add(self, what: str, interval: Interval, truth: float) -> None:
        """Note one interval; None is one that was not given."""
        if interval is None:
            self.missing[what] += 1
            return
        low, high = interval
        self.held[what].append((low <= truth <= high, truth > high, truth < low, high - low))

    def row(self, what: str) -> tuple[str, ...]:
        """The row of a kind of number."""
        found, missing = self.held[what], self.missing[what]
        if not found:
            return (ROWS[what], "–", "–", "–", "–", "100")
        inside, above, below, length = np.mean(np.array(found, dtype=float), axis=0)
        return (
            ROWS[what],
            f"{100 * inside:.1f}",
            f"{100 * above:.1f}",
            f"{100 * below:.1f}",
            f"{length:.3f}",
            f"{100 * missing / (missing + len(found)):.1f}",
        )


def ends(each: object) -> Interval:
    """Low and high of an estimate or of a comparison."""
    low, high = each.low, each.high  # type: ignore[attr-defined]  # both have them
    return None if low is None or high is None else (low, high)


def plain_pigeonhole(sample: Sample, draws: Draws) -> list[Interval]:
    """Percentile intervals of the shares of all kinds."""
    sums, counts = sample.indicator * sample.values[:, None], sample.indicator

    def statistic(weights: np.ndarray) -> np.ndarray:
        total = weights @ counts
        return np.where(total > 0, weights @ sums / np.maximum(total, 1e-300), np.nan)

    drawn = pigeonhole(sample.crossing, statistic, draws)
    low, high = np.nanpercentile(drawn, [TAIL, 100 - TAIL], axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def note_believed(tally: Tally, found: Believed, plain: Sequence[Interval], crowd: Crowd) -> None:
    """Part one of a study."""
    rates = {kind: crowd.believed_rate(kind) for kind in KINDS}
    normal = dict(zip(KINDS, probit(np.array(list(rates.values()))), strict=True))
    for kind, interval in zip(KINDS, plain, strict=True):
        tally.add(SHARE, ends(found.shares[kind].estimate), rates[kind])
        tally.add(NAIVE, found.shares[kind].naive, rates[kind])
        tally.add(PIGEONHOLE, interval, rates[kind])
    for model, each in found.detection.items():
        tally.add("sensitivity", ends(each.sensitivity), normal["truth"] - normal[model])
        tally.add("bias", ends(each.bias), -(normal["truth"] + normal[model]) / 2)
    fooled = float(np.mean([rates[model] for model in MODELS]))
    tally.add("balanced", ends(found.balanced), (rates["truth"] + 1 - fooled) / 2)
    note_differences(tally, found, rates.__getitem__)


def note_stars(tally: Tally, found: Stars, crowd: Crowd) -> None:
    """Part two of a study."""
    for kind in KINDS:
        tally.add("stars", ends(found.means[kind]), crowd.mean_stars(kind))
    note_differences(tally, found, crowd.mean_stars)


def note_differences(tally: Tally, found: Believed | Stars, truth: Callable[[str], float]) -> None:
    """All pairs of kinds."""
    for each in found.comparisons:
        what = "difference" if each.measure == BELIEVED else "stars difference"
        tally.add(what, ends(each), truth(each.first) - truth(each.second))


def measure(design: Design, studies: int, resamples: int) -> str:
    """The section of one design."""
    models = tuple(StudyModel(name, "0" * 64) for name in MODELS)
    protocol = Protocol(
        "coverage", design.pictures, models, part_one=design.per_part, part_two=design.per_part
    )
    tally = Tally()
    for seed in range(studies):
        rows, draws = made_up(protocol, design.crowd, design.people, seed), Draws(resamples, seed)
        one = sample_of(rows, "believe", KINDS)
        note_believed(tally, believed(one, draws), plain_pigeonhole(one, draws), design.crowd)
        note_stars(tally, stars(sample_of(rows, "rate", KINDS), draws), design.crowd)
    heading = (
        f"## {design.people} people, {design.pictures} pictures, {design.per_part} answers in each part: "
        f"{design.words}\n"
    )
    return f"{heading}\n{results.table(HEADER, [tally.row(what) for what in ROWS])}"


def main(arguments: Sequence[str]) -> None:
    """Measure all designs, write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--studies", type=int, default=400, help="simulated studies of each design")
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap samples of each")
    parser.add_argument("--designs", type=int, default=None, help="only so many designs")
    parser.add_argument("--markdown", type=Path, help="write the page here")
    asked = parser.parse_args(arguments)
    chosen = list(designs())[: asked.designs]
    sections = [
        f"{asked.studies} studies of each design, with the truth and {len(MODELS)} models, the crowd of "
        "`tintype study simulate` without careless people. Missing are intervals that were not given, "
        "since all answers to a kind were alike.\n",
        *(measure(design, asked.studies, asked.resamples) for design in chosen),
    ]
    text = results.page(
        "Intervals of user studies", "study_coverage.py", arguments, sections, ("tintype", "numpy")
    )
    results.publish(text, asked.markdown)


if __name__ == "__main__":
    main(sys.argv[1:])
