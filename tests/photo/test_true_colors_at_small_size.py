"""A photograph's own colors, shrunk as its lightness is."""

import numpy as np
import pytest
from skimage import data

from tintype.color import srgb_to_lab
from tintype.photo import Photo


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_colors_come_with_the_same_lightness_from_every_kind_of_samples(dtype: type) -> None:
    most = 1 if dtype is np.float32 else np.iinfo(dtype).max
    samples = (data.coffee() / 255 * most).astype(dtype)
    photo = Photo.from_array(samples)
    lab = photo.lab(40, 60)
    assert lab.shape == (40, 60, 3)
    assert lab.dtype == np.float32
    np.testing.assert_array_equal(lab[..., 0], photo.lightness(40, 60))
    truth = srgb_to_lab(data.coffee().astype(np.float32) / 255).reshape(40, 10, 60, 10, 3).mean(axis=(1, 3))
    assert np.abs(lab - truth).mean() < 0.6  # coded values are averaged first, where there are that many
    assert photo.has_own_color


@pytest.mark.parametrize("shape", [(30, 20), (30, 20, 1), (30, 20, 2)])
def test_a_gray_photograph_has_no_colors(shape: tuple[int, ...]) -> None:
    photo = Photo.from_array(np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8))
    lab = photo.lab(8, 8)
    assert lab.shape == (8, 8, 3)
    assert not lab[..., 1:].any()
    assert not photo.has_own_color


def test_whether_it_has_colors_is_looked_up_when_nothing_was_read_yet() -> None:
    assert Photo.from_array(data.chelsea()).has_own_color
    assert not Photo.from_array(np.full((50, 50, 3), 99, np.uint8)).has_own_color
