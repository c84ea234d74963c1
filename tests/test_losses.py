"""Losses against values computed by hand and against torch."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch

from tintype.color import bins
from tintype.losses import (
    DECEPTIONS,
    LOSSES,
    bins_cross_entropy,
    class_cross_entropy,
    color_distance,
    judging_generated,
    judging_real,
    mae,
    mse,
    non_saturating,
    rebalanced_cross_entropy,
    saturating,
)

Cost = Callable[[torch.Tensor], torch.Tensor]


def test_mse_is_the_sum_of_squares_over_twice_the_pixels() -> None:
    truth = torch.zeros(1, 2, 2, 3)
    predicted = truth.clone()
    predicted[0, 0, 0, 0] = 0.5
    predicted[0, 1, 1, 2] = -1.0
    assert mse(truth, predicted).item() == pytest.approx((0.25 + 1.0) / (2 * 2 * 3))


def test_mae_is_the_sum_of_distances_over_twice_the_pixels() -> None:
    truth = torch.zeros(1, 2, 2, 3)
    predicted = truth.clone()
    predicted[0, 0, 0, 0] = 0.5
    predicted[0, 1, 1, 2] = -1.0
    assert mae(truth, predicted).item() == pytest.approx((0.5 + 1.0) / (2 * 2 * 3))


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_has_the_mean_of_its_pictures_losses(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    truth, predicted = torch.rand(2, 3, 2, 4, 5, generator=generator)
    single = [LOSSES[name](truth[i : i + 1], predicted[i : i + 1]).item() for i in range(3)]
    assert LOSSES[name](truth, predicted).item() == pytest.approx(sum(single) / 3, rel=1e-6)


@pytest.mark.parametrize(("name", "torch_loss"), [("mse", torch.nn.MSELoss()), ("mae", torch.nn.L1Loss())])
def test_a_loss_agrees_with_torch(name: str, torch_loss: torch.nn.Module) -> None:
    generator = torch.Generator().manual_seed(1)
    truth, predicted = torch.rand(2, 3, 2, 4, 5, generator=generator)
    assert LOSSES[name](truth, predicted).item() == pytest.approx(
        torch_loss(predicted, truth).item(), rel=1e-6
    )


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_half_precision_output_is_float32_and_has_a_gradient(name: str) -> None:
    predicted = torch.full((1, 2, 2, 2), 0.5, dtype=torch.bfloat16, requires_grad=True)
    loss = LOSSES[name](torch.zeros(1, 2, 2, 2), predicted)
    loss.backward()
    assert loss.dtype == torch.float32
    assert predicted.grad is not None
    assert bool((predicted.grad != 0).all())


@pytest.mark.parametrize("name", LOSSES)
def test_shapes_that_differ_are_refused_rather_than_broadcast(name: str) -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        LOSSES[name](torch.zeros(1, 2, 4, 4), torch.zeros(1, 1, 4, 4))


def test_the_cross_entropy_of_a_distribution_with_its_own_colors_is_its_entropy() -> None:
    chroma = torch.tensor([[[[20.0]], [[-30.0]]]])  # the center of a bin
    dense = bins.to_dense(*bins.encode(chroma, axis=1), axis=1)  # (1, 226, 1, 1)
    entropy = -(dense * dense.clamp_min(1e-12).log()).sum()
    assert bins_cross_entropy(chroma, dense.clamp_min(1e-12).log()).item() == pytest.approx(
        entropy.item(), rel=1e-5
    )
    assert bins_cross_entropy(chroma, torch.zeros_like(dense)).item() == pytest.approx(math.log(226))


def test_the_cross_entropy_agrees_with_torch_on_dense_targets() -> None:
    generator = torch.Generator().manual_seed(0)
    chroma = torch.rand(2, 2, 3, 4, generator=generator) * 80 - 40
    logits = torch.randn(2, 226, 3, 4, generator=generator)
    dense = bins.to_dense(*bins.encode(chroma, axis=1), axis=1)
    expected = torch.nn.functional.cross_entropy(logits, dense)
    assert bins_cross_entropy(chroma, logits).item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_color_distance_is_euclidean_but_smooth_at_zero() -> None:
    truth = torch.zeros(1, 2, 1, 2, requires_grad=True)
    far = torch.tensor([[[[300.0, 300.0]], [[400.0, 400.0]]]])
    assert color_distance(truth, far).item() == pytest.approx(500, rel=0.003)
    same = color_distance(truth, torch.zeros(1, 2, 1, 2))
    same.backward()
    assert same.item() == pytest.approx(0, abs=1e-6)
    assert truth.grad is not None
    assert bool(truth.grad.isfinite().all())


def test_adversarial_costs_are_those_of_the_equations() -> None:
    logits = torch.tensor([-2.0, 0.5, 3.0])
    belief = torch.sigmoid(logits)
    assert judging_real(logits).item() == pytest.approx(-belief.log().mean().item(), rel=1e-6)
    assert judging_generated(logits).item() == pytest.approx(-(1 - belief).log().mean().item(), rel=1e-6)
    assert non_saturating(logits).item() == pytest.approx(-belief.log().mean().item(), rel=1e-6)
    assert saturating(logits).item() == pytest.approx((1 - belief).log().mean().item(), rel=1e-6)


def test_the_discriminators_cost_agrees_with_torch_also_with_a_smoothed_label() -> None:
    logits = torch.randn(7, generator=torch.Generator().manual_seed(0))
    agreed = torch.nn.functional.binary_cross_entropy_with_logits
    assert judging_real(logits, 0.1).item() == pytest.approx(agreed(logits, torch.full((7,), 0.9)).item())
    assert judging_generated(logits).item() == pytest.approx(agreed(logits, torch.zeros(7)).item())


@pytest.mark.parametrize("cost", [judging_real, judging_generated, *DECEPTIONS.values()])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_adversarial_costs_are_finite_for_extreme_logits(cost: Cost, kind: torch.dtype) -> None:
    logits = torch.tensor([-1e4, 1e4], dtype=kind, requires_grad=True)
    loss = cost(logits)
    loss.backward()
    assert loss.dtype == torch.float32
    assert bool(loss.isfinite())
    assert logits.grad is not None
    assert bool(logits.grad.isfinite().all())


def test_only_the_non_saturating_cost_has_a_gradient_where_nothing_is_believed() -> None:
    gradients = []
    for cost in (non_saturating, saturating):
        logits = torch.tensor([-20.0], requires_grad=True)
        cost(logits).backward()
        assert logits.grad is not None
        gradients.append(float(logits.grad))
    assert gradients[0] == pytest.approx(-1, abs=1e-3)
    assert gradients[1] == pytest.approx(0, abs=1e-3)
    assert gradients[1] < 0


def test_the_rebalanced_cross_entropy_is_that_of_equations_2_to_4_by_hand() -> None:
    generator = torch.Generator().manual_seed(0)
    chroma = torch.rand(2, 2, 3, 4, generator=generator) * 80 - 40
    logits = torch.randn(2, 226, 3, 4, generator=generator)
    rarity = torch.rand(226, generator=generator) * 3
    predicted = logits.double().softmax(dim=1)
    total = 0.0
    for picture, row, column in product(range(2), range(3), range(4)):
        distances = np.linalg.norm(bins.centers() - chroma[picture, :, row, column].numpy(), axis=1)
        nearest = np.argsort(distances)[:5]
        encoded = np.exp(-(distances[nearest] ** 2) / (2 * 5**2))
        encoded /= encoded.sum()
        surprise = -sum(
            share * math.log(float(predicted[picture, number, row, column]))
            for share, number in zip(encoded, nearest, strict=True)
        )
        total += float(rarity[nearest[0]]) * surprise
    assert rebalanced_cross_entropy(chroma, logits, rarity).item() == pytest.approx(total / 24, rel=1e-4)


def test_with_equal_weights_the_rebalanced_cross_entropy_is_the_plain_one() -> None:
    chroma, logits = torch.rand(2, 2, 3, 4) * 80 - 40, torch.randn(2, 226, 3, 4)
    expected = bins_cross_entropy(chroma, logits).item()
    assert rebalanced_cross_entropy(chroma, logits, torch.ones(226)).item() == pytest.approx(expected)


def test_rarity_weights_are_those_of_equation_4_by_hand() -> None:
    shares = np.zeros(226)
    shares[[10, 100, 101]] = 0.1, 0.7, 0.2
    centers = bins.centers()
    kernels = np.exp(-((centers[:, None] - centers) ** 2).sum(axis=-1) / (2 * 5**2))
    smooth = sum(share * kernel / kernel.sum() for share, kernel in zip(shares, kernels, strict=True))
    weights = 1 / ((1 - 0.5) * smooth + 0.5 / 226)
    weights /= (weights * shares).sum()
    assert np.allclose(bins.rarity_weights(shares), weights)
    assert (bins.rarity_weights(shares) * shares).sum() == pytest.approx(1)
    assert weights[10] > weights[101] > weights[100]


def test_the_cross_entropy_of_classes_is_torchs_for_the_distribution_that_the_scores_mean() -> None:
    known, scores = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.functional.cross_entropy(scores, known.softmax(dim=1)).item()
    assert class_cross_entropy(known.half(), scores).item() == pytest.approx(expected, rel=1e-3)
    sure = torch.tensor([[100.0, 0.0, 0.0]])
    by_hand = math.log(sum(math.exp(score) for score in (1.0, 2.0, 3.0))) - 1.0
    assert class_cross_entropy(sure, torch.tensor([[1.0, 2.0, 3.0]])).item() == pytest.approx(by_hand)
