"""The shipped model with photographs to take colors from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from tintype.color import shrink
from tintype.engine.matching import reference_hints
from tintype.engine.predictors import OnnxPredictor
from tintype.engine.references import References
from tintype.errors import ConfigError
from tintype.zoo import DEFAULT_MODEL, find_model
from tiny_models import contract, write_model

FloatArray = NDArray[np.float32]
PICTURES = ("astronaut", "chelsea", "coffee")


@pytest.fixture(scope="module")
def predictor() -> OnnxPredictor:
    return OnnxPredictor(find_model(DEFAULT_MODEL).path, "cpu")


def before(picture: NDArray[np.uint8]) -> tuple[FloatArray, FloatArray]:
    """L* [1, 1, H, W] for the shipped model, and the true a*b* [2, h, w] at the size of its chroma."""
    (lab,) = References(picture).lab(192, 32)
    luma = np.ascontiguousarray(lab[np.newaxis, np.newaxis, ..., 0])
    truth = shrink(lab[..., 1:], (lab.shape[0] // 4, lab.shape[1] // 4), axes=(0, 1))
    return luma, np.moveaxis(truth, -1, 0)


def error(chroma: FloatArray, truth: FloatArray) -> float:
    """Mean distance in a*b*."""
    return float(np.hypot(*(chroma[0] - truth)).mean())


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("step", [1, -1])
def test_a_photograph_itself_or_mirrored_gives_nearly_its_true_colors(
    predictor: OnnxPredictor, name: str, step: int
) -> None:
    picture = getattr(data, name)()
    luma, truth = before(picture)
    hints = reference_hints(predictor, luma, References(np.ascontiguousarray(picture[:, ::step])))
    alone = error(predictor.predict(luma).chroma, truth)
    told = error(predictor.predict(luma, hints).chroma, truth)
    assert told < min(6.5, alone / 2)  # measured: 3.7 to 5.6 CIE units instead of 8.7 to 25.1
    assert hints.dtype == np.float32
    assert hints.shape == (1, 3, *luma.shape[2:])


def test_a_photograph_of_other_things_gives_no_hints(predictor: OnnxPredictor) -> None:
    luma, _ = before(data.chelsea())
    assert not reference_hints(predictor, luma, References(data.rocket())).any()


def test_of_several_references_the_one_of_the_scene_counts(predictor: OnnxPredictor) -> None:
    luma, truth = before(data.chelsea())
    several = References([data.rocket(), np.ascontiguousarray(data.chelsea()[:, ::-1]), data.coffee()])
    assert error(predictor.predict(luma, reference_hints(predictor, luma, several)).chroma, truth) < 6.5


def test_references_are_looked_at_once_for_many_photographs(
    predictor: OnnxPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    luma, _ = before(data.chelsea())
    references = References(data.coffee())
    first = reference_hints(predictor, luma, references)
    calls: list[int] = []
    predict = predictor.predict

    def counted(*given: FloatArray, features: bool = False) -> object:
        calls.append(1)
        return predict(*given, features=features)

    monkeypatch.setattr(predictor, "predict", counted)
    np.testing.assert_array_equal(reference_hints(predictor, luma, references), first)
    assert len(calls) == 1


def test_threads_get_the_same_hints(predictor: OnnxPredictor) -> None:
    luma, _ = before(data.coffee())
    references = References(np.ascontiguousarray(data.coffee()[:, ::-1]))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reference_hints(predictor, luma, references), range(6)))
    for each in found[1:]:
        np.testing.assert_array_equal(each, found[0])


@pytest.mark.parametrize("promise", [contract(hints=True), contract(features=True, features_stride=8)])
def test_a_model_without_hints_or_features_takes_no_reference(tmp_path: Path, promise: object) -> None:
    plain = OnnxPredictor(write_model(tmp_path / "plain.onnx", promise))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="takes no reference"):
        reference_hints(plain, np.zeros((1, 1, 64, 64), np.float32), References(data.coffee()))


def test_a_tiny_model_takes_over_the_reference_where_it_looks_alike(tmp_path: Path) -> None:
    promise = contract(hints=True, features=True, features_stride=16)
    tiny = OnnxPredictor(write_model(tmp_path / "tiny.onnx", promise))
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :32], picture[:, 32:] = (90, 30, 20), (150, 190, 240)
    references = References(picture)
    (lab,) = references.lab(64, 16)
    luma = np.ascontiguousarray(lab[np.newaxis, np.newaxis, ..., 0])
    hints = reference_hints(tiny, luma, references)
    given = hints[0, 2] > 0
    np.testing.assert_allclose(hints[0, :2, given], lab[given][:, 1:], atol=1)
    assert given.mean() == pytest.approx(1 / 4)
