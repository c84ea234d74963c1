"""What all methods of strokes promise."""

import numpy as np
import pytest

from tintype.classical import METHODS, Kind, set_up

BY_STROKES = [name for name, method in METHODS.items() if method.kind is Kind.STROKES]
RED, GREEN, BLUE = (50.0, 40.0), (-40.0, 30.0), (10.0, -50.0)

pytest.importorskip("scipy")


@pytest.fixture(params=BY_STROKES)
def method(request):
    return request.param


def strokes(shape, *marks):
    """Hints [H, W, 3] from (rows, columns, color)."""
    hints = np.zeros((*shape, 3), np.float32)
    for rows, columns, color in marks:
        hints[rows, columns] = (*color, 1)
    return hints


def photo(shape=(48, 60)):
    """A smooth thing before a grainy ground, L* [H, W]."""
    y, x = np.mgrid[: shape[0], : shape[1]] / max(shape)
    grain = np.random.default_rng(4).normal(0, 3, shape)
    thing = (y - 0.4) ** 2 + (x - 0.5) ** 2 < 0.06
    return np.clip(np.where(thing, 70 - 20 * y, 30 + 10 * x + grain), 0, 100).astype(np.float32)


SOME = strokes(
    (48, 60),
    (slice(20, 22), slice(25, 36), RED),
    (slice(40, 42), slice(5, 20), GREEN),
    (slice(4, 7), slice(50, 52), BLUE),
)


def test_a_two_tone_picture_with_two_strokes_is_colored_exactly(method):
    shape = (48, 64)
    luma = np.where(np.arange(64) < 32, 30, 70) * np.ones((48, 1))
    hints = strokes(shape, (slice(20, 22), slice(5, 20), RED), (slice(30, 33), slice(45, 60), GREEN))
    chroma = set_up(method, luma.astype(np.float32)).paint(hints)
    true = np.where(luma[:, :, None] < 50, RED, GREEN)
    np.testing.assert_allclose(chroma, true, atol=0.05)


@pytest.mark.parametrize(
    ("method", "near"), [("levin", 0.2), ("levin-multigrid", 0.2), ("huang", 0.2), ("yatziv", 1)]
)
def test_no_color_leaks_across_an_edge_that_winds(method, near):
    y, x = np.mgrid[:60, :60]
    inside = np.hypot(y - 28, x - 31) + 4 * np.cos(4 * np.arctan2(y - 28, x - 31)) < 18
    luma = np.where(inside, 62, 38).astype(np.float32)
    hints = strokes(luma.shape, (slice(26, 29), slice(25, 37), RED), (slice(3, 5), slice(4, 30), GREEN))
    chroma = set_up(method, luma).paint(hints)
    np.testing.assert_allclose(chroma, np.where(inside[:, :, None], RED, GREEN), atol=near)


def test_strokes_keep_their_colors_and_all_else_lies_between(method):
    chroma = set_up(method, photo()).paint(SOME)
    marked = SOME[..., 2] > 0
    np.testing.assert_array_equal(chroma[marked], SOME[marked][:, :2])
    given = np.array([RED, GREEN, BLUE])
    barycentric = np.linalg.solve(
        np.vstack([given.T, np.ones(3)]), np.concatenate([chroma, np.ones((48, 60, 1))], -1).reshape(-1, 3).T
    )
    assert barycentric.min() > -1e-3


def test_one_color_everywhere_follows_from_one_pixel(method):
    hints = strokes((48, 60), (10, 10, RED))
    np.testing.assert_allclose(set_up(method, photo()).paint(hints), np.tile(RED, (48, 60, 1)), atol=1e-4)


def test_all_pixels_may_be_given(method):
    hints = np.random.default_rng(0).uniform(-60, 60, (20, 30, 3)).astype(np.float32)
    hints[..., 2] = 1
    np.testing.assert_array_equal(set_up(method, photo((20, 30))).paint(hints), hints[..., :2])


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (1, 37), (37, 1), (2, 2), (3, 50), (17, 16)])
def test_thin_and_tiny_pictures_are_colored(method, shape):
    luma = np.random.default_rng(1).uniform(0, 100, shape).astype(np.float32)
    hints = strokes(shape, (0, 0, RED), (-1, -1, GREEN))
    chroma = set_up(method, luma).paint(hints)
    assert chroma.shape == (*shape, 2)
    assert chroma.dtype == np.float32
    assert np.isfinite(chroma).all()
    np.testing.assert_array_equal(chroma[-1, -1], np.float32(GREEN))


@pytest.mark.parametrize("level", [0, 50, 100])
def test_a_picture_of_one_lightness_is_colored_by_what_is_near(method, level):
    luma = np.full((30, 40), level, np.float32)
    hints = strokes(luma.shape, (slice(10, 20), 3, RED), (slice(10, 20), 36, GREEN))
    chroma = set_up(method, luma).paint(hints)
    np.testing.assert_array_less(chroma[:, :12, 1].mean(), 41)
    assert np.linalg.norm(chroma[15, 8] - RED) < np.linalg.norm(chroma[15, 8] - GREEN)
    assert np.linalg.norm(chroma[15, 31] - GREEN) < np.linalg.norm(chroma[15, 31] - RED)


@pytest.mark.parametrize("change", ["added", "taken away", "recolored", "moved"])
def test_a_changed_stroke_gives_what_a_fresh_start_gives(method, change):
    after = SOME.copy()
    if change in ("taken away", "moved"):
        after[40:42, 5:20] = 0
    if change in ("added", "moved"):
        after[30:33, 44:55] = (*GREEN, 1)
    if change == "recolored":
        after[40:42, 5:20] = (60, -20, 1)
    canvas = set_up(method, photo())
    canvas.paint(SOME)
    np.testing.assert_allclose(canvas.paint(after), set_up(method, photo()).paint(after), atol=0.01)
    np.testing.assert_allclose(canvas.paint(SOME), set_up(method, photo()).paint(SOME), atol=0.01)


def test_a_picture_has_the_same_colors_each_time_and_what_is_given_stays(method):
    luma, hints = photo(), SOME.copy()
    first = set_up(method, luma).paint(hints)
    np.testing.assert_array_equal(set_up(method, luma).paint(hints), first)
    np.testing.assert_array_equal(luma, photo())
    np.testing.assert_array_equal(hints, SOME)


def test_a_soft_brush_of_many_colors_is_bearable(method):
    hints = SOME.copy()
    hints[10:14, 5:55, 0] = np.linspace(-60, 60, 200).reshape(4, 50)
    hints[10:14, 5:55, 1] = np.linspace(60, -60, 200).reshape(4, 50)
    hints[10:14, 5:55, 2] = 1
    chroma = set_up(method, photo()).paint(hints)
    assert np.isfinite(chroma).all()
    np.testing.assert_array_equal(chroma[10:14, 5:55], hints[10:14, 5:55, :2])
