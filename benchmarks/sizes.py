"""Do colors depend on the size of the file: the same photograph at several sizes, from file to picture.

    python benchmarks/sizes.py [PHOTO...] [--model NAME|PATH …] [--vivid 0..1] [--data DIR_or_TAR]
        [--limit N] [--megapixels 0.25 1 12] [--json OUT] [--markdown OUT]

Photographs are files, or names of pictures in scikit-image such as `skimage:coffee`; without any, four of
those. See README.md beside this file for the protocol.
"""

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import photographs
import ranges
import results
from pictures import open_set
from tintype import color, metrics
from tintype.engine.colorizer import Colorizer
from tintype.errors import TintypeError
from tintype.evaluate.pictures import FloatArray, to_lab

MEGAPIXELS = (0.25, 1.0, 12.0)
PHOTOS = ("skimage:astronaut", "skimage:chelsea", "skimage:coffee", "skimage:rocket")
QUALITY = 95
"""Of the JPEG files, without chroma subsampling."""
SIDE = 256
"""Pixels of the longer side at which results are compared."""
GOAL = 2.0
"""CIEDE2000: twice what an eye just sees."""
OWN = "own colors"
"""The row of the photographs' own colors: what the sizes alone change."""


def versions(photo: Image.Image, megapixels: Sequence[float]) -> list[bytes]:
    """JPEG files of a photograph at several sizes, by Lanczos' windowed sinc."""
    files = []
    for size in megapixels:
        scale = (size * 1e6 / (photo.width * photo.height)) ** 0.5
        shape = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
        file = io.BytesIO()
        photo.resize(shape, Image.Resampling.LANCZOS).save(file, "JPEG", quality=QUALITY, subsampling=0)
        files.append(file.getvalue())
    return files


def painter(colorizer: Colorizer, vivid: float | None) -> Callable[[bytes], FloatArray]:
    """What colors a file through the whole path, into 8-bit RGB [H, W, 3]."""

    def paint(file: bytes) -> FloatArray:
        sitting = colorizer.set_photo(file)
        sitting.predict(vivid=vivid)
        return sitting.render().to_array()

    return paint


def own_colors(file: bytes) -> FloatArray:
    """A file as it is."""
    return np.asarray(Image.open(io.BytesIO(file)))


def small_lab(rgb: FloatArray) -> FloatArray:
    """L*a*b* of 8-bit RGB [H, W, 3], shrunk by area until its longer side is `SIDE`."""
    longer = max(rgb.shape[:2])
    shape = tuple(max(1, round(length * SIDE / longer)) for length in rgb.shape[:2])
    small = color.shrink(rgb.astype(np.float32) / 255, (shape[0], shape[1]))
    return to_lab(np.rint(small * 255).astype(np.uint8))


def differences(files: Sequence[bytes], paint: Callable[[bytes], FloatArray]) -> list[float]:
    """Mean CIEDE2000 between the results of each two files."""
    labs = [small_lab(paint(file)) for file in files]
    height, width = (min(lab.shape[axis] for lab in labs) for axis in (0, 1))
    labs = [lab[:height, :width] for lab in labs]  # rounding may make a difference of one pixel
    return [metrics.mean_ciede2000(first, second) for first, second in combinations(labs, 2)]


def photos_of(
    names: Sequence[str], data: Path | None, limit: int | None
) -> Iterator[tuple[str, Image.Image]]:
    """The named photographs, then those of a data set, with what they are called."""
    for name in names:
        yield photographs.short_name(name), photographs.read(name)
    if data is not None:
        pictures = open_set(data, limit)
        for number, picture in enumerate(pictures.decoded(f"{pictures.name}: coloring")):
            yield f"{pictures.name} {number}", Image.fromarray(picture)


def section(name: str, pairs: Sequence[str], rows: dict[str, list[float]]) -> str:
    """The part of the page about one model."""
    values = np.array(list(rows.values()))
    cells = [[photo, *(f"{value:.2f}" for value in row)] for photo, row in rows.items()]
    cells.append(["mean", *(f"{value:.2f}" for value in values.mean(axis=0))])
    cells.append(["largest", *(f"{value:.2f}" for value in values.max(axis=0))])
    return f"## {name}\n\n" + results.table(("mean CIEDE2000", *pairs), cells)


def verdict(rows: dict[str, list[float]]) -> str:
    """Whether all photographs stay below the goal, in a sentence."""
    above = [photo for photo, row in rows.items() if not max(row) < GOAL]
    if above:
        return f"Not below {GOAL:g}: {', '.join(above)}.\n"
    return f"Every photograph stays below {GOAL:g}.\n"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The same photograph at several sizes.")
    parser.add_argument("photos", nargs="*", metavar="PHOTO", help="file, or a name such as skimage:coffee")
    parser.add_argument("--model", action="append", help="name or .onnx path; repeatable")
    parser.add_argument("--vivid", type=ranges.share, help="vividness for all models, 0..1")
    parser.add_argument("--data", type=Path, help="folder or tar of further photographs")
    parser.add_argument("--limit", type=ranges.positive, help="so many pictures of --data, evenly spread")
    parser.add_argument("--megapixels", type=ranges.size, nargs="+", default=MEGAPIXELS, help="two or more")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
    options = parser.parse_args(arguments)
    if len(options.megapixels) < 2:
        parser.error("--megapixels needs two sizes or more: results are compared with one another")
    return options


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    painters: dict[str, Callable[[bytes], FloatArray]] = {}
    for model in options.model or ["cnn"]:
        colorizer = Colorizer(model, device="cpu")
        name = colorizer.model.name
        unique = f"{name} {colorizer.model.sha256[:8]}" if name in painters else name
        painters[unique] = painter(colorizer, options.vivid)
    painters[OWN] = own_colors
    names = options.photos or ([] if options.data else PHOTOS)
    tables: dict[str, dict[str, list[float]]] = {name: {} for name in painters}
    for photo, picture in photos_of(names, options.data, options.limit):
        files = versions(picture, options.megapixels)
        for name, paint in painters.items():
            tables[name][photo] = differences(files, paint)
    publish(options, arguments, tables)


def publish(
    options: argparse.Namespace, arguments: Sequence[str], tables: dict[str, dict[str, list[float]]]
) -> None:
    """Write the page and the figures."""
    pairs = [f"{first:g} and {second:g} MP" for first, second in combinations(options.megapixels, 2)]
    parts = [
        "Each photograph is brought to each size and written as JPEG; the results are compared at "
        f"{SIDE} pixels. *{OWN[0].upper()}{OWN[1:]}* is what the sizes alone change.\n"
    ]
    for name, rows in tables.items():
        parts += [section(name, pairs, rows), "" if name == OWN else verdict(rows)]
    results.publish(results.page("Sizes", "sizes.py", arguments, parts), options.markdown)
    if options.json:
        figures: dict[str, Any] = {"pairs": pairs, "versions": results.versions(), "models": tables}
        results.publish(json.dumps(figures, indent=1) + "\n", options.json)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"sizes.py: {error}")
