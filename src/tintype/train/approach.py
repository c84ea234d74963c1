"""One update of the weights: what differs between ways of training, behind one small interface.

The loop in `trainer.py` hands over batches and asks for losses; it never looks at networks or optimizers.
"""

import copy
from collections.abc import Mapping
from typing import Protocol

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tintype.data.batches import to_lab
from tintype.losses import LOSSES
from tintype.nets import NETWORKS
from tintype.nets.scale import chroma_to_net
from tintype.train import checkpoint
from tintype.train.config import TrainConfig


class Approach(Protocol):
    """A way of training: owns its networks and optimizers."""

    def update(self, pictures: Tensor, rate: float) -> Tensor:
        """Take one step on uint8 sRGB (B, 3, H, W) at this learning rate; the loss before it, a scalar."""
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

    def begin_with(self, weights: Mapping[str, Tensor]) -> None:
        """Take up the exported weights of another run, before the first step."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """Everything that a resumed run needs."""
        ...

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave."""
        ...


class Regression:
    """A network fitted to the true chroma by a pixel loss: the report's first and second approach."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        spec = NETWORKS[config.network]
        bare = spec.make(config.options).to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(bare.parameters(), lr=config.rate)
        self.fabric = fabric
        self.clip = config.clip
        self.decay = config.ema
        self.updates = 0
        self.loss = LOSSES[config.loss]
        self.stride = spec.chroma_stride
        self.network, self.optimizer = fabric.setup(bare, optimizer)
        self.averaged: nn.Module | None = (
            fabric.setup_module(copy.deepcopy(self.network.module).requires_grad_(False))
            if config.ema
            else None
        )

    def update(self, pictures: Tensor, rate: float) -> Tensor:
        """One Adam step; see `Approach`."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        luma, truth = self._targets(pictures)
        loss = self.loss(truth, self.network(luma))
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        if self.clip:
            self.fabric.clip_gradients(
                self.network, self.optimizer, max_norm=self.clip, error_if_nonfinite=False
            )
        self.optimizer.step()
        self.updates += 1
        self._average()
        return loss.detach()

    @torch.no_grad()
    def validate(self, pictures: Tensor) -> Tensor:
        """The same loss with the weights that would be exported."""
        luma, truth = self._targets(pictures)
        return self.loss(truth, self.predict(luma))

    @torch.no_grad()
    def predict(self, luma: Tensor) -> Tensor:
        """Chroma in network scale; see `Approach`."""
        chosen = self.network if self.averaged is None else self.averaged
        chosen.eval()
        chroma_net: Tensor = chosen(luma)
        chosen.train()
        return chroma_net

    def weights(self) -> dict[str, Tensor]:
        """The averaged weights if there are any, else the network's own."""
        chosen = self.network if self.averaged is None else self.averaged
        weights: dict[str, Tensor] = chosen.state_dict()
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

    def _targets(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 sRGB (B, 3, H, W) to L* (B, 1, H, W) and true chroma_net (B, 2, h, w)."""
        luma, chroma = to_lab(pictures)
        if self.stride > 1:
            chroma = nn.functional.avg_pool2d(chroma, self.stride)
        return luma.contiguous(memory_format=torch.channels_last), chroma_to_net(chroma)

    @torch.no_grad()
    def _average(self) -> None:
        """Move the running mean of the weights; early on it follows faster, so as to forget the random
        start."""
        if self.averaged is None:
            return
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for mean, now in zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)


APPROACHES = {"cnn": Regression}
"""Which way each network is trained."""
