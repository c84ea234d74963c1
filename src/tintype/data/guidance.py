"""Hints as a person might give them, drawn from the truth (Zhang et al. 2017, section 3.1)."""

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor

MEAN_COUNT: Final = 8
"""Mean number of hints, geometrically distributed (Zhang 2017: p = 1/8)."""
MANY: Final = 0.1
"""Share of hinted pictures that get many hints instead, so that those are not strange to the network."""
MOST: Final = 128
"""Most hints of such a picture; their number is uniform in its logarithm."""
LARGEST: Final = 9
"""Longest side of a hint's square in pixels (Zhang 2017)."""


def simulate_hints(chroma: Tensor, share: float, random: np.random.Generator) -> Tensor:
    """Hints for a share of the pictures: (B, 3, H, W), a*, b* in CIE units and a mask, zero elsewhere.

    `chroma` (B, 2, H, W) is the truth in CIE units. A hint is a square of 1 to 9 pixels that carries its mean
    a*b*; its center is normal around the picture's center with a deviation of a quarter of the sides.
    """
    count, _, height, width = chroma.shape
    hints = torch.zeros((count, 3, height, width), dtype=chroma.dtype, device=chroma.device)
    for picture in np.flatnonzero(random.random(count) < share):
        number = int(random.geometric(1 / MEAN_COUNT))
        if random.random() < MANY:
            number = round(math.exp(random.uniform(0, math.log(MOST))))
        rows = random.normal(height / 2, height / 4, number)
        columns = random.normal(width / 2, width / 4, number)
        sides = random.integers(1, LARGEST + 1, number)
        for row, column, side in zip(rows, columns, sides, strict=True):
            top = int(np.clip(row - side / 2, 0, height - side))
            left = int(np.clip(column - side / 2, 0, width - side))
            place = (int(picture), slice(None), slice(top, top + side), slice(left, left + side))
            hints[place][:2] = chroma[place].mean(dim=(1, 2), keepdim=True)
            hints[place][2] = 1
    return hints
