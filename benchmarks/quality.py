"""How good the colors are: models and trivial baselines, by one fixed protocol.

    python benchmarks/quality.py --data DIR_or_TAR [--data …] [--model NAME|PATH …] [--vivid 0..1 …]
        [--size 256] [--crop|--stretch] [--limit N] [--fit DIR_or_TAR] [--jobs N] [--json OUT]
        [--markdown OUT]

See README.md beside this file for the protocol, column by column.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import colorists
import ranges
import results
from colorists import Colorist
from pictures import DataSet, Picture, colored, open_set, squared, to_bytes, to_lab
from tintype import color, metrics
from tintype.errors import TintypeError

GRID = 14
"""Squares of the a*b* grid, on each side of gray, that hold every color of sRGB."""
EPSILONS = (0.01, 0.02, 0.05)
FIT_LIMIT = 2000
"""Most pictures that the baselines are fitted on; more change nothing."""
HEADER = (
    *("", "AuC raw", "AuC rebal.", "acc 1 %", "acc 2 %", "acc 5 %", "a*b* error", "PSNR", "CIEDE2000"),
    *("colorfulness", "Δ to truth"),
)


@dataclass
class Tally:
    """What was measured of one colorist, picture by picture."""

    counts: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((len(color.bins.centers()), metrics.THRESHOLDS + 1), np.int64)
    )
    """Sum of `metrics.distance_counts`."""
    scores: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Note one picture's score."""
        self.scores.setdefault(name, []).append(value)

    def join(self, other: "Tally") -> None:
        """Note what was measured of further pictures."""
        self.counts += other.counts
        for name, values in other.scores.items():
            self.scores.setdefault(name, []).extend(values)

    def summary(self, true_colorfulness: float) -> dict[str, float]:
        """All figures of the table."""
        means = {name: float(np.mean(values)) for name, values in self.scores.items()}
        return {
            "auc": metrics.area_under_curve(self.counts),
            "auc_rebalanced": metrics.rebalanced_area_under_curve(self.counts),
            **means,
            "colorfulness_difference": abs(means["colorfulness"] - true_colorfulness),
        }


@dataclass(frozen=True)
class Truth:
    """One picture that colors are held against."""

    rgb: Picture
    lab: colorists.FloatArray
    classes: NDArray[np.int64]
    """Bin of each true color."""


def truth_of(rgb: Picture) -> Truth:
    """A picture with what is computed of it once for all colorists."""
    lab = to_lab(rgb)
    return Truth(rgb, lab, classes_of(lab[..., 1:]))


def classes_of(true: colorists.FloatArray) -> NDArray[np.int64]:
    """`metrics.color_classes` of a*b* [..., 2], a hundred times as fast: the bins are squares of a grid.

    The nearest bin is the square that a color lies in, where that is a bin; only the others are searched for.
    """
    cells = np.rint(true / color.bins.STEP).astype(np.int64)
    found: NDArray[np.int64] = _grid()[cells[..., 0], cells[..., 1]]
    others = found < 0
    found[others] = metrics.color_classes(true[others])
    return found


@lru_cache(maxsize=1)
def _grid() -> NDArray[np.int64]:
    """The bin of each square of the a*b* grid, counted from gray in both directions; -1 where it is none."""
    centers = np.rint(color.bins.centers() / color.bins.STEP).astype(np.int64)
    grid = np.full((2 * GRID, 2 * GRID), -1)
    grid[centers[:, 0], centers[:, 1]] = np.arange(len(centers))
    return grid


def score(truth: Truth, small: colorists.FloatArray, tally: Tally) -> None:
    """Carry predicted a*b* [h, w, 2] to full size and into gamut, and note how near it comes."""
    true = truth.lab[..., 1:]
    lab = colored(truth.lab[..., 0], small)
    rgb = to_bytes(color.lab_to_srgb(lab))
    predicted = lab[..., 1:]
    tally.counts += metrics.distance_counts(true, predicted, truth.classes)
    for epsilon in EPSILONS:
        tally.add(f"accuracy_{100 * epsilon:g}", 100 * metrics.accuracy(true, predicted, epsilon))
    tally.add("chroma_error", metrics.chroma_error(true, predicted))
    tally.add("psnr", metrics.psnr(truth.rgb, rgb))
    tally.add("ciede2000", metrics.mean_ciede2000(truth.lab, to_lab(rgb)))
    tally.add("colorfulness", metrics.colorfulness(rgb))


def measure(
    prepare: Callable[[Picture], Picture], entries: Sequence[Colorist], picture: Picture
) -> tuple[float, list[Tally]]:
    """How colorful one picture is, and what is measured of all colorists on it."""
    truth = truth_of(prepare(picture))
    tallies = [Tally() for _ in entries]
    for entry, tally in zip(entries, tallies, strict=True):
        score(truth, entry.paint(truth.lab[..., 0]), tally)
    return metrics.colorfulness(truth.rgb), tallies


