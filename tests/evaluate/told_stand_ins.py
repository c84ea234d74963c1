"""Methods and likeness of a few lines, in place of those that take time."""

from collections.abc import Sequence

import numpy as np
import pytest

from tintype.classical import METHODS, Kind, Method, Swatch
from tintype.engine.search import Embedder
from tintype.evaluate import nearest


class Dip:
    """A method of strokes: everything has their mean color."""

    def __init__(self, luma: np.ndarray) -> None:
        self._shape = luma.shape

    def paint(self, hints: np.ndarray) -> np.ndarray:
        mean = hints[hints[..., 2] > 0][:, :2].mean(axis=0)
        return np.broadcast_to(mean, (*self._shape, 2)).astype(np.float32)


def copy(luma: np.ndarray, references: Sequence[np.ndarray], swatches: Sequence[Swatch]) -> np.ndarray:
    """A method of references: everything has the mean color of the first one."""
    mean = references[0][..., 1:].mean(axis=(0, 1))
    return np.broadcast_to(mean, (*luma.shape, 2)).astype(np.float32)


class Tones(Embedder):
    """Pictures as their mean lightness and the square of it."""

    def embed(self, lightness: np.ndarray) -> np.ndarray:
        mean = lightness.mean() / 100
        return np.array([mean, mean**2, 1.0], np.float32)


def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the methods "dip" and "copy" among the others, and `Tones` where likeness is asked for."""
    dip = Method("for tests", Kind.STROKES, 32, "told_stand_ins:Dip")
    monkeypatch.setitem(METHODS, "dip", dip)
    monkeypatch.setitem(METHODS, "copy", Method("for tests", Kind.REFERENCE, 32, "told_stand_ins:copy"))
    embedder = Tones(None, "0" * 64)  # type: ignore[arg-type]  # it needs no predictor
    monkeypatch.setattr(nearest, "default_embedder", lambda: embedder)
    nearest.search.cache_clear()
