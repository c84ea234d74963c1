import numpy as np
import pytest
import torch

from tintype import color
from tintype.color import bins

CENTERS = bins.centers()


def distances(ab: np.ndarray) -> np.ndarray:
    return np.linalg.norm(ab[:, None] - CENTERS, axis=-1)


def test_bins_are_the_grid_points_that_srgb_can_show():
    assert CENTERS.shape == (226, 2)
    assert len(np.unique(CENTERS, axis=0)) == 226
    assert (CENTERS % 10 == 0).all()
    assert [0, 0] in CENTERS.tolist()


def test_every_color_of_srgb_lies_near_a_bin():
    corners = np.stack(np.meshgrid(*[np.linspace(0, 1, 17)] * 3), axis=-1).reshape(-1, 3)
    nearest = distances(color.srgb_to_lab(corners)[:, 1:]).min(axis=1)
    assert nearest.max() < 13
    assert np.quantile(nearest, 0.95) < 7.1


def test_every_bin_survives_encoding_and_decoding():
    indices, weights = bins.encode(CENTERS)
    assert (indices[:, 0] == np.arange(len(CENTERS))).all()
    dense = bins.to_dense(indices, weights)
    assert (dense.argmax(axis=1) == np.arange(len(CENTERS))).all()
    np.testing.assert_allclose(bins.decode(dense, temperature=0.05), CENTERS, atol=1e-6)


@pytest.mark.parametrize("reach", [100, 128])
def test_encoding_finds_the_five_nearest_bins(reach):
    ab = np.random.default_rng(0).uniform(-reach, reach, (20_000, 2))
    indices, weights = bins.encode(ab)
    expected = np.sort(distances(ab), axis=1)[:, :5]
    np.testing.assert_allclose(np.take_along_axis(distances(ab), indices, axis=1), expected, atol=1e-9)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    ratio = np.exp(-(expected[:, 1] ** 2 - expected[:, 0] ** 2) / 50)
    np.testing.assert_allclose(weights[:, 1] / weights[:, 0], ratio, atol=1e-9)


def test_mean_of_an_encoded_color_is_close_to_it():
    rgb = np.random.default_rng(0).uniform(0.2, 0.8, (2000, 3))
    ab = color.srgb_to_lab(rgb)[:, 1:]
    error = np.linalg.norm(bins.decode(bins.to_dense(*bins.encode(ab))) - ab, axis=1)
    assert error.mean() < 1.5
    assert error.max() < 5


def test_low_temperature_moves_the_mean_toward_the_likeliest_bin():
    probabilities = np.zeros((1, 226))
    probabilities[0, [10, 200]] = 0.6, 0.4
    plain, annealed, sharp = (bins.decode(probabilities, t)[0] for t in (1.0, 0.38, 0.01))
    np.testing.assert_allclose(plain, 0.6 * CENTERS[10] + 0.4 * CENTERS[200])
    np.testing.assert_allclose(sharp, CENTERS[10], atol=1e-9)
    steps = [np.linalg.norm(ab - CENTERS[10]) for ab in (plain, annealed, sharp)]
    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(ValueError, match="temperature"):
        bins.decode(np.full((1, 226), 1 / 226), temperature)


def test_torch_computes_what_numpy_computes():
    ab = np.random.default_rng(0).normal(0, 30, (2, 8, 9, 2))
    tensor = torch.from_numpy(ab).permute(0, 3, 1, 2)
    indices, weights = bins.encode(tensor, axis=1)
    assert indices.shape == (2, 5, 8, 9)
    expected_indices, expected_weights = bins.encode(ab)
    np.testing.assert_array_equal(indices.permute(0, 2, 3, 1).numpy(), expected_indices)
    np.testing.assert_allclose(weights.permute(0, 2, 3, 1).numpy(), expected_weights)
    decoded = bins.decode(bins.to_dense(indices, weights, axis=1), 0.38, axis=1)
    expected = bins.decode(bins.to_dense(expected_indices, expected_weights), 0.38)
    np.testing.assert_allclose(decoded.permute(0, 2, 3, 1).numpy(), expected, atol=1e-9)


def test_decoding_has_gradients():
    logits = torch.randn(3, 226, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: bins.decode(torch.softmax(x, dim=-1), 0.38), (logits,))


def test_rarity_weights_average_to_one_and_favor_rare_colors():
    share = np.exp(-np.linalg.norm(CENTERS, axis=1) / 15)
    weights = bins.rarity_weights(share)
    assert weights @ (share / share.sum()) == pytest.approx(1)
    gray, vivid = np.linalg.norm(CENTERS, axis=1).argmin(), np.linalg.norm(CENTERS, axis=1).argmax()
    assert weights[vivid] > 5 * weights[gray]


def test_rarity_weights_of_the_uniform_mix_alone_are_all_one():
    share = np.random.default_rng(0).random(226)
    np.testing.assert_allclose(bins.rarity_weights(share, mix=1.0), 1)


@pytest.mark.parametrize("share", [np.zeros(226), np.ones(225), -np.ones(226)])
def test_rarity_weights_refuse_impossible_shares(share):
    with pytest.raises(ValueError, match="226"):
        bins.rarity_weights(share)
