"""Where a run computes, and in which arithmetic."""

import logging

import torch
from lightning.fabric import Fabric
from lightning.fabric.utilities.exceptions import MisconfigurationException

from tintype.errors import DeviceError
from tintype.train.config import PRECISIONS, TrainConfig
from tintype.train.processes import EqualCopies, launched


def make_fabric(config: TrainConfig) -> Fabric:
    """Fabric on the asked-for device. Raises `DeviceError` when it is not there or cannot compute so."""
    if config.precision == "16-mixed" and (config.device in ("cpu", "mps") or not torch.cuda.is_available()):
        raise DeviceError("16-mixed needs a CUDA GPU; train with precision=bf16-mixed")
    for name in ("lightning.fabric", "lightning.pytorch"):  # one of them announces the precision
        logging.getLogger(name).setLevel(logging.WARNING)
    launch = launched()
    on_gpu = config.device == "cuda" or (config.device == "auto" and torch.cuda.is_available())
    try:
        fabric = Fabric(
            accelerator=config.device,
            devices=launch.here,
            num_nodes=launch.machines,
            strategy=EqualCopies("nccl" if on_gpu else "gloo") if launch.world > 1 else "auto",
            precision=PRECISIONS[config.precision],
        )
        if launch.world > 1:
            fabric.launch()
    except (RuntimeError, ValueError, MisconfigurationException) as error:
        several = f" for {launch.here} processes" if launch.here > 1 else ""
        raise DeviceError(
            f"no device {config.device!r} here{several}; train with device=auto ({error})"
        ) from error
    return fabric
