"""Losses between true and predicted color.

Those of the report (equations 4 and 5) take tensors [B, 2, H, W] in network scale (a*, b* ÷ 128) and give a
scalar: the mean over the batch of

    MSE = 1/(2HW) Σ_k Σ_ij (C_kij − Ĉ_kij)²        (4)
    MAE = 1/(2HW) Σ_k Σ_ij |C_kij − Ĉ_kij|         (5)

They are written out rather than taken from torch so that the formula can be read, and compute in float32
whatever the precision of the network's output. Networks that give a distribution over bins are fitted by
`bins_cross_entropy` and `color_distance`.

Adversarial training has costs of its own, for a discriminator that gives logits d, D = sigmoid(d):

    min_G max_D V = E_x[log D(x)] + E_z[log(1 − D(G(z)))]     (6)
    J_G = E_z[log(1 − D(G(z)))], saturating                     (7)
    max_G E_z[log D(G(z))], non-saturating                      (8)

They are taken from logits, −log D = softplus(−d) and −log(1 − D) = softplus(d), which neither overflow nor
lose the gradient where D is nearly 0 or 1.
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import softplus

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


def rebalanced_cross_entropy(chroma: Tensor, logits: Tensor, rarity: Tensor) -> Tensor:
    """Cross-entropy in which rare colors count more (Zhang 2016, equations 2 to 4), a mean over all cells:

        L = −1/(HW) Σ_hw v(Z_hw) Σ_q Z_hwq log Ẑ_hwq     (2)
        v(Z) = w_q*, q* = argmax_q Z_q                    (3)
        w ∝ ((1 − λ) p̃ + λ/Q)^−1, E[w] = 1                (4)

    `chroma` (B, 2, h, w) is the truth in CIE units, softly encoded as Z; `logits` (B, 226, h, w) are those of
    Ẑ; `rarity` (226,) is w, as `tintype.color.bins.rarity_weights` gives it: E[w] is 1 over pixels there, not
    over the smoothed p̃. The paper does not divide by H·W. The result is in nats.
    """
    indices, weights = bins.encode(chroma, axis=1)  # (B, 5, h, w) both, the nearest bin first
    log_probabilities = logits.float().log_softmax(dim=1)
    surprise = -(log_probabilities.gather(1, indices) * weights).sum(dim=1)  # (B, h, w)
    return (rarity[indices[:, 0]] * surprise).mean()


def color_distance(chroma: Tensor, predicted: Tensor) -> Tensor:
    """Mean Euclidean a*b* distance in CIE units of two (B, 2, h, w), smooth where it is zero."""
    squared = (chroma.float() - predicted.float()).square().sum(dim=1)
    return torch.sqrt(squared + SMOOTHING**2).mean() - SMOOTHING


def class_cross_entropy(known: Tensor, scores: Tensor) -> Tensor:
    """Cross-entropy of class scores (B, K), before the softmax, with the distributions that the scores
    `known` (B, K) stand for, mean over the batch, nats (Iizuka 2016, equation 3, for one label each)."""
    return -(known.float().softmax(dim=1) * scores.float().log_softmax(dim=1)).sum(dim=1).mean()


def judging_real(logits: Tensor, smoothing: float = 0.0) -> Tensor:
    """The discriminator's cost of real colors, the first half of −V in equation (6), mean over the batch.

    Logits (B,) of real colors; `smoothing` is one-sided label smoothing (Salimans et al. 2016): the label of
    real colors is 1 − smoothing instead of 1, that of generated ones stays 0.
    """
    logits = logits.float()
    return ((1 - smoothing) * softplus(-logits) + smoothing * softplus(logits)).mean()


def judging_generated(logits: Tensor) -> Tensor:
    """The discriminator's cost of generated colors, the other half of −V in equation (6): −E log(1 − D)."""
    return softplus(logits.float()).mean()


def non_saturating(logits: Tensor) -> Tensor:
    """The generator's cost −E log D(G(z)), equation (8), of the logits (B,) of its colors."""
    return softplus(-logits.float()).mean()


def saturating(logits: Tensor) -> Tensor:
    """The generator's cost E log(1 − D(G(z))), equation (7); its gradient fades while D is sure."""
    return -softplus(logits.float()).mean()


def _difference(truth: Tensor, predicted: Tensor) -> Tensor:
    if truth.shape != predicted.shape:
        raise ValueError(
            f"truth {tuple(truth.shape)} and prediction {tuple(predicted.shape)} differ in shape"
        )
    return truth.float() - predicted.float()


LOSSES: Final[dict[str, Loss]] = {"mse": mse, "mae": mae}
"""Losses by the name that a configuration uses."""

Deception = Callable[[Tensor], Tensor]

DECEPTIONS: Final[dict[str, Deception]] = {"non-saturating": non_saturating, "saturating": saturating}
"""Costs of a generator that is not believed, by the name that a configuration uses."""