def evaluate(
    data: DataSet, prepare: Callable[[Picture], Picture], entries: Sequence[Colorist], jobs: int = 1
) -> dict[str, Any]:
    """Score all colorists on all pictures of a set, in so many processes."""
    tallies = [Tally() for _ in entries]
    colorful = []
    for colorfulness, measured in data.mapped(
        partial(measure, prepare, entries), f"{data.name}: scoring", jobs
    ):
        colorful.append(colorfulness)
        for tally, more in zip(tallies, measured, strict=True):
            tally.join(more)
    true_colorfulness = float(np.mean(colorful))
    return {
        "data": data.name,
        "pictures": len(colorful),
        "unreadable": len(data) - len(colorful),
        "sha256": data.sha256(),
        "true_colorfulness": true_colorfulness,
        "scores": {
            entry.name: tally.summary(true_colorfulness) | {"model_sha256": entry.sha256}
            for entry, tally in zip(entries, tallies, strict=True)
        },
    }


def section(result: dict[str, Any], fitted_on: str) -> str:
    """The part of the page about one data set."""
    rows = [[name, *_figures(scores)] for name, scores in result["scores"].items()]
    rows.append(["truth", *("" for _ in HEADER[2:-1]), f"{result['true_colorfulness']:.1f}", ""])
    hashes = [
        f"- {name}: sha256 `{scores['model_sha256']}`"
        for name, scores in result["scores"].items()
        if scores["model_sha256"]
    ]
    left_out = f", {result['unreadable']} unreadable ones left out" if result["unreadable"] else ""
    about = (
        f"{result['pictures']} pictures{left_out}; sha256 of their bytes `{result['sha256']}`. "
        f"The two means are fitted on {fitted_on}.\n"
    )
    return "\n".join([f"## {result['data']}\n", about, results.table(HEADER, rows), *hashes, ""])


def _figures(scores: dict[str, Any]) -> list[str]:
    shown = [f"{scores['auc']:.2f}", f"{scores['auc_rebalanced']:.2f}"]
    shown += [f"{scores[f'accuracy_{100 * epsilon:g}']:.1f}" for epsilon in EPSILONS]
    shown += [f"{scores['chroma_error']:.2f}", f"{scores['psnr']:.2f}", f"{scores['ciede2000']:.2f}"]
    return [*shown, f"{scores['colorfulness']:.1f}", f"{scores['colorfulness_difference']:.1f}"]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="How good the colors are: models beside trivial baselines.")
    parser.add_argument("--data", type=Path, action="append", required=True, help="folder or tar; repeatable")
    parser.add_argument("--model", action="append", default=[], help="name or .onnx path; repeatable")
    parser.add_argument(
        "--vivid",
        type=ranges.share,
        action="append",
        default=[],
        help="score models at this vividness, 0..1",
    )
    parser.add_argument("--size", type=ranges.positive, default=256, help="side of the scored square")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--crop", action="store_true", help="center square (default)")
    shape.add_argument("--stretch", action="store_true", help="whole picture, stretched to the square")
    parser.add_argument(
        "--fit", type=Path, help="fit the two means on these pictures, not on the scored ones"
    )
    ranges.add_extent_and_results(parser)
    return parser.parse_args(arguments)


def levels_of(prepare: Callable[[Picture], Picture], picture: Picture) -> colorists.Levels:
    """What the baselines need of one picture."""
    return colorists.level_sums(to_lab(prepare(picture)))


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    prepare = partial(squared, size=options.size, stretch=options.stretch)
    models = colorists.models(options.model, options.vivid, colorists.cores_for(options.jobs))
    fit = open_set(options.fit, FIT_LIMIT) if options.fit else None
    measured, sections = [], []
    for source in options.data:
        data = open_set(source, options.limit)
        ground = fit or open_set(source, min(options.limit or FIT_LIMIT, FIT_LIMIT))
        levels = ground.mapped(partial(levels_of, prepare), f"{ground.name}: fitting", options.jobs)
        entries = colorists.baselines(levels) + models
        measured.append(evaluate(data, prepare, entries, options.jobs))
        whole = fit is None and len(ground) == len(data)
        fitted_on = "these pictures themselves" if whole else f"{len(ground)} pictures of {ground.name}"
        sections.append(section(measured[-1], fitted_on))
    shape = "stretched" if options.stretch else "center square"
    protocol = f"Protocol: {shape}, {options.size}x{options.size}; see benchmarks/README.md.\n"
    page = results.page("Quality of the colors", "quality.py", arguments, [protocol, *sections])
    results.publish(page, options.markdown)
    if options.json:
        about = {"size": options.size, "shape": shape, "versions": results.versions()}
        text = json.dumps(about | {"sets": measured}, indent=1)
        results.publish(text + "\n", options.json)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"quality.py: {error}")
