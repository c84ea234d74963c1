"""Training by a distribution over colors: our own network, with hints, and that of Zhang 2016."""

from typing import Any, Final

import numpy as np
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from tintype.color import bins
from tintype.data.batches import Batch, to_lab
from tintype.data.guidance import simulate_hints
from tintype.data.packed import PictureSet
from tintype.losses import bins_cross_entropy, color_distance, rebalanced_cross_entropy
from tintype.nets import NETWORKS
from tintype.nets.scale import chroma_to_net
from tintype.nets.tint import mean_color
from tintype.train.approach import Fitting, evaluating
from tintype.train.config import TrainConfig
from tintype.train.presets import REBALANCED
from tintype.train.pretrained import imagenet_encoder
from tintype.train.rarity import nearest_shares

ENCODER_RATE: Final = 1 / 3
"""Learning rate of a pretrained encoder, as a share of the decoder's."""
WEIGHT_DECAY: Final = 0.01
"""AdamW's, for all weights."""


class Classification(Fitting):
    """A network fitted to the distribution of colors, after Zhang 2016, where it takes them with hints after
    Zhang 2017."""

    rarity: Tensor
    """Weights (226,) of the bins in a rebalanced loss; `study` finds them."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        super().__init__(config, fabric)
        self.spec = NETWORKS[config.network]
        self.centers = torch.tensor(bins.centers(), dtype=torch.float32, device=fabric.device)

    def study(self, pictures: PictureSet) -> None:
        """Count the colors of the training pictures if the loss is to favor rare ones; see `Approach`."""
        if self.config.loss == REBALANCED:
            weights = bins.rarity_weights(nearest_shares(pictures, self.config.side, self.stride))
            self.rarity = torch.tensor(weights, dtype=torch.float32, device=self.fabric.device)

    def begin(self) -> None:
        """Start the encoder, where it is one that can be had, from ImageNet; see `Approach`."""
        if "encoder" not in self.spec.options:
            return
        encoder = imagenet_encoder(int(self.config.options.get("encoder", 0)))
        for network in (self.network, self.averaged):
            if network is not None:
                network.get_submodule("encoder").load_state_dict(encoder)

    def _optimizer(self, network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
        trained = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        pretrained = "encoder." if "encoder" in NETWORKS[config.network].options else ()
        encoder = [weight for name, weight in trained.items() if name.startswith(pretrained)]
        others = [weight for name, weight in trained.items() if not name.startswith(pretrained)]
        groups: list[dict[str, Any]] = [{"params": others}]
        if encoder:
            groups.insert(0, {"params": encoder, "lr": config.rate * ENCODER_RATE})
        return torch.optim.AdamW(groups, lr=config.rate, weight_decay=WEIGHT_DECAY)

    def _loss(self, batch: Batch) -> Tensor:
        luma, chroma = self._shown(batch.pictures)
        if not self.spec.hints:
            return self._distance(chroma, self.network(luma))
        seed = (self.config.seed, self.draws, self.fabric.global_rank)
        hints = simulate_hints(chroma, self.config.hinted, np.random.default_rng(seed))
        return self._distance(chroma, self.network(luma, hints))

    def _distance(self, chroma: Tensor, logits: Tensor) -> Tensor:
        truth = self._true_chroma(chroma)
        if self.config.loss == REBALANCED:
            loss = rebalanced_cross_entropy(truth, logits, self.rarity)
        else:
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
            luma = luma.contiguous(memory_format=torch.channels_last)
            logits: Tensor = network(luma, hints) if self.spec.hints else network(luma)
        return logits
