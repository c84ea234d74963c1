"""Training by two tasks at once, after Iizuka 2016: coloring, and telling what a picture shows."""

from lightning.fabric import Fabric
from torch import Tensor

from tintype.data.batches import Batch
from tintype.losses import class_cross_entropy
from tintype.train.config import TrainConfig
from tintype.train.regression import Regression


class Joint(Regression):
    """A network with a branch for classes, fitted to the true chroma and to stored class scores.

    What is validated is the loss of the colors alone, since pictures for validation need no scores.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        super().__init__(config, fabric)
        self.network.mark_forward_method("with_classes")

    def _loss(self, batch: Batch) -> Tensor:
        if batch.scores is None:
            return super()._loss(batch)
        luma, chroma = self._shown(batch.pictures)
        chroma_net, scores = self.network.with_classes(luma)
        telling = class_cross_entropy(batch.scores, scores)
        return self._distance(chroma, chroma_net) + self.config.class_weight * telling
