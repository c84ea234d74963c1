"""References for a model that takes hints: what it sees of both pictures says which colors go where."""

import numpy as np

from tintype.classical.exemplar import semantic
from tintype.color import shrink
from tintype.engine.abilities import Ability, demand
from tintype.engine.predictors import FloatArray, OnnxPredictor
from tintype.engine.references import References


def reference_hints(predictor: OnnxPredictor, luma: FloatArray, references: References) -> FloatArray:
    """Hints [1, 3, H, W] for a photograph of L* [1, 1, H, W], with colors of the references where they show
    the same; none where they do not. Colors are as vivid as the model's own choice.

    Raises `ConfigError` when the model takes no hints or gives no features, `UnusableReference` when a
    reference has vanished, and `ModelError` when the model fails.
    """
    demand(predictor.contract, Ability.REFERENCES)
    output = predictor.predict(luma, features=True)
    assert output.features is not None  # noqa: S101  they were asked for
    seen = output.features[0]
    matched = semantic.match(seen, references.keep(predictor, lambda: _look_at(predictor, references)))
    predicted = np.moveaxis(shrink(output.chroma[0], seen.shape[1:], axes=(-2, -1)), 0, -1)
    planes = semantic.hints(matched, predicted, luma.shape[2:])
    return np.ascontiguousarray(np.moveaxis(planes, -1, 0)[np.newaxis])


def _look_at(predictor: OnnxPredictor, references: References) -> list[tuple[FloatArray, FloatArray]]:
    """Features [F, k, l] and a*b* [k, l, 2] of each reference."""
    contract = predictor.contract
    return [_look_at_one(predictor, lab) for lab in references.lab(contract.working_size, contract.multiple)]


def _look_at_one(predictor: OnnxPredictor, lab: FloatArray) -> tuple[FloatArray, FloatArray]:
    luma = np.ascontiguousarray(lab[np.newaxis, np.newaxis, :, :, 0])
    features = predictor.predict(luma, features=True).features
    assert features is not None  # noqa: S101  they were asked for
    return features[0], shrink(lab[:, :, 1:], features.shape[2:], axes=(0, 1))
