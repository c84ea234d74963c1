"""How far a single hint reaches: errors by distance, apart for what has its color and what has not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import results
import revealed
from tintype.evaluate.pictures import FloatArray

RINGS = (0, 4, 8, 16, 32, 64)
"""Distances from a hint's square, in network pixels, at which the rings around it end; the last goes on."""
LIKE, UNLIKE = 10.0, 30.0
"""CIE units: true colors nearer to the hint's than the first are its color, beyond the second another."""
KINDS = ("all", "like", "unlike")
HEADER = (
    *("distance from the hint", "error before", "after", "its color, %", "error before", "after"),
    *("another color, %", "error before", "after", "moved by"),
)


def sums_of(true: FloatArray, squares: revealed.Squares, chroma: FloatArray) -> FloatArray:
    """What single hints do at which distance, at network size: [rings, kinds, 4].

    The four are pixels, and sums of the error before, of the error after and of the change.

    `chroma` [1 + n, H, W, 2] is predicted a*b* without hints, then with each of the first n alone.
    """
    sums = np.zeros((len(RINGS) + 1, len(KINDS), 4))
    before = _length(chroma[0] - true)
    for number, after in enumerate(chroma[1:]):
        ring = np.searchsorted(RINGS, squares.distances(true.shape[:2], number))
        off = _length(true - squares.colors[number])
        values = (np.ones_like(off), before, _length(after - true), _length(after - chroma[0]))
        for kind, mask in enumerate((off >= 0, off < LIKE, off > UNLIKE)):
            for column, value in enumerate(values):
                sums[:, kind, column] += np.bincount(ring[mask], value[mask], minlength=len(sums))
    return sums


def _length(vectors: FloatArray) -> FloatArray:
    return np.hypot(vectors[..., 0], vectors[..., 1])


def means_of(sums: Any) -> list[dict[str, Any]]:
    """Means over the pixels of each ring; None where a ring has no pixel of a kind."""
    found = []
    for number, by_kind in enumerate(sums):
        ring: dict[str, Any] = {"within": RINGS[number] if number < len(RINGS) else None}
        for kind, (pixels, before, after, moved) in zip(KINDS, by_kind, strict=True):
            means = {"error_before": before, "error_after": after, "moved": moved}
            ring[kind] = {"pixels": int(pixels)} | {
                name: float(value / pixels) if pixels else None for name, value in means.items()
            }
        found.append(ring)
    return found


def table_of(rings: Sequence[dict[str, Any]]) -> str:
    """The table of what `means_of` gives."""
    rows, last = [], 0
    for ring in rings:
        total = ring["all"]["pixels"]
        if not total:
            continue
        cells = [_ring_name(ring["within"], last), *_figures(ring["all"], "error_before", "error_after")]
        cells += [f"{100 * ring['like']['pixels'] / total:.0f}"]
        cells += _figures(ring["like"], "error_before", "error_after")
        cells += [f"{100 * ring['unlike']['pixels'] / total:.0f}"]
        cells += _figures(ring["unlike"], "error_before", "error_after", "moved")
        rows.append(cells)
        last = ring["within"]
    return "One hint alone:\n\n" + results.table(HEADER, rows)


def _ring_name(within: int | None, last: int) -> str:
    if within == 0:
        return "inside"
    return f"beyond {last}" if within is None else f"to {within}"


def _figures(means: dict[str, Any], *names: str) -> list[str]:
    return ["" if means[name] is None else f"{means[name]:.2f}" for name in names]
