"""How near a prediction comes to the truth: arrays in, floats out, each measure with its definition.

Chroma (a*b*) is [..., 2] and L*a*b* [..., 3] in CIE units, RGB is 8-bit [H, W, 3]. The truth comes first.
Nothing given is changed.

Color-edge bleeding has no settled measure. `edge_error` looks at true edges of color, and needs the truth;
`leakage` looks at changes of color where lightness has no edge, and needs none.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.color import bins

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

CHROMA_RANGE: Final = 255.0
"""Width of the a* and b* axis, [-128, 127], of which an accuracy's epsilon is a share."""
EPSILON: Final = 0.02
"""Share of the axis within which a color counts as right (Deep Colorization 2019, equation 9)."""
THRESHOLDS: Final = 151
"""Number of thresholds, 0, 1, ... 150 CIE units, of the cumulative curve (Zhang et al. 2016, section 3.1)."""
EDGE: Final = 5.0
"""CIE units per pixel from which a change of L* or of a*b* is an edge: a step of 10 units."""
REACH: Final = 2
"""Pixels around an edge that still belong to it."""


def mse(true: FloatArray, predicted: FloatArray) -> float:
    """Mean squared error over both channels, 1/(2HW) Σ (C - Ĉ)² (Deep Colorization 2019, equation 4)."""
    return float(np.mean(np.square(true - predicted), dtype=float))


def mae(true: FloatArray, predicted: FloatArray) -> float:
    """Mean absolute error over both channels, 1/(2HW) Σ |C - Ĉ| (Deep Colorization 2019, equation 5)."""
    return float(np.mean(np.abs(true - predicted), dtype=float))


def chroma_error(true: FloatArray, predicted: FloatArray) -> float:
    """Mean Euclidean distance in the a*b* plane, in CIE units."""
    return float(np.mean(_length(true - predicted), dtype=float))


def accuracy(true: FloatArray, predicted: FloatArray, epsilon: float = EPSILON) -> float:
    """Share of pixels, 0..1, whose a* and b* both lie within `epsilon` of the axis: 2 % is 5.1 units.

    Equation 9 of Deep Colorization 2019, normalised by 1/HW, so that a perfect prediction scores 1.
    """
    near = np.abs(true - predicted) <= epsilon * CHROMA_RANGE
    return float(np.mean(np.all(near, axis=-1)))


def accuracy_as_printed(true: FloatArray, predicted: FloatArray, epsilon: float = EPSILON) -> float:
    """Equation 9 as it stands in print, normalised by 1/2HW: half of `accuracy`, at most 0.5."""
    return accuracy(true, predicted, epsilon) / 2


def color_classes(true: FloatArray) -> IntArray:
    """The bin of `color.bins` nearest to each true color: indices [...] of a*b* [..., 2]."""
    indices, _ = bins.encode(true)
    return indices[..., 0].astype(np.int64)


def distance_counts(true: FloatArray, predicted: FloatArray, classes: IntArray | None = None) -> IntArray:
    """Count pixels by true color and distance: [226, 152]; add up over pictures, then take an area.

    Row k holds the pixels of bin k, column t those whose Euclidean distance in a*b* lies in (t - 1, t], the
    last column all beyond 150. `classes`, from `color_classes(true)`, saves finding them again.
    """
    rows = color_classes(true) if classes is None else classes
    columns = np.minimum(np.ceil(_length(true - predicted)).astype(np.int64), THRESHOLDS)
    width = THRESHOLDS + 1
    flat = np.bincount((rows * width + columns).ravel(), minlength=len(bins.centers()) * width)
    return flat.reshape(-1, width).astype(np.int64)


def area_under_curve(counts: IntArray) -> float:
    """AuC, raw, 0..100: the share of pixels within t of the truth, averaged over t = 0, 1, ... 150.

    Zhang, Isola and Efros 2016, section 3.1; `counts` is a sum of `distance_counts`. Raises ValueError when
    it holds no pixel.
    """
    return _weighted_area(counts, np.ones(len(counts)))


