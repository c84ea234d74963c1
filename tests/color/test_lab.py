import numpy as np
import pytest
import skimage.color
import torch

from tintype import color

# sRGB to Lab, D65, as published by Bruce Lindbloom's CIE color calculator (four decimals).
PUBLISHED = {
    (1.0, 1.0, 1.0): (100.0, 0.0, 0.0),
    (0.0, 0.0, 0.0): (0.0, 0.0, 0.0),
    (1.0, 0.0, 0.0): (53.2408, 80.0925, 67.2032),
    (0.0, 1.0, 0.0): (87.7347, -86.1827, 83.1793),
    (0.0, 0.0, 1.0): (32.2970, 79.1875, -107.8602),
    (0.0, 1.0, 1.0): (91.1132, -48.0875, -14.1312),
    (1.0, 0.0, 1.0): (60.3242, 98.2343, -60.8249),
    (1.0, 1.0, 0.0): (97.1393, -21.5537, 94.4780),
}


def random_rgb(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random((*shape, 3))


@pytest.mark.parametrize(("rgb", "lab"), PUBLISHED.items())
def test_srgb_to_lab_gives_published_values(rgb, lab):
    np.testing.assert_allclose(color.srgb_to_lab(np.array(rgb)), lab, atol=2e-3)


def test_srgb_to_lab_agrees_with_scikit_image():
    rgb = random_rgb(50, 60)
    np.testing.assert_allclose(color.srgb_to_lab(rgb), skimage.color.rgb2lab(rgb), atol=6e-3)


def test_lab_to_srgb_agrees_with_scikit_image():
    lab = skimage.color.rgb2lab(random_rgb(50, 60))
    np.testing.assert_allclose(color.lab_to_srgb(lab).clip(0, 1), skimage.color.lab2rgb(lab), atol=1e-4)


def test_grays_have_no_chroma_at_all():
    gray = np.repeat(np.linspace(0, 1, 256)[:, None], 3, axis=1)
    np.testing.assert_allclose(color.srgb_to_lab(gray)[:, 1:], 0, atol=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-5), (np.float64, 1e-12)])
def test_round_trip_returns_the_input_in_its_own_dtype(dtype, tolerance):
    rgb = random_rgb(40, 40).astype(dtype)
    back = color.lab_to_srgb(color.srgb_to_lab(rgb))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, rgb, atol=tolerance)


def test_round_trip_keeps_colors_outside_srgb():
    rgb = np.random.default_rng(1).uniform(-0.3, 1.4, (1000, 3))
    np.testing.assert_allclose(color.lab_to_srgb(color.srgb_to_lab(rgb)), rgb, atol=1e-5)


def test_torch_computes_what_numpy_computes():
    rgb = random_rgb(4, 5, 6).astype(np.float32)
    tensor = torch.from_numpy(rgb).permute(0, 3, 1, 2)
    lab = color.srgb_to_lab(tensor, axis=-3)
    assert lab.dtype == torch.float32
    np.testing.assert_allclose(lab.permute(0, 2, 3, 1).numpy(), color.srgb_to_lab(rgb), atol=2e-4)
    back = color.lab_to_srgb(lab, axis=-3)
    np.testing.assert_allclose(back.numpy(), tensor.numpy(), atol=2e-5)


def test_both_directions_have_correct_gradients():
    rgb = torch.tensor([[0.2, 0.5, 0.9], [0.001, 0.002, 0.003], [1.0, 0.3, 0.01]], dtype=torch.float64)
    assert torch.autograd.gradcheck(color.srgb_to_lab, (rgb.requires_grad_(),))
    lab = color.srgb_to_lab(rgb).detach().requires_grad_()
    assert torch.autograd.gradcheck(color.lab_to_srgb, (lab,))


def test_gradients_are_finite_at_black_white_and_outside():
    rgb = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [-0.2, 1.3, 0.5]], requires_grad=True)
    color.srgb_to_lab(rgb).sum().backward()
    assert torch.isfinite(rgb.grad).all()
