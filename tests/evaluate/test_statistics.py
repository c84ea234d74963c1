import numpy as np
import pytest
from scipy import stats

from tintype import metrics
from tintype.evaluate.statistics import (
    ClassAreas,
    Draws,
    compare,
    compare_drawn,
    distance_estimate,
    estimates,
    holm,
    rebalanced_draws,
)

DRAWS = Draws(resamples=4000, flips=20000, seed=0)


def sample(count=60, seed=1):
    return np.random.default_rng(seed).gamma(2.0, 3.0, count)


def test_intervals_agree_with_those_of_scipy():
    values = sample()
    found = estimates({"x": values}, DRAWS)["x"]
    other = stats.bootstrap(
        (values,), np.mean, n_resamples=20000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((other.low, other.high), rel=0.02)


def test_intervals_cover_the_true_mean_at_about_their_nominal_rate():
    random = np.random.default_rng(2)
    columns = {str(number): random.normal(5, 2, 80) for number in range(400)}
    found = estimates(columns, Draws(1000, 0, 0)).values()
    covered = np.mean([each.low <= 5 <= each.high for each in found])
    assert 0.91 < covered < 0.98


def test_pictures_without_a_value_do_not_count():
    values = sample()
    holes = np.where(np.arange(60) % 3 == 0, np.nan, values)
    found = estimates({"x": holes}, DRAWS)["x"]
    assert found.pictures == 40
    assert found.value == pytest.approx(np.nanmean(holes))
    assert estimates({"x": np.full(5, np.nan)}, DRAWS)["x"].value is None


def test_one_seed_gives_one_result():
    values = sample()
    assert estimates({"x": values}, DRAWS) == estimates({"x": values}, DRAWS)
    assert estimates({"x": values}, DRAWS) != estimates({"x": values}, Draws(4000, 0, 1))


def test_paired_comparisons_agree_with_those_of_scipy():
    first, noise = sample(), sample(seed=3)
    columns = {"a": first, "b": first + noise - noise.mean() + 0.9, "c": noise}
    found = {(each.first, each.second): each for each in compare("x", columns, DRAWS)}
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    for (one, other), each in found.items():
        assert each.difference == pytest.approx((columns[one] - columns[other]).mean())
        assert each.low < each.difference < each.high
        reference = stats.permutation_test(
            (columns[one], columns[other]),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=20000,
            rng=np.random.default_rng(7),
        ).pvalue
        assert each.p == pytest.approx(reference, abs=0.012)


def test_equal_entries_do_not_differ():
    values = sample()
    [same] = compare("x", {"a": values, "b": values.copy()}, DRAWS)
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_sign_flips_find_false_differences_no_more_often_than_they_should():
    random = np.random.default_rng(4)
    found = [
        compare("x", {"a": random.normal(size=30), "b": random.normal(size=30)}, Draws(2, 500, seed))[0].p
        for seed in range(200)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.1


def test_adjusted_p_is_that_of_holm():
    # Worked by hand: sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, then never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])


def classes_of(seed, pictures=7):
    random = np.random.default_rng(seed)
    counts = random.integers(0, 9, (pictures, 226, 152)) * (random.uniform(size=(pictures, 226, 1)) < 0.1)
    parts = [metrics.areas_by_class(each) for each in counts]
    return counts, np.stack([area for area, _ in parts]), np.stack([pixels for _, pixels in parts])


def test_the_rebalanced_area_is_that_of_the_summed_counts_and_its_draws_those_of_drawn_pictures():
    counts, areas, pixels = classes_of(0)
    draws = Draws(5, 0, 3)
    values, drawn = rebalanced_draws(ClassAreas(pixels.astype(float), {"x": areas}), draws)
    assert values["x"] == pytest.approx(metrics.rebalanced_area_under_curve(counts.sum(axis=0)))
    [weights] = draws.weights(7)
    share = counts.sum(axis=(0, 2))
    for row, found in zip(weights.astype(int), drawn["x"], strict=True):
        again = np.repeat(counts, row, axis=0).sum(axis=0)
        assert found == pytest.approx(metrics.rebalanced_area_under_curve(again, share))


def test_measures_of_whole_sets_are_compared_without_a_p():
    drawn = {"a": np.linspace(1, 3, 101), "b": np.linspace(0, 1, 101)}
    [found] = compare_drawn("x", {"a": 2.0, "b": 0.5}, drawn)
    assert (found.difference, found.p, found.p_adjusted) == (1.5, None, None)
    assert (found.low, found.high) == pytest.approx((1.025, 1.975))


def test_a_distance_of_means_has_no_sign():
    first, second = sample(), sample() + 2
    found = distance_estimate(first, second, DRAWS)
    assert found.value == pytest.approx(2)
    assert (found.low, found.high) == pytest.approx((2, 2))


def test_a_few_numbers_in_memory_at_once_give_the_same_draws_of_every_picture(monkeypatch):
    whole = np.concatenate(list(Draws(50, 0, 0).weights(10)))
    assert whole.shape == (50, 10)
    assert (whole.sum(axis=1) == 10).all()
    monkeypatch.setattr("tintype.evaluate.statistics.AT_ONCE", 70)
    parts = list(Draws(50, 0, 0).weights(10))
    assert [len(part) for part in parts] == [7] * 7 + [1]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
