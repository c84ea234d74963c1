"""Iizuka, Simo-Serra and Ishikawa 2016, "Let there be color!": local and global features, learned together.

Table 1 of the paper. Low-level features are shared: once of the picture as it is, once of the picture brought
to a fixed square. From the first come mid-level features, from the second one global vector for the picture;
the fusion layer (equation 2) puts the vector beside the mid-level features at every place (u, v),

    y_uv = ReLU(b + W [y_global; y_mid_uv]),

and a decoder colors from that. A side branch says from the global vector what the picture shows; it is
trained with the rest (equation 3; `tintype.losses.class_cross_entropy`) and of no use afterwards:

    L = ‖y_color − y*_color‖² − α (y_class[l] − log Σ_i exp y_class[i]),    α = 1/300

What differs from the paper:

- Labels are not 205 kinds of scene that people chose, but the scores that an ImageNet classifier gave the
  pictures (`tintype data embed`), as a distribution over 1000 classes.
- Chroma is a*b* ÷ 128 by a tanh instead of a*b* brought to 0..1 by a sigmoid, and its mean squared error is
  taken. The fusion layer has a ReLU as all others do, where equation 2 has a sigmoid.
- The square for the global features may be smaller than 224 pixels (`global_size`), and layers narrower.
- Adam trains it instead of ADADELTA, and batch normalization follows convolutions alone.
- The last up-sampling, to the picture's size, is left to the one rule that enlarges all chroma.
"""

from typing import Final

from torch import Tensor, nn

from tintype.nets.cnn import guess_mean_chroma, initialize_relu, narrowed
from tintype.nets.fusion import fuse, resize
from tintype.nets.scale import luma_to_net

CLASSES: Final = 1000
"""Of ImageNet."""


class IizukaNet(nn.Module):
    """L* to chroma. `width` is per cent of the channels in the comments, `global_size` the side of the square
    whose global features are taken; sizes in the comments are for 224."""

    def __init__(self, width: int = 100, global_size: int = 224) -> None:
        super().__init__()
        c64, c128, c256, c512 = (narrowed(channels, width) for channels in (64, 128, 256, 512))
        self.global_size = global_size
        self.low = nn.Sequential(  # (B, 1, H, W)
            _conv(1, c64, stride=2),  # (B, 64, H/2, W/2)
            _conv(c64, c128),  # (B, 128, H/2, W/2)
            _conv(c128, c128, stride=2),  # (B, 128, H/4, W/4)
            _conv(c128, c256),  # (B, 256, H/4, W/4)
            _conv(c256, c256, stride=2),  # (B, 256, H/8, W/8)
            _conv(c256, c512),  # (B, 512, H/8, W/8)
        )
        self.middle = nn.Sequential(
            _conv(c512, c512),  # (B, 512, H/8, W/8)
            _conv(c512, c256),  # (B, 256, H/8, W/8)
        )
        last = -(-global_size // 32)  # 7
        self.around = nn.Sequential(  # (B, 512, 28, 28)
            _conv(c512, c512, stride=2),  # (B, 512, 14, 14)
            _conv(c512, c512),  # (B, 512, 14, 14)
            _conv(c512, c512, stride=2),  # (B, 512, 7, 7)
            _conv(c512, c512),  # (B, 512, 7, 7)
            nn.Flatten(),  # (B, 25088)
            _linear(c512 * last * last, narrowed(1024, width)),  # (B, 1024)
            _linear(narrowed(1024, width), c512),  # (B, 512)
        )
        self.vector = _linear(c512, c256)  # (B, 256)
        self.classes = nn.Sequential(
            _linear(c512, c256),  # (B, 256)
            nn.Linear(c256, CLASSES),  # (B, 1000)
        )
        self.fusion = nn.Sequential(nn.Conv2d(2 * c256, c256, kernel_size=1), nn.ReLU(inplace=True))
        c32 = narrowed(32, width)
        self.color = nn.Sequential(  # (B, 256, H/8, W/8)
            _conv(c256, c128),  # (B, 128, H/8, W/8)
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 128, H/4, W/4)
            _conv(c128, c64),  # (B, 64, H/4, W/4)
            _conv(c64, c64),  # (B, 64, H/4, W/4)
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 64, H/2, W/2)
            _conv(c64, c32),  # (B, 32, H/2, W/2)
            nn.Conv2d(c32, 2, kernel_size=3, padding=1),  # (B, 2, H/2, W/2)
            nn.Tanh(),
        )
        guess_mean_chroma(initialize_relu(self)[-1])

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H/2, W/2) in -1..1; H and W multiples of 8."""
        low, around = self._features(luma)
        return self._colored(low, around)

    def with_classes(self, luma: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, and class scores (B, 1000), before the softmax."""
        low, around = self._features(luma)
        scores: Tensor = self.classes(around)
        return self._colored(low, around), scores

    def _features(self, luma: Tensor) -> tuple[Tensor, Tensor]:
        """Low-level features (B, 512, H/8, W/8) of the picture and global ones (B, 512) of its square."""
        low = self.low(luma_to_net(luma))
        side = self.global_size
        if self.training and luma.shape[-2:] == (side, side):  # the same picture need not be seen twice
            return low, self.around(low)
        return low, self.around(self.low(luma_to_net(resize(luma, side))))

    def _colored(self, low: Tensor, around: Tensor) -> Tensor:
        fused = self.fusion(fuse(self.middle(low), self.vector(around)))  # (B, 256, H/8, W/8)
        chroma_net: Tensor = self.color(fused)
        return chroma_net


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _linear(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs), nn.ReLU(inplace=True))
