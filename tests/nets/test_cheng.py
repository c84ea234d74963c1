"""Cheng 2015: what describes a pixel, held against scikit-image and loops, and single pixels against all."""

import math

import numpy as np
import pytest
import skimage.color
import skimage.data
import torch
from skimage.feature import daisy
from torch import Tensor, nn
from torch.nn import functional

from tintype.color import lab_to_srgb, rgb_to_yuv, srgb_to_lab
from tintype.nets.cheng import ChengNet, JointBilateral, Neighbors, Trunk, luma_to_y, uv_to_net
from tintype.nets.daisy import RADIUS, TRUNCATE, Daisy
from tintype.train.pretrained import imagenet_encoder

INSIDE = RADIUS + round(TRUNCATE * RADIUS / 2)
"""Pixels from the edge on which nothing beyond the edge counts."""


def photograph() -> Tensor:
    """Y (1, 1, 96, 112) in 0..1 of a photograph."""
    return torch.tensor(skimage.data.camera()[100:196, 180:292] / 255, dtype=torch.float32)[None, None]


def test_daisy_is_that_of_scikit_image() -> None:
    y = photograph()
    theirs = daisy(y[0, 0].numpy(), step=1, radius=RADIUS, rings=1, histograms=3, orientations=8)
    ours = Daisy()(y)[0].permute(1, 2, 0).numpy()[RADIUS:-RADIUS, RADIUS:-RADIUS]
    inside = (slice(INSIDE, -INSIDE),) * 2
    assert ours.shape == theirs.shape
    assert ours[inside].size > 1000
    assert np.abs(ours - theirs)[inside].max() < 1e-6


def test_daisy_of_an_even_area_is_a_number_all_the_same() -> None:
    assert torch.allclose(Daisy()(torch.full((1, 1, 32, 48), 0.3)), torch.tensor(1 / 32))


def test_daisy_is_in_float32_whatever_is_around_it() -> None:
    alone = Daisy()(photograph())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        around = Daisy()(photograph())
    assert torch.equal(alone, around)


def test_neighbors_are_the_pixels_of_the_window_row_by_row() -> None:
    x = torch.rand(2, 1, 6, 9)
    seen = Neighbors(3, dilation=2)(x)
    padded = functional.pad(x, (2,) * 4, mode="replicate")
    expected = [padded[:, 0, down : down + 6, right : right + 9] for down in (0, 2, 4) for right in (0, 2, 4)]
    assert torch.equal(seen, torch.stack(expected, dim=1))


def filtered(
    x: np.ndarray, guide: np.ndarray, window: int, step: int, space: float, alike: float
) -> np.ndarray:
    """The joint bilateral filter as it is written down, one pixel after the other; [2, H, W] and [H, W]."""
    _, height, width = x.shape
    offsets = [step * number for number in range(-(window // 2), window // 2 + 1)]
    result = np.zeros_like(x)
    for row in range(height):
        for column in range(width):
            sums, total = np.zeros(2), 0.0
            for down in offsets:
                for right in offsets:
                    there = (min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1))
                    weight = math.exp(
                        -(down**2 + right**2) / (2 * space**2)
                        - (guide[row, column] - guide[there]) ** 2 / (2 * alike**2)
                    )
                    sums += weight * x[(slice(None), *there)]
                    total += weight
            result[:, row, column] = sums / total
    return result


@pytest.mark.parametrize(("window", "step"), [(3, 1), (5, 2)])
def test_the_joint_bilateral_filter_is_that_of_plain_loops(window: int, step: int) -> None:
    random = np.random.default_rng(0)
    x, guide = random.random((2, 10, 13)), random.random((10, 13))
    ours = JointBilateral(window, step, 2.5, 0.2)(
        torch.tensor(x[None], dtype=torch.float32), torch.tensor(guide[None, None], dtype=torch.float32)
    )
    assert np.abs(ours[0].numpy() - filtered(x, guide, window, step, 2.5, 0.2)).max() < 1e-5


def test_the_filter_smooths_areas_and_keeps_edges_of_the_guide() -> None:
    guide = torch.zeros(1, 1, 16, 32)
    guide[..., 16:] = 1
    step = torch.cat([guide, guide], dim=1)
    noisy = step + 0.1 * torch.randn(step.shape, generator=torch.Generator().manual_seed(0))
    smooth = JointBilateral(7, 2, 3.0, 0.1)(noisy, guide)
    assert float((smooth - step).std()) < 0.4 * float((noisy - step).std())
    assert torch.allclose(JointBilateral(7, 2, 3.0, 0.1)(step, guide), step, atol=1e-4)


def test_y_of_a_gray_is_its_coded_value() -> None:
    gray = torch.linspace(0, 1, 11).view(1, 1, 1, 11)
    luma = srgb_to_lab(gray.expand(-1, 3, -1, -1), axis=-3)[:, :1]
    assert torch.allclose(luma_to_y(luma), gray, atol=1e-5)


def test_u_and_v_of_a_color_come_out_as_its_a_and_b() -> None:
    rgb = torch.rand(1, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    yuv = rgb_to_yuv(rgb, axis=-3)
    expected = srgb_to_lab(rgb, axis=-3)[:, 1:] / 128
    assert torch.allclose(uv_to_net(yuv[:, :1], yuv[:, 1:]), expected, atol=1e-4)
    theirs = skimage.color.rgb2lab(rgb[0].permute(1, 2, 0).numpy())[..., 1:] / 128
    assert np.abs(expected[0].permute(1, 2, 0).numpy() - theirs).max() < 2e-3
    assert lab_to_srgb(srgb_to_lab(rgb, axis=-3), axis=-3).shape == rgb.shape


def test_single_pixels_are_colored_as_the_whole_picture_is() -> None:
    class Unfiltered(nn.Module):
        def forward(self, x: Tensor, _guide: Tensor) -> Tensor:
            return x

    torch.manual_seed(0)
    network = ChengNet().eval()
    network.filter = Unfiltered()
    luma = torch.rand(2, 1, 48, 64) * 100
    places = torch.randint(48 * 64, (2, 40))
    with torch.inference_mode():
        uv = network.at(luma, places)  # (2, 2, 40, 1)
        whole = network(luma).flatten(2).gather(2, places[:, None].expand(-1, 2, -1))
        y = luma_to_y(luma).flatten(2).gather(2, places[:, None])[..., None]
    assert torch.allclose(uv_to_net(y, uv)[..., 0], whole, atol=1e-5)


def test_the_trunk_is_imagenets_up_to_a_sixteenth_and_stays_so() -> None:
    trunk = Trunk()
    weights = imagenet_encoder(0)
    ours = trunk.network.state_dict()
    assert all(weights[name].shape == weight.shape for name, weight in ours.items())
    assert trunk(torch.rand(2, 1, 64, 96)).shape == (2, 112, 4, 6)
    assert not any(weight.requires_grad for weight in trunk.parameters())
    assert not any(part.training for part in trunk.train().modules())
