"""Checkpoints: one safetensors file each, with the run's state as JSON in its header; never a pickle.

A file is written under a temporary name, synced and renamed: what has the final name is whole.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from tintype.errors import TrainingError

STATE: Final = "tintype.state"
"""Key of the JSON state in the safetensors header."""


def save(path: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write a checkpoint, replacing the one at `path` at once.

    Raises `TrainingError` when it cannot be written; the old file is then untouched.
    """
    copies = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, to_bytes(copies, metadata={STATE: json.dumps(state)}))


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read (tensors, state). Raises `TrainingError` when the file is missing or damaged."""
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            state = json.loads((file.metadata() or {})[STATE])
            return {name: file.get_tensor(name) for name in file.keys()}, state  # noqa: SIM118  it is no mapping
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(
            f"{path} is no whole checkpoint ({error}); take another one or start anew"
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises `TrainingError` when that fails."""
    temporary = path.with_name(f".{path.name}.partial")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TrainingError(
            f"cannot write {path} ({error.strerror}); free some space, then go on with --resume"
        ) from error


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors with `prefix/` before each name."""
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def part(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix/`, without it."""
    return {
        name.removeprefix(f"{prefix}/"): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{prefix}/")
    }


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers of each parameter, named number/key."""
    remembered: dict[int, dict[str, Tensor]] = optimizer.state_dict()["state"]
    return {
        f"{number}/{key}": torch.as_tensor(value)
        for number, of in remembered.items()
        for key, value in of.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimizer its memory back; its settings stay as they are."""
    remembered: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        number, key = name.split("/")
        remembered.setdefault(int(number), {})[key] = tensor
    optimizer.load_state_dict({"state": remembered, "param_groups": optimizer.state_dict()["param_groups"]})
