import numpy as np
import pytest
from skimage import color as skcolor
from skimage import metrics as skmetrics

from tintype import color, metrics

RNG = np.random.default_rng(0)

# Sharma, Wu and Dalal 2005, table 1: L*a*b* of both colors, and their difference.
SHARMA = [
    (50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425),
    (50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615),
    (50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412),
    (50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000),
    (50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669),
    (50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195),
    (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045),
    (50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461),
    (50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065),
    (50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492),
    (50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977),
    (50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030),
    (50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000),
    (50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
]


def random_chroma(*shape: int) -> np.ndarray:
    return RNG.uniform(-60, 60, (*shape, 2))


def random_rgb() -> np.ndarray:
    return RNG.integers(0, 256, (24, 31, 3), dtype=np.uint8)


def halves(left: tuple[float, float], right: tuple[float, float], size: int = 32) -> np.ndarray:
    chroma = np.empty((size, size, 2))
    chroma[:, : size // 2], chroma[:, size // 2 :] = left, right
    return chroma


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


def test_color_class_is_the_nearest_bin():
    true = np.clip(random_chroma(400), -40, 40)
    distance = np.linalg.norm(true[:, None] - color.bins.centers(), axis=-1)
    np.testing.assert_array_equal(metrics.color_classes(true), distance.argmin(axis=1))


def area_by_definition(true: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> float:
    distance = np.linalg.norm(true - predicted, axis=-1)
    return float(np.mean([(weights * (distance <= t)).sum() / weights.sum() for t in range(151)]) * 100)


def test_raw_area_is_the_mean_share_of_pixels_within_each_threshold():
    true, predicted = 1.5 * random_chroma(30, 30), 1.5 * random_chroma(30, 30)
    expected = area_by_definition(true, predicted, np.ones((30, 30)))
    assert metrics.area_under_curve(metrics.distance_counts(true, predicted)) == pytest.approx(expected)


def test_rebalanced_area_weights_each_pixel_by_the_rarity_of_its_true_color():
    true, predicted = RNG.normal(0, 25, (40, 40, 2)), RNG.normal(0, 25, (40, 40, 2))
    classes = metrics.color_classes(true)
    share = np.bincount(classes.ravel(), minlength=len(color.bins.centers())).astype(float)
    weights = color.bins.rarity_weights(share, mix=0)[classes]
    counts = metrics.distance_counts(true, predicted, classes)
    expected = area_by_definition(true, predicted, weights)
    assert metrics.rebalanced_area_under_curve(counts) == pytest.approx(expected)


def test_rebalancing_by_a_uniform_share_changes_nothing_but_the_smoothing_at_the_rim():
    true, predicted = RNG.normal(0, 8, (40, 40, 2)), RNG.normal(0, 8, (40, 40, 2))
    counts = metrics.distance_counts(true, predicted)
    uniform = metrics.rebalanced_area_under_curve(counts, np.ones(len(counts)))
    assert uniform == pytest.approx(metrics.area_under_curve(counts), abs=0.01)


def test_a_prediction_that_is_right_only_for_common_colors_loses_by_rebalancing():
    true = np.zeros((20, 20, 2))
    true[0, :4] = (60, 50)
    counts = metrics.distance_counts(true, np.zeros_like(true))
    assert metrics.area_under_curve(counts) > 99
    assert metrics.rebalanced_area_under_curve(counts) < 80


@pytest.mark.parametrize("area", [metrics.area_under_curve, metrics.rebalanced_area_under_curve])
def test_areas_of_added_counts_are_those_of_all_pixels_together(area):
    pictures = [(random_chroma(8, 9), random_chroma(8, 9)) for _ in range(3)]
    added = sum(metrics.distance_counts(*pair) for pair in pictures)
    together = metrics.distance_counts(*(np.concatenate(side) for side in zip(*pictures, strict=True)))
    np.testing.assert_array_equal(added, together)
    assert area(added) == area(together)


@pytest.mark.parametrize("area", [metrics.area_under_curve, metrics.rebalanced_area_under_curve])
def test_a_perfect_prediction_has_area_100_and_the_farthest_0(area):
    true = random_chroma(10, 10)
    assert area(metrics.distance_counts(true, true)) == pytest.approx(100)
    assert area(metrics.distance_counts(true, true + 200)) == 0


@pytest.mark.parametrize("area", [metrics.area_under_curve, metrics.rebalanced_area_under_curve])
def test_an_area_of_nothing_is_refused(area):
    with pytest.raises(ValueError, match=r"no pixels|not all 0"):
        area(np.zeros((len(color.bins.centers()), 152), dtype=np.int64))


def test_psnr_agrees_with_scikit_image():
    true, predicted = random_rgb(), random_rgb()
    expected = skmetrics.peak_signal_noise_ratio(true, predicted)
    assert metrics.psnr(true, predicted) == pytest.approx(expected)


def test_psnr_of_equal_pictures_is_infinite():
    picture = random_rgb()
    assert metrics.psnr(picture, picture) == float("inf")


@pytest.mark.parametrize("pair", SHARMA)
def test_ciede2000_agrees_with_the_published_pairs_in_both_orders(pair):
    first, second, expected = np.array(pair[:3]), np.array(pair[3:6]), pair[6]
    assert metrics.ciede2000(first, second) == pytest.approx(expected, abs=5.1e-5)
    assert metrics.ciede2000(second, first) == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-3)])
def test_ciede2000_agrees_with_scikit_image_on_random_colors(dtype, tolerance):
    lab = RNG.uniform((0, -90, -90), (100, 90, 90), (2, 50, 40, 3))
    lab[0, 0, :, 1:] = 0  # gray has no hue
    expected = skcolor.deltaE_ciede2000(*lab)
    difference = metrics.ciede2000(*lab.astype(dtype))
    assert difference.dtype == dtype
    np.testing.assert_allclose(difference, expected, atol=tolerance, rtol=tolerance)
    assert metrics.mean_ciede2000(*lab.astype(dtype)) == pytest.approx(expected.mean(), rel=1e-4)


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


def test_edge_error_counts_only_pixels_near_edges_of_true_color():
    true = halves((20, 0), (-20, 10))
    far, near = true.copy(), true.copy()
    far[:, :4] += 30
    near[:, 14:18] += (3, 4)
    assert metrics.edge_error(true, far) == 0
    # The gradient shows on 2 columns, widened by 2 on either side: 4 of 6 are off by 5.
    assert metrics.edge_error(true, near) == pytest.approx(5 * 4 / 6)


def test_edge_error_of_a_picture_without_edges_is_not_a_number():
    assert np.isnan(metrics.edge_error(np.zeros((8, 8, 2)), np.ones((8, 8, 2))))


def test_blurring_color_raises_edge_error_and_leakage():
    true = halves((20, 0), (-20, 10))
    lightness = 50 + true[..., 0]
    blurred = color.enlarge(color.shrink(true, (5, 5)), (32, 32))
    assert metrics.edge_error(true, blurred) > metrics.edge_error(true, true) == 0
    assert metrics.leakage(lightness, blurred) > 0.2
    assert metrics.leakage(lightness, true) == 0


def test_leakage_is_one_where_lightness_has_no_edge_and_undefined_without_color():
    assert metrics.leakage(np.full((32, 32), 50.0), halves((20, 0), (-20, 10))) == 1
    assert np.isnan(metrics.leakage(np.full((32, 32), 50.0), np.zeros((32, 32, 2))))
