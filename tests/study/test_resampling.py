import numpy as np
import pytest
from scipy import stats

from tintype.study.intervals import NORMAL, student
from tintype.study.resampling import Crossing, Draws, Spread, spread

MANY = Draws(resamples=4000, seed=1)


def mean_of(values: np.ndarray, crossing: Crossing, draws: Draws = MANY) -> Spread:
    def statistic(weights: np.ndarray) -> np.ndarray:
        totals = weights.sum(axis=1, keepdims=True)
        return np.where(totals > 0, weights @ values[:, None] / np.maximum(totals, 1e-300), np.nan)

    return spread(crossing, statistic, np.array([crossing.support()]), draws)


def two_way_variance(values: np.ndarray, crossing: Crossing) -> float:
    """Cameron, Gelbach and Miller's formula for a mean, written out."""
    rest = values - values.mean()
    by = [np.bincount(each, rest) for each in (crossing.people, crossing.pictures, np.arange(len(rest)))]
    return float((np.sum(by[0] ** 2) + np.sum(by[1] ** 2) - np.sum(by[2] ** 2)) / len(rest) ** 2)


def test_answers_of_different_people_about_different_pictures_have_the_plain_bootstrap_interval() -> None:
    random = np.random.default_rng(0)
    values, each = random.gamma(2.0, size=400), np.arange(400)
    low, high = mean_of(values, Crossing(each, each)).interval(0) or (0, 0)
    plain = stats.bootstrap((values,), np.mean, n_resamples=4000, method="percentile", rng=random)
    reach = student(399) / NORMAL
    expected = (np.array(plain.confidence_interval) - values.mean()) * reach + values.mean()
    assert (low, high) == pytest.approx(tuple(expected), abs=0.15 * values.std() / 20)


def test_the_variance_is_that_of_the_two_way_formula() -> None:
    random = np.random.default_rng(1)
    people, pictures = random.integers(0, 40, 600), random.integers(0, 60, 600)
    values = random.normal(size=40)[people] + random.normal(size=60)[pictures] + random.normal(size=600)
    crossing = Crossing.of(people, pictures)
    support = crossing.support()
    expected = two_way_variance(values, crossing) * support / (support - 1)
    assert mean_of(values, crossing).variances[0] == pytest.approx(expected, rel=0.08)


def test_answers_that_hang_together_have_longer_intervals_than_independent_ones() -> None:
    people, pictures = np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)
    together = np.repeat(np.random.default_rng(2).normal(size=20), 10)
    low, high = mean_of(together, Crossing(people, pictures)).interval(0) or (0, 0)
    naive = 2 * NORMAL * together.std() / np.sqrt(200)
    assert high - low > 2 * naive


@pytest.mark.parametrize("axis", ["people", "pictures"])
def test_one_person_or_one_picture_tells_nothing_of_others(axis: str) -> None:
    one, many = np.zeros(30, dtype=int), np.arange(30)
    crossing = Crossing(one, many) if axis == "people" else Crossing(many, one)
    found = mean_of(np.random.default_rng(0).normal(size=30), crossing)
    assert np.isfinite(found.values[0])
    assert found.interval(0) is None
    assert found.p(0) is None


def test_answers_that_are_all_alike_have_no_interval() -> None:
    each = np.arange(10)
    assert mean_of(np.ones(10), Crossing(each, each)).interval(0) is None


def test_the_same_seed_gives_the_same_interval_however_little_memory_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(4)
    values, crossing = (
        random.normal(size=50),
        Crossing.of(random.integers(0, 9, 50), random.integers(0, 8, 50)),
    )
    draws = Draws(resamples=300, seed=7)
    first = mean_of(values, crossing, draws).interval(0)
    monkeypatch.setattr("tintype.study.resampling.AT_ONCE", 900)
    assert mean_of(values, crossing, draws).interval(0) == first
    assert mean_of(values, crossing, Draws(resamples=300, seed=8)).interval(0) != first


def test_p_is_small_where_the_interval_leaves_out_nothing_and_large_where_it_holds_it() -> None:
    each = np.arange(60)
    random = np.random.default_rng(5)
    assert (mean_of(random.normal(2, 1, 60), Crossing(each, each)).p(0) or 1) < 0.001
    assert (mean_of(random.normal(0, 1, 60), Crossing(each, each)).p(0) or 0) > 0.05
