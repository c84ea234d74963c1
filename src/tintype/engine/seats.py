"""A picture before a model or a method: set once, predicted many times."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tintype.classical import Swatch
from tintype.contract import Contract
from tintype.engine.abilities import Ability
from tintype.engine.matching import reference_hints
from tintype.engine.predictors import FloatArray, OnnxPredictor, Output
from tintype.engine.references import References

BoolArray = NDArray[np.bool_]

NOTICED: Final = 5.0
"""CIE units: a hint reaches as far as it changes colors by more than this, about what eyes notice."""


class Seat(Protocol):
    """A picture before what shall color it; for one thread."""

    def predict(
        self,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        references: References | None = None,
        swatches: Sequence[Swatch] = (),
        *,
        distribution: bool = False,
    ) -> Output:
        """Chroma, for a batch of one.

        `hints` [1, 3, H, W] hold a*, b* and a mask, `vivid` lies in 0..1, `references` are photographs to
        take colors from, `swatches` say which of their parts go where; only with `distribution` is that
        given. Raises `ConfigError` for what the model or method does not take or cannot do without,
        `HintError` when it cannot do without hints, and `ModelError` when it fails.
        """


class Predictor(Protocol):
    """Whatever turns lightness into chroma; several threads may use one, each with seats of its own."""

    @property
    def contract(self) -> Contract:
        """What it eats and gives."""

    @property
    def device(self) -> str:
        """Where it computes."""

    def demand(self, ability: Ability) -> None:
        """Raise `ConfigError`, naming what can, when it lacks an ability."""

    def set_luma(self, luma: FloatArray) -> Seat:
        """The seat of a picture of L* [1, 1, H, W] in 0..100, which is left unchanged."""


class ModelPredictor(OnnxPredictor):
    """A model file in ONNX Runtime, before which pictures can sit; see `OnnxPredictor`."""

    def set_luma(self, luma: FloatArray) -> Seat:
        """The seat of a picture of L* [1, 1, H, W]; H and W are multiples of the contract's `multiple`."""
        return ModelSeat(self, luma)


class ModelSeat:
    """A picture before a model; see `Seat`."""

    def __init__(self, predictor: OnnxPredictor, luma: FloatArray) -> None:
        self._predictor = predictor
        self._luma = luma
        self._matched: tuple[References, FloatArray] | None = None
        self._plain: FloatArray | None = None

    def predict(
        self,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        references: References | None = None,
        swatches: Sequence[Swatch] = (),
        *,
        distribution: bool = False,
    ) -> Output:
        """See `Seat`. What is found in references are hints; they give way wherever a person's own reach."""
        if swatches:
            self._predictor.demand(Ability.SWATCHES)
        if references is not None:
            self._predictor.demand(Ability.REFERENCES)
            matched = self._match(references)
            hints = matched if hints is None else over(matched * ~self._reach(hints), hints)
        return self._predictor.predict(self._luma, hints, vivid, distribution=distribution)

    def _match(self, references: References) -> FloatArray:
        """Hints [1, 3, H, W] by likeness to references; kept for the next set of a person's hints."""
        if self._matched is None or self._matched[0] is not references:
            self._matched = (references, reference_hints(self._predictor, self._luma, references))
        return self._matched[1]

    def _reach(self, hints: FloatArray) -> BoolArray:
        """Where a person's hints alone change what the model says, and a little around, [1, 1, H, W].

        Hints out of a reference lie close together: if they stayed there, a person's would change nothing but
        its own place. Around it they would color it from its edge, where one of them may still lie on it.
        """
        if self._plain is None:
            self._plain = self._predictor.predict(self._luma).chroma
        change = self._predictor.predict(self._luma, hints).chroma - self._plain
        contract = self._predictor.contract
        changed = np.hypot(change[0, 0], change[0, 1]) > NOTICED
        changed = widened(changed, contract.features_stride // contract.chroma_stride)
        return np.kron(changed, np.ones((contract.chroma_stride,) * 2, bool))[np.newaxis, np.newaxis]


def over(below: FloatArray, above: FloatArray) -> FloatArray:
    """Hints [1, 3, H, W] laid over others: where both say something, `above` counts."""
    return np.where(above[:, 2:] > 0, above, below)


def widened(marked: BoolArray, cells: int) -> BoolArray:
    """What is marked [H, W], and all that lies within so many cells of it along both axes."""
    for axis in (0, 1):
        padding = [(cells, cells) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(marked, padding)
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * cells + 1, axis=axis)
        marked = np.asarray(windows.any(axis=-1))
    return marked
