import numpy as np
import torch

from tintype import color
from tintype.color import gamut


def random_lab(spread: float, n: int = 5000) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.column_stack([rng.uniform(0, 100, n), rng.normal(0, spread, (n, 2))])


def test_colors_inside_srgb_are_left_exactly_as_they_are():
    lab = color.srgb_to_lab(np.random.default_rng(0).uniform(0.001, 0.999, (5000, 3)))
    np.testing.assert_array_equal(color.reduce_chroma(lab), lab)


def test_colors_outside_keep_lightness_and_hue_and_fit():
    lab = random_lab(60)
    fitted = color.reduce_chroma(lab)
    assert color.in_gamut(fitted).all()
    np.testing.assert_array_equal(fitted[:, 0], lab[:, 0])
    cross = fitted[:, 1] * lab[:, 2] - fitted[:, 2] * lab[:, 1]
    np.testing.assert_allclose(cross, 0, atol=1e-6)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    assert (np.hypot(fitted[:, 1], fitted[:, 2]) <= chroma).all()
    assert (fitted[:, 1:] * lab[:, 1:] >= 0).all()


def test_no_more_chroma_is_taken_than_needed():
    lab = random_lab(60)
    outside = ~color.in_gamut(lab)
    fitted = color.reduce_chroma(lab)[outside]
    more = fitted * [1, 1.002, 1.002] + [0, 1e-3, 1e-3] * np.sign(fitted)
    assert (~color.in_gamut(more)).mean() > 0.99


def test_lightness_survives_rounding_to_srgb_where_clipping_moves_it():
    lab = random_lab(50)
    by_rule = color.srgb_to_lab(color.lab_to_srgb(color.reduce_chroma(lab)).clip(0, 1))
    by_clipping = color.srgb_to_lab(color.lab_to_srgb(lab).clip(0, 1))
    assert np.abs(by_rule - lab)[:, 0].max() < 1e-3
    assert np.abs(by_clipping - lab)[:, 0].max() > 5


def test_black_and_white_become_gray():
    lab = np.array([[0.0, 30, -20], [100.0, 30, -20]])
    np.testing.assert_allclose(color.reduce_chroma(lab)[:, 1:], 0, atol=0.01)


def test_torch_computes_what_numpy_computes():
    lab = random_lab(50, 600)
    tensor = torch.from_numpy(lab).T.reshape(1, 3, 20, 30)
    fitted = color.reduce_chroma(tensor, axis=-3)
    np.testing.assert_allclose(fitted.reshape(3, 600).T.numpy(), color.reduce_chroma(lab), atol=1e-9)


def test_gradients_pass_through_unchanged_inside_srgb():
    lab = torch.tensor([[50.0, 10.0, 10.0]], requires_grad=True)
    color.reduce_chroma(lab).sum().backward()
    np.testing.assert_array_equal(lab.grad, [[1, 1, 1]])


def test_max_chroma_is_what_the_rule_leaves_of_far_too_much():
    rng = np.random.default_rng(0)
    lightness, hue = rng.uniform(0, 100, 5000), rng.uniform(0, 360, 5000)
    radians = np.deg2rad(hue)
    far = np.stack([lightness, 140 * np.cos(radians), 140 * np.sin(radians)], axis=-1)
    left = np.hypot(*color.reduce_chroma(far)[:, 1:].T)
    np.testing.assert_allclose(gamut.max_chroma(lightness, hue), left, atol=2e-3)


def test_chroma_limits_keep_lightness_between_their_entries():
    rng = np.random.default_rng(0)
    lightness, hue = rng.uniform(0, 99.999, 50_000), rng.uniform(0, 359.999, 50_000)
    a, b = np.cos(np.deg2rad(hue)), np.sin(np.deg2rad(hue))
    length = np.abs(a) + np.abs(b)
    table = gamut.chroma_limits()
    half = gamut.DIRECTIONS // 2
    column = ((a / length + 1) * half / 2).astype(int) + half * (b < 0)
    row, above = lightness.astype(int), lightness % 1
    limit = ((1 - above) * table[row, column] + above * table[row + 1, column]) / length
    lab = np.stack([lightness, limit * a, limit * b], axis=-1)
    drift = np.abs(color.srgb_to_lab(color.lab_to_srgb(lab).clip(0, 1))[:, 0] - lightness)
    assert drift.max() < 0.08
    assert np.quantile(drift, 0.999) < 0.002
    shortfall = gamut.max_chroma(lightness, hue) - limit
    assert shortfall.mean() < 0.3
