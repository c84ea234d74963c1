import numpy as np
import pytest
from scipy.linalg import sqrtm

from tintype import metrics

RNG = np.random.default_rng(0)


def features(number: int, length: int = 6, shift: float = 0.0) -> np.ndarray:
    """Features that depend on one another."""
    return RNG.normal(shift, 1, (number, length)) @ RNG.normal(0, 1, (length, length))


def by_scipy(true: np.ndarray, predicted: np.ndarray) -> float:
    """Heusel et al. 2017, equation 6, as it is written."""
    first, second = (np.cov(each, rowvar=False) for each in (true, predicted))
    shift = np.sum((true.mean(axis=0) - predicted.mean(axis=0)) ** 2)
    return float(shift + np.trace(first + second - 2 * sqrtm(first @ second).real))


@pytest.mark.parametrize(("number", "other"), [(50, 50), (7, 7), (30, 12)])
def test_distance_agrees_with_a_root_of_the_matrix_by_scipy(number, other):
    true, predicted = features(number), features(other, shift=0.5)
    assert metrics.frechet_distance(true, predicted) == pytest.approx(by_scipy(true, predicted))


def test_distance_of_one_feature_is_that_of_two_normal_distributions():
    true, predicted = RNG.normal(1, 2, (40, 1)), RNG.normal(3, 5, (70, 1))
    means, deviations = (true.mean() - predicted.mean()), (true.std(ddof=1) - predicted.std(ddof=1))
    assert metrics.frechet_distance(true, predicted) == pytest.approx(means**2 + deviations**2)


@pytest.mark.parametrize("number", [4, 6, 40])
def test_distance_of_a_set_to_itself_is_nothing_with_few_pictures_too(number):
    true = features(number)
    assert metrics.frechet_distance(true, true) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(true, true[::-1] + 1) == pytest.approx(6)


def test_distance_is_the_same_in_both_orders_and_for_any_type_of_float():
    true, predicted = features(5, 9), features(8, 9)
    there = metrics.frechet_distance(true, predicted)
    assert metrics.frechet_distance(predicted, true) == pytest.approx(there)
    assert metrics.frechet_distance(
        *(each.astype(np.float32) for each in (true, predicted))
    ) == pytest.approx(there, rel=1e-5)


def test_nothing_given_is_changed():
    true, predicted = features(5), features(5)
    copies = true.copy(), predicted.copy()
    metrics.frechet_distance(true, predicted)
    np.testing.assert_array_equal((true, predicted), copies)


def test_a_set_of_one_picture_is_refused():
    with pytest.raises(ValueError, match="at least two pictures each"):
        metrics.frechet_distance(features(1), features(5))


def test_features_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"give \[n, F\] and \[m, F\]"):
        metrics.frechet_distance(features(5, 4), features(5, 6))
