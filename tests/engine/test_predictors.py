from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tintype.color import bins
from tintype.engine import predictors, sessions
from tintype.engine.predictors import OnnxPredictor
from tintype.errors import ConfigError, ContractError, DeviceError, ModelError, TintypeError
from tiny_models import A_PER_L, B_PER_L, contract, write_card, write_model


def luma(count: int = 1, height: int = 32, width: int = 48) -> np.ndarray:
    """L* that differs from pixel to pixel."""
    generator = np.random.default_rng(0)
    return generator.uniform(0, 100, (count, 1, height, width)).astype(np.float32)


def test_chroma_comes_out_in_cie_units_at_the_promised_size(tiny_model: Path) -> None:
    predictor = OnnxPredictor(tiny_model)
    given = luma(2)
    before = given.copy()
    output = predictor.predict(given)
    blocks = given.reshape(2, 8, 4, 12, 4).mean(axis=(2, 4))
    assert output.chroma.shape == (2, 2, 8, 12)
    np.testing.assert_allclose(output.chroma[:, 0], A_PER_L * blocks, rtol=1e-5)
    np.testing.assert_allclose(output.chroma[:, 1], B_PER_L * blocks, rtol=1e-5)
    assert output.confidence is None
    assert (given == before).all()


def test_one_session_takes_any_size_and_many_threads(tiny_model: Path) -> None:
    predictor = OnnxPredictor(tiny_model, threads=1)
    givens = [luma(1, 16 * (1 + index % 3), 16 * (1 + index % 5)) for index in range(20)]
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(predictor.predict, givens))
    for given, output in zip(givens, outputs, strict=True):
        np.testing.assert_array_equal(output.chroma, predictor.predict(given).chroma)


def test_confidence_is_given_where_the_model_has_it(tmp_path: Path) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "sure.onnx", contract(confidence=True)))
    confidence = predictor.predict(luma()).confidence
    assert confidence is not None
    assert confidence.shape == (1, 1, 8, 12)
    assert (confidence == 0.5).all()


def test_a_model_with_hints_works_without_any(tmp_path: Path) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "guided.onnx", contract(hints=True)))
    hints = np.zeros((1, 3, 32, 48), np.float32)
    plain = predictor.predict(luma()).chroma
    np.testing.assert_array_equal(plain, predictor.predict(luma(), hints).chroma)
    hints[:, 0], hints[:, 2] = 40, 1
    np.testing.assert_allclose(predictor.predict(luma(), hints).chroma[:, 0] - plain[:, 0], 40, atol=1e-4)


def test_vividness_is_the_contracts_own_unless_another_is_asked_for(tmp_path: Path) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "vivid.onnx", contract(vivid=0.5)))
    plain = predictor.predict(luma(2), vivid=0).chroma
    np.testing.assert_allclose(predictor.predict(luma(2)).chroma, 1.5 * plain, rtol=1e-5)
    np.testing.assert_allclose(predictor.predict(luma(2), vivid=1).chroma, 2 * plain, rtol=1e-5)


@pytest.mark.parametrize("vivid", [-0.01, 1.01, np.nan])
def test_vividness_out_of_range_is_refused(tmp_path: Path, vivid: float) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "vivid.onnx", contract(vivid=0.5)))
    with pytest.raises(ConfigError, match="between 0 and 1"):
        predictor.predict(luma(), vivid=vivid)


def test_a_distribution_comes_only_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = contract(confidence=True, distribution=True)
    predictor = OnnxPredictor(write_model(tmp_path / "wide.onnx", promise))
    asked: list[list[str]] = []
    session = predictor._session

    class Listening:
        def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(names)
            return session.run(names, inputs)  # type: ignore[no-any-return]

    monkeypatch.setattr(predictor, "_session", Listening())
    assert predictor.predict(luma()).distribution is None
    given = predictor.predict(luma(2), distribution=True).distribution
    assert given is not None
    assert given.shape == (2, len(bins.centers()), 8, 12)
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-4)
    assert asked == [["chroma", "confidence"], ["chroma", "confidence", "distribution"]]


def test_the_number_of_bins_is_that_of_the_color_room() -> None:
    assert len(bins.centers()) == sessions.BINS


