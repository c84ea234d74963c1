"""A small model with all that a contract can promise, in place of a trained one."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tintype.contract import Contract

STRIDE = 4
SPREAD = 13
"""Side, in cells, of the square over which a hint spreads."""
LEANING = np.array([[[[0.3]]], [[[-0.2]]]], np.float32)
"""a* and b* per unit of L*, [2, 1, 1, 1], at vividness 0; twice that at 1."""


def everything(**changes: object) -> Contract:
    """The contract of the model."""
    fields = {"name": "small", "working_size": 64, "multiple": 32, "chroma_stride": STRIDE, "hints": True}
    fields |= {"confidence": True, "vivid": 0.5, "distribution": True}
    return Contract(**(fields | changes))  # type: ignore[arg-type]


def write_stand_in(path: Path, promise: Contract | None = None, *, sure_of_dark: bool = True) -> Path:
    """Write a model that gives a* = 0.3 · L*, b* = -0.2 · L*, times 1 + vivid, at 1/4 size.

    Hints spread over the square around them, where they replace that. It is surer of dark cells than of
    light ones, or the other way around. Its distribution is the same for all bins.
    """
    promise = promise or everything()
    pool = {"kernel_shape": [STRIDE, STRIDE], "strides": [STRIDE, STRIDE]}
    blur = {"kernel_shape": [SPREAD, SPREAD], "pads": [SPREAD // 2] * 4, "count_include_pad": 1}
    slope = -0.01 if sure_of_dark else 0.01
    constants = {
        "leaning": LEANING,
        "one": np.array([1], np.float32),
        "little": np.array([1e-6], np.float32),
        "slope": np.array([slope], np.float32),
        "offset": np.array([1 if sure_of_dark else 0], np.float32),
        "column": np.array([-1, 1, 1, 1]),
        "parts": np.array([2, 1]),
        "nothing": np.zeros((226, 1, 1, 1), np.float32),
    }
    nodes = [
        helper.make_node("AveragePool", ["luma"], ["cells"], **pool),
        helper.make_node("Conv", ["cells", "leaning"], ["pale"]),
        helper.make_node("Mul", ["cells", "slope"], ["surer"]),
        helper.make_node("Add", ["surer", "offset"], ["confidence"]),
    ]
    if promise.vivid is None:
        nodes.append(helper.make_node("Identity", ["pale"], ["plain"]))
    else:
        nodes += [
            helper.make_node("Add", ["vivid", "one"], ["factor"]),
            helper.make_node("Reshape", ["factor", "column"], ["factors"]),
            helper.make_node("Mul", ["pale", "factors"], ["plain"]),
        ]
    nodes += [
        helper.make_node("Split", ["hints", "parts"], ["colors", "mask"], axis=1),
        helper.make_node("Mul", ["colors", "mask"], ["given"]),
        helper.make_node("AveragePool", ["given"], ["given_cells"], **pool),
        helper.make_node("AveragePool", ["mask"], ["mask_cells"], **pool),
        helper.make_node("AveragePool", ["given_cells"], ["near"], **blur),
        helper.make_node("AveragePool", ["mask_cells"], ["near_mask"], **blur),
        helper.make_node("Mul", ["plain", "little"], ["faint"]),
        helper.make_node("Add", ["near", "faint"], ["total"]),
        helper.make_node("Add", ["near_mask", "little"], ["weight"]),
        helper.make_node("Div", ["total", "weight"], ["chroma"]),
    ]
    if promise.distribution:
        nodes += [
            helper.make_node("Conv", ["cells", "nothing"], ["equal"]),
            helper.make_node("Softmax", ["equal"], ["distribution"], axis=1),
        ]
    shapes: dict[str, list[object]] = {
        "luma": ["N", 1, "H", "W"],
        "hints": ["N", 3, "H", "W"],
        "vivid": ["N"],
        "chroma": ["N", 2, "h", "w"],
        "confidence": ["N", 1, "h", "w"],
        "distribution": ["N", 226, "h", "w"],
    }
    inputs, outputs = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in names]
        for names in (promise.input_names, promise.output_names)
    )
    weights = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "small", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, promise.to_metadata())
    onnx.save(model, path)
    return path


def write_convolutions(path: Path) -> Path:
    """Write a model of two random 3x3 convolutions, and one of 1x1 that makes colors, at 1/4 size."""
    random = np.random.default_rng(0)
    shapes = {"first": (8, 1, 3, 3), "second": (8, 8, 3, 3), "last": (2, 8, 1, 1)}
    weights = [
        numpy_helper.from_array((random.normal(0, 0.3, shape)).astype(np.float32), name)
        for name, shape in shapes.items()
    ]
    pool = {"kernel_shape": [STRIDE, STRIDE], "strides": [STRIDE, STRIDE]}
    nodes = [
        helper.make_node("Conv", ["luma", "first"], ["a"], pads=[1] * 4, name="conv 1"),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("AveragePool", ["b"], ["c"], **pool),
        helper.make_node("Conv", ["c", "second"], ["d"], pads=[1] * 4, name="conv 2"),
        helper.make_node("Relu", ["d"], ["e"]),
        helper.make_node("Conv", ["e", "last"], ["chroma"], name="conv 3"),
    ]
    luma = helper.make_tensor_value_info("luma", TensorProto.FLOAT, ["N", 1, "H", "W"])
    chroma = helper.make_tensor_value_info("chroma", TensorProto.FLOAT, ["N", 2, "h", "w"])
    graph = helper.make_graph(nodes, "convolutions", [luma], [chroma], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    promise = Contract("convolutions", working_size=64, multiple=32, chroma_stride=STRIDE)
    helper.set_model_props(model, promise.to_metadata())
    onnx.save(model, path)
    return path
