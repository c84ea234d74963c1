"""Export of a network that takes hints and gives a distribution."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from tintype.calibrate import Calibration
from tintype.color import bins
from tintype.contract import Contract
from tintype.engine.predictors import OnnxPredictor
from tintype.errors import ContractError
from tintype.export import export
from tintype.nets import NETWORKS
from tintype.train import checkpoint
from tintype.train.config import TrainConfig
from tintype.weights import fold_batch_norm


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with random weights, and random statistics where there is batch normalization."""
    torch.manual_seed(0)
    weights = NETWORKS["tint"].make({}).state_dict()
    for name, value in weights.items():
        if name.endswith("running_mean"):
            value.normal_(std=0.1)
        if name.endswith("running_var"):
            value.uniform_(0.5, 2)
    folder = tmp_path_factory.mktemp("guided") / "run"
    folder.mkdir()
    config = TrainConfig.recommended("tint")
    checkpoint.save(folder / "last.safetensors", weights, {"config": config.to_dict()})
    return folder


@pytest.fixture(scope="module")
def half(run: Path) -> Path:
    path = run.parent / "half.onnx"
    shares = np.linspace(1, 2, 226)
    calibration = Calibration(0.38, 0.5, 1.3, tuple(shares / shares.sum()))
    export(run, path, working_size=64, storage="float16", calibration=calibration, vivid=0.25)
    return path


def inputs(count: int, height: int, width: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    hints = np.zeros((count, 3, height, width), np.float32)
    hints[:, :, 5:9, 5:9] = np.array([40, -30, 1], np.float32)[:, None, None]
    luma = random.uniform(0, 100, (count, 1, height, width)).astype(np.float32)
    return {"luma": luma, "hints": hints, "vivid": np.full(count, 0.25, np.float32)}


def test_the_contract_says_what_the_graph_takes_and_gives(half: Path) -> None:
    predictor = OnnxPredictor(half, "cpu")
    assert predictor.contract == Contract(
        name="tint",
        working_size=64,
        multiple=32,
        chroma_stride=4,
        hints=True,
        confidence=True,
        vivid=0.25,
        distribution=True,
        features=True,
        features_stride=16,
    )


@pytest.mark.parametrize("shape", [(1, 64, 64), (3, 32, 160), (2, 192, 96)])
def test_the_outputs_agree_with_each_other(half: Path, shape: tuple[int, int, int]) -> None:
    session = onnxruntime.InferenceSession(half, providers=["CPUExecutionProvider"])
    names = ["chroma", "confidence", "distribution"]
    given = inputs(*shape)
    chroma, confidence, distribution = session.run(names, given)
    assert np.allclose(distribution.sum(axis=1), 1, atol=1e-4)
    entropy = -(distribution * np.log(np.maximum(distribution, 1e-12))).sum(axis=1, keepdims=True)
    assert np.allclose(confidence, 1 - entropy / np.log(226), atol=1e-4)
    mean = session.run(["chroma"], given | {"vivid": np.zeros(shape[0], np.float32)})[0]
    assert np.allclose(mean, bins.decode(distribution, 1.0, axis=1), atol=0.02)
    assert not np.allclose(mean, chroma, atol=0.02)


@pytest.mark.parametrize("shape", [(1, 64, 64), (3, 32, 160)])
def test_the_features_are_what_the_encoder_sees(run: Path, half: Path, shape: tuple[int, int, int]) -> None:
    network = NETWORKS["tint"].make({})
    network.load_state_dict(checkpoint.load(run / "last.safetensors")[0])
    count, height, width = shape
    luma = inputs(*shape)["luma"]
    with torch.inference_mode():
        seen = network.eval().encoder(torch.from_numpy(luma) / 50 - 1)
    features = OnnxPredictor(half, "cpu").predict(luma, features=True).features
    assert features is not None
    assert features.shape == (count, 432, height // 16, width // 16)
    largest = float(seen[2].abs().max())
    np.testing.assert_allclose(features[:, :112], seen[2], atol=0.02 * largest)  # weights were rounded
    largest = float(seen[3].abs().max())
    np.testing.assert_allclose(features[:, 112:, ::2, ::2], seen[3], atol=0.02 * largest)


def test_hints_do_not_change_the_features(half: Path) -> None:
    session = onnxruntime.InferenceSession(half, providers=["CPUExecutionProvider"])
    given = inputs(1, 64, 64)
    without = session.run(["features"], given | {"hints": np.zeros_like(given["hints"])})[0]
    np.testing.assert_array_equal(session.run(["features"], given)[0], without)


def test_hints_reach_the_graph(half: Path) -> None:
    session = onnxruntime.InferenceSession(half, providers=["CPUExecutionProvider"])
    given = inputs(1, 64, 64)
    without = session.run(["chroma"], given | {"hints": np.zeros_like(given["hints"])})[0]
    assert np.abs(session.run(["chroma"], given)[0] - without).max() > 1e-3


def test_float16_storage_takes_two_bytes_a_weight(run: Path, half: Path) -> None:
    weights = sum(parameter.numel() for parameter in NETWORKS["tint"].make({}).parameters())
    assert half.stat().st_size < 2.1 * weights


def test_folding_batch_normalization_changes_nothing(run: Path) -> None:
    network = NETWORKS["tint"].make({})
    network.load_state_dict(checkpoint.load(run / "last.safetensors")[0])
    network.eval()
    luma, hints, _ = (torch.from_numpy(array) for array in inputs(1, 64, 96).values())
    with torch.inference_mode():
        before = network(luma, hints)
        fold_batch_norm(network)
        after = network(luma, hints)
    assert torch.allclose(before, after, atol=1e-3 * float(before.abs().max()))
    left = [module for module in network.encoder.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert not left


def test_an_impossible_default_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="vivid"):
        export(run, tmp_path / "x.onnx", vivid=1.5)
    assert not list(tmp_path.iterdir())
