"""A model file in ONNX Runtime: started on a device, and held to its contract."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

import onnxruntime

from tintype.contract import (
    INPUT_HINTS,
    INPUT_LUMA,
    INPUT_VIVID,
    OUTPUT_CHROMA,
    OUTPUT_CONFIDENCE,
    OUTPUT_DISTRIBUTION,
    OUTPUT_FEATURES,
    Contract,
)
from tintype.engine.devices import AUTO, DEVICES, candidates, unavailable
from tintype.errors import ContractError, DeviceError, ModelError

BINS: Final = 226
"""Colors that `distribution` tells the probability of: as many as `color.bins.centers` has (tested)."""
CHANNELS: Final = {
    INPUT_LUMA: 1,
    INPUT_HINTS: 3,
    OUTPUT_CHROMA: 2,
    OUTPUT_CONFIDENCE: 1,
    OUTPUT_DISTRIBUTION: BINS,
}
"""Size of the second axis of each tensor of the contract that is a stack of planes."""
LOG_ERRORS: Final = 3
"""ONNX Runtime's severity under which its messages are dropped."""


def start(path: Path, device: str, threads: int) -> tuple[str, Any]:
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
        except Exception as error:  # noqa: BLE001  each provider raises a dozen unrelated types
            failures.append(one_line(error))
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


def read_contract(session: Any) -> Contract:
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
        wanted = _misfit(tensor.name, tensor.shape)
        if wanted:
            raise ContractError(
                f"model {contract.name!r}: {tensor.name} is of shape {tensor.shape}, it must be {wanted}; "
                "export it again"
            )


def _misfit(name: str, shape: list[int | str | None]) -> str:
    """What a tensor's shape must be, if its declared one is not that; free axes are names or None."""
    if name == INPUT_VIVID:
        return "" if len(shape) == 1 and not isinstance(shape[0], int) else "[N] with N free"
    free = len(shape) == 4 and not any(isinstance(shape[axis], int) for axis in (0, 2, 3))
    if name == OUTPUT_FEATURES:
        return "" if free else "[N, F, h, w] with N, h and w free"
    channels = CHANNELS[name]
    if free and (shape[1] == channels or not isinstance(shape[1], int)):
        return ""
    return f"[N, {channels}, H, W] with N, H and W free"


def one_line(error: Exception) -> str:
    """The first line of a message from ONNX Runtime, for ours."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
