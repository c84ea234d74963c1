"""What methods of references cost and what their colors are worth.

    python benchmarks/references.py --data DIR --references DIR [--limit 50] [--candidates 2000]
        [--megapixels 12] [--rounds 3] [--sheet OUT.png] [--markdown OUT]

See README.md beside this file for the protocol. Times depend on the machine: run it on a quiet one.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import photographs
import ranges
import results
from tintype import color, metrics
from tintype.classical import METHODS, Kind, paint_like
from tintype.classical.exemplar import charpiat, cuts, sources
from tintype.data.packed import PictureSet, open_dataset
from tintype.engine.colorizer import Colorizer
from tintype.engine.search import Index
from tintype.errors import TintypeError
from tintype.evaluate.pictures import squared, to_lab

FloatArray = NDArray[np.float32]
Way = Callable[[FloatArray, FloatArray], FloatArray]
"""a*b* for L* and one reference."""

NAMES = [name for name, method in METHODS.items() if method.kind is Kind.REFERENCE]
SIZE = 256
"""Pixels a side at which colors are scored, as in `tintype evaluate`."""
ROUNDS = (1, 2, 4)
"""Rounds of expansion that are compared."""
FEW = 4
"""Pictures on which rounds are compared."""
PACKAGES = (*results.PACKAGES, "scipy", "scikit-image", "pyamg")


@dataclass(frozen=True)
class Pair:
    """A photograph and its reference, L*a*b* [SIZE, SIZE, 3] both."""

    true: FloatArray
    reference: FloatArray


def spread(count: int, wanted: int) -> list[int]:
    """About `wanted` numbers of `count`, evenly."""
    return sorted(set(np.linspace(0, count - 1, min(wanted, count)).astype(int).tolist()))


def pairs_of(data: PictureSet, references: PictureSet, limit: int, candidates: int) -> list[Pair]:
    """Pictures, each with that of the references most like it by the shipped model's features."""
    numbers = spread(len(references), candidates)

    def seen(number: int) -> FloatArray:
        return np.ascontiguousarray(to_lab(squared(references[number], SIZE))[..., 0], np.float32)

    index = Index.build((str(number), seen(number)) for number in numbers)
    found = []
    for number in spread(len(data), limit):
        true = to_lab(squared(data[number], SIZE)).astype(np.float32)
        nearest = numbers[index.nearest(true[..., 0])[0].number]
        found.append(Pair(true, to_lab(squared(references[nearest], SIZE)).astype(np.float32)))
    return found


def by_method(name: str) -> Way:
    """A method at its working size, its chroma carried to the picture's."""
    side = METHODS[name].working_size

    def way(luma: FloatArray, reference: FloatArray) -> FloatArray:
        small = np.ascontiguousarray(color.shrink(luma, (side, side), axes=(-2, -1)), np.float32)
        shown = np.ascontiguousarray(color.shrink(reference, (side, side)), np.float32)
        return color.enlarge(paint_like(name, small, [shown]), luma.shape)

    return way


class MeanAndDeviation(sources.Remapping):
    """Welsh's and Hertzmann's remapping, to compare."""

    @classmethod
    def between(cls, lightness: Sequence[FloatArray], luma: FloatArray) -> "MeanAndDeviation":
        together = np.concatenate([each.reshape(-1) for each in lightness])
        return cls(float(luma.std() / max(together.std(), 1e-3)), float(together.mean()), float(luma.mean()))


class Unchanged(sources.Remapping):
    """Lightness as it is, to compare."""

    @classmethod
    def between(cls, lightness: Sequence[FloatArray], luma: FloatArray) -> "Unchanged":
        del lightness, luma
        return cls(1.0, 0.0, 0.0)


