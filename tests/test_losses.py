"""Equations (4) and (5) against values computed by hand."""

import pytest
import torch

from tintype.losses import LOSSES, mae, mse


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
