"""Tintype's own network: an ImageNet encoder, a light decoder, and a distribution over quantised a*b*.

The encoder is EfficientNet-Lite (Tan & Le 2019, without squeeze-excitation and with ReLU6), pretrained to
classify; the decoder is a small U-Net (Ronneberger 2015) up to a quarter of the input's size, with one block
of global self-attention (Vaswani 2017) at 1/16, so that far parts of one thing, and hints, reach each other.
It classifies each cell into the bins of `tintype.color.bins` (Zhang 2016); what color that comes to is
decided by `Decoding`, with a knob from the plain mean to vivid.

A person's hints (Zhang 2017) are averaged over the cells of every scale and enter the decoder there, so the
encoder sees the photograph alone; and at the end each cell takes over the hints of cells that it resembles
(`spreading.py`).

Left out of Zhang 2016: a class-rebalanced loss. Rarity is weighed when decoding instead, so that one network
gives the careful and the vivid picture.
"""

import math
from itertools import pairwise
from typing import Any, Final

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from tintype.color import bins
from tintype.nets.lite import ENCODERS, replace_convolutions
from tintype.nets.scale import CHROMA_SCALE
from tintype.nets.spreading import HintSpread

BINS: Final = 226
"""Length of `bins.centers()`."""
FROZEN_STAGES: Final = 2
"""Stages of the encoder, up to 1/4, that stay as ImageNet made them: edges are edges, and a third of the time
for training goes into them otherwise."""
WIDTHS: Final = (96, 128, 192, 192)
"""Channels of the decoder at 1/4, 1/8, 1/16 and 1/32."""
HEADS: Final = 4
"""Heads of the attention."""
HINT_PLANES: Final = 4
"""What the decoder sees of hints at each scale: a*, b*, whether there is one, share of the cell."""


