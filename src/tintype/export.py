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
from numpy.typing import NDArray
from torch import Tensor, nn

from tintype.calibrate import Calibration, load_network
from tintype.contract import OUTPUT_CHROMA, OUTPUT_FEATURES, Contract
from tintype.errors import ConfigError, ExportError
from tintype.nets import NETWORKS, Network
from tintype.nets.scale import chroma_from_net
from tintype.nets.tint import Decoding, judge
from tintype.nets.zhang import AnnealedMean
from tintype.train import checkpoint
from tintype.weights import STORAGE, fold_batch_norm, round_weights, store_rounded

FloatArray = NDArray[np.float32]

OPSET: Final = 18
"""ONNX operator set; ONNX Runtime reads it from 1.14 on."""
TOLERANCE: Final = 0.01
"""CIE units: the largest difference between torch and ONNX Runtime. A just visible difference is about 1."""
SHARE_TOLERANCE: Final = 0.0005
"""The same for confidence and probabilities, which lie in 0..1."""
FEATURE_TOLERANCE: Final = 0.001
"""The same for features, as a share of the largest of them."""
SHARE_OF_HINTS: Final = 0.01
"""Share of the pixels that have a hint when graph and network are compared."""
DEFAULT_VIVID: Final = 0.5
"""Vividness unless a person says otherwise."""


