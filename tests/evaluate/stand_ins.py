"""Methods and features of a few lines, in place of those that take time."""

from collections.abc import Sequence

import numpy as np
import pytest

from tintype.classical import METHODS, Kind, Method, Swatch
from tintype.contract import Contract
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


class Tones:
    """Features of a picture: its lightness and the square of it."""

    contract = Contract("tones", working_size=32, multiple=1, chroma_stride=1)

    def features(self, luma: np.ndarray) -> np.ndarray:
        return np.concatenate([luma, (luma / 100) ** 2, np.ones_like(luma)], axis=1)


def set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the methods "dip" and "copy" among the others, and `Tones` where features are asked for."""
    dip = Method("for tests", Kind.STROKES, 32, "stand_ins:Dip")
    monkeypatch.setitem(METHODS, "dip", dip)
    monkeypatch.setitem(METHODS, "copy", Method("for tests", Kind.REFERENCE, 32, "stand_ins:copy"))
    embedder = Embedder(Tones(), "0" * 64)
    monkeypatch.setattr(nearest, "default_embedder", lambda: embedder)
    nearest.search.cache_clear()
