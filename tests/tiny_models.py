"""Models of a few numbers that keep the contract, or break it in one place."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper

from tintype.contract import Contract

A_PER_L = 0.3
B_PER_L = -0.2
"""The tiny model's colors: a* and b* are these shares of L*."""
BINS = 226
"""Colors that a distribution is over."""


def contract(**changes: object) -> Contract:
    """The contract of a tiny model."""
    fields = {"name": "tiny", "working_size": 64, "multiple": 16, "chroma_stride": 4}
    return Contract(**(fields | changes))  # type: ignore[arg-type]


def write_model(
    path: Path,
    promise: Contract | None = None,
    *,
    luma_shape: list[object] | None = None,
    vivid_shape: list[object] | None = None,
    chroma_name: str = "chroma",
    stride: int | None = None,
    factor: float = 1.0,
    metadata: dict[str, str] | None = None,
    likely: np.ndarray | None = None,
) -> Path:
    """Write a model that gives each pixel a* = 0.3 · L*, b* = -0.2 · L*, times `factor`, at 1/stride size.

    With hints it adds the hinted a*b* times the mask; with vividness its chroma is 1 + vivid times as
    strong. Its confidence is 0.5 everywhere. Its distribution is `likely` ([226], sum 1) everywhere where no
    hint is given, and uniform under a hint. Its features are how much lighter than black, than L* 33 and than
    L* 66 a place is, in hundreds.
    """
    promise = promise or contract()
    stride = stride or promise.chroma_stride
    pool = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
    weights = helper.make_tensor(
        "weights", TensorProto.FLOAT, [2, 1, 1, 1], [A_PER_L * factor, B_PER_L * factor]
    )
    nodes = [
        helper.make_node("AveragePool", ["luma"], ["pooled"], **pool),
        helper.make_node("Conv", ["pooled", "weights"], ["plain"]),
    ]
    constants = [weights]
    inputs = [helper.make_tensor_value_info("luma", TensorProto.FLOAT, luma_shape or ["N", 1, "H", "W"])]
    outputs = [helper.make_tensor_value_info(chroma_name, TensorProto.FLOAT, ["N", 2, "h", "w"])]
    if promise.hints:
        inputs.append(helper.make_tensor_value_info("hints", TensorProto.FLOAT, ["N", 3, "H", "W"]))
        constants.append(helper.make_tensor("sizes", TensorProto.INT64, [2], [2, 1]))
        nodes += [
            helper.make_node("AveragePool", ["hints"], ["pooled_hints"], **pool),
            helper.make_node("Split", ["pooled_hints", "sizes"], ["hinted", "mask"], axis=1),
            helper.make_node("Mul", ["hinted", "mask"], ["weighted"]),
            helper.make_node("Add", ["plain", "weighted"], ["guided"]),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["plain"], ["guided"]))
    if promise.vivid is not None:
        inputs.append(helper.make_tensor_value_info("vivid", TensorProto.FLOAT, vivid_shape or ["N"]))
        constants.append(helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]))
        constants.append(helper.make_tensor("planes", TensorProto.INT64, [4], [-1, 1, 1, 1]))
        nodes += [
            helper.make_node("Add", ["vivid", "one"], ["strength"]),
            helper.make_node("Reshape", ["strength", "planes"], ["strengths"]),
            helper.make_node("Mul", ["guided", "strengths"], [chroma_name]),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["guided"], [chroma_name]))
    if promise.confidence:
        outputs.append(helper.make_tensor_value_info("confidence", TensorProto.FLOAT, ["N", 1, "h", "w"]))
        constants.append(helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]))
        nodes += [
            helper.make_node("Mul", ["pooled", "zero"], ["nothing"]),
            helper.make_node("Sigmoid", ["nothing"], ["confidence"]),
        ]
    if promise.distribution:
        outputs.append(
            helper.make_tensor_value_info("distribution", TensorProto.FLOAT, ["N", BINS, "h", "w"])
        )
        nodes += _distribution(promise, np.full(BINS, 1 / BINS) if likely is None else likely, constants)
    if promise.features:
        outputs.append(helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 3, "k", "l"]))
        nodes += _features(promise, constants)
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, promise.to_metadata() if metadata is None else metadata)
    onnx.save(model, path)
    return path


def _distribution(promise: Contract, likely: np.ndarray, constants: list[TensorProto]) -> list[NodeProto]:
    """Nodes that give `likely` everywhere, but the uniform distribution where the mask is 1."""
    shape = [1, BINS, 1, 1]
    uniform = np.full(BINS, 1 / BINS)
    constants.append(helper.make_tensor("likely", TensorProto.FLOAT, shape, likely))
    constants.append(helper.make_tensor("change", TensorProto.FLOAT, shape, uniform - likely))
    constants.append(helper.make_tensor("none", TensorProto.FLOAT, [1], [0.0]))
    hinted = (
        helper.make_node("Identity", ["mask"], ["marked"])
        if promise.hints
        else helper.make_node("Mul", ["pooled", "none"], ["marked"])
    )
    return [
        hinted,
        helper.make_node("Mul", ["marked", "change"], ["changed"]),
        helper.make_node("Add", ["changed", "likely"], ["distribution"]),
    ]


def _features(promise: Contract, constants: list[TensorProto]) -> list[NodeProto]:
    """Nodes that give the features."""
    stride = promise.features_stride
    pool = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
    constants.append(helper.make_tensor("slopes", TensorProto.FLOAT, [3, 1, 1, 1], [0.01] * 3))
    constants.append(helper.make_tensor("offsets", TensorProto.FLOAT, [3], [0, -0.33, -0.66]))
    return [
        helper.make_node("AveragePool", ["luma"], ["seen"], **pool),
        helper.make_node("Conv", ["seen", "slopes", "offsets"], ["lighter"]),
        helper.make_node("Relu", ["lighter"], ["features"]),
    ]


def write_card(model: Path, **changes: object) -> Path:
    """Write the card of a model file beside it."""
    card = {
        "name": model.stem,
        "summary": "A model for tests.",
        "license": "CC0-1.0",
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "parameters": 2,
        "size_mb": 0.001,
        "network": "tiny",
        "working_size": 64,
        "data": "Nothing.",
    }
    path = model.with_suffix(".json")
    path.write_text(json.dumps(card | changes))
    return path
