"""Export: the graph computes what torch computes, says so in its contract, or is not written."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from tintype import export as exporting
from tintype.contract import Contract
from tintype.errors import ConfigError, ContractError, ExportError, TrainingError
from tintype.export import ContractModule, check_parity, export, load_network, to_onnx
from tintype.nets import NETWORKS
from tintype.train import checkpoint
from tintype.train.config import TrainConfig


def write_run(folder: Path, *, averaged: bool = False) -> Path:
    """A run folder with random weights as its newest checkpoint."""
    torch.manual_seed(0)
    config = TrainConfig(ema=0.9 if averaged else 0.0)
    weights = NETWORKS["cnn"].make({}).state_dict()
    tensors = checkpoint.under("network", weights)
    if averaged:
        tensors |= checkpoint.under("averaged", {name: 2 * tensor for name, tensor in weights.items()})
    folder.mkdir()
    checkpoint.save(folder / "last.safetensors", tensors, {"config": config.to_dict()})
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("export") / "run")


@pytest.fixture(scope="module")
def exported(run: Path) -> Path:
    path = run.parent / "model.onnx"
    export(run, path, name="mine", working_size=64)
    return path


def colors(model: Path | bytes, luma: np.ndarray) -> np.ndarray:
    data = model.read_bytes() if isinstance(model, Path) else model
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(["chroma"], {"luma": luma})[0]


def test_the_contract_is_in_the_model(exported: Path) -> None:
    properties = {item.key: item.value for item in onnx.load(exported).metadata_props}
    expected = Contract(name="mine", working_size=64, multiple=8, chroma_stride=1)
    assert Contract.from_metadata(properties) == expected


def test_the_model_tells_nothing_of_the_computer_it_was_made_on(exported: Path) -> None:
    data = exported.read_bytes()
    assert str(Path(exporting.__file__).parent).encode() not in data
    assert b".py" not in data
    assert b"site-packages" not in data


@pytest.mark.parametrize("shape", [(1, 1, 64, 64), (2, 1, 16, 40), (5, 1, 136, 88)])
def test_the_graph_computes_what_torch_computes_at_other_sizes(
    run: Path, exported: Path, shape: tuple[int, int, int, int]
) -> None:
    luma = torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 100
    with torch.inference_mode():
        expected = ContractModule(load_network(run)[1])(luma).numpy()
    got = colors(exported, luma.numpy())
    assert np.abs(got - expected).max() < 1e-3
    assert expected.std() > 0.01


def test_float16_storage_halves_the_file_and_keeps_the_colors(
    run: Path, exported: Path, tmp_path: Path
) -> None:
    path = tmp_path / "half.onnx"
    export(run, path, working_size=64, storage="float16")
    assert path.stat().st_size < 0.52 * exported.stat().st_size
    luma = np.random.default_rng(0).uniform(0, 100, (1, 1, 64, 64)).astype(np.float32)
    assert np.abs(colors(path, luma) - colors(exported, luma)).max() < 0.1
    types = {item.name: item.type.tensor_type.elem_type for item in onnx.load(path).graph.input}
    assert types == {"luma": onnx.TensorProto.FLOAT}


def test_a_graph_that_computes_something_else_is_refused_and_nothing_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the old model")
    honest = exporting.to_onnx

    def wrong(module: nn.Module, contract: Contract, *, halve: bool) -> bytes:
        model = onnx.load_from_string(honest(module, contract, halve=halve))
        for weight in model.graph.initializer:
            if list(weight.dims) == [2]:
                shifted = onnx.numpy_helper.to_array(weight) + np.float32(0.01)
                weight.CopyFrom(onnx.numpy_helper.from_array(shifted, weight.name))
        return model.SerializeToString()

    monkeypatch.setattr(exporting, "to_onnx", wrong)
    with pytest.raises(ExportError, match="off torch"):
        export(run, path)
    assert path.read_bytes() == b"the old model"
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


def test_a_graph_that_gives_no_numbers_is_refused() -> None:
    class Broken(nn.Module):
        def forward(self, luma: Tensor) -> Tensor:
            return torch.cat([luma, luma], dim=1) * float("nan")

    contract = Contract(name="broken", working_size=16, multiple=8, chroma_stride=1)
    module = Broken().eval()
    with pytest.raises(ExportError):
        check_parity(module, to_onnx(module, contract, halve=False), contract)


def test_averaged_weights_are_preferred(tmp_path: Path) -> None:
    plain = load_network(write_run(tmp_path / "plain"))[1].state_dict()
    averaged = load_network(write_run(tmp_path / "averaged", averaged=True))[1].state_dict()
    assert all(torch.equal(2 * plain[name], averaged[name]) for name in plain)


def test_the_best_weights_are_preferred_to_the_newest(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    best = {name: 3 * tensor for name, tensor in load_network(run)[1].state_dict().items()}
    checkpoint.save(run / "best.safetensors", best, {"config": TrainConfig().to_dict()})
    loaded = load_network(run)[1].state_dict()
    assert all(torch.equal(loaded[name], best[name]) for name in best)


def test_weights_of_another_network_are_refused_strictly(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    tensors, _ = checkpoint.load(run / "last.safetensors")
    config = TrainConfig().with_settings(["encoder_layers=8"])
    checkpoint.save(run / "last.safetensors", tensors, {"config": config.to_dict()})
    with pytest.raises(TrainingError, match="other weights"):
        load_network(run)


def test_impossible_arguments_are_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="float32, float16, int8"):
        export(run, tmp_path / "x.onnx", storage="int4")
    with pytest.raises(ConfigError, match="frozen classifier; export with --storage float16"):
        export(run, tmp_path / "x.onnx", storage="int8")
    with pytest.raises(ContractError, match="multiple of 8"):
        export(run, tmp_path / "x.onnx", working_size=100)
    with pytest.raises(TrainingError, match="no whole checkpoint"):
        export(tmp_path, tmp_path / "x.onnx")
    assert not list(tmp_path.iterdir())
