"""What references are worth to the shipped model, by how much of the photograph they show, and whether the
search finds the right ones.

    python benchmarks/matching.py --data DIR --references DIR [--limit 50] [--candidates 2000]
        [--searched 200] [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ranges
import results
from tintype import color, metrics
from tintype.engine.matching import reference_hints
from tintype.engine.predictors import OnnxPredictor
from tintype.engine.references import References
from tintype.engine.search import Index, default_embedder
from tintype.errors import DataError, TintypeError, UnusableReference
from tintype.evaluate import nearest
from tintype.evaluate.pictures import (
    Judged,
    Picture,
    center_square,
    into_gamut,
    judge,
    open_set,
    squared,
    to_bytes,
    to_lab,
)
from tintype.zoo import DEFAULT_MODEL

FloatArray = NDArray[np.floating[Any]]

TOP, LEFT, KEPT = 0.05, 0.08, 0.88
"""Shares of the sides: where the crop of a changed copy begins, and how much it keeps."""
DARKER, LIGHTER = 1.25, 0.8
"""Exponents of L* / 100 that change the light of a copy."""
INSIDE = 4
"""Times as large as its hint is the place that a hint stands for; see `semantic.hints`."""
NONE, ITSELF, NEAREST, ANY = (
    "none",
    "the picture itself: mirrored, cropped, its light changed",
    "the nearest of {} other photographs",
    "any photograph: the picture scored before",
)
HEADER = ("reference", "places with a hint, %", "a*b* error", "against none", "AuC, %", "AuC, rebalanced, %")


@dataclass(frozen=True)
class Subject:
    """A photograph to color."""

    judged: Judged
    square: Picture
    """[S, S, 3], at the model's working size."""
    itself: References
    """A changed copy."""
    for_others: References
    """The square."""


@dataclass(frozen=True)
class Scores:
    """What a kind of reference makes of all photographs."""

    hinted: list[float]
    """Shares of places with a hint."""
    errors: list[float]
    """Mean a*b* distances."""
    counts: NDArray[np.int64]
    """The sum of `metrics.distance_counts`."""

    def row(self, name: str, none: "Scores") -> list[str]:
        """The row of the table, held against the scores without a reference."""
        raw, rebalanced = (
            area(self.counts) for area in (metrics.area_under_curve, metrics.rebalanced_area_under_curve)
        )
        alone = self is none
        return [
            name,
            "" if alone else f"{100 * np.mean(self.hinted):.0f}",
            f"{np.mean(self.errors):.2f}",
            "" if alone else difference(np.subtract(self.errors, none.errors)),
            f"{raw:.2f}",
            f"{rebalanced:.2f}",
        ]


def difference(differences: FloatArray) -> str:
    """Mean of paired differences with its standard error."""
    error = float(differences.std(ddof=1)) / len(differences) ** 0.5
    return f"{differences.mean():+.2f} ± {error:.2f}"


def changed(picture: Picture, light: float) -> Picture:
    """The center square of a picture mirrored and cropped, its L* / 100 raised to the power of `light`."""
    square = center_square(picture)[:, ::-1]
    side = round(KEPT * len(square))
    top, left = (round(share * len(square)) for share in (TOP, LEFT))
    lab = to_lab(square[top : top + side, left : left + side])
    lab[..., 0] = 100 * (lab[..., 0] / 100) ** light
    return to_bytes(color.lab_to_srgb(into_gamut(lab)))


def subjects(source: Path, limit: int, size: int) -> list[Subject]:
    """Photographs of a set at size x size, without those that are gray, small or unreadable.

    Raises `DataError` when there are not at least two.
    """
    found: list[Subject] = []
    for item in open_set(source, limit).items:
        judged = judge(item, size)
        picture = judged.wanted(())
        if picture is None:
            continue
        square = squared(picture, size)
        copy = squared(changed(picture, LIGHTER if len(found) % 2 else DARKER), size)
        try:
            found.append(Subject(judged, square, References(copy), References(square)))
        except UnusableReference:
            continue
    if len(found) < 2:
        raise DataError(f"{source} has fewer than two color photographs to score; give another set")
    return found


def score(
    predictor: OnnxPredictor, photographs: Sequence[Subject], reference_of: Callable[[int], References | None]
) -> Scores:
    """Color all photographs, each with the reference for its number, and compare with their own colors."""
    hinted, errors, counts = [], [], []
    for number, photograph in enumerate(photographs):
        lab = to_lab(photograph.square)
        luma = np.ascontiguousarray(lab[np.newaxis, np.newaxis, :, :, 0], np.float32)
        reference = reference_of(number)
        hints = None if reference is None else reference_hints(predictor, luma, reference)
        hinted.append(0.0 if hints is None else INSIDE * float(hints[0, 2].mean()))
        small = np.moveaxis(predictor.predict(luma, hints).chroma[0], 0, -1)
        predicted = color.enlarge(np.ascontiguousarray(small), lab.shape[:2])
        errors.append(metrics.chroma_error(lab[..., 1:], predicted))
        counts.append(metrics.distance_counts(lab[..., 1:], predicted))
    return Scores(hinted, errors, np.sum(counts, axis=0))


