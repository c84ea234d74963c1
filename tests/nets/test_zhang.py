"""Zhang 2016 on the plain CNN: a distribution for each cell, and one color of it."""

import numpy as np
import pytest
import torch

from tintype.color import bins
from tintype.nets.cnn import ColorizationCNN
from tintype.nets.zhang import AnnealedMean, ZhangNet


def logits(count: int = 2) -> torch.Tensor:
    """(count, 226, 3, 4), each distribution with one most likely bin."""
    return torch.randn(count, 226, 3, 4, generator=torch.Generator().manual_seed(0)) * 2


def test_the_encoder_is_that_of_the_plain_cnn() -> None:
    with torch.device("meta"):
        ours, plain = ZhangNet().encoder.state_dict(), ColorizationCNN().encoder.state_dict()
    assert {name: weight.shape for name, weight in ours.items()} == {
        name: weight.shape for name, weight in plain.items()
    }


def test_all_colors_begin_about_equally_likely() -> None:
    torch.manual_seed(0)
    with torch.inference_mode():
        shares = ZhangNet(50)(torch.rand(1, 1, 64, 64) * 100).softmax(dim=1)
    assert float(shares.max()) < 2 / 226
    assert float(shares.min()) > 0.5 / 226


def test_at_temperature_1_the_annealed_mean_is_the_mean() -> None:
    shares = logits().softmax(dim=1)
    mean = np.einsum("bqhw,qc->bchw", shares.numpy(), bins.centers())
    assert np.allclose(AnnealedMean(1.0)(logits()).numpy(), mean, atol=1e-3)


def test_toward_temperature_0_the_annealed_mean_is_the_mode() -> None:
    most_likely = torch.tensor(bins.centers(), dtype=torch.float32)[logits().argmax(dim=1)]  # (2, 3, 4, 2)
    assert torch.allclose(AnnealedMean(1e-5)(logits()), most_likely.permute(0, 3, 1, 2), atol=1e-3)


@pytest.mark.parametrize("temperature", [0.2, bins.TEMPERATURE, 1.0])
def test_the_annealed_mean_is_that_of_the_bins(temperature: float) -> None:
    expected = bins.decode(logits().softmax(dim=1), temperature, axis=1)
    assert torch.allclose(AnnealedMean(temperature)(logits()), expected, atol=1e-3)


def test_its_temperature_is_that_of_the_paper() -> None:
    assert AnnealedMean().temperature == 0.38


def test_a_temperature_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        AnnealedMean(0)