def score(pairs: Sequence[Pair], way: Way) -> list[str]:
    """Mean a*b* error, area under the curve, mean chroma, and seconds of processor time for a picture."""
    errors, counts, strengths, seconds = [], [], [], []
    for pair in pairs:
        start = time.process_time()
        found = way(np.ascontiguousarray(pair.true[..., 0]), pair.reference)
        seconds.append(time.process_time() - start)
        errors.append(metrics.chroma_error(pair.true[..., 1:], found))
        counts.append(metrics.distance_counts(pair.true[..., 1:], found))
        strengths.append(float(np.hypot(found[..., 0], found[..., 1]).mean()))
    area = statistics.fmean(metrics.area_under_curve(each) for each in counts)
    return [
        f"{statistics.fmean(errors):.2f}",
        f"{area:.2f}",
        f"{statistics.fmean(strengths):.1f}",
        f"{statistics.median(seconds):.2f}",
    ]


def scores(pairs: Sequence[Pair]) -> str:
    """The section on how good the colors are."""
    header = ["", "a*b* error", "AuC, %", "mean chroma", "processor seconds"]
    rows = [["gray", *score(pairs, lambda luma, _: np.zeros((*luma.shape, 2), np.float32))]]
    rows += [[name, *score(pairs, by_method(name))] for name in NAMES]
    for title, way in (("mean and deviation", MeanAndDeviation), ("as it is", Unchanged)):
        with mock.patch.object(sources, "Remapping", way):
            rows.append([f"welsh, lightness: {title}", *score(pairs, by_method("welsh"))])
    true = statistics.fmean(float(np.hypot(pair.true[..., 1], pair.true[..., 2]).mean()) for pair in pairs)
    told = f"{len(pairs)} pictures; their own mean chroma is {true:.1f}.\n"
    return "\n".join(["## Colors\n", told, results.table(header, rows)])


def energies(pairs: Sequence[Pair]) -> str:
    """The section on what rounds of expansion bring."""
    problems: list[tuple[cuts.Problem, NDArray[np.int64]]] = []

    def kept(problem: cuts.Problem, labels: NDArray[np.int64], rounds: int) -> NDArray[np.int64]:
        del rounds
        problems.append((problem, labels))
        return labels

    with mock.patch.object(charpiat.cuts, "expand", kept):
        for pair in pairs[:FEW]:
            by_method("charpiat")(np.ascontiguousarray(pair.true[..., 0]), pair.reference)
    rows = [["likeliest color of each pixel", f"{_mean_energy(problems, None)[0]:.4f}", ""]]
    for rounds in ROUNDS:
        energy, seconds = _mean_energy(problems, rounds)
        rows.append([f"at most {rounds} rounds", f"{energy:.4f}", f"{seconds:.2f}"])
    header = ["charpiat", "energy of a pixel", "processor seconds"]
    return "\n".join(["## Rounds of expansion\n", results.table(header, rows)])


def _mean_energy(
    problems: Sequence[tuple[cuts.Problem, NDArray[np.int64]]], rounds: int | None
) -> tuple[float, float]:
    found, start = [], time.process_time()
    for problem, likeliest in problems:
        labels = cuts.expand(problem, likeliest, rounds or 0)
        found.append(problem.energy(labels) / len(labels))
    return statistics.fmean(found), (time.process_time() - start) / len(problems)


