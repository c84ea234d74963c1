import numpy as np
import pytest

from tintype.color import lab_to_srgb
from tintype.evaluate import strokes
from tintype.evaluate.pictures import to_bytes, to_lab
from tintype.evaluate.strokes import simulate
from tintype.hints import rasterize
from training_pictures import colorful

SIDE = 64


def picture(number: int = 0) -> np.ndarray:
    return colorful(number, SIDE, SIDE)


def patches() -> np.ndarray:
    """Four quarters of one color each."""
    lab = np.full((SIDE, SIDE, 3), 60.0)
    half = SIDE // 2
    for row, column, color in ((0, 0, (40, 10)), (0, 1, (-30, 30)), (1, 0, (10, -40)), (1, 1, (0, 50))):
        lab[row * half :, column * half :, 1:] = color
    return to_bytes(lab_to_srgb(lab))


@pytest.mark.parametrize("count", [1, 5, 30])
def test_so_many_strokes_are_drawn_as_are_asked_for(count):
    assert simulate(picture(), count).count == count


def test_strokes_lie_inside_with_their_whole_width():
    for number in range(5):
        for hint in simulate(picture(number), 20).hints:
            assert all(1 <= place <= SIDE - 1 for point in hint.points for place in point)


def test_strokes_have_the_mean_true_color_under_them():
    true = to_lab(picture())[..., 1:]
    for hint in simulate(picture(), 10).hints:
        one = strokes.Hints((hint,))
        under = rasterize(one, (SIDE, SIDE), (SIDE, SIDE))[..., 2] > 0
        np.testing.assert_allclose(hint.color, true[under].mean(axis=0), atol=1e-3)


def test_strokes_are_as_short_as_is_said():
    lengths = [np.hypot(*np.subtract(*hint.points)) for hint in simulate(picture(), 40).hints]
    assert max(lengths) <= strokes.LENGTHS[1] * SIDE
    assert np.median(lengths) >= strokes.LENGTHS[0] * SIDE


def test_strokes_keep_to_places_of_one_color_where_there_are_some():
    true = to_lab(patches())[..., 1:]
    for hint in simulate(patches(), 12).hints:
        under = rasterize(strokes.Hints((hint,)), (SIDE, SIDE), (SIDE, SIDE))[..., 2] > 0
        assert np.ptp(true[under], axis=0).max() < 1


def test_strokes_are_spread_over_the_picture():
    middles = np.array([np.mean(hint.points, axis=0) for hint in simulate(patches(), 4).hints])
    quarters = {(int(x >= SIDE / 2), int(y >= SIDE / 2)) for x, y in middles}
    assert len(quarters) == 4


def test_where_nothing_is_even_there_are_strokes_all_the_same():
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    assert simulate(noise, 7).count == 7


def test_fewer_strokes_are_the_first_of_more():
    assert simulate(picture(), 9).hints[:4] == simulate(picture(), 4).hints


def test_strokes_follow_from_the_picture_alone():
    first = simulate(picture(1), 6)
    simulate(picture(2), 6)
    assert simulate(picture(1).copy(), 6) == first
    assert simulate(picture(2), 6) != first
