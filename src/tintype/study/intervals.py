"""Closed forms: normal and t quantiles, Wilson's interval, sensitivity and bias."""

import math
from functools import cache
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

LEVEL: Final = 0.95
"""Of every interval."""
STANDARD: Final = NormalDist()
NORMAL: Final = STANDARD.inv_cdf((1 + LEVEL) / 2)
"""How many standard deviations an interval of a normal quantity reaches to each side: 1.96."""
_STEPS: Final = 60


@cache
def student(freedom: float, level: float = LEVEL) -> float:
    """How many standard errors an interval reaches to each side with so many degrees of freedom, at least 1.

    By bisection of Student's distribution function, which comes from a continued fraction of the incomplete
    beta function (Press et al. 2007, section 6.4).
    """
    if freedom < 1:
        raise ValueError("Student's distribution needs at least one degree of freedom")
    low, high = 0.0, 1.0
    while 1 - _tails(high, freedom) < level:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - _tails(middle, freedom) < level else (low, middle)
    return (low + high) / 2


def _tails(t: float, freedom: float) -> float:
    """The chance that a t is farther from 0 than this one."""
    return _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    fraction = 1.0
    for step in range(_fraction_length(a), 0, -1):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step - 1) * (a + b + step - 1) * x / ((a + 2 * step - 2) * (a + 2 * step - 1))
        fraction = 1 + odd / (1 + even / fraction)
    return math.exp(logarithm) / (a * fraction)


def _fraction_length(a: float) -> int:
    """Terms of the continued fraction that are enough."""
    return 60 + int(4 * math.sqrt(a))


def wilson(share: float, answers: float, reach: float = NORMAL) -> tuple[float, float]:
    """The interval of a share that so many independent answers gave (Wilson 1927).

    `answers` need not be whole: it may be how many independent answers would tell as much.
    """
    square = reach * reach / answers
    center = (share + square / 2) / (1 + square)
    arm = reach / (1 + square) * math.sqrt(share * (1 - share) / answers + square / (4 * answers))
    return min(max(center - arm, 0.0), share), max(min(center + arm, 1.0), share)


def probit(share: FloatArray) -> FloatArray:
    """The normal quantile of each share, which must lie inside 0..1; NaN stays NaN."""
    return np.asarray(_quantile(share), dtype=float)


_quantile = np.vectorize(
    lambda share: STANDARD.inv_cdf(share) if math.isfinite(share) else math.nan, otypes=[float]
)


def log_linear(yes: FloatArray, answers: FloatArray) -> FloatArray:
    """A rate that is never 0 or 1: half an answer more on each side (Hautus 1995); NaN without answers."""
    return np.where(answers > 0, (yes + 0.5) / (answers + 1), np.nan)


def sensitivity(hits: FloatArray, false_alarms: FloatArray) -> FloatArray:
    """d′ from the rates of hits and of false alarms (Macmillan and Creelman 2005, equation 1.5)."""
    return probit(hits) - probit(false_alarms)


def bias(hits: FloatArray, false_alarms: FloatArray) -> FloatArray:
    """The criterion c: below 0 when people lean to "real" (Macmillan and Creelman 2005, equation 2.1)."""
    return -(probit(hits) + probit(false_alarms)) / 2
