"""One run in several processes, on one machine or many, started by `torchrun`.

Each process has a copy of everything and takes its share of every batch. Gradients are averaged over the
processes before each step, so all copies stay the same; only the first process writes and speaks. Whatever a
decision depends on and may differ between processes (clocks, signals, losses) goes through a `Team`.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from inspect import signature
from typing import Any, Final

import torch
from lightning.fabric import Fabric
from lightning.fabric.strategies.ddp import DDPStrategy
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from tintype.errors import ConfigError, TrainingError

NORMALIZING: Final = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
TORCHRUN: Final = ("WORLD_SIZE", "LOCAL_WORLD_SIZE")
"""Environment variables by which `torchrun` says how many processes there are, in all and on this machine."""


@dataclass(frozen=True)
class Launch:
    """How many processes were started for this run."""

    here: int
    """On this machine."""
    machines: int

    @property
    def world(self) -> int:
        """In all."""
        return self.here * self.machines


def launched(environment: Mapping[str, str] = os.environ) -> Launch:
    """What `torchrun` started, or this process alone.

    Raises `ConfigError` when the machines have different numbers of processes.
    """
    if not all(name in environment for name in TORCHRUN) or not distributed.is_torchelastic_launched():
        return Launch(1, 1)
    world, here = (int(environment[name]) for name in TORCHRUN)
    if world % here:
        raise ConfigError(
            f"{world} processes are not the same number on each machine; give each `torchrun` the same "
            "--nproc-per-node"
        )
    return Launch(here, world // here)


def check_batch(batch: int, world: int) -> None:
    """Raise `ConfigError` when a batch cannot be shared out evenly, which would weigh pictures unevenly."""
    if batch % world:
        below = batch - batch % world
        near = " or ".join(f"batch={size}" for size in (below, below + world) if size)
        raise ConfigError(f"a batch of {batch} cannot be shared out to {world} processes; train with {near}")


class EqualCopies(DDPStrategy):
    """DDP that keeps running statistics the same in all processes, and passes over frozen networks.

    Those statistics (of batch normalization) come from each process's own share of a batch; after each step
    of an optimizer they are averaged. DDP itself would send around those of the first process at each call of
    the network, so that the processes had to call it in step even where only one of them draws a sheet."""

    def __init__(self, backend: str) -> None:
        known = signature(DistributedDataParallel.__init__).parameters
        setting = "forward_sync_buffers" if "forward_sync_buffers" in known else "broadcast_buffers"
        off: dict[str, Any] = {setting: False}
        super().__init__(process_group_backend=backend, **off)
        self._trained: list[nn.Module] = []

    def setup_module(self, module: nn.Module) -> Any:
        """Wrap a network that is trained; a frozen one has no gradients to share and stays as it is."""
        if not any(weight.requires_grad for weight in module.parameters()):
            return module
        self._trained.append(module)
        return super().setup_module(module)

    def optimizer_step(self, optimizer: Any, **arguments: Any) -> Any:
        """Take a step, then average the running statistics of all trained networks."""
        result = super().optimizer_step(optimizer, **arguments)
        statistics = list(self._statistics())
        if statistics:
            together = torch.cat([each.flatten().float() for each in statistics])
            distributed.all_reduce(together)
            together /= distributed.get_world_size()
            sizes = [each.numel() for each in statistics]
            means = torch.split(together, sizes)
            for each, mean in zip(statistics, means, strict=True):
                each.copy_(mean.view_as(each))
        return result

    def _statistics(self) -> Iterator[Tensor]:
        for network in self._trained:
            for module in network.modules():
                if isinstance(module, NORMALIZING) and module.training:
                    statistics = (module.running_mean, module.running_var)
                    yield from (each for each in statistics if each is not None)


class Team:
    """The processes of one run, all of which call the same methods in the same order."""

    def __init__(self, fabric: Fabric) -> None:
        self.world = fabric.world_size
        self.first: bool = fabric.is_global_zero
        """Whether this process is the one that writes and speaks."""
        self._group: Any = distributed.new_group(backend="gloo") if self.world > 1 else None

    def largest(self, *values: float) -> tuple[float, ...]:
        """The largest of each value over all processes.

        Raises `TrainingError` when another process has ended.
        """
        if self.world == 1:
            return values
        together = torch.tensor(values, dtype=torch.float64)
        self._reduce(together, distributed.ReduceOp.MAX)
        return tuple(together.tolist())

    def first_of(self, signal_name: str) -> str:
        """The signal that any of the processes got, of several kinds the one with the largest number; or "".

        Raises `TrainingError` when another process has ended.
        """
        (number,) = self.largest(signal.Signals[signal_name] if signal_name else 0)
        return signal.Signals(int(number)).name if number else ""

    def total(self, values: Tensor) -> Tensor:
        """The sum of each value over all processes, in float64 on the CPU.

        Raises `TrainingError` when another process has ended.
        """
        together = values.detach().to("cpu", torch.float64)
        if self.world > 1:
            together = together.clone()
            self._reduce(together, distributed.ReduceOp.SUM)
        return together

    def mean(self, values: Tensor) -> Tensor:
        """The mean of each value over all processes, as it is where there is but one."""
        if self.world == 1:
            return values
        return (self.total(values) / self.world).to(values.device, values.dtype)

    def wait(self) -> None:
        """Go on when all processes have come this far. Raises `TrainingError` when one of them has ended."""
        self.largest(0)

    def leave(self) -> None:
        """Part from the others, when all have come this far. A process that ended while others still worked
        would now and then be aborted by what gloo has in the background."""
        if self.world > 1:
            self.wait()
            distributed.destroy_process_group()

    def check_same(self, what: str, advice: str) -> None:
        """Raise `TrainingError` with the advice when not all processes have the same text."""
        number = int.from_bytes(sha256(what.encode()).digest()[:6], "big")
        high, low = self.largest(number, -number)
        if high != -low:
            raise TrainingError(f"the processes of this run do not have the same {advice}")

    def _reduce(self, tensor: Tensor, how: Any) -> None:
        try:
            distributed.all_reduce(tensor, how, group=self._group)
        except RuntimeError as error:
            raise TrainingError(
                "another process of this run has ended; see what it says, then go on with --resume"
            ) from error
