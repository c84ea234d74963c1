"""How weights are stored in a model file: rounded first, so that what is stored is what was compared.

The model computes in float32 whatever the storage: casts to it are carried out once, when loading.
"""

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tintype.errors import ConfigError
from tintype.nets.fusion import Classifier

STORAGE: Final = ("float32", "float16", "int8", "int8-all")
"""How weights may be stored: int8 are those of a frozen classifier, with a scale for each of its channels,
beside the others in float16; int8-all are all so."""
HALVED_DIMENSIONS: Final = 2
"""Weights with fewer dimensions (biases, statistics) are few, and stay float32."""
STEPS: Final = 127
"""Largest of the whole numbers that int8 weights are rounded to; the smallest is its negative."""


def fold_batch_norm(network: nn.Module) -> None:
    """Multiply batch normalization, in place, into the convolution before it.

    The exporter would do so too, but after `round_weights`, and the products are no float16 numbers any more.
    """
    before: tuple[str, nn.Conv2d | nn.ConvTranspose2d] | None = None
    for name, child in list(network.named_children()):
        if isinstance(child, nn.BatchNorm2d) and before is not None:
            transposed = isinstance(before[1], nn.ConvTranspose2d)
            setattr(network, before[0], fuse_conv_bn_eval(before[1], child, transposed))
            setattr(network, name, getattr(child, "act", nn.Identity()))  # timm's has its activation inside
        elif not isinstance(child, nn.Identity):
            fold_batch_norm(child)
        if not isinstance(child, nn.Identity):
            before = (name, child) if isinstance(child, nn.Conv2d | nn.ConvTranspose2d) else None


def round_weights(network: nn.Module, storage: str) -> None:
    """Round the weights to what `storage` will hold, in place; they stay float32.

    Raises `ConfigError` for int8 when the network has no frozen classifier.
    """
    for parameter in network.parameters():
        if parameter.dim() >= HALVED_DIMENSIONS:
            parameter.data = parameter.data.half().float()
    if storage not in ("int8", "int8-all"):
        return
    parts: list[nn.Module] = [module for module in network.modules() if isinstance(module, Classifier)]
    if not parts and storage == "int8":
        raise ConfigError("int8 is for the weights of a frozen classifier; export with --storage float16")
    parts = [network] if storage == "int8-all" else parts
    for parameter in (weight for part in parts for weight in part.parameters()):
        if parameter.dim() >= HALVED_DIMENSIONS:
            rest = tuple(range(1, parameter.dim()))
            scale = parameter.data.abs().amax(dim=rest, keepdim=True).clamp_min(1e-12) / STEPS
            parameter.data = torch.round(parameter.data / scale) * scale


def store_rounded(model: Any) -> None:
    """Store the rounded weights of an ONNX model, in place, in the small types that hold them exactly."""
    from onnx import TensorProto

    nodes = list(model.graph.node)
    del model.graph.node[:]
    for weight in list(model.graph.initializer):
        if weight.data_type == TensorProto.FLOAT and len(weight.dims) >= HALVED_DIMENSIONS:
            _store(weight, model.graph)
    model.graph.node.extend(nodes)


def _store(weight: Any, graph: Any) -> None:
    """Replace one float32 initializer, if a small type holds it exactly, by one of that type and the nodes
    that make the float32 tensor from it."""
    from onnx import TensorProto, helper, numpy_helper

    name, values = weight.name, numpy_helper.to_array(weight)
    found = _as_int8(values)
    if found is None:
        half = values.astype(np.float16)
        if not np.array_equal(half, values):
            return
        weight.CopyFrom(numpy_helper.from_array(half, f"{name}.float16"))
        graph.node.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
        return
    whole, scale = found
    weight.CopyFrom(numpy_helper.from_array(whole, f"{name}.int8"))
    graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
    graph.node.append(helper.make_node("Cast", [weight.name], [f"{name}.whole"], to=TensorProto.FLOAT))
    graph.node.append(helper.make_node("Mul", [f"{name}.whole", f"{name}.scale"], [name]))


def _as_int8(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]] | None:
    """Whole numbers and scales whose product the values are, by their first axis or, where the exporter
    turned a matrix, by their last; None if they were not rounded to int8."""
    for channel in (0, values.ndim - 1):
        rest = tuple(axis for axis in range(values.ndim) if axis != channel)
        scale = (np.abs(values).max(axis=rest, keepdims=True).clip(1e-12) / STEPS).astype(np.float32)
        whole = np.round(values / scale)
        if np.allclose(whole * scale, values, rtol=1e-5, atol=1e-12):
            return whole.astype(np.int8), scale
    return None
