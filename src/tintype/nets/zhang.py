"""Zhang, Isola and Efros 2016, "Colorful image colorization": color as a class, on the report's plain CNN.

The network says for each cell of 4×4 pixels how likely each bin of the quantized a*b* plane is (section 2.1);
a loss that counts rare colors more trains it (equations 2 to 4; `tintype.losses.rebalanced_cross_entropy`,
λ = 1/2, σ = 5); and the annealed mean makes one color of the distribution Z (equation 5):

    f_T(z) = exp(log z / T) / Σ_q exp(log z_q / T),    H(Z) = E[f_T(Z)],    T = 0.38

T = 1 gives the mean, which is pale; T → 0 the mode, which is vivid and has patches.

What differs from the paper:

- The bins are the 226 of `tintype.color.bins`, whose centers sRGB can show at some L*. The paper counts 313
  on the same grid of 10 CIE units, in its own estimate of the gamut.
- The encoder is that of `tintype.nets.cnn`, so that what the head and the loss do can be told from what eight
  blocks of VGG's size do. Left out with those blocks: dilated convolutions and batch normalization.
- Colors of cells are the means of their pixels', not those of every fourth pixel.
"""

from typing import Final

import torch
from torch import Tensor, nn

from tintype.color import bins
from tintype.nets.cnn import encoder, initialize_relu, narrowed
from tintype.nets.scale import luma_to_net
from tintype.nets.tint import BINS, mean_color

HEAD_DEVIATION: Final = 0.01
"""Of the last layer's first weights: all colors begin about equally likely."""


class ZhangNet(nn.Module):
    """L* to bins. `width` is per cent of the channels in the comments."""

    def __init__(self, width: int = 100) -> None:
        super().__init__()
        c256 = narrowed(256, width)
        self.encoder = encoder(7, width)
        self.decoder = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),  # (B, 256, H/4, W/4)
            nn.Conv2d(c256, c256, kernel_size=3, padding=1),  # (B, 256, H/4, W/4)
            nn.ReLU(inplace=True),
        )
        self.head = nn.Conv2d(c256, BINS, kernel_size=1)  # (B, 226, H/4, W/4)
        initialize_relu(self.encoder, self.decoder)
        nn.init.normal_(self.head.weight, std=HEAD_DEVIATION)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]  # a bias may be None, but not here

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to logits (B, 226, H/4, W/4); H and W multiples of 8."""
        code = self.encoder(luma_to_net(luma))  # (B, 256, H/8, W/8)
        logits: Tensor = self.head(self.decoder(code))  # (B, 226, H/4, W/4)
        return logits


class AnnealedMean(nn.Module):
    """Equation 5: the mean color of a distribution that the temperature T has sharpened.

    Raises `ValueError` for a temperature that is not positive.
    """

    centers: Tensor

    def __init__(self, temperature: float = bins.TEMPERATURE) -> None:
        super().__init__()
        if temperature <= 0:
            raise ValueError(f"temperature must be above 0, not {temperature}")
        self.temperature = temperature
        self.register_buffer("centers", torch.tensor(bins.centers(), dtype=torch.float32))  # (226, 2)

    def forward(self, logits: Tensor) -> Tensor:
        """Logits (B, 226, h, w) to a*, b* in CIE units (B, 2, h, w)."""
        return mean_color(logits / self.temperature, self.centers)