def chosen(photographs: Sequence[Subject], shelf: nearest.Shelf) -> tuple[list[References], int, str]:
    """The nearest reference for each photograph, out of how many, and the hash of these."""
    searched = nearest.search(nearest.look_at(shelf, lambda line: print(line, file=sys.stderr)))
    found = [searched.open(searched.choose(each.judged, each.square)) for each in photographs]
    return found, searched.summary.pictures, searched.summary.sha256


def worth(data: Path, references: Path, limit: int, candidates: int) -> str:
    """The section on what references are worth."""
    predictor = default_embedder().predictor
    size = predictor.contract.working_size
    photographs = subjects(data, limit, size)
    with tempfile.TemporaryDirectory() as folder:
        shelf = nearest.Shelf(references, candidates, size, False, Path(folder))
        others, count, hashed = chosen(photographs, shelf)
    kinds: dict[str, Callable[[int], References | None]] = {
        NONE: lambda _: None,
        ITSELF: lambda number: photographs[number].itself,
        NEAREST.format(f"{count:,}"): lambda number: others[number],
        ANY: lambda number: photographs[number - 1].for_others,
    }
    scores = {name: score(predictor, photographs, kind) for name, kind in kinds.items()}
    about = (
        f"{len(photographs)} pictures of {open_set(data).name} at {size}x{size} pixels; sha256 of the list "
        f"of their hashes `{hash_of(each.judged.sha256 for each in photographs)}`. {count:,} references of "
        f"{open_set(references).name}; sha256 of the list of their hashes `{hashed}`. Errors are mean "
        "distances in a*b*; ± is the standard error of the mean difference.\n"
    ).replace("*", r"\*")
    rows = [each.row(name, scores[NONE]) for name, each in scores.items()]
    return "\n".join(["## What a reference is worth\n", about, results.table(HEADER, rows)])


def hash_of(hashes: Iterable[str]) -> str:
    """sha256 of a list of hashes, one a line."""
    return sha256("".join(f"{each}\n" for each in hashes).encode()).hexdigest()


def found_again(data: Path, limit: int) -> str:
    """The section on the search: how many photographs a changed copy finds among all of them."""
    size = default_embedder().predictor.contract.working_size
    index = Index.empty()
    kept, copies, seconds = [], [], 0.0
    for item in open_set(data, limit).items:
        judged = judge(item, size)
        picture = judged.wanted(())
        if picture is not None:
            start = time.process_time()
            index.add(judged.name, to_lab(squared(picture, size))[..., 0])
            seconds += time.process_time() - start
            kept.append(judged.sha256)
            copies.append(to_lab(squared(changed(picture, DARKER), size))[..., 0])
    if not copies:
        raise DataError(f"{data} has no color photographs to search; give another set")
    hits = sum(
        [each.number for each in index.nearest(copy)] == [number] for number, copy in enumerate(copies)
    )
    about = (
        f"Of {len(copies)} photographs of {open_set(data).name}, {hits} were found, as the nearest of them "
        "all, by a copy of themselves: mirrored, cropped, darkened. sha256 of the list of their hashes "
        f"`{hash_of(kept)}`. To look at each took {1000 * seconds / len(kept):.0f} ms of a processor, "
        "once it was decoded.\n"
    )
    return "\n".join(["## Photographs found by a changed copy\n", about])


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="pictures to color: a folder, a tar shard or a packed set"
    )
    parser.add_argument("--references", type=Path, required=True, help="pictures to choose from, likewise")
    parser.add_argument("--limit", type=ranges.positive, default=50, help="pictures to color")
    parser.add_argument("--candidates", type=ranges.positive, default=2000, help="pictures to choose from")
    parser.add_argument("--searched", type=ranges.positive, default=200, help="pictures to find by a copy")
    parser.add_argument("--markdown", type=Path, help="write the page here instead of printing it")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Measure and publish."""
    options = parse(arguments)
    model = f"Model: {DEFAULT_MODEL}, sha256 `{default_embedder().model_sha256}`.\n"
    sections = [
        model,
        worth(options.data, options.references, options.limit, options.candidates),
        found_again(options.data, options.searched),
    ]
    title = "Colors matched from references"
    results.publish(results.page(title, Path(__file__).name, arguments, sections), options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"matching.py: {error}")
