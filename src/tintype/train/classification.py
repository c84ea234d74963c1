"""Training by a distribution over colors, with hints: our own network."""

from typing import Any, Final

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tintype.color import bins
from tintype.data.batches import Batch, to_lab
from tintype.data.guidance import simulate_hints
from tintype.losses import bins_cross_entropy, color_distance
from tintype.nets.scale import chroma_to_net
from tintype.nets.tint import mean_color
from tintype.train.approach import Fitting, evaluating
from tintype.train.config import TrainConfig
from tintype.train.pretrained import imagenet_encoder

ENCODER_RATE: Final = 1 / 3
"""Learning rate of a pretrained encoder, as a share of the decoder's."""
WEIGHT_DECAY: Final = 0.01
"""AdamW's, for all weights."""


class Classification(Fitting):
    """A network fitted to the distribution of colors, after Zhang 2016, with hints after Zhang 2017."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        super().__init__(config, fabric)
        self.centers = torch.tensor(bins.centers(), dtype=torch.float32, device=fabric.device)

    def begin(self) -> None:
        """Start the encoder from ImageNet; see `Approach`."""
        encoder = imagenet_encoder(int(self.config.options.get("encoder", 0)))
        for network in (self.network, self.averaged):
            if network is not None:
                network.get_submodule("encoder").load_state_dict(encoder)

    def _optimizer(self, network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
        trained = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        encoder = [weight for name, weight in trained.items() if name.startswith("encoder.")]
        others = [weight for name, weight in trained.items() if not name.startswith("encoder.")]
        groups: list[dict[str, Any]] = [
            {"params": encoder, "lr": config.rate * ENCODER_RATE},
            {"params": others},
        ]
        return torch.optim.AdamW(groups, lr=config.rate, weight_decay=WEIGHT_DECAY)

    def _loss(self, batch: Batch) -> Tensor:
        luma, chroma = self._shown(batch.pictures)
        seed = (self.config.seed, self.draws, self.fabric.global_rank)
        hints = simulate_hints(chroma, self.config.hinted, np.random.default_rng(seed))
        logits = self.network(luma, hints)
        return self._distance(chroma, logits)

    def _distance(self, chroma: Tensor, logits: Tensor) -> Tensor:
        truth = self._true_chroma(chroma)
        loss = bins_cross_entropy(truth, logits)
        if self.config.color_weight:
            predicted = mean_color(logits.float(), self.centers)
            loss = loss + self.config.color_weight * color_distance(truth, predicted)
        return loss

    @torch.no_grad()
    def validate(self, pictures: Tensor) -> Tensor:
        """The same loss with the weights that would be exported, on pictures as they are: without hints,
        unless all pictures have some while training."""
        luma, chroma = to_lab(pictures)
        share = 1.0 if self.config.hinted == 1 else 0.0
        hints = simulate_hints(chroma, share, np.random.default_rng(self.config.seed))
        return self._distance(chroma, self._logits(luma, hints))

    @torch.no_grad()
    def predict(self, luma: Tensor) -> Tensor:
        """The mean color in network scale; see `Approach`."""
        none = luma.new_zeros((len(luma), 3, *luma.shape[-2:]))
        return chroma_to_net(mean_color(self._logits(luma, none).float(), self.centers))

    def _logits(self, luma: Tensor, hints: Tensor) -> Tensor:
        with evaluating(self.exported()) as network:
            logits: Tensor = network(luma.contiguous(memory_format=torch.channels_last), hints)
        return logits
