"""Losses against values computed by hand and against torch."""

import math

import pytest
import torch

from tintype.color import bins
from tintype.losses import LOSSES, bins_cross_entropy, color_distance, mae, mse


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
