"""Methods of strokes: time from file to file, time for a changed stroke, and how good colors are.

    python benchmarks/strokes.py [--photo FILE] [--megapixels 12] [--strokes 12] [--rounds 3]
        [--methods NAME …] [--data DIR] [--limit 50] [--given 10] [--sizes 192 256 384] [--variants]
        [--untimed] [--markdown OUT]

Without `--photo` an example is enlarged to so many megapixels, with fresh grain. From file to file is the
command `tintype colorize PHOTO --hints strokes.json --method NAME`, a process of its own each time, start-up
included. A changed stroke is one that is added to a canvas that was painted before.

With `--data`, a folder of pictures or a packed set, strokes are drawn from the true colors as in `tintype
evaluate`, and the mean distance in a*b* to these is told: of each method by working size, and of variants.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyvips

import results
from tintype import color
from tintype.classical import METHODS, Canvas, Kind, set_up
from tintype.classical.scribble.huang import Huang
from tintype.classical.scribble.levin import Levin
from tintype.classical.scribble.yatziv import Yatziv
from tintype.data.packed import open_dataset
from tintype.engine.sizing import working_shape
from tintype.errors import TintypeError
from tintype.evaluate.pictures import FloatArray, to_lab
from tintype.evaluate.strokes import simulate
from tintype.hints import Hint, Hints, rasterize
from tintype.photo import Photo

EXAMPLE = Path(__file__).parents[1] / "examples" / "coffee.tif"
PACKAGES = (*results.PACKAGES, "scipy", "pyamg")
GRAIN = 5.0
"""Standard deviation of the grain, in levels of 255."""
BY_STROKES = tuple(name for name, method in METHODS.items() if method.kind is Kind.STROKES)
VARIANTS: dict[str, Callable[[FloatArray], Canvas]] = {
    "levin, 2 σ² = 0.6 variances (the authors')": lambda luma: Levin(luma, share=0.6),
    "levin, 2 σ² = 0.2 variances": lambda luma: Levin(luma, share=0.2),
    "levin, 2 σ² = 0.05 variances": lambda luma: Levin(luma, share=0.05),
    "levin, window of 5": lambda luma: Levin(luma, window=5),
    "levin, window of 7": lambda luma: Levin(luma, window=7),
    "huang, seep 0.001": lambda luma: Huang(luma, seep=0.001),
    "huang, seep 0.01": lambda luma: Huang(luma, seep=0.01),
    "huang, seep 0.1": lambda luma: Huang(luma, seep=0.1),
    "yatziv, b = 2": lambda luma: Yatziv(luma, power=2),
    "yatziv, b = 3": lambda luma: Yatziv(luma, power=3),
    "yatziv, b = 4": lambda luma: Yatziv(luma, power=4),
    "yatziv, b = 6": lambda luma: Yatziv(luma, power=6),
    "yatziv, a step costs 0.02": lambda luma: Yatziv(luma, step=0.02),
    "yatziv, a step costs 0.5": lambda luma: Yatziv(luma, step=0.5),
}
VARIED_AT = 192


def make_photo(megapixels: float, folder: Path) -> Path:
    """An enlarged example photograph with fresh grain, as gray JPEG."""
    example = pyvips.Image.new_from_file(str(EXAMPLE))[0]
    scale = (megapixels * 1e6 / (example.width * example.height)) ** 0.5
    large = example.resize(scale, kernel="cubic") / (256 if example.format == "ushort" else 1)
    grain = pyvips.Image.gaussnoise(large.width, large.height, sigma=GRAIN, mean=0, seed=1)
    path = folder / "photo.jpg"
    (large + grain).cast("uchar").copy(interpretation="b-w").write_to_file(str(path), Q=92)
    return path


def some_strokes(count: int, width: int, height: int) -> Hints:
    """So many strokes with a color each, spread over a picture."""
    random = np.random.default_rng(7)
    hints = []
    for number in range(count):
        start = random.uniform(0.05, 0.8, 2) * (width, height)
        end = start + random.uniform(-0.05, 0.15, 2) * (width, height)
        angle = 2 * np.pi * number / count
        hints.append(Hint.stroke([start, np.clip(end, 1, (width - 1, height - 1))], _ab(angle)))
    return Hints(tuple(hints))


def _ab(angle: float) -> dict[str, float]:
    return {"a": float(40 * np.cos(angle)), "b": float(40 * np.sin(angle))}


def from_file_to_file(photo: Path, hints: Path, method: str, rounds: int) -> list[str]:
    """Wall and processor seconds and peak megabytes of the command, medians."""
    figures = []
    for _ in range(rounds):
        target = photo.with_name("colored.jpg")
        command = [sys.executable, "-m", "tintype", "colorize", str(photo), "--hints", str(hints)]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--method", method, "-o", str(target), "--overwrite"], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"tintype colorize --method {method} failed; run it alone to see why")
        wall = time.perf_counter() - start
        figures.append((wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    middle = [statistics.median(each) for each in zip(*figures, strict=True)]
    return [f"{middle[0]:.2f}", f"{middle[1]:.2f}", f"{middle[2]:.0f}"]


def on_a_canvas(photo: Photo, strokes: Hints, method: str, rounds: int) -> list[str]:
    """Seconds to set up and paint all strokes but the last; and then, with it: wall and processor."""
    size = (photo.width, photo.height)
    shape = working_shape(*size, METHODS[method].working_size, 1)
    luma = photo.lightness(*shape)
    fewer, all_of_them = (rasterize(each, size, shape) for each in (Hints(strokes.hints[:-1]), strokes))
    figures = []
    for _ in range(rounds):
        start = time.perf_counter()
        canvas = set_up(method, luma)
        canvas.paint(fewer)
        painted, busy = time.perf_counter(), time.process_time()
        canvas.paint(all_of_them)
        figures.append((painted - start, time.perf_counter() - painted, time.process_time() - busy))
    return [f"{statistics.median(each):.2f}" for each in zip(*figures, strict=True)]


def error(make: Callable[[FloatArray], Canvas], data: Sequence[tuple[FloatArray, Hints]], side: int) -> str:
    """Mean distance in a*b* of what a canvas paints to the truth."""
    found = []
    for lab, hints in data:
        size = (lab.shape[1], lab.shape[0])
        shape = working_shape(*size, side, 1)
        luma = np.clip(color.enlarge(lab[..., :1], shape)[..., 0], 0, 100)
        small = make(luma).paint(rasterize(hints, size, shape))
        chroma = color.enlarge(small, lab.shape[:2])
        found.append(float(np.hypot(*np.moveaxis(chroma - lab[..., 1:], -1, 0)).mean()))
    return f"{statistics.fmean(found):.2f}"


def read(source: Path, limit: int, given: int) -> list[tuple[FloatArray, Hints]]:
    """L*a*b* and simulated strokes of pictures that are evenly spread over a set."""
    whole = open_dataset(source)
    numbers = (
        [number * len(whole) // limit for number in range(limit)] if limit < len(whole) else range(len(whole))
    )
    pictures = [np.array(whole[number]) for number in numbers]
    return [(to_lab(picture).astype(np.float32), simulate(picture, given)) for picture in pictures]


def timed(options: argparse.Namespace, folder: Path) -> str:
    """The table of times."""
    path = make_photo(options.megapixels, folder) if options.photo is None else options.photo
    photo = Photo.open(path)
    strokes = some_strokes(options.strokes, photo.width, photo.height)
    (folder / "strokes.json").write_text(strokes.to_json((photo.width, photo.height)))
    if path.parent != folder:
        path = Path(os.path.relpath(path))
    rows = []
    for method in options.methods:
        print(method, file=sys.stderr)
        rows.append(
            [
                method,
                str(METHODS[method].working_size),
                *from_file_to_file(path, folder / "strokes.json", method, options.rounds),
                *on_a_canvas(photo, strokes, method, options.rounds),
            ]
        )
    header = ("method", "working size", "file to file: s", "of processor", "peak MB")
    header += ("set up and paint: s", "a changed stroke: s", "of processor")
    load = os.getloadavg()[0]
    told = (
        f"{photo.width}×{photo.height} pixels, {options.strokes} strokes, medians of {options.rounds} rounds "
        f"on {os.cpu_count()} processors that {load:.1f} processes shared on average: on a quiet machine "
        "wall times are near the processor's, or below.\n"
    )
    return f"## Times\n\n{told}\n{results.table(header, rows)}"


def scored(options: argparse.Namespace) -> str:
    """The tables of errors."""
    data = read(options.data, options.limit, options.given)
    told = f"Mean distance in a*b*, CIE units, of {len(data)} pictures with {options.given} strokes each"
    parts = []
    if options.sizes:
        rows = []
        for method in options.methods:
            print(method, file=sys.stderr)
            errors = [error(partial(set_up, method), data, side) for side in options.sizes]
            rows.append([method, *errors])
        header = ("method, working size", *map(str, options.sizes))
        parts.append(f"## Colors\n\n{told}.\n\n{results.table(header, rows)}")
    if options.variants:
        rows = [[name, error(make, data, VARIED_AT)] for name, make in VARIANTS.items()]
        header = ("variant", "error")
        parts.append(f"## Variants\n\n{told}, at {VARIED_AT}.\n\n{results.table(header, rows)}")
    return "\n".join(parts)


def main(arguments: Sequence[str]) -> None:
    """Measure and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--strokes", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--methods", nargs="+", choices=BY_STROKES, default=list(BY_STROKES))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--given", type=int, default=10, help="strokes for each picture of the data")
    parser.add_argument("--sizes", type=int, nargs="*", default=[192, 256, 384])
    parser.add_argument("--variants", action="store_true", help="score variants too")
    parser.add_argument("--untimed", action="store_true", help="measure colors alone")
    parser.add_argument("--markdown", type=Path, help="file to write; else standard output")
    options = parser.parse_args(arguments)
    sections = []
    with tempfile.TemporaryDirectory() as folder:
        if not options.untimed:
            sections.append(timed(options, Path(folder)))
        if options.data is not None:
            sections.append(scored(options))
    text = results.page("Strokes", "strokes.py", arguments, sections, PACKAGES)
    results.publish(text, options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as problem:
        raise SystemExit(f"strokes.py: {problem}") from problem
