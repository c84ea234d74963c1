"""The report's first approach: a plain encoder-decoder CNN, after Baldassarre et al. 2017.

All kernels 3×3 with padding 1, stride 2 in encoder layers 1, 3 and 5, ReLU everywhere but tanh last, no
pooling, no batch normalization; ×2 nearest-neighbor up-sampling as in Baldassarre's Keras code. A pixel of
the output sees about 91×91 pixels of the input.

The report's table has seven encoder layers, its prose eight (a 512→512 layer before the last, as in
Baldassarre): `encoder_layers=7` is the default, `8` gives the other.
"""

from typing import Final

import torch
from torch import Tensor, nn

from tintype.nets.scale import chroma_to_net, luma_to_net

MEAN_CHROMA: Final = (5.0, 10.0)
"""a*, b* in CIE units: about the mean over color photographs, a faint brown."""


class ColorizationCNN(nn.Module):
    """L* to chroma. Shapes in the comments are for one 256×256 picture, as in the report."""

    def __init__(self, encoder_layers: int = 7) -> None:
        super().__init__()
        if encoder_layers not in (7, 8):
            raise ValueError(
                f"encoder_layers must be 7 (the report's table) or 8 (its prose), not {encoder_layers}"
            )
        extra = [_conv(512, 512)] if encoder_layers == 8 else []  # (B, 512, H/8, W/8)
        self.encoder = nn.Sequential(  # (B, 1, H, W)
            _conv(1, 64, stride=2),  # (B, 64, H/2, W/2)
            _conv(64, 128),  # (B, 128, H/2, W/2)
            _conv(128, 128, stride=2),  # (B, 128, H/4, W/4)
            _conv(128, 256),  # (B, 256, H/4, W/4)
            _conv(256, 256, stride=2),  # (B, 256, H/8, W/8)
            _conv(256, 512),  # (B, 512, H/8, W/8)
            *extra,
            _conv(512, 256),  # (B, 256, H/8, W/8)
        )
        self.decoder = nn.Sequential(
            _conv(256, 128),  # (B, 128, H/8, W/8)
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 128, H/4, W/4)
            _conv(128, 64),  # (B, 64, H/4, W/4)
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 64, H/2, W/2)
            _conv(64, 32),  # (B, 32, H/2, W/2)
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 32, H, W)
            _conv(32, 16),  # (B, 16, H, W)
            nn.Conv2d(16, 2, kernel_size=3, padding=1),  # (B, 2, H, W)
            nn.Tanh(),
        )
        self._initialize()

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H, W) in -1..1; H and W multiples of 8."""
        code = self.encoder(luma_to_net(luma))  # (B, 256, H/8, W/8)
        chroma_net: Tensor = self.decoder(code)  # (B, 2, H, W)
        return chroma_net

    def _initialize(self) -> None:
        """He et al. 2015 for the ReLU layers, since no normalization keeps their scale, and a first guess
        near the mean color of photographs; from a first guess of gray the layers shrink while they learn that
        mean."""
        convolutions = [module for module in self.modules() if isinstance(module, nn.Conv2d)]
        for convolution in convolutions:
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            if convolution.bias is not None:
                nn.init.zeros_(convolution.bias)
        last = convolutions[-1]
        nn.init.normal_(last.weight, std=0.01)
        last.bias = nn.Parameter(chroma_to_net(torch.tensor(MEAN_CHROMA)))


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1), nn.ReLU(inplace=True)
    )
