"""The report's first approach: a plain encoder-decoder CNN, after Baldassarre et al. 2017.

All kernels 3×3 with padding 1, stride 2 in encoder layers 1, 3 and 5, ReLU everywhere but tanh last, no
pooling, no batch normalization; ×2 nearest-neighbor up-sampling as in Baldassarre's Keras code. A pixel of
the output sees about 91×91 pixels of the input.

The report's table has seven encoder layers, its prose eight (a 512→512 layer before the last, as in
Baldassarre): `encoder_layers=7` is the default, `8` gives the other. `width` makes all layers narrower.
"""

from typing import Final

import torch
from torch import Tensor, nn

from tintype.nets.scale import chroma_to_net, luma_to_net

MEAN_CHROMA: Final = (5.0, 10.0)
"""a*, b* in CIE units: about the mean over color photographs, a faint brown."""


class ColorizationCNN(nn.Module):
    """L* to chroma. `width` is per cent of the channels in the comments, which are those of the report."""

    def __init__(self, encoder_layers: int = 7, width: int = 100) -> None:
        super().__init__()
        self.encoder = encoder(encoder_layers, width)
        self.decoder = decoder(narrowed(256, width), width)
        initialize(self.encoder, self.decoder)

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H, W) in -1..1; H and W multiples of 8."""
        code = self.encoder(luma_to_net(luma))  # (B, 256, H/8, W/8)
        chroma_net: Tensor = self.decoder(code)  # (B, 2, H, W)
        return chroma_net


def narrowed(channels: int, width: int) -> int:
    """`width` per cent of the report's channels, at least one."""
    return max(1, channels * width // 100)


def encoder(encoder_layers: int, width: int) -> nn.Sequential:
    """The report's encoder, from luma in network scale (B, 1, H, W) to the code (B, 256, H/8, W/8)."""
    if encoder_layers not in (7, 8):
        raise ValueError(
            f"encoder_layers must be 7 (the report's table) or 8 (its prose), not {encoder_layers}"
        )
    c64, c128, c256, c512 = (narrowed(channels, width) for channels in (64, 128, 256, 512))
    extra = [_conv(c512, c512)] if encoder_layers == 8 else []  # (B, 512, H/8, W/8)
    return nn.Sequential(  # (B, 1, H, W)
        _conv(1, c64, stride=2),  # (B, 64, H/2, W/2)
        _conv(c64, c128),  # (B, 128, H/2, W/2)
        _conv(c128, c128, stride=2),  # (B, 128, H/4, W/4)
        _conv(c128, c256),  # (B, 256, H/4, W/4)
        _conv(c256, c256, stride=2),  # (B, 256, H/8, W/8)
        _conv(c256, c512),  # (B, 512, H/8, W/8)
        *extra,
        _conv(c512, c256),  # (B, 256, H/8, W/8)
    )


def decoder(inputs: int, width: int) -> nn.Sequential:
    """The report's decoder, from a code (B, inputs, H/8, W/8) to chroma in network scale (B, 2, H, W)."""
    c16, c32, c64, c128 = (narrowed(channels, width) for channels in (16, 32, 64, 128))
    return nn.Sequential(
        _conv(inputs, c128),  # (B, 128, H/8, W/8)
        nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 128, H/4, W/4)
        _conv(c128, c64),  # (B, 64, H/4, W/4)
        nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 64, H/2, W/2)
        _conv(c64, c32),  # (B, 32, H/2, W/2)
        nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 32, H, W)
        _conv(c32, c16),  # (B, 16, H, W)
        nn.Conv2d(c16, 2, kernel_size=3, padding=1),  # (B, 2, H, W)
        nn.Tanh(),
    )


def initialize(*parts: nn.Module) -> None:
    """`initialize_relu`, and for the last layer of the last part a first guess near the mean color of
    photographs; from a first guess of gray the layers shrink while they learn that mean."""
    guess_mean_chroma(initialize_relu(*parts)[-1])


def initialize_relu(*parts: nn.Module) -> list[nn.Conv2d]:
    """He et al. 2015 for the ReLU layers, since no normalization keeps their scale; returns them in order."""
    convolutions = [module for part in parts for module in part.modules() if isinstance(module, nn.Conv2d)]
    for convolution in convolutions:
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
        if convolution.bias is not None:
            nn.init.zeros_(convolution.bias)
    return convolutions


def guess_mean_chroma(last: nn.Conv2d | nn.ConvTranspose2d) -> None:
    """Let a last layer, which a tanh follows, begin with the mean color of photographs."""
    nn.init.normal_(last.weight, std=0.01)
    last.bias = nn.Parameter(chroma_to_net(torch.tensor(MEAN_CHROMA)))


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1), nn.ReLU(inplace=True)
    )
