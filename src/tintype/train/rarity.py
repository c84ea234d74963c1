"""How often each color occurs in the pictures that are trained on, for losses that favor rare ones."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch.nn import functional

from tintype.color import bins
from tintype.data.batches import cut_center, to_lab
from tintype.data.packed import PictureSet

LOOKED_AT: Final = 1024
"""Pictures that are counted at most: evenly spread, so that the same set always gives the same."""


def nearest_shares(pictures: PictureSet, side: int, stride: int) -> NDArray[np.float64]:
    """Share of the cells whose nearest bin is each one, [226]; a cell is a square of `stride` pixels of a
    picture's middle square at `side` pixels, and has their mean a*b*."""
    count = min(LOOKED_AT, len(pictures))
    numbers = np.unique(np.linspace(0, len(pictures) - 1, count).round().astype(int)).tolist()
    pictures.announce(numbers)
    counts = np.zeros(len(bins.centers()))
    for number in numbers:
        _, chroma = to_lab(cut_center(pictures[number], side)[None])  # (1, 2, side, side)
        indices, _ = bins.encode(functional.avg_pool2d(chroma, stride), axis=1)  # (1, 5, h, w)
        counts += np.bincount(indices[:, 0].flatten().numpy(), minlength=len(counts))
    return np.asarray(counts / counts.sum())
