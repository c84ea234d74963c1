"""Losses between true and predicted color.

Those of the report (equations 4 and 5) take tensors [B, 2, H, W] in network scale (a*, b* ÷ 128) and give a
scalar: the mean over the batch of

    MSE = 1/(2HW) Σ_k Σ_ij (C_kij − Ĉ_kij)²        (4)
    MAE = 1/(2HW) Σ_k Σ_ij |C_kij − Ĉ_kij|         (5)

They are written out rather than taken from torch so that the formula can be read, and compute in float32
whatever the precision of the network's output. Networks that give a distribution over bins are fitted by
`bins_cross_entropy` and `color_distance`.
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from tintype.color import bins

Loss = Callable[[Tensor, Tensor], Tensor]

SMOOTHING: Final = 1.0
"""CIE units within which `color_distance` is nearly a square."""


def mse(truth: Tensor, predicted: Tensor) -> Tensor:
    """Equation (4), mean over the batch. Raises `ValueError` when the shapes differ."""
    difference = _difference(truth, predicted)  # (B, 2, H, W)
    height, width = difference.shape[-2:]
    return (difference.square().sum(dim=(1, 2, 3)) / (2 * height * width)).mean()


def mae(truth: Tensor, predicted: Tensor) -> Tensor:
    """Equation (5), mean over the batch. Raises `ValueError` when the shapes differ."""
    difference = _difference(truth, predicted)  # (B, 2, H, W)
    height, width = difference.shape[-2:]
    return (difference.abs().sum(dim=(1, 2, 3)) / (2 * height * width)).mean()


def bins_cross_entropy(chroma: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy of softly encoded true colors (Zhang 2016, equation 2, without rarity weights).

    `chroma` (B, 2, h, w) is the truth in CIE units, `logits` (B, 226, h, w); the mean over all cells, nats.
    """
    indices, weights = bins.encode(chroma, axis=1)  # (B, 5, h, w) both
    log_probabilities = logits.float().log_softmax(dim=1)
    return -(log_probabilities.gather(1, indices) * weights).sum(dim=1).mean()


def color_distance(chroma: Tensor, predicted: Tensor) -> Tensor:
    """Mean Euclidean a*b* distance in CIE units of two (B, 2, h, w), smooth where it is zero."""
    squared = (chroma.float() - predicted.float()).square().sum(dim=1)
    return torch.sqrt(squared + SMOOTHING**2).mean() - SMOOTHING


def _difference(truth: Tensor, predicted: Tensor) -> Tensor:
    if truth.shape != predicted.shape:
        raise ValueError(
            f"truth {tuple(truth.shape)} and prediction {tuple(predicted.shape)} differ in shape"
        )
    return truth.float() - predicted.float()


LOSSES: Final[dict[str, Loss]] = {"mse": mse, "mae": mae}
"""Losses by the name that a configuration uses."""
