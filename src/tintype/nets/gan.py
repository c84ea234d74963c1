"""The report's third approach: a generator that colors, and a discriminator that tells its colors from real
ones. After Nazeri et al. 2018, Isola et al. 2017 (U-Net) and Radford et al. 2016 (DCGAN).

How to read this file: the generator goes down by five convolutions, each of which halves the size, and up
again by five transposed ones; on the way up each stage also gets what the stage of the same size saw on the
way down. The discriminator goes down alone, to one number. The game that they play is in
`tintype.train.adversarial`, its costs in `tintype.losses`.

Nazeri goes down seven times, to 2×2 for 256×256 pictures, and so can color only sides that are multiples of
128. Five times, to 8×8, leaves photographs their shape: sides are multiples of 32.
"""

from typing import Final

import torch
from torch import Tensor, nn

from tintype.nets.cnn import guess_mean_chroma, narrowed
from tintype.nets.scale import luma_to_net

DEVIATION: Final = 0.02
"""Of the random weights in the beginning, as in DCGAN."""
SLOPE: Final = 0.2
"""Of the leaky ReLU, as in DCGAN."""
SMALLEST: Final = 8
"""The discriminator halves pictures until they are smaller than this."""


class UNet(nn.Module):
    """The generator: L* to chroma. `width` is per cent of the channels in the comments."""

    def __init__(self, width: int = 100) -> None:
        super().__init__()
        c64, c128, c256, c512 = (narrowed(channels, width) for channels in (64, 128, 256, 512))
        self.down1 = _down(1, c64, normalized=False)
        self.down2 = _down(c64, c128)
        self.down3 = _down(c128, c256)
        self.down4 = _down(c256, c512)
        self.down5 = _down(c512, c512)
        self.up5 = _up(c512, c512)
        self.up4 = _up(c512 + c512, c256)
        self.up3 = _up(c256 + c256, c128)
        self.up2 = _up(c128 + c128, c64)
        self.up1 = nn.ConvTranspose2d(c64 + c64, 2, kernel_size=4, stride=2, padding=1)
        self.apply(_initialize)
        guess_mean_chroma(self.up1)

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H, W) in -1..1; H and W multiples of 32."""
        d1 = self.down1(luma_to_net(luma))  # (B, 64, H/2, W/2)
        d2 = self.down2(d1)  # (B, 128, H/4, W/4)
        d3 = self.down3(d2)  # (B, 256, H/8, W/8)
        d4 = self.down4(d3)  # (B, 512, H/16, W/16)
        d5 = self.down5(d4)  # (B, 512, H/32, W/32)
        u4 = self.up5(d5)  # (B, 512, H/16, W/16)
        u3 = self.up4(torch.cat([u4, d4], dim=1))  # (B, 256, H/8, W/8)
        u2 = self.up3(torch.cat([u3, d3], dim=1))  # (B, 128, H/4, W/4)
        u1 = self.up2(torch.cat([u2, d2], dim=1))  # (B, 64, H/2, W/2)
        return torch.tanh(self.up1(torch.cat([u1, d1], dim=1)))  # (B, 2, H, W)


class Discriminator(nn.Module):
    """Colors to one number: how real they look. Shapes in the comments are for 256×256 pictures.

    `side` is that of the square pictures it judges; `conditional` lets it see L* beside the colors; `width`
    is per cent of the channels in the comments.
    """

    def __init__(self, side: int = 256, conditional: bool = False, width: int = 100) -> None:
        super().__init__()
        self.conditional = conditional
        stages: list[nn.Module] = []
        inputs, outputs = 3 if conditional else 2, 64  # (B, 2, 256, 256)
        while side >= SMALLEST:
            channels = narrowed(outputs, width)
            stages.append(_down(inputs, channels, normalized=bool(stages)))  # (B, 64, 128, 128)
            inputs, outputs, side = channels, min(2 * outputs, 512), side // 2  # … (B, 512, 4, 4)
        self.stages = nn.Sequential(*stages)
        self.last = nn.Conv2d(inputs, 1, kernel_size=side)  # (B, 1, 1, 1)
        self.apply(_initialize)

    def forward(self, luma: Tensor, chroma_net: Tensor) -> Tensor:
        """Logits (B,), above 0 where it believes in the colors a*, b* ÷ 128 (B, 2, S, S) of L* (B, 1, S, S);
        a sigmoid makes them probabilities, in the loss."""
        seen = torch.cat([luma_to_net(luma), chroma_net], dim=1) if self.conditional else chroma_net
        logits: Tensor = self.last(self.stages(seen)).flatten()  # (B,)
        return logits


def _down(inputs: int, outputs: int, *, normalized: bool = True) -> nn.Sequential:
    """Half the size: (B, inputs, H, W) to (B, outputs, H/2, W/2). DCGAN leaves the first layer without batch
    normalization."""
    convolution = nn.Conv2d(inputs, outputs, kernel_size=4, stride=2, padding=1, bias=not normalized)
    norm = [nn.BatchNorm2d(outputs)] if normalized else []
    return nn.Sequential(convolution, *norm, nn.LeakyReLU(SLOPE))


def _up(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size: (B, inputs, H, W) to (B, outputs, 2H, 2W)."""
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def _initialize(module: nn.Module) -> None:
    """DCGAN's random weights."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, std=DEVIATION)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, mean=1.0, std=DEVIATION)
