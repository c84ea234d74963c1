"""One update of the weights: what differs between ways of training, behind one small interface.

The loop in `trainer.py` hands over batches and asks for losses; it never looks at networks or optimizers.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tintype.data.batches import Batch, to_lab
from tintype.data.film import age
from tintype.data.packed import PictureSet
from tintype.errors import ConfigError
from tintype.nets import NETWORKS
from tintype.train import checkpoint
from tintype.train.config import TrainConfig
from tintype.train.journal import TRAIN


class Approach(Protocol):
    """A way of training: owns its networks and optimizers."""

    def update(self, batch: Batch, rate: float) -> dict[str, Tensor]:
        """Take one step on these pictures at this learning rate; the losses before it, scalars by the names
        of their curves, the same ones each time."""
        ...

    def validate(self, pictures: Tensor) -> Tensor:
        """The validation loss, a scalar, on uint8 sRGB (B, 3, H, W)."""
        ...

    def predict(self, luma: Tensor) -> Tensor:
        """L* (B, 1, H, W) to chroma_net (B, 2, h, w), with the weights that would be exported."""
        ...

    def weights(self) -> dict[str, Tensor]:
        """The weights that are exported."""
        ...

    def study(self, pictures: PictureSet) -> None:
        """Learn what the loss must know of the training pictures, before a run begins or goes on."""
        ...

    def begin(self) -> None:
        """Take up what a new run starts from beside random weights, before the first step."""
        ...

    def begin_with(self, weights: Mapping[str, Tensor]) -> None:
        """Take up the exported weights of another run, before the first step."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """Everything that a resumed run needs."""
        ...

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave."""
        ...


