from statistics import fmean, pstdev

import cv2
import numpy as np
import pytest
from metric_samples import RNG, noisy, photograph, random_rgb
from skimage import metrics as skmetrics

from tintype import metrics


def test_psnr_agrees_with_scikit_image():
    true, predicted = random_rgb(), random_rgb()
    expected = skmetrics.peak_signal_noise_ratio(true, predicted)
    assert metrics.psnr(true, predicted) == pytest.approx(expected)


def test_psnr_of_a_photograph_agrees_with_opencv():
    true = photograph()
    predicted = noisy(true)
    assert metrics.psnr(true, predicted) == pytest.approx(cv2.PSNR(true, predicted))


def test_psnr_of_equal_pictures_is_infinite():
    picture = random_rgb()
    assert metrics.psnr(picture, picture) == float("inf")


def test_colorfulness_of_gray_is_zero():
    gray = np.repeat(RNG.integers(0, 256, (8, 8, 1), dtype=np.uint8), 3, axis=-1)
    assert metrics.colorfulness(gray) == 0


def test_colorfulness_keeps_the_sign_of_the_opponent_channels():
    # Half red, half green: R - G is ±255 and its mean 0; (R + G)/2 - B is 127.5 throughout.
    picture = np.zeros((10, 10, 3), dtype=np.uint8)
    picture[:5, :, 0] = picture[5:, :, 1] = 255
    assert metrics.colorfulness(picture) == pytest.approx(255 + 0.3 * 127.5)


def test_colorfulness_of_one_color_is_its_mean_term_alone():
    picture = np.full((4, 4, 3), (200, 80, 40), dtype=np.uint8)
    assert metrics.colorfulness(picture) == pytest.approx(0.3 * np.hypot(120, 100))


def test_colorfulness_of_a_photograph_is_the_formula_written_out():
    picture = photograph(40, 30)
    first, second = [], []
    for row in picture.tolist():
        for red, green, blue in row:
            first.append(red - green)
            second.append(0.5 * (red + green) - blue)
    spread = (pstdev(first) ** 2 + pstdev(second) ** 2) ** 0.5
    strength = (fmean(first) ** 2 + fmean(second) ** 2) ** 0.5
    assert metrics.colorfulness(picture) == pytest.approx(spread + 0.3 * strength)


def test_colorfulness_agrees_with_opponent_channels_by_opencv():
    picture = photograph()
    opponents = cv2.transform(picture.astype(np.float64), np.array([[1, -1, 0], [0.5, 0.5, -1]]))
    mean, deviation = cv2.meanStdDev(opponents)
    expected = np.linalg.norm(deviation) + 0.3 * np.linalg.norm(mean)
    assert metrics.colorfulness(picture) == pytest.approx(expected)


def test_colorfulness_rises_from_gray_to_extremely_colorful_as_in_the_published_scale():
    # Hasler and Süsstrunk 2003: not colorful 0, slightly 15, moderately 33, averagely 45, quite 59,
    # highly 82, extremely 109. A photograph is among them, patches of red, green, blue and yellow beyond.
    patches = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], dtype=np.uint8)
    assert 15 < metrics.colorfulness(photograph()) < 82
    assert metrics.colorfulness(patches) > 109
