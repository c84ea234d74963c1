import numpy as np
import pytest
from metric_samples import RNG, random_chroma
from scipy.spatial import distance as spatial
from skimage import metrics as skmetrics

from tintype import metrics


def test_errors_of_equations_4_and_5_average_over_pixels_and_both_channels():
    true, predicted = np.zeros((2, 2, 2)), np.zeros((2, 2, 2))
    predicted[0, 0] = (3, -4)
    assert metrics.mse(true, predicted) == pytest.approx(25 / 8)
    assert metrics.mae(true, predicted) == pytest.approx(7 / 8)
    assert metrics.chroma_error(true, predicted) == pytest.approx(5 / 4)


def test_mean_squared_error_agrees_with_scikit_image():
    true, predicted = random_chroma(9, 7), random_chroma(9, 7)
    assert metrics.mse(true, predicted) == pytest.approx(skmetrics.mean_squared_error(true, predicted))


def test_accuracy_asks_for_both_channels_within_5_1_units():
    true = np.zeros((4, 2))
    predicted = np.array([[5.0, -5.0], [5.2, 0.0], [0.0, -5.2], [5.09, 5.09]])
    assert metrics.accuracy(true, predicted) == 0.5


@pytest.mark.parametrize(("epsilon", "expected"), [(0.01, 0.25), (0.02, 0.5), (0.05, 0.75)])
def test_accuracy_at_one_two_and_five_percent_of_the_axis(epsilon, expected):
    predicted = np.array([[2.5, 0], [0, 5.0], [12.7, 0], [0, 12.8]])
    assert metrics.accuracy(np.zeros((4, 2)), predicted, epsilon) == expected


def test_accuracy_as_printed_cannot_pass_one_half():
    true = random_chroma(5, 5)
    assert metrics.accuracy(true, true) == 1
    assert metrics.accuracy_as_printed(true, true) == 0.5


def test_absolute_and_euclidean_errors_agree_with_scipy():
    true, predicted = random_chroma(63), random_chroma(63)
    pairs = list(zip(true, predicted, strict=True))
    absolute = sum(spatial.cityblock(*pair) for pair in pairs) / (2 * len(pairs))
    distances = [spatial.euclidean(*pair) for pair in pairs]
    assert metrics.mae(true, predicted) == pytest.approx(absolute)
    np.testing.assert_allclose(metrics.chroma_distance(true, predicted), distances)
    assert metrics.chroma_error(true, predicted) == pytest.approx(np.mean(distances))


@pytest.mark.parametrize("epsilon", [0.01, 0.02, 0.05])
def test_both_accuracies_agree_with_equation_9_written_out(epsilon):
    true = random_chroma(13, 17)
    predicted = true + RNG.normal(0, 6, true.shape)
    right = 0
    for row in range(13):
        for column in range(17):
            product = 1
            for channel in range(2):
                product *= abs(true[row, column, channel] - predicted[row, column, channel]) <= epsilon * 255
            right += product
    assert metrics.accuracy(true, predicted, epsilon) == right / (13 * 17)
    assert metrics.accuracy_as_printed(true, predicted, epsilon) == right / (2 * 13 * 17)


def test_errors_scale_with_the_unit_given():
    true, predicted = random_chroma(5, 5), random_chroma(5, 5)
    scaled = true / 128, predicted / 128
    assert metrics.mse(*scaled) == pytest.approx(metrics.mse(true, predicted) / 128**2)
    assert metrics.mae(*scaled) == pytest.approx(metrics.mae(true, predicted) / 128)