class Fitting(ABC):
    """One network, one optimizer, one loss; subclasses say what is fitted to what."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        spec = NETWORKS[config.network]
        bare = spec.make(config.options).to(memory_format=torch.channels_last)
        if config.only != "all":
            _train_only(bare, config.only)
        bare.train()  # a network may keep some of its parts in evaluation mode
        optimizer = self._optimizer(bare, config)
        self.config = config
        self.fabric = fabric
        self.updates = 0
        self.draws = 0  # numbers what is drawn at random, so that a resumed run draws the same
        self.stride = spec.chroma_stride
        self.shares = [group["lr"] / config.rate for group in optimizer.param_groups]
        self.network, self.optimizer = fabric.setup(bare, optimizer)
        self.averaged: nn.Module | None = (
            fabric.setup_module(copy.deepcopy(self.network.module).requires_grad_(False))
            if config.ema
            else None
        )

    def study(self, pictures: PictureSet) -> None:  # noqa: B027  most losses need to know nothing
        """Nothing, unless a subclass says otherwise; see `Approach`."""

    @abstractmethod
    def _optimizer(self, network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
        """An optimizer whose groups have the rates that go with `config.rate`."""

    @abstractmethod
    def _loss(self, batch: Batch) -> Tensor:
        """The loss of the network on these pictures, with whatever makes training harder."""

    def update(self, batch: Batch, rate: float) -> dict[str, Tensor]:
        """One step of the optimizer; see `Approach`."""
        for group, share in zip(self.optimizer.param_groups, self.shares, strict=True):
            group["lr"] = rate * share
        self.optimizer.zero_grad()
        total = torch.zeros((), device=batch.pictures.device)
        for part, share in self._parts(batch):
            loss = self._loss(part) * share
            self.fabric.backward(loss)
            total += loss.detach()
        self._step(self.network, self.optimizer)
        self.updates += 1
        self._average()
        return {TRAIN: total}

    def _parts(self, batch: Batch) -> Iterator[tuple[Batch, float]]:
        """The batches that a step accumulates, each with its share of the pictures."""
        for number, part in enumerate(batch.parts(self.config.accumulate)):
            self.draws = self.updates * self.config.accumulate + number
            yield part, len(part.pictures) / len(batch.pictures)

    def _step(self, network: nn.Module, optimizer: Any) -> None:
        """Shorten the gradient of a network if that is wished, and move its weights."""
        if self.config.clip:
            self.fabric.clip_gradients(
                network, optimizer, max_norm=self.config.clip, error_if_nonfinite=False
            )
        optimizer.step()

    def exported(self) -> nn.Module:
        """The network with the weights that would be exported: averaged ones if there are any."""
        return self.network if self.averaged is None else self.averaged

    def weights(self) -> dict[str, Tensor]:
        """The averaged weights if there are any, else the network's own."""
        weights: dict[str, Tensor] = self.exported().state_dict()
        return weights

    def begin_with(self, weights: Mapping[str, Tensor]) -> None:
        """Start the network and its running mean from these weights, strictly."""
        self.network.load_state_dict(weights)
        if self.averaged is not None:
            self.averaged.load_state_dict(weights)

    def tensors(self) -> dict[str, Tensor]:
        """Network, averaged network, optimizer and the number of updates."""
        averaged = {} if self.averaged is None else self.averaged.state_dict()
        return {
            **checkpoint.under("network", self.network.state_dict()),
            **checkpoint.under("averaged", averaged),
            **checkpoint.under("optimizer", checkpoint.optimizer_tensors(self.optimizer.optimizer)),
            "updates": torch.tensor(self.updates),
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave, strictly."""
        self.network.load_state_dict(checkpoint.part("network", tensors))
        if self.averaged is not None:
            self.averaged.load_state_dict(checkpoint.part("averaged", tensors))
        checkpoint.restore_optimizer(self.optimizer.optimizer, checkpoint.part("optimizer", tensors))
        self.updates = int(tensors["updates"])

    def _shown(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """L* (B, 1, H, W) as the network is to see it, and the true a*b* (B, 2, H, W), CIE units."""
        luma, chroma = to_lab(pictures)
        if self.config.aged:
            luma = _partly_aged(pictures, luma, self.config.aged, random_of_batch(self, luma.device))
        return luma.contiguous(memory_format=torch.channels_last), chroma

    def _true_chroma(self, chroma: Tensor) -> Tensor:
        """a*b* (B, 2, H, W) at the size of the network's output, (B, 2, h, w)."""
        return nn.functional.avg_pool2d(chroma, self.stride) if self.stride > 1 else chroma

    @torch.no_grad()
    def _average(self) -> None:
        """Move the running mean of the weights; early on it follows faster, so as to forget the random
        start."""
        if self.averaged is None:
            return
        decay = min(self.config.ema, (1 + self.updates) / (10 + self.updates))
        for mean, now in zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)


@contextmanager
def evaluating(network: nn.Module) -> Iterator[nn.Module]:
    """The network in evaluation mode, and back in training mode afterwards."""
    network.eval()
    try:
        yield network
    finally:
        network.train()


def _train_only(network: nn.Module, part: str) -> None:
    """Freeze all weights but those of one part. Raises `ConfigError` when there is no such part."""
    parts = [name for name, module in network.named_children() if any(True for _ in module.parameters())]
    if part not in parts:
        raise ConfigError(f"only={part!r} is no part of the network; its parts are {', '.join(parts)}")
    for name, module in network.named_children():
        if name != part:
            module.requires_grad_(False)


def random_of_batch(fitting: Fitting, device: torch.device) -> torch.Generator:
    """Random numbers of this batch and this process alone, so that a resumed run draws the same."""
    sequence = np.random.SeedSequence((fitting.config.seed, fitting.draws, fitting.fabric.global_rank, 1))
    return torch.Generator(device).manual_seed(int(sequence.generate_state(1, np.uint64)[0] >> 1))


def _partly_aged(pictures: Tensor, luma: Tensor, share: float, random: torch.Generator) -> Tensor:
    """L* (B, 1, H, W) with a share of the pictures as old film holds them; `pictures` as in `Approach`."""
    chosen = torch.rand(len(luma), generator=random, device=luma.device) < share
    luma = luma.clone()
    if chosen.any():
        luma[chosen] = age(pictures[chosen].float() / 255, random)
    return luma
