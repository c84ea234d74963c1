import numpy as np
import pytest
import skimage.color
import torch

from tintype import color

RGB = np.random.default_rng(0).random((30, 20, 3))


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((1, 1, 1), (1, 0, 0)),
        ((1, 0, 0), (0.299, -0.14714, 0.615)),
        ((0, 0, 1), (0.114, 0.436, -0.10001)),
    ],
)
def test_primaries_have_their_published_yuv(rgb, yuv):
    np.testing.assert_allclose(color.rgb_to_yuv(np.array(rgb, dtype=float)), yuv, atol=1e-5)


def test_rgb_to_yuv_agrees_with_scikit_image():
    np.testing.assert_allclose(color.rgb_to_yuv(RGB), skimage.color.rgb2yuv(RGB), atol=5e-5)


def test_round_trip_returns_the_input():
    np.testing.assert_allclose(color.yuv_to_rgb(color.rgb_to_yuv(RGB)), RGB, atol=1e-12)


def test_torch_computes_what_numpy_computes():
    tensor = torch.from_numpy(RGB).permute(2, 0, 1)
    np.testing.assert_allclose(
        color.rgb_to_yuv(tensor, axis=-3).permute(1, 2, 0).numpy(), color.rgb_to_yuv(RGB), atol=1e-12
    )
