import math

import numpy as np
import pytest
from scipy import stats

from tintype.evaluate.statistics import holm
from tintype.study import intervals


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 10, 33, 99, 1000, 100_000])
def test_students_quantile_is_scipys(freedom: int) -> None:
    assert intervals.student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)
    assert intervals.student(freedom, 0.9) == pytest.approx(stats.t.ppf(0.95, freedom), rel=1e-9)


def test_student_asks_for_a_degree_of_freedom() -> None:
    with pytest.raises(ValueError, match="at least one degree"):
        intervals.student(0)


@pytest.mark.parametrize(
    ("yes", "asked", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombe_1998_table_1(
    yes: int, asked: int, low: float, high: float
) -> None:
    assert intervals.wilson(yes / asked, asked) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("yes", "asked"), [(0, 1), (3, 7), (7, 7), (500, 1000)])
def test_wilsons_interval_is_scipys(yes: int, asked: int) -> None:
    expected = stats.binomtest(yes, asked).proportion_ci(method="wilson")
    assert intervals.wilson(yes / asked, asked) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_sensitivity_and_bias_are_those_of_the_textbook() -> None:
    # Macmillan and Creelman 2005, chapter 1: 20 of 25 old faces and 10 of 25 new ones called old.
    hits, alarms = np.array([0.8]), np.array([0.4])
    assert intervals.sensitivity(hits, alarms) == pytest.approx([1.095], abs=5e-4)
    assert intervals.bias(hits, alarms) == pytest.approx([-0.294], abs=5e-4)


def test_log_linear_rates_add_half_an_answer_to_each_side() -> None:
    rates = intervals.log_linear(np.array([20.0, 0.0, 25.0, 0.0]), np.array([25.0, 25.0, 25.0, 0.0]))
    assert rates[:3] == pytest.approx([20.5 / 26, 0.5 / 26, 25.5 / 26])
    assert math.isnan(rates[3])


def test_probit_is_scipys_and_keeps_what_is_not_known() -> None:
    shares = np.array([1e-6, 0.025, 0.5, 0.9, np.nan])
    assert intervals.probit(shares)[:4] == pytest.approx(stats.norm.ppf(shares[:4]), rel=1e-12, abs=1e-15)
    assert np.isnan(intervals.probit(shares)[4])


def test_adjusted_p_of_comparisons_are_those_of_the_textbook() -> None:
    # Holm 1979 as in R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
