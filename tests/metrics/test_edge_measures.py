import numpy as np
import pytest
from metric_samples import RNG, photograph_lab
from scipy import ndimage

from tintype import color, metrics


def halves(left: tuple[float, float], right: tuple[float, float], size: int = 32) -> np.ndarray:
    chroma = np.empty((size, size, 2))
    chroma[:, : size // 2], chroma[:, size // 2 :] = left, right
    return chroma


def gradient_by_scipy(picture: np.ndarray) -> np.ndarray:
    """Central differences, one-sided at the border, which is what mirroring about the border gives."""
    total = np.zeros(picture.shape[:2])
    for channel in np.moveaxis(picture, -1, 0):
        mirrored = np.pad(channel, 1, mode="reflect", reflect_type="odd")
        for axis in (0, 1):
            total += ndimage.correlate1d(mirrored, [-0.5, 0, 0.5], axis=axis)[1:-1, 1:-1] ** 2
    return np.sqrt(total)


def near_by_scipy(edges: np.ndarray, reach: int) -> np.ndarray:
    return ndimage.binary_dilation(edges, structure=np.ones((3, 3)), iterations=reach)


@pytest.mark.parametrize(("edge", "reach"), [(5, 2), (2, 1), (12, 4)])
def test_edge_measures_of_a_photograph_agree_with_scipy(edge, reach):
    lab = photograph_lab()
    predicted = ndimage.gaussian_filter(lab[..., 1:], (3, 3, 0)) + RNG.normal(0, 1, lab[..., 1:].shape)
    distance = np.linalg.norm(lab[..., 1:] - predicted, axis=-1)
    near = near_by_scipy(gradient_by_scipy(lab[..., 1:]) >= edge, reach)
    assert 0 < near.mean() < 1
    found = metrics.edge_error(lab[..., 1:], predicted, edge, reach)
    assert found == pytest.approx(distance[near].mean())

    change = gradient_by_scipy(predicted)
    away = ~near_by_scipy(gradient_by_scipy(lab[..., :1]) >= edge, reach)
    found = metrics.leakage(lab[..., 0], predicted, edge, reach)
    assert found == pytest.approx(change[away].sum() / change.sum())


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