def rebalanced_area_under_curve(counts: IntArray, share: FloatArray | None = None) -> float:
    """AuC, class-rebalanced, 0..100: as raw, each pixel weighted inversely to how common its true color is.

    Zhang, Isola and Efros 2016, section 3.1: the weights of their equation 4 with λ = 0, that is, one over
    the frequency of the bin, smoothed over the plane. The frequencies are those of the pixels in `counts`,
    unless `share` [226] gives others, such as a training set's. Raises ValueError when there is no pixel.
    """
    frequency = counts.sum(axis=1).astype(float) if share is None else np.asarray(share, dtype=float)
    return _weighted_area(counts, bins.rarity_weights(frequency, mix=0.0))


def psnr(true: ByteArray, predicted: ByteArray) -> float:
    """Peak signal-to-noise ratio in dB over R, G and B of one 8-bit picture, 10 log10(255² / MSE).

    As in the table of DDColor (Kang et al. 2023): averaged over pictures afterwards. Infinite for equal ones.
    """
    error = np.mean(np.square(true.astype(float) - predicted.astype(float)))
    return float("inf") if error == 0 else float(10 * np.log10(255.0**2 / error))


def colorfulness(rgb: ByteArray) -> float:
    """M^(3) of Hasler and Süsstrunk 2003 for one 8-bit picture: gray 0, "extremely colorful" 109.

    σ + 0.3 μ of the opponent channels R - G and (R + G)/2 - B, signed as in the paper.
    """
    red, green, blue = np.moveaxis(rgb.astype(float), -1, 0)
    opponents = (red - green, (red + green) / 2 - blue)
    deviation = np.hypot(*(channel.std() for channel in opponents))
    mean = np.hypot(*(channel.mean() for channel in opponents))
    return float(deviation + 0.3 * mean)


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


def edge_error(true: FloatArray, predicted: FloatArray, edge: float = EDGE, reach: int = REACH) -> float:
    """Mean a*b* distance within `reach` pixels of strong edges of true color: where bleeding shows.

    Chroma is [H, W, 2]; an edge is where the gradient of true a*b* is at least `edge` units per pixel. NaN
    for a picture without one.
    """
    near = _near(_gradient(true) >= edge, reach)
    distance = _length(true - predicted)[near]
    return float(np.mean(distance, dtype=float)) if distance.size else float("nan")


def leakage(lightness: FloatArray, chroma: FloatArray, edge: float = EDGE, reach: int = REACH) -> float:
    """Share of the change of color, 0..1, that lies farther than `reach` pixels from every edge of lightness.

    Color that runs over an edge changes beside it, where lightness does not; that neighbors of like
    intensity have like color is the premise of Levin, Lischinski and Weiss 2004. Lightness is L* [H, W] with
    edges of at least `edge` units per pixel, chroma [H, W, 2]; its change is the length of its gradient. True
    color has some too, to compare with. NaN for chroma that never changes.
    """
    change = _gradient(chroma)
    total = float(change.sum(dtype=float))
    smooth = ~_near(_gradient(lightness[..., np.newaxis]) >= edge, reach)
    return float(change[smooth].sum(dtype=float)) / total if total > 0 else float("nan")


def _length(vectors: FloatArray) -> FloatArray:
    """Euclidean length of [..., 2]."""
    length: FloatArray = np.hypot(vectors[..., 0], vectors[..., 1])
    return length


def _weighted_area(counts: IntArray, weights: NDArray[np.float64]) -> float:
    """Mean over thresholds of the weighted share of pixels within each, 0..100."""
    columns = weights @ counts
    total = float(columns.sum())
    if total <= 0:
        raise ValueError("no pixels were counted; add up distance_counts of at least one picture first")
    return float(100 * np.mean(np.cumsum(columns[:THRESHOLDS])) / total)


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


def _gradient(picture: FloatArray) -> FloatArray:
    """Length of the gradient of [H, W, C] over all channels, central differences, units per pixel: [H, W]."""
    rows, columns = np.gradient(picture, axis=(0, 1))
    length: FloatArray = np.sqrt(np.sum(np.square(rows) + np.square(columns), axis=-1))
    return length


def _near(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Widen a mask [H, W] by `reach` pixels in each direction and diagonally."""
    for axis in (0, 1):
        padding = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(mask, padding), 2 * reach + 1, axis=axis)
        mask = np.asarray(windows.any(axis=-1))
    return mask
