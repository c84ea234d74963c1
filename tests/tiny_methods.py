"""Methods without learning for tests: so simple that their answers are known."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from tintype.classical import METHODS, Kind, Method, Swatch

painted: list[object] = []
"""The canvases that have painted, once for each time."""


class Flat:
    """A canvas that has the mean color of all strokes everywhere."""

    def __init__(self, luma: np.ndarray) -> None:
        self.shape = luma.shape

    def paint(self, hints: np.ndarray) -> np.ndarray:
        """a*b* [H, W, 2] for strokes [H, W, 3]."""
        painted.append(self)
        mean = hints[hints[..., 2] > 0][:, :2].mean(axis=0)
        return np.tile(mean, (*self.shape, 1)).astype(np.float32)


class Broken(Flat):
    """A canvas that paints what is no number."""

    def paint(self, hints: np.ndarray) -> np.ndarray:
        """Not a number everywhere."""
        return super().paint(hints) * np.nan


def like(luma: np.ndarray, references: Sequence[np.ndarray], swatches: Sequence[Swatch]) -> np.ndarray:
    """The mean color of all references; of a swatch's part of the reference in its part of the photograph."""
    mean = np.mean([reference[..., 1:].mean(axis=(0, 1)) for reference in references], axis=0)
    chroma = np.tile(mean, (*luma.shape, 1)).astype(np.float32)
    for swatch in swatches:
        reference = references[swatch.number]
        chroma[_part(swatch.photo, luma.shape)] = reference[_part(swatch.reference, reference.shape)][
            ..., 1:
        ].mean(axis=(0, 1))
    return chroma


@contextmanager
def installed() -> Iterator[None]:
    """Put these in the place of all methods for a while: "flat", "broken", "like", "like-one", "absent"."""
    before = dict(METHODS)
    painted.clear()
    METHODS.clear()
    METHODS["flat"] = _method(Kind.STROKES, "Flat")
    METHODS["broken"] = _method(Kind.STROKES, "Broken")
    METHODS["like"] = _method(Kind.REFERENCE, "like", several=True, swatches=True)
    METHODS["like-one"] = _method(Kind.REFERENCE, "like")
    METHODS["absent"] = Method("lacks a package", Kind.STROKES, 64, "no_such_package:X")
    try:
        yield
    finally:
        METHODS.clear()
        METHODS.update(before)


def _method(kind: Kind, attribute: str, *, several: bool = False, swatches: bool = False) -> Method:
    return Method("for tests", kind, 64, f"tiny_methods:{attribute}", several, swatches)


def _part(rectangle: tuple[float, float, float, float], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a rectangle in shares."""
    x, y, width, height = rectangle
    rows = slice(round(y * shape[0]), round((y + height) * shape[0]))
    return rows, slice(round(x * shape[1]), round((x + width) * shape[1]))