def times(megapixels: float, rounds: int) -> str:
    """The section on a large photograph, file to file, methods in turns."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        photo, reference, out = (Path(folder) / f"{name}.jpg" for name in ("photo", "reference", "out"))
        _enlarged("skimage:coffee", megapixels).convert("L").save(photo, quality=92)
        _enlarged("skimage:chelsea", megapixels).save(reference, quality=92)
        colorizers = {name: Colorizer(name, "cpu") for name in NAMES}
        for _ in range(rounds):
            for name, colorizer in colorizers.items():
                start = time.perf_counter(), time.process_time()
                colorizer.colorize(photo, references=reference, output=out, overwrite=True)
                seconds[name].append((time.perf_counter() - start[0], time.process_time() - start[1]))
    rows = [
        [name, *(f"{statistics.median(column):.2f}" for column in zip(*each, strict=True))]
        for name, each in seconds.items()
    ]
    told = (
        f"A JPEG of {megapixels:g} megapixels and a reference as large, file to file; medians of {rounds} "
        "rounds in turns. The clock runs while other programs do too; the processor's time is of all threads "
        "of this one.\n"
    )
    return "\n".join(
        [
            "## A large photograph\n",
            told,
            results.table(["", "seconds by the clock", "processor seconds"], rows),
        ]
    )


def _enlarged(name: str, megapixels: float) -> Image.Image:
    picture = photographs.read(name)
    times_as_wide = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
    size = (round(picture.width * times_as_wide), round(picture.height * times_as_wide))
    return picture.resize(size, Image.Resampling.LANCZOS)


def sheet(rows: Sequence[Pair]) -> Image.Image:
    """References, gray pictures, what each method makes of them, and the truth."""
    lines = []
    for pair in rows:
        luma = np.ascontiguousarray(pair.true[..., 0])
        found = [by_method(name)(luma, pair.reference) for name in NAMES]
        shown = [np.zeros_like(pair.true[..., 1:]), *found, pair.true[..., 1:]]
        lines.append([_pixels(pair.reference), *(_pixels(np.dstack([luma, chroma])) for chroma in shown)])
    return Image.fromarray(np.concatenate([np.concatenate(line, axis=1) for line in lines]))


def _pixels(lab: FloatArray) -> NDArray[np.uint8]:
    rgb = color.lab_to_srgb(color.reduce_chroma(lab))
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def halves(name: str) -> Pair:
    """The right half of a photograph, with its left one as the reference."""
    pixels = np.asarray(photographs.read(name))
    middle = pixels.shape[1] // 2
    left, right = (
        to_lab(squared(part, SIZE)).astype(np.float32) for part in (pixels[:, :middle], pixels[:, middle:])
    )
    return Pair(right, left)


def another(name: str, reference: str) -> Pair:
    """One photograph with another as the reference."""
    true, shown = (to_lab(squared(np.asarray(photographs.read(each)), SIZE)) for each in (name, reference))
    return Pair(true.astype(np.float32), shown.astype(np.float32))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="pictures to color: a folder, a tar shard or a packed set")
    parser.add_argument("--references", type=Path, help="pictures to choose references from, likewise")
    parser.add_argument("--limit", type=ranges.positive, default=50, help="pictures to color")
    parser.add_argument("--candidates", type=ranges.positive, default=2000, help="pictures to choose from")
    parser.add_argument("--megapixels", type=ranges.size, default=12.0, help="of the large photograph")
    parser.add_argument("--rounds", type=ranges.positive, default=3, help="how often it is colored")
    parser.add_argument("--sheet", type=Path, help="a picture of results on photographs of scikit-image")
    parser.add_argument("--markdown", type=Path, help="write the page here instead of printing it")
    options = parser.parse_args(arguments)
    if (options.data is None) != (options.references is None):
        parser.error("--data and --references go together")
    return options


def main(arguments: Sequence[str]) -> None:
    """Measure and publish."""
    options = parse(arguments)
    sections = []
    if options.data is not None:
        data, references = open_dataset(options.data), open_dataset(options.references)
        pairs = pairs_of(data, references, options.limit, options.candidates)
        sections += [scores(pairs), energies(pairs)]
    sections.append(times(options.megapixels, options.rounds))
    if options.sheet is not None:
        rows = [
            halves("skimage:astronaut"),
            halves("skimage:coffee"),
            another("skimage:chelsea", "skimage:coffee"),
        ]
        picture = sheet(rows)
        options.sheet.parent.mkdir(parents=True, exist_ok=True)
        picture.save(options.sheet)
    title = "Methods of references"
    results.publish(results.page(title, Path(__file__).name, arguments, sections, PACKAGES), options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"references.py: {error}")
