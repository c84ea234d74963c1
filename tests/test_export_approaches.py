"""Export of the report's second and third approach: the classifier is in the graph, in few bytes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from tintype.calibrate import load_network
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
    }


@pytest.mark.parametrize(("name", "storage"), [("fusion", "int8"), ("gan", "float16")])
def test_the_graph_computes_what_torch_computes_at_any_size(
    runs: dict[str, Path], tmp_path: Path, name: str, storage: str
) -> None:
    path = tmp_path / "model.onnx"
    contract = export(runs[name], path, storage=storage, working_size=64)
    assert contract == Contract(name, 64, NETWORKS[load_network(runs[name])[0].network].multiple, 1)
    network = load_network(runs[name])[1]
    luma = torch.rand(2, 1, 96, 160, generator=torch.Generator().manual_seed(1)) * 100
    with torch.inference_mode():
        expected = ContractModule(network)(luma).numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (got,) = session.run(["chroma"], {"luma": luma.numpy()})
    assert [item.name for item in session.get_inputs()] == ["luma"]
    assert np.abs(got - expected).max() < (0.5 if storage == "int8" else 0.1)
    types = {weight.data_type for weight in onnx.load(path).graph.initializer if len(weight.dims) == 4}
    assert (onnx.TensorProto.INT8 in types) is (storage == "int8")
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert path.stat().st_size < 2.4 * parameters + 200_000


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
