"""The color difference CIEDE2000."""

import numpy as np

from tintype.metrics.arrays import FloatArray


def ciede2000(true: FloatArray, predicted: FloatArray) -> FloatArray:
    """Color difference ΔE00 of each pair of L*a*b* [..., 3], parametric factors 1: an array [...].

    Sharma, Wu and Dalal 2005, equations 2 to 22.
    """
    lightness_1, a_1, b_1 = np.moveaxis(true, -1, 0)
    lightness_2, a_2, b_2 = np.moveaxis(predicted, -1, 0)
    stretch = 1.5 - 0.5 * _seventh((np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2)
    chroma_1, hue_1 = _polar(stretch * a_1, b_1)
    chroma_2, hue_2 = _polar(stretch * a_2, b_2)
    chroma, product = (chroma_1 + chroma_2) / 2, chroma_1 * chroma_2
    turn, hue = _hues(hue_1, hue_2, product)

    offset = np.square((lightness_1 + lightness_2) / 2 - 50)
    d_lightness = (lightness_2 - lightness_1) / (1 + 0.015 * offset / np.sqrt(20 + offset))
    d_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    d_hue = 2 * np.sqrt(product) * _sin(turn / 2) / (1 + 0.015 * chroma * _hue_weight(hue))
    angle = 60 * np.exp(-np.square((hue - 275) / 25))
    rotation = -2 * _sin(angle) * _seventh(chroma)
    squared = d_lightness**2 + d_chroma**2 + d_hue**2 + rotation * d_chroma * d_hue
    difference: FloatArray = np.sqrt(np.maximum(squared, 0))
    return difference


def mean_ciede2000(true: FloatArray, predicted: FloatArray) -> float:
    """Mean of `ciede2000` over all pixels."""
    return float(np.mean(ciede2000(true, predicted), dtype=float))


def _seventh(chroma: FloatArray) -> FloatArray:
    """The term sqrt(C⁷ / (C⁷ + 25⁷)) of equations 4 and 17."""
    power = chroma**7
    term: FloatArray = np.sqrt(power / (power + 25.0**7))
    return term


def _polar(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Chroma, and hue in degrees, 0..360 (equations 6 and 7)."""
    return np.hypot(a, b), np.rad2deg(np.arctan2(b, a)) % 360


def _hues(first: FloatArray, second: FloatArray, product: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Difference (-180..180) and mean of two hues in degrees (equations 10 and 14); `product` is C'₁C'₂.

    A gray has no hue: the difference is then 0, and the mean is the sum, which is the other one's hue.
    """
    gray = product == 0
    turn = second - first
    far = np.abs(turn) > 180
    turn = np.where(gray, 0, np.where(far, turn - np.copysign(360, turn), turn))
    total: FloatArray = first + second
    mean = np.where(far, np.where(total < 360, total + 360, total - 360), total) / 2
    return turn, np.where(gray, total, mean)


def _hue_weight(hue: FloatArray) -> FloatArray:
    """T of equation 15; the hue in degrees."""
    first, second = 0.17 * _sin(hue + 60), 0.24 * _sin(2 * hue + 90)
    third, fourth = 0.32 * _sin(3 * hue + 96), 0.20 * _sin(4 * hue + 27)
    weight: FloatArray = 1 - first + second + third - fourth
    return weight


def _sin(degrees: FloatArray) -> FloatArray:
    sine: FloatArray = np.sin(np.deg2rad(degrees))
    return sine
