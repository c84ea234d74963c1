import numpy as np
import pytest
import torch
from PIL import Image

from tintype import color
from tintype.color.enlarge import area_matrix, bicubic_matrix

RNG = np.random.default_rng(0)


def smooth_chroma(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    return np.stack([40 * np.sin(9 * x + 4 * y), 30 * np.cos(7 * y - 3 * x)], axis=-1)


@pytest.mark.parametrize(("old", "new"), [(5, 5), (5, 20), (7, 23), (1, 4), (64, 100)])
def test_both_matrices_keep_a_constant(old, new):
    np.testing.assert_allclose(bicubic_matrix(old, new).sum(axis=1), 1)
    np.testing.assert_allclose(area_matrix(new, old).sum(axis=1), 1)


@pytest.mark.parametrize("size", [(36, 52), (41, 67)])
def test_bicubic_agrees_with_pillow_away_from_the_border(size):
    small = RNG.normal(0, 20, (9, 13)).astype(np.float32)
    ours = color.bicubic(small, size, axes=(0, 1))
    theirs = np.asarray(Image.fromarray(small).resize(size[::-1], Image.Resampling.BICUBIC))
    inner = (slice(2 * size[0] // 9, -2 * size[0] // 9), slice(2 * size[1] // 13, -2 * size[1] // 13))
    np.testing.assert_allclose(ours[inner], theirs[inner], atol=1e-3)


def test_shrinking_by_whole_numbers_is_the_mean_of_blocks():
    picture = RNG.normal(0, 20, (12, 20, 2))
    expected = picture.reshape(3, 4, 5, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(color.shrink(picture, (3, 5)), expected)


def test_the_same_size_changes_nothing():
    chroma = RNG.normal(0, 20, (6, 7, 2))
    np.testing.assert_allclose(color.enlarge(chroma, (6, 7)), chroma, atol=1e-12)


@pytest.mark.parametrize("factor", [4, 8])
def test_prefilter_brings_true_chroma_closer_than_bicubic_alone(factor):
    truth = smooth_chroma(160, 240)
    small = color.shrink(truth, (160 // factor, 240 // factor))
    plain = np.abs(color.bicubic(small, (160, 240)) - truth).mean()
    prefiltered = np.abs(color.enlarge(small, (160, 240)) - truth).mean()
    assert prefiltered < 0.7 * plain


def test_prefilter_makes_shrinking_again_return_the_small_chroma():
    small = color.shrink(smooth_chroma(160, 240), (20, 30))
    plain = np.abs(color.shrink(color.bicubic(small, (160, 240)), (20, 30)) - small).mean()
    prefiltered = np.abs(color.shrink(color.enlarge(small, (160, 240)), (20, 30)) - small).mean()
    assert prefiltered < plain / 4


def test_a_photo_smaller_than_the_chroma_is_shrunk_by_area():
    chroma = RNG.normal(0, 20, (32, 32, 2))
    np.testing.assert_allclose(color.enlarge(chroma, (8, 16)), color.shrink(chroma, (8, 16)), atol=1e-9)


def test_torch_computes_what_numpy_computes_with_gradients():
    chroma = RNG.normal(0, 20, (5, 7, 2))
    tensor = torch.from_numpy(chroma).permute(2, 0, 1)[None].requires_grad_()
    large = color.enlarge(tensor, (21, 30), axes=(-2, -1))
    np.testing.assert_allclose(large[0].permute(1, 2, 0).detach().numpy(), color.enlarge(chroma, (21, 30)))
    assert torch.autograd.gradcheck(lambda x: color.enlarge(x, (6, 9), axes=(-2, -1)), (tensor[..., :3, :4],))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    assert color.enlarge(np.ones((3, 4, 2), dtype=dtype), (9, 9)).dtype == dtype
