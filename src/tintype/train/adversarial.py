"""Adversarial training: a generator that colors against a discriminator that tells its colors from real ones.

One step, after Goodfellow et al. 2014, Isola et al. 2017 and Nazeri et al. 2018:

1. The generator colors the pictures. Its cost is that of not being believed (equation 8 of the report, or its
   7) plus λ times the pixel loss (`loss`, the report's MAE), and it takes its step.
2. The discriminator judges the real colors and those that were generated just now. Its cost is equation (6),
   and it takes its step.

The generator may be any network that gives chroma. What is validated is the pixel loss alone, since nothing
better can be said in one number of how real colors look; so the newest weights are exported, not those with
the lowest loss, which are the palest.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tintype.data.batches import Batch
from tintype.losses import DECEPTIONS, judging_generated, judging_real
from tintype.nets.gan import Discriminator
from tintype.nets.scale import chroma_to_net
from tintype.train import checkpoint
from tintype.train.config import TrainConfig
from tintype.train.regression import Regression

MOMENTA: Final = (0.5, 0.999)
"""Adam's β1 and β2, as in DCGAN and Nazeri."""


class Adversarial(Regression):
    """A generator and a discriminator, each with its optimizer: the report's third approach.

    The generator is `self.network`, as in `Regression`, whose way of validating and predicting it shares.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        super().__init__(config, fabric)
        judge = Discriminator(config.side, config.conditional, config.discriminator_width)
        judge = judge.to(memory_format=torch.channels_last)
        self.discriminator, self.judges_optimizer = fabric.setup(
            judge, torch.optim.Adam(judge.parameters(), lr=config.rate, betas=MOMENTA)
        )

    def _optimizer(self, network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
        trained = [weight for weight in network.parameters() if weight.requires_grad]
        return torch.optim.Adam(trained, lr=config.rate, betas=MOMENTA)

    def update(self, batch: Batch, rate: float) -> dict[str, Tensor]:
        """One step of the generator, then one of the discriminator; see `Approach`."""
        for optimizer in (self.optimizer, self.judges_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.zero_grad()
        losses = {
            name: torch.zeros((), device=batch.pictures.device) for name in ("generator", "discriminator")
        }
        seen: list[tuple[Tensor, Tensor, Tensor, float]] = []
        for part, share in self._parts(batch):
            luma, chroma = self._shown(part.pictures)
            generated = self._colored(luma, part.scores)  # (B, 2, h, w)
            pixels = self.config.pixel_weight * self._distance(chroma, generated)
            cost = share * (self._disbelief(luma, generated) + pixels)
            self.fabric.backward(cost)
            losses["generator"] += cost.detach()
            seen.append((luma, chroma_to_net(self._true_chroma(chroma)), generated.detach(), share))
        self._step(self.network, self.optimizer)
        for luma, real, generated, share in seen:
            for cost in self._judging(luma, real, generated):
                self.fabric.backward(share * cost)
                losses["discriminator"] += share * cost.detach()
        self._step(self.discriminator, self.judges_optimizer)
        self.updates += 1
        self._average()
        return losses

    def _disbelief(self, luma: Tensor, generated: Tensor) -> Tensor:
        """The generator's cost of not being believed; it moves the generator, not the discriminator."""
        judge = self.discriminator.module  # beside Fabric, which would wait for gradients that never come
        judge.requires_grad_(False)
        with self.fabric.autocast():
            logits = judge(luma, generated)
        judge.requires_grad_(True)
        return DECEPTIONS[self.config.deception](logits)

    def _judging(self, luma: Tensor, real: Tensor, generated: Tensor) -> Iterator[Tensor]:
        """The discriminator's costs of real and of generated colors, each a batch of its own, as in DCGAN."""
        yield judging_real(self.discriminator(luma, real), self.config.smoothing)
        yield judging_generated(self.discriminator(luma, generated))

    def tensors(self) -> dict[str, Tensor]:
        """Those of the generator, the discriminator and its optimizer."""
        return {
            **super().tensors(),
            **checkpoint.under("discriminator", self.discriminator.state_dict()),
            **checkpoint.under("judges", checkpoint.optimizer_tensors(self.judges_optimizer.optimizer)),
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave, strictly."""
        super().restore(tensors)
        self.discriminator.load_state_dict(checkpoint.part("discriminator", tensors))
        checkpoint.restore_optimizer(self.judges_optimizer.optimizer, checkpoint.part("judges", tensors))
