"""The same model stored smaller: weights in float16 or 8 bits, or weights and arithmetic in 8 bits."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from tintype.weights import HALVED_DIMENSIONS, STEPS, store_rounded

Feed = dict[str, np.ndarray[Any, Any]]
"""What a graph is fed, by name."""

QUANTISED = ("Conv", "MatMul", "Relu", "Clip", "Add", "Pad", "Resize")
"""Operators that may compute in 8 bits."""


def float32(source: Path, target: Path) -> None:
    """Weights that are stored smaller, with a Cast and perhaps a Mul by their scale after them, back to plain
    float32."""
    model = onnx.load(source)
    graph = model.graph
    stored = {each.name: each for each in graph.initializer}
    kept = []
    for node in graph.node:
        weights = [stored.get(name) for name in node.input]
        if node.op_type not in ("Cast", "Mul") or not all(weights):
            kept.append(node)
            continue
        first, *others = (numpy_helper.to_array(weight) for weight in weights)
        numbers = np.multiply(first, *others) if others else first.astype(np.float32)
        stored[node.output[0]] = numpy_helper.from_array(numbers, node.output[0])
    needed = {name for node in kept for name in node.input}
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(weight for name, weight in stored.items() if name in needed)
    graph.node.extend(kept)
    onnx.save(model, target)


def float16(source: Path, target: Path) -> None:
    """Weights stored in float16, each with a Cast to float32 that ONNX Runtime carries out when loading."""
    model = onnx.load(source)
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        numbers = numpy_helper.to_array(weight)
        if weight.data_type == TensorProto.FLOAT and numbers.size > 1:
            name = weight.name
            weight.CopyFrom(numpy_helper.from_array(numbers.astype(np.float16), f"{name}.float16"))
            casts.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])
    onnx.save(model, target)


def int8(source: Path, target: Path) -> None:
    """Weights stored in 8 bits with a scale for each channel, as `tintype export --storage int8-all` does."""
    model = onnx.load(source)
    for weight in model.graph.initializer:
        numbers = numpy_helper.to_array(weight)
        if weight.data_type == TensorProto.FLOAT and numbers.ndim >= HALVED_DIMENSIONS:
            largest = np.abs(numbers).max(axis=tuple(range(1, numbers.ndim)), keepdims=True)
            scale = np.maximum(largest, 1e-12) / STEPS
            weight.CopyFrom(numpy_helper.from_array(np.round(numbers / scale) * scale, weight.name))
    store_rounded(model)
    onnx.save(model, target)


def dynamic(source: Path, target: Path) -> None:
    """8-bit weights; the ranges of what flows between layers are measured anew for each picture."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = _prepared(source, Path(folder))
        with _quiet():
            quantize_dynamic(
                prepared, target, op_types_to_quantize=["Conv", "MatMul"], weight_type=QuantType.QUInt8
            )
    _keep_contract(source, target)


def static(source: Path, target: Path, feeds: Callable[[], Iterator[Feed]]) -> None:
    """8-bit weights and layers, with ranges measured once on calibration pictures (QDQ form).

    What turns features into colors, after the last convolution larger than 1x1, stays in float32.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = _prepared(source, Path(folder))
        with _quiet():
            quantize_static(
                prepared,
                target,
                _Reader(feeds()),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(QUANTISED),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=decoding(onnx.load(prepared)),
            )
    _keep_contract(source, target)


def decoding(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes after the last convolutions larger than 1x1: those that make colors of features."""
    graph = model.graph
    shapes = {each.name: each.dims for each in graph.initializer}
    readers: dict[str, list[int]] = {}
    for number, node in enumerate(graph.node):
        for name in node.input:
            readers.setdefault(name, []).append(number)
    before = [False] * len(graph.node)
    for number in reversed(range(len(graph.node))):  # nodes are in the order of computation
        node = graph.node[number]
        kernel = shapes.get(node.input[1], ())[2:] if node.op_type == "Conv" else ()
        follow = (before[reader] for name in node.output for reader in readers.get(name, []))
        before[number] = max(kernel, default=1) > 1 or any(follow)
    return [node.name for node, needed in zip(graph.node, before, strict=True) if not needed]


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """What the quantiser asks for the next picture."""

    def __init__(self, feeds: Iterator[Feed]) -> None:
        self._feeds = feeds

    def get_next(self) -> Feed | None:
        return next(self._feeds, None)


def _prepared(source: Path, folder: Path) -> Path:
    """The model as the quantiser wants it: plain float32, batch normalisation folded in, shapes known."""
    plain, prepared = folder / "plain.onnx", folder / "prepared.onnx"
    float32(source, plain)
    with _quiet():
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
    model = onnx.load(prepared)
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"node {number}"
    onnx.save(model, prepared)
    return prepared


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the quantiser from telling what it does."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _keep_contract(source: Path, target: Path) -> None:
    """Give a quantised model the metadata of the one that it was made of."""
    properties = {each.key: each.value for each in onnx.load(source).metadata_props}
    model = onnx.load(target)
    helper.set_model_props(model, properties)
    onnx.save(model, target)
