import numpy as np
import pytest
import torch
from metric_samples import noisy, photograph, random_rgb
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import structural_similarity_index_measure

from tintype import metrics


def by_scikit_image(true: np.ndarray, predicted: np.ndarray) -> float:
    return structural_similarity(
        true,
        predicted,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        channel_axis=-1,
        data_range=255,
    )


def blurred(picture: np.ndarray) -> np.ndarray:
    mean = (picture[1:, 1:].astype(int) + picture[1:, :-1] + picture[:-1, 1:] + picture[:-1, :-1]) // 4
    return np.pad(mean, ((0, 1), (0, 1), (0, 0)), mode="edge").astype(np.uint8)


def gray(picture: np.ndarray) -> np.ndarray:
    return np.repeat(picture.mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8)


@pytest.mark.parametrize("change", [noisy, blurred, gray, np.flipud, np.zeros_like])
def test_similarity_agrees_with_scikit_image(change):
    true = photograph()
    predicted = change(true)
    assert metrics.ssim(true, predicted) == pytest.approx(by_scikit_image(true, predicted), abs=1e-9)


@pytest.mark.parametrize("shape", [(11, 11), (12, 40), (26, 27), (27, 13), (42, 43)])
def test_similarity_agrees_with_scikit_image_at_every_size(shape):
    true, predicted = random_rgb(*shape), random_rgb(*shape)
    assert metrics.ssim(true, predicted) == pytest.approx(by_scikit_image(true, predicted), abs=1e-9)


def test_similarity_agrees_with_torchmetrics():
    true = photograph()
    predicted = noisy(true)
    tensors = [torch.from_numpy(each.astype(float)).permute(2, 0, 1)[None] for each in (predicted, true)]
    _, similarity = structural_similarity_index_measure(*tensors, data_range=255.0, return_full_image=True)
    within = similarity[..., 5:-5, 5:-5]  # the rest is mirrored at the border there, and left out here
    assert metrics.ssim(true, predicted) == pytest.approx(float(within.mean()), abs=1e-9)


def test_similarity_is_one_for_equal_pictures_and_the_same_in_both_orders():
    true, predicted = photograph(), noisy(photograph())
    assert metrics.ssim(true, true) == pytest.approx(1)
    assert metrics.ssim(true, predicted) == pytest.approx(metrics.ssim(predicted, true))


@pytest.mark.parametrize("shape", [(10, 40), (40, 10)])
def test_similarity_of_pictures_smaller_than_the_window_is_refused_with_advice(shape):
    with pytest.raises(ValueError, match=r"sides of at least 11 pixels, not \d+x\d+; give a larger picture"):
        metrics.ssim(random_rgb(*shape), random_rgb(*shape))


def test_similarity_of_pictures_of_different_sizes_is_refused():
    with pytest.raises(ValueError, match="resize one first"):
        metrics.ssim(random_rgb(20, 20), random_rgb(20, 21))
