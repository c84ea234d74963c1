"""Every method without learning, by its name: from a photograph to one in color, and back to the strokes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tintype.classical import METHODS, Kind
from tintype.color import lab_to_srgb, srgb_to_lab
from tintype.engine.colorizer import Colorizer
from tintype.hints import Hint

BLUE, ORANGE = (8.0, -28.0), (22.0, 40.0)
DARK, LIGHT = 38.0, 68.0
BY_STROKES = [name for name, method in METHODS.items() if method.kind is Kind.STROKES]
BY_REFERENCE = [name for name, method in METHODS.items() if method.kind is Kind.REFERENCE]
STROKES = [
    Hint.stroke([(20, 20), (70, 120)], BLUE, radius=3),
    Hint.stroke([(130, 20), (180, 120)], ORANGE, radius=3),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """All methods at a size at which they are quick."""
    for name, method in list(METHODS.items()):
        monkeypatch.setitem(METHODS, name, replace(method, working_size=64))


def two_tones(left: tuple[float, float], right: tuple[float, float]) -> np.ndarray:
    """A picture [150, 200, 3], dark on the left and light on the right, of these colors, with some grain."""
    lab = np.zeros((150, 200, 3))
    lab[:, :100] = (DARK, *left)
    lab[:, 100:] = (LIGHT, *right)
    lab[..., 0] += np.random.default_rng(0).normal(0, 0.7, (150, 200))
    return np.round(lab_to_srgb(lab).clip(0, 1) * 255).astype(np.uint8)


def sides(colored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean a*b* of the left and of the right side, without what lies within 8 pixels of the edge."""
    chroma = srgb_to_lab(colored / 255)[..., 1:]
    return chroma[:, :92].mean(axis=(0, 1)), chroma[:, 108:].mean(axis=(0, 1))


@pytest.mark.parametrize("name", BY_STROKES)
def test_two_strokes_color_two_tones_and_a_changed_stroke_changes_its_own(name: str) -> None:
    photograph = two_tones((0, 0), (0, 0))
    sitting = Colorizer(name).set_photo(photograph)
    sitting.predict(STROKES)
    left, right = sides(sitting.render().to_array())
    np.testing.assert_allclose(left, BLUE, atol=2)
    np.testing.assert_allclose(right, ORANGE, atol=2)
    changed = [STROKES[0], Hint.stroke(STROKES[1].points, (-25, 20), radius=3)]
    again = sitting.predict(changed).chroma
    fresh = Colorizer(name).set_photo(photograph).predict(changed).chroma
    np.testing.assert_allclose(again, fresh, atol=0.5)
    left, right = sides(sitting.render().to_array())
    np.testing.assert_allclose(left, BLUE, atol=2)
    np.testing.assert_allclose(right, (-25, 20), atol=2)


@pytest.mark.parametrize("name", BY_REFERENCE)
def test_a_reference_of_two_tones_colors_two_tones(name: str) -> None:
    photograph = two_tones((0, 0), (0, 0))
    colored = Colorizer(name).colorize(photograph, references=two_tones(BLUE, ORANGE)[:, ::-1])
    left, right = sides(colored)
    np.testing.assert_allclose(left, BLUE, atol=6)
    np.testing.assert_allclose(right, ORANGE, atol=6)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (900, 2)])
def test_every_shape_of_photograph_is_colored(name: str, shape: tuple[int, int]) -> None:
    photograph = np.tile(np.linspace(40, 200, shape[1]).astype(np.uint8), (shape[0], 1))
    if METHODS[name].kind is Kind.STROKES:
        colored = Colorizer(name).colorize(photograph, hints=[Hint.at(0.5, 0.5, ORANGE)])
    else:
        colored = Colorizer(name).colorize(photograph, references=two_tones(BLUE, ORANGE))
    assert colored.shape == (*shape, 3)
    assert np.ptp(colored.astype(int), axis=-1).max() > 5


@pytest.mark.parametrize("name", METHODS)
def test_two_photographs_at_once_get_what_each_gets_alone(name: str) -> None:
    colorizer = Colorizer(name)
    pictures = [two_tones((0, 0), (0, 0)), two_tones((0, 0), (0, 0))[:, ::-1]]

    def color(picture: np.ndarray) -> np.ndarray:
        if METHODS[name].kind is Kind.STROKES:
            return colorizer.colorize(picture, hints=STROKES)
        return colorizer.colorize(picture, references=two_tones(BLUE, ORANGE))

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(color, pictures))
    for picture, found in zip(pictures, together, strict=True):
        np.testing.assert_array_equal(color(picture), found)
