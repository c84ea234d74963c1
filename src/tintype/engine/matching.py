"""References for a model that takes hints: what it sees of both pictures says which colors go where."""

import numpy as np

from tintype.classical.exemplar import semantic
from tintype.color import shrink
from tintype.engine.abilities import Ability, demand
from tintype.engine.predictors import FloatArray, OnnxPredictor, Output
from tintype.engine.references import References


def reference_hints(predictor: OnnxPredictor, luma: FloatArray, references: References) -> FloatArray:
    """Hints [1, 3, H, W] for a photograph of L* [1, 1, H, W], with colors of the references where they show
    the same; none where they do not. Colors are as vivid as the model's own choice.

    Raises `ConfigError` when the model takes no hints or gives no features, `UnusableReference` when a
    reference has vanished, and `ModelError` when the model fails.
    """
    demand(predictor.contract, Ability.REFERENCES)
    output = predictor.predict(luma, features=True)
    photo = _seen(output, luma[0, 0, :, :, np.newaxis])
    matched = semantic.match(photo, references.keep(predictor, lambda: _look_at(predictor, references)))
    predicted = np.moveaxis(shrink(output.chroma[0], matched.trust.shape, axes=(-2, -1)), 0, -1)
    planes = semantic.hints(matched, predicted, luma.shape[2:])
    return np.ascontiguousarray(np.moveaxis(planes, -1, 0)[np.newaxis])


def _look_at(predictor: OnnxPredictor, references: References) -> list[semantic.Seen]:
    """The references as the model sees them."""
    contract = predictor.contract
    seen = []
    for lab in references.lab(contract.working_size, contract.multiple):
        luma = np.ascontiguousarray(lab[np.newaxis, np.newaxis, :, :, 0])
        seen.append(_seen(predictor.predict(luma, features=True), lab))
    return seen


def _seen(output: Output, lab: FloatArray) -> semantic.Seen:
    """Features and colors of a picture: L*a*b*, or L* alone, [H, W, 3 or 1]."""
    assert output.features is not None  # noqa: S101  they were asked for
    features = output.features[0]
    height, width = (semantic.QUARTERS * places for places in features.shape[1:])
    return semantic.Seen(features, shrink(lab, (height, width), axes=(0, 1)))
