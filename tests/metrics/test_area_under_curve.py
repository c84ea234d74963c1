import numpy as np
import pytest
from metric_samples import RNG, photograph_lab, random_chroma

from tintype import color, metrics


def test_color_class_is_the_nearest_bin():
    true = np.clip(random_chroma(400), -40, 40)
    distance = np.linalg.norm(true[:, None] - color.bins.centers(), axis=-1)
    np.testing.assert_array_equal(metrics.color_classes(true), distance.argmin(axis=1))


def nearest_bins(true: np.ndarray) -> np.ndarray:
    squared = ((true[..., None, :] - color.bins.centers()) ** 2).sum(axis=-1)
    return squared.argmin(axis=-1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reach", [40, 128, 200])
def test_color_classes_are_nearest_within_and_outside_the_gamut(reach, dtype):
    true = RNG.uniform(-reach, reach, (60, 100, 2)).astype(dtype)
    classes = metrics.color_classes(true)
    assert classes.dtype == np.int64
    np.testing.assert_array_equal(classes, nearest_bins(true))
    np.testing.assert_array_equal(classes, color.bins.encode(true)[0][..., 0])


def test_color_classes_of_a_photograph_are_those_that_encoding_finds():
    true = photograph_lab()[..., 1:]
    np.testing.assert_array_equal(metrics.color_classes(true), color.bins.encode(true)[0][..., 0])


def test_every_bin_is_its_own_class_in_any_shape():
    centers = color.bins.centers()
    np.testing.assert_array_equal(metrics.color_classes(centers), np.arange(len(centers)))
    assert metrics.color_classes(centers[7]) == 7
    assert metrics.color_classes(centers[:0]).shape == (0,)


def test_a_color_between_bins_is_given_to_one_of_the_nearest():
    edges = np.stack(np.meshgrid(*[np.arange(-120, 121, 5.0)] * 2), axis=-1)
    distance = np.linalg.norm(edges[:, :, None] - color.bins.centers(), axis=-1)
    chosen = np.take_along_axis(distance, metrics.color_classes(edges)[..., None], axis=-1)[..., 0]
    np.testing.assert_allclose(chosen, distance.min(axis=-1))


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


def test_areas_by_class_are_what_their_definition_says():
    true, predicted = random_chroma(12, 11), random_chroma(12, 11)
    classes = metrics.color_classes(true)
    area, pixels = metrics.areas_by_class(metrics.distance_counts(true, predicted, classes))
    distance = np.linalg.norm(true - predicted, axis=-1)
    assert area.shape == pixels.shape == (226,)
    for number in range(226):
        own = distance[classes == number]
        assert pixels[number] == own.size
        assert area[number] == pytest.approx(sum((own <= t).sum() for t in range(151)) / 151)


def pictures_by_class(number: int) -> list[tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]]:
    counts = [metrics.distance_counts(*RNG.normal(0, 30, (2, 9, 14, 2))) for _ in range(number)]
    return [(each, metrics.areas_by_class(each)) for each in counts]


@pytest.mark.parametrize("number", [1, 5])
def test_areas_from_classes_are_those_of_the_counts_for_sums_of_pictures_too(number):
    pictures = pictures_by_class(number)
    counts = sum(each for each, _ in pictures)
    area, pixels = (sum(side) for side in zip(*(by_class for _, by_class in pictures), strict=True))
    share = RNG.uniform(0.1, 1, 226)
    assert metrics.area_from_classes(area, pixels) == pytest.approx(metrics.area_under_curve(counts))
    assert metrics.rebalanced_area_from_classes(area, pixels) == pytest.approx(
        metrics.rebalanced_area_under_curve(counts)
    )
    assert metrics.rebalanced_area_from_classes(area, pixels, share) == pytest.approx(
        metrics.rebalanced_area_under_curve(counts, share)
    )


def test_areas_from_classes_of_nothing_are_refused():
    nothing = np.zeros(226), np.zeros(226, dtype=np.int64)
    with pytest.raises(ValueError, match="no pixels were counted; add up"):
        metrics.area_from_classes(*nothing)
    with pytest.raises(ValueError, match="not all 0"):
        metrics.rebalanced_area_from_classes(*nothing)
