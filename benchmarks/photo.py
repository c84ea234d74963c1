"""Time and memory of coloring one photograph, from file to file, model included.

    python benchmarks/photo.py [--rounds 3] [--model cnn] [--folder DIR] [--quick] [--markdown OUT]

Each figure is of a fresh process that does one photograph one way: Tintype's, or the same job with the
whole picture in arrays (OpenCV decodes, converts and encodes, chroma is enlarged by straight lines, colors
that sRGB cannot show are clipped). Both run the same model at the same size. The clock starts when the model
is loaded and ends when the file is closed; memory is the process's peak, Python and libraries included.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import results

EXAMPLE = Path(__file__).parents[1] / "examples" / "astronaut.jpg"
GRAIN = 0.02
"""Standard deviation of the grain, as a share of white."""
QUALITY = 92
"""Of JPEG, both ways."""
ASPECT = 1.5
MODES = ("tintype", "arrays")


@dataclass(frozen=True)
class Case:
    """One kind of photograph."""

    kind: str
    megapixels: float
    arrays: bool = True
    """Whether whole-image arrays are tried: 200 megapixels would take them some 10 GB."""

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.megapixels:g} MP"


GRAY_JPEG, RGB_JPEG, GRAY_TIFF, RGB_TIFF = (
    "8-bit gray JPEG",
    "8-bit RGB JPEG",
    "16-bit gray TIFF",
    "16-bit RGB TIFF",
)
CASES = (
    Case(GRAY_JPEG, 1),
    Case(GRAY_JPEG, 12),
    Case(GRAY_JPEG, 24),
    Case(GRAY_JPEG, 100),
    Case(RGB_JPEG, 24),
    Case(GRAY_TIFF, 24),
    Case(GRAY_TIFF, 200, arrays=False),
    Case(RGB_TIFF, 200, arrays=False),
)
QUICK = (Case(GRAY_JPEG, 1), Case(GRAY_JPEG, 12), Case(GRAY_JPEG, 24))


def make_picture(case: Case, folder: Path) -> Path:
    """An enlarged example photograph with fresh grain, written as the case's kind of file."""
    import pyvips

    height = round((case.megapixels * 1e6 / ASPECT) ** 0.5)
    width = round(height * ASPECT)
    deep = "16-bit" in case.kind
    path = folder / f"{case.kind}-{case.megapixels:g}{'.tif' if deep else '.jpg'}".replace(" ", "-")
    if path.exists():
        return path
    example = pyvips.Image.new_from_file(str(EXAMPLE))[0]
    white = 65535 if deep else 255
    large = example.resize(width / example.width, vscale=height / example.height, kernel="cubic")
    grain = pyvips.Image.gaussnoise(width, height, sigma=GRAIN * white, mean=0, seed=1)
    gray = (large * (white / 255) + grain).cast("ushort" if deep else "uchar")
    image = gray.bandjoin([gray, gray]) if "RGB" in case.kind else gray
    image = image.copy(interpretation={1: "grey16", 3: "rgb16"}[image.bands] if deep else "srgb")
    image.write_to_file(str(path), **({"compression": "none"} if deep else {"Q": QUALITY}))
    return path


def color_with_tintype(source: Path, target: Path, model: str) -> dict[str, float]:
    """Seconds that each part takes."""
    from tintype.engine.colorizer import Colorizer

    colorizer = Colorizer(model)
    start = time.perf_counter()
    sitting = colorizer.set_photo(source)
    seen = time.perf_counter()
    sitting.predict()
    predicted = time.perf_counter()
    sitting.render().save(target, quality=QUALITY, provenance=sitting.provenance())
    end = time.perf_counter()
    return {"total": end - start, "look": seen - start, "model": predicted - seen, "write": end - predicted}


