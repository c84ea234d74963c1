"""DAISY (Tola, Lepetit and Fua 2010) at every pixel: what edges there are around it, in eight directions.

    G_o = |∇Y| exp(κ cos(∠∇Y − o)),  κ = 8/π,      Σ = G_o smoothed by a Gaussian,
    D(x) = [Σ(x), Σ(x + r_1), Σ(x + r_2), Σ(x + r_3)] / their sum

with directions o = −π, −3π/4, …, 3π/4 and three places r_j around the pixel: 4 · 8 = 32 numbers, the size
that Cheng 2015 takes. As scikit-image computes them (`skimage.feature.daisy`, one ring of three histograms,
`l1`), in operations that every export has; beyond the picture's edge its last pixels go on.
"""

import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

ORIENTATIONS: Final = 8
"""Directions that edges are told apart in."""
AROUND: Final = 3
"""Places around the pixel, beside its own."""
NUMBERS: Final = ORIENTATIONS * (1 + AROUND)
"""Length of a descriptor."""
RADIUS: Final = 8
"""Distance of those places, in pixels; the Gaussian's σ is half of it."""
TRUNCATE: Final = 4.0
"""Where the Gaussian ends, in σ."""
FAINTEST: Final = 1e-10
"""Added to all numbers, so that no sum is 0."""


class Daisy(nn.Module):
    """Y in 0..1 to descriptors."""

    angles: Tensor
    gaussian: Tensor

    def __init__(self) -> None:
        super().__init__()
        angles = [2 * math.pi * o / ORIENTATIONS - math.pi for o in range(ORIENTATIONS)]
        angles_of = torch.tensor([[math.cos(o), math.sin(o)] for o in angles])
        self.register_buffer("angles", angles_of[:, :, None, None], persistent=False)  # (8, 2, 1, 1)
        self.register_buffer("gaussian", _gaussian(RADIUS / 2), persistent=False)  # (taps,)
        places = [2 * math.pi * j / AROUND for j in range(AROUND)]
        self.places = [
            (0, 0),
            *((round(RADIUS * math.sin(angle)), round(RADIUS * math.cos(angle))) for angle in places),
        ]

    def forward(self, y: Tensor) -> Tensor:
        """Map Y (B, 1, H, W) in 0..1 to descriptors (B, 32, H, W), whose sum is 1; always in float32."""
        with torch.autocast(y.device.type, enabled=False):
            smooth = functional.pad(self._smooth(self._edges(y.float())), (RADIUS,) * 4, mode="replicate")
            seen = [_shifted(smooth, *place) for place in self.places]
            numbers = torch.cat(seen, dim=1) + FAINTEST  # (B, 32, H, W)
            descriptors: Tensor = numbers / numbers.sum(dim=1, keepdim=True)
        return descriptors

    def _edges(self, y: Tensor) -> Tensor:
        """How much of an edge there is in each direction, (B, 8, H, W)."""
        right = functional.pad(y, (0, 1, 0, 0), mode="replicate")
        below = functional.pad(y, (0, 0, 0, 1), mode="replicate")
        slope = torch.cat([right[..., 1:] - y, below[..., 1:, :] - y], dim=1)  # (B, 2, H, W)
        steepness = slope.square().sum(dim=1, keepdim=True).clamp_min(FAINTEST**2).sqrt()  # (B, 1, H, W)
        cosines = functional.conv2d(slope / steepness, self.angles)  # (B, 8, H, W)
        return torch.exp(cosines * (ORIENTATIONS / math.pi)) * steepness

    def _smooth(self, edges: Tensor) -> Tensor:
        """(B, 8, H, W) smoothed by the Gaussian, down and across."""
        reach = len(self.gaussian) // 2
        down = self.gaussian[None, None, :, None].expand(ORIENTATIONS, 1, -1, 1)
        across = self.gaussian[None, None, None, :].expand(ORIENTATIONS, 1, 1, -1)
        padded = functional.pad(edges, (reach,) * 4, mode="replicate")
        return functional.conv2d(
            functional.conv2d(padded, down, groups=ORIENTATIONS), across, groups=ORIENTATIONS
        )


def _shifted(padded: Tensor, down: int, right: int) -> Tensor:
    """Of a tensor with `RADIUS` more rows and columns on each side: what lies `down` and `right` of each
    pixel."""
    height, width = (side - 2 * RADIUS for side in padded.shape[-2:])
    top, left = RADIUS + down, RADIUS + right
    return padded[..., top : top + height, left : left + width]


def _gaussian(deviation: float) -> Tensor:
    """The weights of a line, their sum 1."""
    reach = int(TRUNCATE * deviation + 0.5)
    line = torch.arange(-reach, reach + 1, dtype=torch.float64)
    weights = torch.exp(-line.square() / (2 * deviation**2))
    return (weights / weights.sum()).float()
