"""A picture before a model or a method: set once, predicted many times."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from tintype.classical import Swatch
from tintype.contract import Contract
from tintype.engine.abilities import Ability
from tintype.engine.matching import reference_hints
from tintype.engine.predictors import FloatArray, OnnxPredictor, Output
from tintype.engine.references import References


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

    def predict(
        self,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        references: References | None = None,
        swatches: Sequence[Swatch] = (),
        *,
        distribution: bool = False,
    ) -> Output:
        """See `Seat`. What is found in references are hints, and a person's own lie over them."""
        if swatches:
            self._predictor.demand(Ability.SWATCHES)
        if references is not None:
            self._predictor.demand(Ability.REFERENCES)
            hints = over(self._match(references), hints)
        return self._predictor.predict(self._luma, hints, vivid, distribution=distribution)

    def _match(self, references: References) -> FloatArray:
        """Hints [1, 3, H, W] by likeness to references; kept for the next set of a person's hints."""
        if self._matched is None or self._matched[0] is not references:
            self._matched = (references, reference_hints(self._predictor, self._luma, references))
        return self._matched[1]


def over(below: FloatArray, above: FloatArray | None) -> FloatArray:
    """Hints [1, 3, H, W] laid over others: where both say something, `above` counts."""
    return below if above is None else np.where(above[:, 2:] > 0, above, below)