@pytest.mark.parametrize("able", [True, False])
def test_what_a_model_cannot_do_is_refused_with_the_name_of_one_that_can(
    tiny_zoo: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    monkeypatch.setattr("tintype.zoo.find.BUNDLED", tiny_zoo)
    if able:
        promise = contract(hints=True, vivid=0.0, distribution=True)
        write_card(write_model(tiny_zoo / "guided.onnx", promise))
        write_card(tiny_zoo / "tiny.onnx", name="gone").rename(tiny_zoo / "gone.json")
        write_card(tiny_zoo / "tiny.onnx")
    predictor = OnnxPredictor(tiny_zoo / "tiny.onnx")
    advice = "; choose one that does: guided$" if able else "; no installed model does; give the path"
    methods = "; choose one that does: " + ("guided, levin, " if able else "levin, ")
    with pytest.raises(ConfigError, match="'tiny' takes no hints" + methods):
        predictor.predict(luma(), np.zeros((1, 3, 32, 48), np.float32))
    with pytest.raises(ConfigError, match="'tiny' takes no vividness" + advice):
        predictor.predict(luma(), vivid=0.5)
    with pytest.raises(ConfigError, match="'tiny' suggests no colors" + advice):
        predictor.predict(luma(), distribution=True)


def test_the_processor_is_taken_when_nothing_better_is_there(tiny_model: Path) -> None:
    assert OnnxPredictor(tiny_model, "auto").device in {"cpu", "coreml"}
    assert OnnxPredictor(tiny_model, "cpu").device == "cpu"


@pytest.mark.parametrize(
    ("device", "message"),
    [
        ("cuda", "onnxruntime-gpu"),
        ("directml", "onnxruntime-directml"),
        ("openvino", "onnxruntime-openvino"),
        ("migraphx", "onnxruntime-migraphx"),
        ("coreml", "on a Mac"),
        ("tpu", "choose one of: auto, cuda"),
    ],
)
def test_a_device_that_is_not_there_is_refused_with_what_would_bring_it(
    tiny_model: Path, device: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(DeviceError, match=message):
        OnnxPredictor(tiny_model, device)


def test_a_device_whose_libraries_are_missing_is_refused_by_name_and_passed_over_by_auto(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = onnxruntime.InferenceSession

    def fall_back(path: str, options: object, providers: list[str], enable_fallback: int) -> object:
        """As ONNX Runtime does when libcudart is not found: the session starts, but on the processor."""
        return real(path, options, providers=["CPUExecutionProvider"], enable_fallback=enable_fallback)

    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    monkeypatch.setattr(onnxruntime, "InferenceSession", fall_back)
    assert OnnxPredictor(tiny_model, "auto").device == "cpu"
    with pytest.raises(DeviceError, match="libraries or its driver are missing"):
        OnnxPredictor(tiny_model, "cuda")


def test_one_session_gets_the_threads_asked_for(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictors, "physical_cores", lambda: 3)
    assert OnnxPredictor(tiny_model)._session.get_session_options().intra_op_num_threads == 3
    assert OnnxPredictor(tiny_model, threads=1)._session.get_session_options().intra_op_num_threads == 1


def test_a_file_without_contract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no Tintype contract"):
        OnnxPredictor(write_model(tmp_path / "bare.onnx", metadata={}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chroma_name": "ab"}, "outputs are"),
        ({"luma_shape": ["N", 1, 64, 64]}, "with N, H and W free"),
        ({"luma_shape": [1, 1, "H", "W"]}, "with N, H and W free"),
        ({"metadata": contract(hints=True).to_metadata()}, "inputs are"),
        ({"metadata": contract(confidence=True).to_metadata()}, "outputs are"),
        ({"metadata": contract(vivid=0.5).to_metadata()}, "inputs are"),
        ({"metadata": contract(distribution=True).to_metadata()}, "outputs are"),
        ({"promise": contract(vivid=0.5), "vivid_shape": ["N", 1]}, r"it must be \[N\] with N free"),
    ],
)
def test_a_graph_that_breaks_its_contract_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    path = write_model(tmp_path / "broken.onnx", **changes)  # type: ignore[arg-type]
    with pytest.raises(ContractError, match=message):
        OnnxPredictor(path)


def test_chroma_of_another_size_than_promised_is_refused(tmp_path: Path) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "small.onnx", stride=8))
    with pytest.raises(ModelError, match=r"shape \(1, 2, 4, 6\), not \(1, 2, 8, 12\)"):
        predictor.predict(luma())


@pytest.mark.parametrize("factor", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path: Path, factor: float) -> None:
    predictor = OnnxPredictor(write_model(tmp_path / "wild.onnx", factor=factor))
    with pytest.raises(ModelError, match="not finite"):
        predictor.predict(luma())


def test_a_failure_while_it_runs_is_a_model_error_of_one_line(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="failed") as caught:
        OnnxPredictor(tiny_model).predict(luma().astype(np.float64))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x07" * 500])
def test_a_file_that_is_no_model_is_refused_in_one_line(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.onnx"
    path.write_bytes(content)
    with pytest.raises(TintypeError) as caught:
        OnnxPredictor(path)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        OnnxPredictor(tmp_path / "gone.onnx")
