"""Losses between true and predicted chroma, as the report prints them (equations 4 and 5).

Both take tensors [B, 2, H, W] in network scale (a*, b* ÷ 128) and give a scalar: the mean over the batch of

    MSE = 1/(2HW) Σ_k Σ_ij (C_kij − Ĉ_kij)²        (4)
    MAE = 1/(2HW) Σ_k Σ_ij |C_kij − Ĉ_kij|         (5)

They are written out rather than taken from torch so that the formula can be read, and compute in float32
whatever the precision of the network's output.
"""

from collections.abc import Callable
from typing import Final

from torch import Tensor

Loss = Callable[[Tensor, Tensor], Tensor]


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


def _difference(truth: Tensor, predicted: Tensor) -> Tensor:
    if truth.shape != predicted.shape:
        raise ValueError(
            f"truth {tuple(truth.shape)} and prediction {tuple(predicted.shape)} differ in shape"
        )
    return truth.float() - predicted.float()


LOSSES: Final[dict[str, Loss]] = {"mse": mse, "mae": mae}
"""Losses by the name that a configuration uses."""
