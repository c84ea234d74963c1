"""Levin's equations of strokes, solved in three ways: SciPy's SuperLU, elimination by tiles, and multigrid.

    python benchmarks/solvers.py --data DIR [--limit 24] [--given 10] [--sizes 256 384] [--markdown OUT]

See README.md beside this file for the protocol. Times depend on the machine: run it on a quiet one.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.sparse.linalg import splu

import ranges
import results
from strokes import PACKAGES, read
from tintype import color
from tintype.classical.scribble.affinity import Float64Array, FloatArray, affinities
from tintype.classical.scribble.dissection import Dissection
from tintype.classical.scribble.multigrid import Multigrid
from tintype.classical.scribble.spreading import equations, sparse_matrix
from tintype.engine.sizing import working_shape
from tintype.errors import TintypeError
from tintype.hints import Hints, rasterize

HEADER = (
    "solver",
    "first stroke: ms",
    "a stroke more: ms",
    "largest difference to elimination",
    "by multigrid to the end",
)


class Solver(Protocol):
    """Solves d_r x_r - Σ_s w_rs x_s = c_r over a picture."""

    def solve(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """x [H, W, 2] for w [H, W, 8], d [H, W] and c [H, W, 2]."""


class SuperLU:
    """SciPy's general solver, from the start each time."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = (*shape, 2)

    def solve(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """See `Solver`."""
        found = splu(sparse_matrix(weights, diagonal).tocsc()).solve(constant.reshape(-1, 2))
        return np.asarray(found).reshape(self._shape)


class Way:
    """A solver, and what was seen of it."""

    def __init__(self, name: str, make: Callable[[tuple[int, int]], Solver]) -> None:
        self.name = name
        self._make = make
        self._first: list[float] = []
        self._more: list[float] = []
        self._differences: list[float] = []
        self._settled: list[bool] = []

    def look_at(self, systems: Sequence[tuple[Float64Array, Float64Array, Float64Array]]) -> None:
        """Solve the systems of one photograph, each with one stroke more than the one before."""
        shape = systems[0][1].shape
        solver = self._make((shape[0], shape[1]))
        exact = Dissection((shape[0], shape[1]))
        for number, system in enumerate(systems):
            start = time.perf_counter()
            found = solver.solve(*system)
            (self._more if number else self._first).append(time.perf_counter() - start)
            self._differences.append(float(np.abs(found - exact.solve(*system)).max()))
        self._settled.append(not (isinstance(solver, Multigrid) and solver.stiff))

    def row(self) -> list[str]:
        """The row of the table."""
        first, more = (1000 * statistics.median(each) for each in (self._first, self._more))
        settled = f"{sum(self._settled)} of {len(self._settled)}" if self.name == "multigrid" else ""
        return [self.name, f"{first:.0f}", f"{more:.0f}", f"{max(self._differences):.0e}", settled]


def systems_of(
    lab: FloatArray, hints: Hints, side: int
) -> list[tuple[Float64Array, Float64Array, Float64Array]]:
    """Equations of a photograph at a working size with one stroke, two, and so on."""
    size = (lab.shape[1], lab.shape[0])
    shape = working_shape(*size, side, 1)
    luma = np.clip(color.enlarge(lab[..., :1], shape)[..., 0], 0, 100)
    weights = affinities(luma)
    given = (Hints(hints.hints[:count]) for count in range(1, len(hints.hints) + 1))
    return [equations(weights, rasterize(each, size, shape)) for each in given]


def compared(options: argparse.Namespace, side: int) -> str:
    """The section on one working size."""
    ways = [
        Way("SuperLU", SuperLU),
        Way("elimination by tiles", Dissection),
        Way("multigrid", Multigrid),
    ]
    data = read(options.data, options.limit, options.given)
    for number, (lab, hints) in enumerate(data):
        print(f"{side}: {number + 1} of {len(data)}", file=sys.stderr)
        systems = systems_of(lab, hints, side)
        for way in ways:
            way.look_at(systems)
    told = (
        f"{len(data)} photographs, {options.given} strokes each, one more at a time. Times are medians "
        "by the clock; differences are in CIE units.\n"
    )
    return f"## {side} pixels\n\n{told}\n{results.table(HEADER, [way.row() for way in ways])}"


def main(arguments: Sequence[str]) -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="a folder of pictures or a packed set")
    parser.add_argument("--limit", type=ranges.positive, default=24, help="pictures")
    parser.add_argument("--given", type=ranges.positive, default=10, help="strokes for each picture")
    parser.add_argument("--sizes", type=ranges.positive, nargs="+", default=[256, 384])
    parser.add_argument("--markdown", type=Path, help="write the page here instead of printing it")
    options = parser.parse_args(arguments)
    sections = [compared(options, side) for side in options.sizes]
    text = results.page("Solvers", Path(__file__).name, arguments, sections, PACKAGES)
    results.publish(text, options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"solvers.py: {error}")