class TintNet(nn.Module):
    """L* and hints to bins. Shapes in the comments are for EfficientNet-Lite0."""

    encoder: Any

    def __init__(self, encoder: int = 0) -> None:
        super().__init__()
        self.encoder = timm.create_model(
            ENCODERS[encoder], pretrained=False, features_only=True, in_chans=1, out_indices=(1, 2, 3, 4)
        )
        replace_convolutions(self.encoder)
        for part in (self.encoder.conv_stem, self.encoder.bn1, *self.encoder.blocks[:FROZEN_STAGES]):
            part.requires_grad_(False)
        inputs = self.encoder.feature_info.channels()  # 24, 40, 112, 320
        self.lateral = nn.ModuleList(
            nn.Conv2d(given, width, kernel_size=1) for given, width in zip(inputs, WIDTHS, strict=True)
        )
        self.hint = nn.ModuleList(
            nn.Conv2d(HINT_PLANES, width, kernel_size=1, bias=False) for width in WIDTHS
        )
        self.up = nn.ModuleList(nn.Conv2d(above, width, kernel_size=1) for width, above in pairwise(WIDTHS))
        self.blocks = nn.ModuleList(_Residual(width) for width in WIDTHS)
        self.attention = _Attention(WIDTHS[2])
        self.head = nn.Sequential(
            nn.Conv2d(WIDTHS[0], WIDTHS[0], kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(WIDTHS[0]),
            nn.ReLU(inplace=True),
            nn.Conv2d(WIDTHS[0], BINS, kernel_size=1),
        )
        self.spread = HintSpread(WIDTHS[0])

    def forward(self, luma: Tensor, hints: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 and hints (B, 3, H, W) to logits (B, 226, H/4, W/4).

        Hints are a*, b* in CIE units and a mask, 1 where a hint is given; all zero when there are none.
        H and W are multiples of 32.
        """
        return self.look(luma, hints)[0]

    def look(self, luma: Tensor, hints: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of `forward`, and features (B, 432, H/16, W/16) to compare places and pictures by: what
        the encoder sees at 1/16, and at 1/32 around it.

        Of the network's activations these tell best which places of another photograph show the same: those
        of the decoder follow rather what color a place has, which for a reference is not the question.
        """
        features = self.encoder(luma / 50 - 1)  # (B, 24, H/4, W/4) … (B, 320, H/32, W/32)
        given = hint_pyramid(hints)  # (B, 4, H/4, W/4) … (B, 4, H/32, W/32)
        x = self._level(3, features[3], given[3])  # (B, 192, H/32, W/32)
        x = self._level(2, features[2], given[2], x)  # (B, 192, H/16, W/16)
        x = self.attention(x)
        x = self._level(1, features[1], given[1], x)  # (B, 128, H/8, W/8)
        x = self._level(0, features[0], given[0], x)  # (B, 96, H/4, W/4)
        logits: Tensor = self.head(x) + self.spread(x, given[0])  # (B, 226, H/4, W/4)
        around = functional.interpolate(features[3], scale_factor=2.0, mode="nearest")  # (B, 320, H/16, W/16)
        return logits, torch.cat([features[2], around], dim=1)

    def _level(self, level: int, features: Tensor, hints: Tensor, above: Tensor | None = None) -> Tensor:
        x = self.lateral[level](features) + self.hint[level](hints)
        if above is not None:
            x = x + functional.interpolate(self.up[level](above), scale_factor=2.0, mode="nearest")
        mixed: Tensor = self.blocks[level](x)
        return mixed

    def train(self, mode: bool = True) -> "TintNet":
        """As always, but the encoder's batch normalization keeps the statistics of ImageNet: crops and small
        batches would blur them; and so does that of parts which are not trained."""
        super().train(mode)
        inside = set(self.encoder.modules())
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d) and (module in inside or not module.weight.requires_grad):
                module.eval()
        return self


def hint_pyramid(hints: Tensor) -> list[Tensor]:
    """Hints (B, 3, H, W) as the decoder sees them at 1/4, 1/8, 1/16 and 1/32: (B, 4, h, w) each.

    a* and b* are means over the hinted pixels of a cell, ÷ 128; then follow 1 where the cell has any, and the
    share of its pixels that have one.
    """
    mask = hints[:, 2:]
    sums = torch.cat([hints[:, :2] * mask / CHROMA_SCALE, mask], dim=1)
    sums = functional.avg_pool2d(sums, 4)
    levels = []
    for level in range(len(WIDTHS)):
        if level:
            sums = functional.avg_pool2d(sums, 2)
        share = sums[:, 2:]
        present = share > 0
        mean = sums[:, :2] / torch.where(present, share, 1.0)
        levels.append(torch.cat([mean, present.to(mean.dtype), share], dim=1))
    return levels


class Decoding(nn.Module):
    """Logits to a*b* by a sharpened mean, the annealed mean of Zhang 2016 (equation 5) with rarity weights.

    Probabilities p are turned into p^(1/T) · r^β before the mean is taken, with r the rarity of a bin (Zhang
    2016, equation 4). A mean of many colors is grayer than each of them; so the less sure the distribution
    is, the stronger the mean is made, by gain^(v · (1 - confidence)). A hint is sure, and keeps its color.
    Vividness v in 0..1 sets T = temperature^v and β = rarity · v: at 0 it is the plain mean, at 1 the most
    vivid picture.
    """

    centers: Tensor
    log_weights: Tensor

    def __init__(
        self, temperature: float, rarity: float, log_weights: Tensor | None = None, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.log_temperature = math.log(temperature)
        self.rarity = rarity
        self.log_gain = math.log(gain)
        self.register_buffer("centers", torch.tensor(bins.centers(), dtype=torch.float32))  # (226, 2)
        self.register_buffer("log_weights", torch.zeros(BINS) if log_weights is None else log_weights)

    def forward(self, logits: Tensor, vivid: Tensor, sure: Tensor | None = None) -> Tensor:
        """Logits (B, 226, h, w) and vividness (B,) to a*, b* in CIE units (B, 2, h, w).

        `sure` (B, 1, h, w) is the confidence that `judge` gives, if that is known already.
        """
        v = vivid.clamp(0, 1)[:, None, None, None]
        sharpened = logits * torch.exp(-self.log_temperature * v)
        sharpened = sharpened + self.rarity * v * self.log_weights[:, None, None]
        sure = judge(logits)[0] if sure is None else sure
        return mean_color(sharpened, self.centers) * torch.exp(self.log_gain * v * (1 - sure))


def mean_color(logits: Tensor, centers: Tensor) -> Tensor:
    """The mean a*b* (B, 2, h, w), CIE units, of the distributions softmax(logits), (B, 226, h, w)."""
    mean = _cells(logits).softmax(dim=2) @ centers  # (B, hw, 2)
    return mean.transpose(1, 2).reshape(logits.shape[0], 2, logits.shape[2], logits.shape[3])


def judge(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Confidence (B, 1, h, w) and distribution (B, 226, h, w) of logits (B, 226, h, w).

    Confidence is 1 - entropy / log 226: 0 for a uniform distribution, 1 for a certain one.
    """
    log_shares = _cells(logits).log_softmax(dim=2)  # (B, hw, 226)
    shares = log_shares.exp()
    entropy = -(shares * log_shares).sum(dim=2)  # (B, hw)
    sure = 1 - entropy / math.log(BINS)
    distribution = shares.transpose(1, 2).reshape(logits.shape)
    return sure.reshape(logits.shape[0], 1, logits.shape[2], logits.shape[3]), distribution


def _cells(logits: Tensor) -> Tensor:
    """(B, 226, h, w) as (B, hw, 226): ONNX Runtime takes softmaxes of the last axis four times as fast."""
    return logits.flatten(2).transpose(1, 2)


class _Residual(nn.Module):
    """Two 3×3 convolutions around a shortcut (He 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, kernel_size=3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        mixed: Tensor = x + self.body(x)
        return mixed


class _Attention(nn.Module):
    """One transformer block over all cells; positions are known from the convolutions around it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.each = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        _, width, height, columns = x.shape
        tokens = x.flatten(2).transpose(1, 2)  # (B, cells, width)
        q, k, v = (
            part.unflatten(2, (HEADS, width // HEADS)).transpose(1, 2)  # (B, heads, cells, width / heads)
            for part in self.queries_keys_values(self.before(tokens)).chunk(3, dim=2)
        )
        seen = functional.scaled_dot_product_attention(q, k, v)
        tokens = tokens + self.out(seen.transpose(1, 2).flatten(2))
        tokens = tokens + self.each(self.between(tokens))
        mixed: Tensor = tokens.transpose(1, 2).unflatten(2, (height, columns))
        return mixed
