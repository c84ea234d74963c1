"""Variants of a model that are stored smaller: made, tried, and scored beside the model itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import results
import revealed
import variants
from pictures import DataSet
from tintype import color, metrics
from tintype.contract import INPUT_HINTS, INPUT_LUMA, INPUT_VIVID
from tintype.engine.predictors import OnnxPredictor
from tintype.errors import ModelError
from tintype.evaluate.colorists import Network
from tintype.evaluate.pictures import FloatArray, Picture, colored, squared, to_bytes, to_lab

CALIBRATION = 64
"""Pictures on which ranges are measured for 8-bit arithmetic."""
HINT_SIDE = 7
"""Pixels of the hints that calibration pictures are given where a model takes some."""
MOST_HINTS = 20
"""Calibration pictures have 0 to so many of them, so that the ranges hold with hints and without."""
FLOAT32 = "float32"
HEADER = ("", "MB", "a*b* error", "PSNR", "difference to float32")


@dataclass(frozen=True)
class Candidate:
    """A model file whose time is taken."""

    name: str
    path: Path
    failure: str = ""
    """Why it cannot be run, if so."""

    @property
    def megabytes(self) -> float:
        return self.path.stat().st_size / 1e6


def calibration_feeds(network: Network, data: DataSet, size: int) -> Iterator[variants.Feed]:
    """What a model is fed for each calibration picture, with more or fewer hints if it takes any."""
    for number, picture in enumerate(data.decoded(f"{data.name}: calibrating")):
        rgb = squared(picture, size)
        lab = to_lab(rgb)
        feed = {INPUT_LUMA: np.ascontiguousarray(lab[None, None, ..., 0], np.float32)}
        if network.contract.hints:
            count = number % (MOST_HINTS + 1)
            squares = revealed.draw(lab[..., 1:], count, HINT_SIDE, revealed.generator_of(rgb, 0))
            hints = squares.planes((size, size), slice(None))
            feed[INPUT_HINTS] = np.ascontiguousarray(np.moveaxis(hints, -1, 0)[None])
        if network.contract.vivid is not None:
            feed[INPUT_VIVID] = np.array([network.contract.vivid], np.float32)
        yield feed


def make(network: Network, calibration: DataSet | None, size: int, folder: Path) -> list[Candidate]:
    """The model stored in each way; ranges are measured only with pictures to measure them on."""
    plain = folder / f"{network.name}-0.onnx"
    variants.float32(network.path, plain)
    ways: dict[str, Callable[[Path, Path], None]] = {
        "float16, computed in float32": variants.float16,
        "int8, computed in float32": variants.int8,
        "int8, ranges measured each time": variants.dynamic,
    }
    if calibration is not None:
        feeds = partial(calibration_feeds, network, calibration, size)
        ways["int8, ranges of calibration"] = partial(variants.static, feeds=feeds)
    found = [Candidate(f"{network.name}: {FLOAT32}", plain)]
    for number, (name, way) in enumerate(ways.items(), 1):
        path = folder / f"{network.name}-{number}.onnx"
        way(plain, path)
        found.append(_tried(Candidate(f"{network.name}: {name}", path)))
    return found


def _tried(candidate: Candidate) -> Candidate:
    """The candidate, with the reason if ONNX Runtime cannot load it."""
    try:
        OnnxPredictor(candidate.path, "cpu", 1)
    except ModelError as error:
        return Candidate(candidate.name, candidate.path, str(error))
    return candidate


def score(candidates: Sequence[Candidate], data: DataSet, size: int) -> dict[str, dict[str, float]]:
    """a*b* error and PSNR of each, and the mean a*b* distance of its chroma to the first one's."""
    networks = [Network(str(candidate.path)) for candidate in candidates]
    rows: list[list[list[float]]] = [[] for _ in candidates]
    for picture in data.decoded(f"{data.name}: scoring"):
        rgb = squared(picture, size)
        lab = to_lab(rgb)
        chromas = [network.paint(lab[..., 0]) for network in networks]
        for row, chroma in zip(rows, chromas, strict=True):
            row.append([*_nearness(rgb, lab, chroma), metrics.chroma_error(chromas[0], chroma)])
    names = ("chroma_error", "psnr", "difference")
    return {
        candidate.name: dict(zip(names, np.mean(row, axis=0).tolist(), strict=True))
        for candidate, row in zip(candidates, rows, strict=True)
    }


def _nearness(rgb: Picture, lab: FloatArray, chroma: FloatArray) -> tuple[float, float]:
    got = colored(lab[..., 0], chroma)
    shown = to_bytes(color.lab_to_srgb(got))
    return metrics.chroma_error(lab[..., 1:], got[..., 1:]), metrics.psnr(rgb, shown)


def table_of(candidates: Sequence[Candidate], scores: dict[str, dict[str, float]]) -> str:
    """The table of what storing smaller costs."""
    rows = []
    for candidate in candidates:
        got = scores[candidate.name]
        figures = (f"{got['chroma_error']:.3f}", f"{got['psnr']:.3f}", f"{got['difference']:.3f}")
        rows.append((candidate.name, f"{candidate.megabytes:.1f}", *figures))
    return results.table(HEADER, rows)
