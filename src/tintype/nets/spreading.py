"""Hints carried to what looks alike: attention from every cell of a picture to its hinted cells.

A network that only sees hints as more planes of its input learns slowly to heed them, since they concern few
cells of few pictures. Here a hint works by construction: each cell compares its own features with those of
the hinted cells, as in non-local means and in the attention of Vaswani 2017, takes over the mean color of
those that resemble it, the more the nearer they are, and puts it to the distribution of colors as a Gaussian
factor. Which cells resemble each other, and how far a hint reaches, is learned; a hinted cell resembles
itself wholly. Without hints nothing changes, to the bit.
"""

import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from tintype.color import bins
from tintype.nets.scale import CHROMA_SCALE

FEATURES: Final = 32
"""Numbers by which cells are compared."""
DEVIATION: Final = 10.0
"""Of the colors around a hint's, in CIE units: as far apart as bins are."""
NEVER: Final = -1e4
"""Score of a block that has no hint."""
BLOCK: Final = 4
"""Side of the blocks, in cells, whose hints are taken over together."""
HERE: Final = 4.0
"""Strength of a hint in its own cell."""


class HintSpread(nn.Module):
    """Features and hints to what is added to the logits of the bins. `width` is that of the features."""

    factor: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.features = nn.Conv2d(width, FEATURES, kernel_size=3, padding=1, bias=False)
        self.log_sharpness = nn.Parameter(torch.tensor(math.log(12.0)))
        self.log_nearness = nn.Parameter(torch.tensor(math.log(15.0)))
        self.threshold = nn.Parameter(torch.tensor(8.0))
        self.log_strength = nn.Parameter(torch.tensor(math.log(2.0)))
        self.register_buffer("factor", _gaussian_factor(), persistent=False)

    def forward(self, x: Tensor, hints: Tensor) -> Tensor:
        """Map features (B, width, h, w) and hints (B, 4, h, w), as `hint_pyramid` gives them for this size,
        to logits to be added (B, 226, h, w); h and w are multiples of `BLOCK`. Without hints all are zero."""
        color, share = hints[:, :2].float() * (CHROMA_SCALE / DEVIATION), hints[:, 3:].float()
        values = torch.cat([color, color.square().sum(dim=1, keepdim=True)], dim=1)  # (B, 3, h, w)
        here = torch.cat([color, torch.ones_like(share)], dim=1) * (share > 0) * HERE  # (B, 3, h, w)
        added: Tensor = functional.conv2d(here + self._from_alike(x, values, share), self.factor)
        return added

    def _from_alike(self, x: Tensor, values: Tensor, share: Tensor) -> Tensor:
        """Color times strength, and strength, (B, 3, h, w), taken over from hinted blocks that look alike;
        colors are in units of `DEVIATION`."""
        features = self._comparable(x)  # (B, 32, h, w)
        keys = _block_means(features, share)  # (B, 32, h/4, w/4)
        hinted = (functional.avg_pool2d(share, BLOCK) > 0).flatten(1)[:, None]  # (B, 1, hw/16)
        likeness = features.flatten(2).transpose(1, 2) @ keys.flatten(2)  # (B, hw, hw/16), cosines
        scores = self.log_sharpness.exp() * likeness.float() - self.log_nearness.exp() * _distances(x)
        scores = torch.where(hinted, scores, NEVER)
        nothing = self.threshold.expand(*scores.shape[:2], 1)  # beside the blocks, each cell may heed nothing
        heed = torch.cat([scores, nothing], dim=2).softmax(dim=2)  # (B, hw, hw/16 + 1)
        blocks = _block_means(torch.cat([values, torch.ones_like(share)], dim=1), share)  # (B, 4, h/4, w/4)
        sums = heed @ functional.pad(blocks.flatten(2), (0, 1)).transpose(1, 2)  # (B, hw, 4)
        heeded = sums[..., 3:].float()
        mean = sums[..., :3].float() / heeded.clamp_min(1e-6)
        color, square = mean[..., :2], mean[..., 2:]
        variance = (square - color.square().sum(dim=2, keepdim=True)).clamp_min(0)
        strength = self.log_strength.exp() * heeded / (1 + variance)
        given = torch.cat([color * strength, strength], dim=2)  # (B, hw, 3)
        return given.transpose(1, 2).reshape(len(x), 3, x.shape[-2], x.shape[-1])

    def _comparable(self, x: Tensor) -> Tensor:
        """Features of length 1 around the picture's mean."""
        features = self.features(x)
        features = features - features.mean(dim=(2, 3), keepdim=True)
        return functional.normalize(features.float(), dim=1, eps=1e-4)


def _block_means(values: Tensor, weights: Tensor) -> Tensor:
    """Weighted means over blocks of cells: (B, C, h, w) to (B, C, h/4, w/4); 0 where all weights are."""
    sums = functional.avg_pool2d(values * weights, BLOCK)
    total = functional.avg_pool2d(weights, BLOCK)
    return sums / torch.where(total > 0, total, 1.0)


def _distances(x: Tensor) -> Tensor:
    """Squared distances from each of h·w cells to the center of each of h/4·w/4 blocks, as shares of the
    picture's area, (hw, hw/16)."""
    height, width = x.shape[-2:]
    rows, columns = (torch.arange(side, device=x.device, dtype=torch.float32) for side in (height, width))
    middle = (BLOCK - 1) / 2
    down = (rows[:, None] - rows[::BLOCK] - middle).square()  # (h, h/4)
    across = (columns[:, None] - columns[::BLOCK] - middle).square()  # (w, w/4)
    squared = down[:, None, :, None] + across[None, :, None, :]  # (h, w, h/4, w/4)
    return squared.flatten(2).flatten(0, 1) / (height * width)


def _gaussian_factor() -> Tensor:
    """The convolution (226, 3, 1, 1) that turns a*b* times a strength, and the strength, all in units of
    `DEVIATION`, into the logarithm of a Gaussian around a*b* to that power, up to a constant. In these units
    bins lie on whole numbers, so that float16 holds the factors exactly."""
    centers = torch.tensor(bins.centers(), dtype=torch.float32) / DEVIATION  # (226, 2)
    factor = torch.cat([centers, -centers.square().sum(dim=1, keepdim=True) / 2], dim=1)
    return factor[:, :, None, None]
