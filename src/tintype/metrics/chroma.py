"""Errors and accuracies of a*b*."""

from typing import Final

import numpy as np

from tintype.metrics.arrays import FloatArray

CHROMA_RANGE: Final = 255.0
"""Width of the a* and b* axis, [-128, 127], of which an accuracy's epsilon is a share."""
EPSILON: Final = 0.02
"""Share of the axis within which a color counts as right (Deep Colorization 2019, equation 9)."""


def mse(true: FloatArray, predicted: FloatArray) -> float:
    """Mean squared error over both channels, 1/(2HW) Σ (C - Ĉ)² (Deep Colorization 2019, equation 4).

    In the unit of what is given, squared: the report's is a*b*/128.
    """
    return float(np.mean(np.square(true - predicted), dtype=float))


def mae(true: FloatArray, predicted: FloatArray) -> float:
    """Mean absolute error over both channels, 1/(2HW) Σ |C - Ĉ| (Deep Colorization 2019, equation 5).

    In the unit of what is given: the report's is a*b*/128.
    """
    return float(np.mean(np.abs(true - predicted), dtype=float))


def chroma_distance(true: FloatArray, predicted: FloatArray) -> FloatArray:
    """Euclidean distance in the a*b* plane of each pair: an array [...]."""
    difference = true - predicted
    distance: FloatArray = np.hypot(difference[..., 0], difference[..., 1])
    return distance


def chroma_error(true: FloatArray, predicted: FloatArray) -> float:
    """Mean Euclidean distance in the a*b* plane, in CIE units."""
    return float(np.mean(chroma_distance(true, predicted), dtype=float))


def accuracy(true: FloatArray, predicted: FloatArray, epsilon: float = EPSILON) -> float:
    """Share of pixels, 0..1, whose a* and b* both lie within `epsilon` of the axis: 2 % is 5.1 units.

    Equation 9 of Deep Colorization 2019, normalised by 1/HW, so that a perfect prediction scores 1.
    """
    near = np.abs(true - predicted) <= epsilon * CHROMA_RANGE
    return float(np.mean(np.all(near, axis=-1)))


def accuracy_as_printed(true: FloatArray, predicted: FloatArray, epsilon: float = EPSILON) -> float:
    """Equation 9 as it stands in print, normalised by 1/2HW: half of `accuracy`, at most 0.5."""
    return accuracy(true, predicted, epsilon) / 2
