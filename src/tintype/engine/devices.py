"""Devices by the names that people use, and what ONNX Runtime calls them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tintype.errors import DeviceError

AUTO: Final = "auto"
CPU: Final = "cpu"


@dataclass(frozen=True)
class Device:
    """A kind of hardware that ONNX Runtime can compute on."""

    provider: str
    """Name of its execution provider."""
    package: str
    """The pip package that brings the provider."""


DEVICES: Final = {
    "cuda": Device("CUDAExecutionProvider", "onnxruntime-gpu[cuda,cudnn]"),
    "migraphx": Device("MIGraphXExecutionProvider", "onnxruntime-migraphx"),
    "coreml": Device("CoreMLExecutionProvider", "onnxruntime"),
    "directml": Device("DmlExecutionProvider", "onnxruntime-directml"),
    "openvino": Device("OpenVINOExecutionProvider", "onnxruntime-openvino"),
    CPU: Device("CPUExecutionProvider", "onnxruntime"),
}
"""By name, the best first: the order in which `auto` looks."""


def candidates(device: str, available: Sequence[str]) -> tuple[str, ...]:
    """Names of the devices to try in turn, the first that starts being taken.

    `available` are the providers that this ONNX Runtime was built with. `auto` gives all of those in order,
    the CPU last; any other name gives itself alone.

    Raises `DeviceError` when the name is unknown or its provider is not available.
    """
    if device == AUTO:
        return tuple(name for name, each in DEVICES.items() if each.provider in available)
    if device not in DEVICES:
        raise DeviceError(f"there is no device {device!r}; choose one of: {', '.join((AUTO, *DEVICES))}")
    if DEVICES[device].provider not in available:
        raise DeviceError(unavailable(device))
    return (device,)


def unavailable(device: str, reason: str = "this ONNX Runtime lacks it") -> str:
    """A message that a device cannot be used, and which package brings it."""
    package = DEVICES[device].package
    place = "on a Mac, `pip" if device == "coreml" else "`pip uninstall onnxruntime`, then `pip"
    return (
        f"the device {device!r} is not available ({reason}); {place} install '{package}'` brings it, "
        "or take the device 'auto'"
    )
