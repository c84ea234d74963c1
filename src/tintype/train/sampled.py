"""Training on single pixels of each picture, after Cheng 2015."""

import torch
from lightning.fabric import Fabric
from torch import Tensor

from tintype.color import rgb_to_yuv
from tintype.data.batches import Batch
from tintype.losses import LOSSES
from tintype.train.approach import random_of_batch
from tintype.train.config import TrainConfig
from tintype.train.pretrained import imagenet_encoder
from tintype.train.regression import Regression


class Sampled(Regression):
    """A network fitted to the true U and V of some pixels of each picture, each by itself.

    What is validated is the loss of a*b* of whole pictures, as in `Regression`.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        super().__init__(config, fabric)
        self.network.mark_forward_method("at")

    def begin(self) -> None:
        """Start the trunk from ImageNet; see `Approach`."""
        weights = imagenet_encoder(0)
        for network in (self.network, self.averaged):
            if network is not None:
                trunk = network.get_submodule("trunk.network")
                trunk.load_state_dict({name: weights[name] for name in trunk.state_dict()})

    def _loss(self, batch: Batch) -> Tensor:
        luma, _ = self._shown(batch.pictures)
        pixels = luma.shape[-2] * luma.shape[-1]
        random = random_of_batch(self, luma.device)
        places = torch.randint(pixels, (len(luma), self.config.samples), generator=random, device=luma.device)
        truth = rgb_to_yuv(batch.pictures.float() / 255, axis=-3)[:, 1:].flatten(2)  # (B, 2, HW)
        truth = truth.gather(2, places[:, None].expand(-1, 2, -1))[..., None]  # (B, 2, N, 1)
        return LOSSES[self.config.loss](truth, self.network.at(luma, places))
