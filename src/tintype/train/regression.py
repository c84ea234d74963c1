"""Training by a pixel loss: the report's first and second approach."""

import torch
from torch import Tensor, nn

from tintype.data.batches import Batch, to_lab
from tintype.losses import LOSSES
from tintype.nets import NETWORKS
from tintype.nets.scale import chroma_to_net
from tintype.train.approach import Fitting, evaluating
from tintype.train.config import TrainConfig
from tintype.train.pretrained import imagenet_classifier


class Regression(Fitting):
    """A network fitted to the true chroma by a pixel loss: the report's first and second approach."""

    def begin(self) -> None:
        """Start the classifier, where the network has one, from ImageNet; see `Approach`."""
        names = NETWORKS[self.config.network].options.get("classifier")
        if names is None:
            return
        weights = imagenet_classifier(str(self.config.options.get("classifier", names[0])))
        for network in (self.network, self.averaged):
            if network is not None:
                network.get_submodule("classifier.network").load_state_dict(weights)

    def _optimizer(self, network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
        trained = [weight for weight in network.parameters() if weight.requires_grad]
        return torch.optim.Adam(trained, lr=config.rate)

    def _loss(self, batch: Batch) -> Tensor:
        luma, chroma = self._shown(batch.pictures)
        return self._distance(chroma, self._colored(luma, batch.scores))

    def _colored(self, luma: Tensor, scores: Tensor | None) -> Tensor:
        """What the network makes of L* (B, 1, H, W), told these scores instead of the classifier's own if
        they are stored."""
        chroma_net: Tensor = self.network(luma) if scores is None else self.network(luma, scores)
        return chroma_net

    def _distance(self, chroma: Tensor, predicted: Tensor) -> Tensor:
        return LOSSES[self.config.loss](chroma_to_net(self._true_chroma(chroma)), predicted)

    @torch.no_grad()
    def validate(self, pictures: Tensor) -> Tensor:
        """The same loss with the weights that would be exported, on pictures as they are."""
        luma, chroma = to_lab(pictures)
        return self._distance(chroma, self.predict(luma))

    @torch.no_grad()
    def predict(self, luma: Tensor) -> Tensor:
        """Chroma in network scale; see `Approach`."""
        with evaluating(self.exported()) as network:
            chroma_net: Tensor = network(luma.contiguous(memory_format=torch.channels_last))
        return chroma_net