def color_with_arrays(source: Path, target: Path, model: str) -> dict[str, float]:
    """Seconds that each part takes."""
    import cv2
    import numpy as np

    from tintype.engine.predictors import OnnxPredictor
    from tintype.engine.sizing import working_shape
    from tintype.zoo import find_model

    predictor = OnnxPredictor(find_model(model).path)
    start = time.perf_counter()
    picture: Any = cv2.imread(str(source), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    white = np.iinfo(picture.dtype).max
    lab = cv2.cvtColor(picture.astype(np.float32) / white, cv2.COLOR_BGR2Lab)
    height, width = lab.shape[:2]
    rows, columns = working_shape(width, height, predictor.contract.working_size, predictor.contract.multiple)
    luma = cv2.resize(lab[..., 0], (columns, rows), interpolation=cv2.INTER_AREA)
    seen = time.perf_counter()
    chroma = np.moveaxis(predictor.predict(luma[np.newaxis, np.newaxis]).chroma[0], 0, -1)
    predicted = time.perf_counter()
    lab[..., 1:] = cv2.resize(np.ascontiguousarray(chroma), (width, height), interpolation=cv2.INTER_LINEAR)
    color = np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2BGR), 0, 1)
    samples = np.round(color * white).astype(picture.dtype)
    cv2.imwrite(str(target), samples, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    end = time.perf_counter()
    return {"total": end - start, "look": seen - start, "model": predicted - seen, "write": end - predicted}


def measure_here(mode: str, source: Path, target: Path, model: str) -> None:
    """Do one photograph in this process and print what it took as JSON."""
    work = color_with_tintype if mode == "tintype" else color_with_arrays
    took = work(source, target, model)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    took |= {"megabytes": usage.ru_maxrss / 1024, "processor": usage.ru_utime + usage.ru_stime}
    json.dump(took, sys.stdout)


def measure(mode: str, source: Path, target: Path, model: str, rounds: int) -> dict[str, float]:
    """The round of median time, each in a process of its own."""
    taken = []
    for _ in range(rounds):
        target.unlink(missing_ok=True)
        command = [sys.executable, __file__, "--measure", mode, str(source), str(target), "--model", model]
        shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        taken.append(json.loads(shown))
    middle = statistics.median_low(each["total"] for each in taken)
    found: dict[str, float] = next(each for each in taken if each["total"] == middle)
    target.unlink(missing_ok=True)
    return found


def row(case: Case, folder: Path, model: str, rounds: int) -> list[str]:
    """A line of the table: Tintype, arrays, and how they compare."""
    source = make_picture(case, folder)
    target = folder / f"out{source.suffix}"
    ours = measure("tintype", source, target, model, rounds)
    cells = [
        case.name,
        f"{ours['total']:.2f}",
        f"{ours['look']:.2f}",
        f"{ours['model']:.2f}",
        f"{ours['write']:.2f}",
        f"{1000 * ours['total'] / case.megapixels:.0f}",
        f"{ours['megabytes']:.0f}",
    ]
    if case.arrays:
        theirs = measure("arrays", source, target, model, rounds)
        cells += [
            f"{theirs['total']:.2f}",
            f"{theirs['megabytes']:.0f}",
            f"{theirs['total'] / ours['total']:.1f}",
            f"{theirs['megabytes'] / ours['megabytes']:.1f}",
        ]
    else:
        cells += ["", "", "", ""]
    print(" | ".join(cells), file=sys.stderr)
    return cells


HEADER = (
    "photograph",
    "seconds",
    "of which: look",
    "model",
    "color and write",
    "ms per MP",
    "peak MB",
    "arrays: seconds",
    "arrays: peak MB",
    "times as fast",
    "times less memory",
)
EXPLANATION = """Each line is the median of {rounds} runs on {cores} processors, each run a process of its own
that colors one photograph from file to file. *Look* is reading the header and shrinking the lightness for the
model, *model* is the prediction, *color and write* is decoding, enlarging chroma, the gamut rule, rounding,
encoding and flushing to the disk. *Arrays* is the same job with whole-image arrays: OpenCV decodes, converts
to Lab in float32 and encodes, chroma is enlarged bilinearly and clipped instead of brought into sRGB, and
metadata is lost. The pictures are an example photograph, enlarged, with grain of {grain:.0%} of white; JPEG
at quality {quality}, TIFF without compression.
"""


def main(arguments: Sequence[str]) -> None:
    """Measure and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="cnn", help="name or path of the model")
    parser.add_argument(
        "--folder", type=Path, help="where pictures are made, and kept; else a temporary folder"
    )
    parser.add_argument("--quick", action="store_true", help="only gray JPEGs of 1 to 24 megapixels")
    parser.add_argument("--markdown", type=Path, help="file to write; else standard output")
    parser.add_argument("--measure", nargs=3, metavar=("MODE", "SOURCE", "TARGET"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        mode, source, target = options.measure
        measure_here(mode, Path(source), Path(target), options.model)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        cases = QUICK if options.quick else CASES
        rows = [row(case, folder, options.model, options.rounds) for case in cases]
    explained = EXPLANATION.format(
        rounds=options.rounds, cores=len(os.sched_getaffinity(0)), grain=GRAIN, quality=QUALITY
    )
    sections = [explained, results.table(HEADER, rows)]
    results.publish(results.page("Photo pipeline", "photo.py", arguments, sections), options.markdown)


if __name__ == "__main__":
    main(sys.argv[1:])
