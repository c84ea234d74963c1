"""Export of the report's second and third approach, and of older ones: all is in the graph, in few bytes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from tintype.calibrate import load_network
from tintype.color import bins
from tintype.contract import Contract
from tintype.errors import ConfigError, ExportError
from tintype.export import ContractModule, export, fold
from tintype.nets import NETWORKS
from tintype.train import checkpoint
from tintype.train.config import TrainConfig


def write_run(place: Path, experiment: str, *settings: str) -> Path:
    """A run folder with random weights, and statistics that batch normalization could have found."""
    config = TrainConfig.recommended(experiment, "tiny").with_settings(["ema=0", *settings])
    torch.manual_seed(0)
    network = NETWORKS[config.network].make(config.options)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    folder = place / experiment
    folder.mkdir()
    tensors = checkpoint.under("network", network.state_dict())
    checkpoint.save(folder / "last.safetensors", tensors, {"config": config.to_dict()})
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("approaches")
    return {
        "fusion": write_run(place, "fusion", "classifier=test_resnet"),
        "gan": write_run(place, "gan"),
        **{name: write_run(place, name) for name in ("zhang", "iizuka", "cheng")},
    }


@pytest.mark.parametrize(
    ("name", "storage"),
    [("fusion", "int8"), ("gan", "float16"), ("iizuka", "int8-all"), ("cheng", "int8-all")],
)
def test_the_graph_computes_what_torch_computes_at_any_size(
    runs: dict[str, Path], tmp_path: Path, name: str, storage: str
) -> None:
    path = tmp_path / "model.onnx"
    contract = export(runs[name], path, storage=storage, working_size=64)
    spec = NETWORKS[load_network(runs[name])[0].network]
    assert contract == Contract(name, 64, spec.multiple, spec.chroma_stride)
    network = load_network(runs[name])[1]
    luma = torch.rand(2, 1, 96, 160, generator=torch.Generator().manual_seed(1)) * 100
    with torch.inference_mode():
        expected = ContractModule(network)(luma).numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (got,) = session.run(["chroma"], {"luma": luma.numpy()})
    assert [item.name for item in session.get_inputs()] == ["luma"]
    error = np.abs(got - expected)
    assert error.max() < {"float16": 0.1, "int8": 0.5, "int8-all": np.inf}[storage]
    assert error.mean() < 0.1 * expected.std()
    types = {weight.data_type for weight in onnx.load(path).graph.initializer if len(weight.dims) == 4}
    assert (onnx.TensorProto.INT8 in types) is (storage != "float16")
    assert (onnx.TensorProto.FLOAT16 in types) is (storage != "int8-all")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    bytes_each = 1.2 if storage == "int8-all" else 2.4
    assert path.stat().st_size < bytes_each * parameters + 200_000


def test_the_graph_of_zhang_gives_the_annealed_mean_of_its_distribution(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    contract = export(runs["zhang"], path, storage="int8-all", working_size=64)
    assert contract == Contract("zhang", 64, 8, 4, confidence=True, distribution=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    luma = np.random.default_rng(0).uniform(0, 100, (3, 1, 40, 72)).astype(np.float32)
    chroma, sure, distribution = session.run(list(contract.output_names), {"luma": luma})
    assert np.allclose(chroma, bins.decode(distribution, 0.38, axis=1), atol=0.01)
    entropy = -(distribution * np.log(distribution)).sum(axis=1, keepdims=True)
    assert np.allclose(sure, 1 - entropy / np.log(226), atol=1e-4)
    types = {weight.data_type for weight in onnx.load(path).graph.initializer if len(weight.dims) == 4}
    assert onnx.TensorProto.INT8 in types
    assert onnx.TensorProto.FLOAT16 not in types


def test_int8_is_refused_where_there_is_no_classifier(runs: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="storage float16"):
        export(runs["gan"], tmp_path / "x.onnx", storage="int8")
    assert not list(tmp_path.iterdir())


def test_a_network_whose_layers_run_in_another_order_is_not_folded_in_silence() -> None:
    class Disorder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.convolution = nn.Conv2d(1, 2, kernel_size=1)
            self.norm = nn.BatchNorm2d(2)
            self.other = nn.Conv2d(2, 2, kernel_size=1)

        def forward(self, luma: torch.Tensor) -> torch.Tensor:
            return self.norm(self.other(torch.relu(self.convolution(luma))))

    torch.manual_seed(0)
    module = Disorder().eval()
    nn.init.uniform_(module.norm.running_var, 2, 4)
    with pytest.raises(ExportError, match="storage float32"):
        fold(module, Contract("disorder", 16, 8, 1))
