"""From a training run to an ONNX model that carries its contract, or to an error: never to a wrong model.

The graph is the network inside a thin wrapper that gives CIE units. Before the file is written, ONNX Runtime
and torch must agree on several sizes and batch sizes.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from tintype.contract import INPUT_LUMA, OUTPUT_CHROMA, Contract
from tintype.errors import ConfigError, ExportError, TrainingError
from tintype.nets import NETWORKS
from tintype.nets.scale import chroma_from_net
from tintype.train import checkpoint
from tintype.train.config import TrainConfig
from tintype.train.folder import read_weights

OPSET: Final = 18
"""ONNX operator set; ONNX Runtime reads it from 1.14 on."""
TOLERANCE: Final = 0.01
"""CIE units: the largest difference between torch and ONNX Runtime. A just visible difference is about 1."""
STORAGE: Final = ("float32", "float16")
"""How weights may be stored; they are computed with as float32 either way."""


class ContractModule(nn.Module):
    """A network as the contract wants it: L* in, a*b* in CIE units out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, luma: Tensor) -> Tensor:
        """L* (B, 1, H, W) in 0..100 to a*, b* (B, 2, h, w) in CIE units."""
        return chroma_from_net(self.network(luma))


def export(
    run: Path,
    out: Path,
    *,
    name: str | None = None,
    working_size: int | None = None,
    storage: str = "float32",
) -> Contract:
    """Write the best weights of a run (the newest, if there are no best yet) as the ONNX model `out`.

    `run` is a run folder or one of its checkpoints. `name` and `working_size` default to the network's own;
    `storage` float16 rounds the weights and halves the file. An existing `out` is replaced at once.

    Raises `TrainingError` when there is no whole checkpoint, `ConfigError` for an impossible argument, and
    `ExportError` when ONNX Runtime does not compute what torch computes.
    """
    if storage not in STORAGE:
        raise ConfigError(f"storage {storage!r} is not one of {', '.join(STORAGE)}")
    config, network = load_network(run)
    spec = NETWORKS[config.network]
    contract = Contract(
        name=name or config.network,
        working_size=working_size or spec.working_size,
        multiple=spec.multiple,
        chroma_stride=spec.chroma_stride,
    )
    if storage == "float16":
        round_weights(network)
    module = ContractModule(network).eval()
    model = to_onnx(module, contract, halve=storage == "float16")
    check_parity(module, model, contract)
    checkpoint.write_atomically(out, model)
    return contract


def load_network(run: Path) -> tuple[TrainConfig, nn.Module]:
    """The settings and the network, in eval mode, of a run folder or a checkpoint.

    Raises `TrainingError` when there is no whole checkpoint.
    """
    config, weights = read_weights(run)
    network = NETWORKS[config.network].make(config.options)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(
            f"{run} holds other weights than its settings say; take another checkpoint"
        ) from error
    return config, network.eval()


def round_weights(network: nn.Module) -> None:
    """Round all weights, in place, to what float16 can hold; they stay float32."""
    for parameter in network.parameters():
        parameter.data = parameter.data.half().float()


def to_onnx(module: nn.Module, contract: Contract, *, halve: bool) -> bytes:
    """Export a module that keeps `contract`, with free N, H and W, as a serialized ONNX model."""
    import onnx

    side = contract.working_size
    height = contract.multiple * torch.export.Dim("height", min=2, max=4096)
    width = contract.multiple * torch.export.Dim("width", min=2, max=4096)
    with _without_torchvision_notices():
        program: Any = torch.onnx.export(
            module,
            (torch.rand(2, 1, side, side + contract.multiple) * 100,),
            input_names=[INPUT_LUMA],
            output_names=[OUTPUT_CHROMA],
            dynamic_shapes=({0: torch.export.Dim("pictures", min=1, max=1024), 2: height, 3: width},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto
    _forget_origins(model)
    if halve:
        _store_as_float16(model)
    onnx.helper.set_model_props(model, contract.to_metadata())
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data


@contextmanager
def _without_torchvision_notices() -> Iterator[None]:
    """Keep torch's exporter from telling that torchvision, which no network needs, is missing."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")

    def needed(record: logging.LogRecord) -> bool:
        return "torchvision is not installed" not in record.getMessage()

    logger.addFilter(needed)
    try:
        yield
    finally:
        logger.removeFilter(needed)


def _forget_origins(model: Any) -> None:
    """Remove what the exporter notes of the origin of nodes and values: paths of the computer it ran on."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
        part.ClearField("doc_string")


def _store_as_float16(model: Any) -> None:
    """Store float32 weights as float16, each with a Cast back, which ONNX Runtime carries out once, when
    loading."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or numpy_helper.to_array(weight).size < 2:
            continue
        name = weight.name
        weight.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{name}.float16")
        )
        casts.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])


def check_parity(module: nn.Module, model: bytes, contract: Contract) -> float:
    """Compare torch and ONNX Runtime on several sizes and batch sizes; the largest difference in CIE units.

    Raises `ExportError` when it is above `TOLERANCE`, or when the shapes differ.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    random = torch.Generator().manual_seed(0)
    worst = 0.0
    for shape in _shapes(contract):
        luma = torch.rand(shape, generator=random) * 100
        with torch.inference_mode():
            wanted = module(luma).numpy()
        (got,) = session.run([OUTPUT_CHROMA], {INPUT_LUMA: luma.numpy()})
        if got.shape != wanted.shape:
            raise ExportError(
                f"for {shape} the graph gives {got.shape}, torch {wanted.shape}; nothing was written"
            )
        difference = float(np.abs(got - wanted).max())
        if not difference <= TOLERANCE:  # so that NaN is refused too
            raise ExportError(
                f"for {shape} the graph is {difference:.3g} CIE units off torch, {TOLERANCE} are allowed; "
                "nothing was written; report this with the versions of torch, onnx and onnxruntime"
            )
        worst = max(worst, difference)
    return worst


def _shapes(contract: Contract) -> Sequence[tuple[int, int, int, int]]:
    side, step = contract.working_size, contract.multiple
    return [
        (1, 1, side, side),
        (3, 1, side, side + 2 * step),
        (1, 1, 2 * step, 5 * step),
        (2, 1, 2 * side, side),
    ]
