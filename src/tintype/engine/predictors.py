"""What turns lightness into chroma: models in ONNX Runtime, behind the contract."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tintype.contract import (
    INPUT_HINTS,
    INPUT_LUMA,
    OUTPUT_CHROMA,
    OUTPUT_CONFIDENCE,
    Contract,
)
from tintype.engine.cores import physical_cores
from tintype.engine.devices import AUTO, DEVICES, candidates, unavailable
from tintype.errors import ContractError, DeviceError, ModelError

FloatArray = NDArray[np.float32]

CHANNELS: Final = {INPUT_LUMA: 1, INPUT_HINTS: 3, OUTPUT_CHROMA: 2, OUTPUT_CONFIDENCE: 1}
"""Size of the second axis of each tensor of the contract."""
LOG_ERRORS: Final = 3
"""ONNX Runtime's severity under which its messages are dropped."""


@dataclass(frozen=True)
class Output:
    """What a predictor gives for a batch."""

    chroma: FloatArray
    """[N, 2, h, w], a*b* in CIE units."""
    confidence: FloatArray | None
    """[N, 1, h, w] in 0..1, None where the model gives none."""


class Predictor(Protocol):
    """Whatever turns lightness into chroma."""

    @property
    def contract(self) -> Contract:
        """What it eats and gives."""

    @property
    def device(self) -> str:
        """Where it computes."""

    def predict(self, luma: FloatArray, hints: FloatArray | None = None) -> Output:
        """Chroma for L* [N, 1, H, W], 0..100, and optional hints [N, 3, H, W]."""


class OnnxPredictor:
    """A model file in ONNX Runtime.

    Several threads may call `predict` at once.

    `device` is "auto" (the best that starts, the CPU at last) or a name of `devices.DEVICES`. `threads` is
    the number of cores that one prediction uses on the CPU; all physical ones when None.

    Raises `DeviceError` when the asked-for device cannot be used, `ContractError` when the file does not
    keep the contract, and `ModelError` when it cannot be loaded at all.
    """

    def __init__(self, path: Path, device: str = AUTO, threads: int | None = None) -> None:
        self._path = path
        self._device, self._session = _start(path, device, threads or physical_cores())
        self._contract = _read_contract(self._session)

    @property
    def contract(self) -> Contract:
        """What the model eats and gives."""
        return self._contract

    @property
    def device(self) -> str:
        """Name of the device that it computes on, never "auto"."""
        return self._device

    def predict(self, luma: FloatArray, hints: FloatArray | None = None) -> Output:
        """Chroma for L* [N, 1, H, W], float32, 0..100; H and W are multiples of the contract's `multiple`.

        `hints` [N, 3, H, W] holds a*, b* and a mask; a model that takes hints gets none (all zero) when it
        is None.

        Raises `ModelError` when the model takes no hints but some are given, when it fails, and when it
        gives something that is not finite or not of the promised size. Both arrays are left unchanged.
        """
        inputs = {INPUT_LUMA: luma}
        if self._contract.hints:
            count, _, height, width = luma.shape
            inputs[INPUT_HINTS] = np.zeros((count, 3, height, width), np.float32) if hints is None else hints
        elif hints is not None:
            raise ModelError(f"the model {self._contract.name!r} takes no hints; choose one that does")
        try:
            arrays = self._session.run(list(self._contract.output_names), inputs)
        except Exception as error:  # ONNX Runtime raises a dozen unrelated types
            raise ModelError(
                f"the model {self._path} failed ({_one_line(error)}); try the device 'cpu'"
            ) from error
        for name, array in zip(self._contract.output_names, arrays, strict=True):
            self._check(name, array, luma.shape)
        return Output(arrays[0], arrays[1] if self._contract.confidence else None)

    def _check(self, name: str, array: FloatArray, luma_shape: tuple[int, ...]) -> None:
        """Raise `ModelError` unless an output is of the promised size and finite."""
        stride = self._contract.chroma_stride
        wanted = (luma_shape[0], CHANNELS[name], luma_shape[2] // stride, luma_shape[3] // stride)
        if array.shape != wanted:
            raise ModelError(
                f"the model {self._path} gave {name} of shape {array.shape}, not {wanted}; export it again"
            )
        if not np.isfinite(array).all():
            raise ModelError(
                f"the model {self._path} gave values in {name} that are not finite; try the device 'cpu', "
                "or another model"
            )


def _start(path: Path, device: str, threads: int) -> tuple[str, Any]:
    """Name of the first device that starts, and the session on it."""
    if not path.is_file():
        raise ModelError(f"there is no model file {path}; install it again or give another path")
    available = onnxruntime.get_available_providers()
    failures: list[str] = []
    for name in candidates(device, available):
        provider = DEVICES[name].provider
        if name == "cuda":
            _load_cuda()
        try:
            session = onnxruntime.InferenceSession(
                str(path), _options(threads), providers=[provider], enable_fallback=0
            )
        except Exception as error:  # noqa: BLE001  as above: each provider raises types of its own
            failures.append(_one_line(error))
            continue
        if session.get_providers()[0] == provider:
            return name, session
        failures.append("its libraries or its driver are missing")
    if device in (AUTO, "cpu"):
        raise ModelError(f"cannot load the model {path} ({failures[-1]}); install or export it again")
    raise DeviceError(unavailable(device, failures[-1]))


def _load_cuda() -> None:
    """Let ONNX Runtime find the CUDA libraries that pip installed; what it prints must not reach stdout."""
    if hasattr(onnxruntime, "preload_dlls"):
        with redirect_stdout(sys.stderr):
            onnxruntime.preload_dlls()


def _options(threads: int) -> Any:
    """Session options: all graph optimizations, one pool of threads that sleeps when idle, errors only."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = LOG_ERRORS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _read_contract(session: Any) -> Contract:
    """The contract in the session's metadata, checked against the session's tensors."""
    contract = Contract.from_metadata(session.get_modelmeta().custom_metadata_map)
    _check_tensors(contract, "inputs", session.get_inputs(), contract.input_names)
    _check_tensors(contract, "outputs", session.get_outputs(), contract.output_names)
    return contract


def _check_tensors(contract: Contract, side: str, tensors: list[Any], names: tuple[str, ...]) -> None:
    """Raise `ContractError` unless the graph's tensors have the promised names, types and free sizes."""
    found = tuple(tensor.name for tensor in tensors)
    if set(found) != set(names) or len(found) != len(names):
        raise ContractError(
            f"model {contract.name!r}: its {side} are {found}, the contract says {names}; export it again"
        )
    for tensor in tensors:
        if tensor.type != "tensor(float)":
            raise ContractError(
                f"model {contract.name!r}: {tensor.name} is {tensor.type}, not float32; export it again"
            )
        if not _fits(tensor.shape, CHANNELS[tensor.name]):
            raise ContractError(
                f"model {contract.name!r}: {tensor.name} is of shape {tensor.shape}, it must be "
                f"[N, {CHANNELS[tensor.name]}, H, W] with N, H and W free; export it again"
            )


def _fits(shape: list[int | str | None], channels: int) -> bool:
    """Whether a declared shape is [N, channels, H, W] with N, H and W free; free axes are names or None."""
    if len(shape) != 4 or any(isinstance(shape[axis], int) for axis in (0, 2, 3)):
        return False
    return shape[1] == channels or not isinstance(shape[1], int)


def _one_line(error: Exception) -> str:
    """The first line of a message from ONNX Runtime, for ours."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