class ContractModule(nn.Module):
    """A network as the contract wants it: L* in, a*b* in CIE units out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, luma: Tensor) -> Tensor:
        """L* (B, 1, H, W) in 0..100 to a*, b* (B, 2, h, w) in CIE units."""
        return chroma_from_net(self.network(luma))


class GuidedModule(nn.Module):
    """A network that takes hints and gives a distribution, as the contract wants it: L*, hints and vividness
    in; a*b* in CIE units, confidence, distribution and features out."""

    network: Any

    def __init__(self, network: nn.Module, calibration: Calibration) -> None:
        super().__init__()
        self.network = network
        self.decoding = Decoding(
            calibration.temperature,
            calibration.rarity,
            torch.tensor(calibration.log_weights(), dtype=torch.float32),
            calibration.gain,
        )

    def forward(self, luma: Tensor, hints: Tensor, vivid: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """L* (B, 1, H, W) in 0..100, hints (B, 3, H, W) and vividness (B,) in 0..1 to a*, b* (B, 2, h, w),
        confidence (B, 1, h, w), distribution (B, 226, h, w) and features (B, F, k, l)."""
        logits, features = self.network.look(luma, hints)
        sure, distribution = judge(logits)
        return self.decoding(logits, vivid, sure), sure, distribution, features


class DistributionModule(nn.Module):
    """A network that gives a distribution and takes no hints, as the contract wants it: L* in; the annealed
    mean in CIE units, confidence and distribution out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.decoding = AnnealedMean()

    def forward(self, luma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """L* (B, 1, H, W) in 0..100 to a*, b* (B, 2, h, w), confidence (B, 1, h, w) and distribution (B, 226,
        h, w)."""
        logits = self.network(luma)
        sure, distribution = judge(logits)
        return self.decoding(logits), sure, distribution


def wrapped(network: nn.Module, spec: Network, calibration: Calibration) -> nn.Module:
    """A network in the module that keeps the contract; `calibration` is for those that take hints."""
    if spec.hints:
        return GuidedModule(network, calibration)
    return DistributionModule(network) if spec.distribution else ContractModule(network)


def export(
    run: Path,
    out: Path,
    *,
    name: str | None = None,
    working_size: int | None = None,
    storage: str = "float32",
    calibration: Calibration | None = None,
    vivid: float = DEFAULT_VIVID,
) -> Contract:
    """Write the best weights of a run (the newest, if there are no best yet) as the ONNX model `out`.

    `run` is a run folder or one of its checkpoints. `name` and `working_size` default to the network's own;
    `storage` float16 rounds the weights and halves the file, int8 rounds those of a frozen classifier to 8
    bits. An existing `out` is replaced at once.
    `calibration` says how a distribution becomes a color, and `vivid` in 0..1 how vivid it is unless a person
    says otherwise; both are for networks that give a distribution.

    Raises `TrainingError` when there is no whole checkpoint, `ConfigError` for an impossible argument, and
    `ExportError` when ONNX Runtime does not compute what torch computes.
    """
    if storage not in STORAGE:
        raise ConfigError(f"storage {storage!r} is not one of {', '.join(STORAGE)}")
    config, network = load_network(run)
    spec = NETWORKS[config.network]
    contract = Contract(
        name=name or config.title,
        working_size=working_size or spec.working_size,
        multiple=spec.multiple,
        chroma_stride=spec.chroma_stride,
        hints=spec.hints,
        confidence=spec.distribution,
        vivid=vivid if spec.hints else None,
        distribution=spec.distribution,
        features=spec.features_stride is not None,
        features_stride=spec.features_stride or 1,
    )
    module = wrapped(network, spec, calibration or Calibration())
    module.eval()
    if storage != "float32":
        fold(module, contract)
        round_weights(network, storage)
    model = to_onnx(module, contract, halve=storage != "float32")
    check_parity(module, model, contract)
    checkpoint.write_atomically(out, model)
    return contract


def fold(module: nn.Module, contract: Contract) -> None:
    """`fold_batch_norm`, in place. Raises `ExportError` when the module gives other colors afterwards, which
    happens when a classifier's layers run in another order than they are written down."""
    side = contract.working_size
    inputs = random_inputs((1, 1, side, side), contract, torch.Generator().manual_seed(0))
    with torch.inference_mode():
        before = module(*inputs)
    fold_batch_norm(module)
    with torch.inference_mode():
        after = module(*inputs)
    before, after = ((x if isinstance(x, Tensor) else x[0]) for x in (before, after))
    if not float((before - after).abs().max()) <= TOLERANCE:
        raise ExportError(
            f"the layers of {contract.name} cannot be rounded safely; export with --storage float32"
        )


def to_onnx(module: nn.Module, contract: Contract, *, halve: bool) -> bytes:
    """Export a module that keeps `contract`, with free N, H and W, as a serialized ONNX model."""
    import onnx

    side = contract.working_size
    height = contract.multiple * torch.export.Dim("height", min=2, max=4096)
    width = contract.multiple * torch.export.Dim("width", min=2, max=4096)
    AUTO = torch.export.Dim.AUTO
    pictures = torch.export.Dim("pictures", min=1, max=1024)
    first, others = {0: pictures, 2: height, 3: width}, {0: AUTO, 2: AUTO, 3: AUTO}
    with _without_torchvision_notices():
        program: Any = torch.onnx.export(
            module,
            random_inputs((2, 1, side, side + contract.multiple), contract, torch.Generator().manual_seed(0)),
            input_names=list(contract.input_names),
            output_names=list(contract.output_names),
            dynamic_shapes=(first, others, {0: AUTO})[: len(contract.input_names)],
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto
    _forget_origins(model)
    if halve:
        store_rounded(model)
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


def random_inputs(
    shape: tuple[int, int, int, int], contract: Contract, random: torch.Generator
) -> tuple[Tensor, ...]:
    """Inputs of a graph that keeps `contract`: L* of `shape` (B, 1, H, W) and, where it takes them, sparse
    hints and vividness."""
    count, _, height, width = shape
    luma = torch.rand(shape, generator=random) * 100
    chroma = torch.rand((count, 2, height, width), generator=random) * 100 - 50
    mask = (torch.rand(shape, generator=random) < SHARE_OF_HINTS).float()
    vivid = torch.rand(count, generator=random)
    return (luma, torch.cat([chroma * mask, mask], dim=1), vivid)[: len(contract.input_names)]


def check_parity(module: nn.Module, model: bytes, contract: Contract) -> float:
    """Compare torch and ONNX Runtime on several sizes and batch sizes; the largest difference of chroma in
    CIE units.

    Raises `ExportError` when it is above `TOLERANCE`, when confidence or distribution differ by more than
    `SHARE_TOLERANCE`, features by more than `FEATURE_TOLERANCE`, or when the shapes differ.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    random = torch.Generator().manual_seed(0)
    worst = 0.0
    for shape in _shapes(contract):
        inputs = random_inputs(shape, contract, random)
        with torch.inference_mode():
            wanted = module(*inputs)
        arrays = {name: value.numpy() for name, value in zip(contract.input_names, inputs, strict=True)}
        got = session.run(list(contract.output_names), arrays)
        wanted = (wanted,) if isinstance(wanted, Tensor) else wanted
        for name, ours, theirs in zip(contract.output_names, wanted, got, strict=True):
            allowed = {
                OUTPUT_CHROMA: TOLERANCE,
                OUTPUT_FEATURES: FEATURE_TOLERANCE * float(ours.abs().max()),
            }.get(name, SHARE_TOLERANCE)
            difference = _difference(name, ours.numpy(), theirs, allowed)
            worst = max(worst, difference) if name == OUTPUT_CHROMA else worst
    return worst


def _difference(name: str, wanted: FloatArray, got: FloatArray, allowed: float) -> float:
    """The largest difference of one output. Raises `ExportError` when it is not allowed."""
    if got.shape != wanted.shape:
        raise ExportError(f"{name} of the graph is {got.shape}, torch's {wanted.shape}; nothing was written")
    difference = float(np.abs(got - wanted).max())
    if not difference <= allowed:  # so that NaN is refused too
        raise ExportError(
            f"{name} of the graph is {difference:.3g} off torch's, {allowed} is allowed; "
            "nothing was written; report this with the versions of torch, onnx and onnxruntime"
        )
    return difference


def _shapes(contract: Contract) -> Sequence[tuple[int, int, int, int]]:
    side, step = contract.working_size, contract.multiple
    return [
        (1, 1, side, side),
        (3, 1, side, side + 2 * step),
        (1, 1, 2 * step, 5 * step),
        (2, 1, 2 * side, side),
    ]
