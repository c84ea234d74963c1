"""Every method of references, on pictures whose colors are known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from tintype.classical import METHODS, Kind, Swatch, paint_like
from tintype.errors import ConfigError, HintError, UnusableReference

FloatArray = NDArray[np.float32]

NAMES = [name for name, method in METHODS.items() if method.kind is Kind.REFERENCE]
SEVERAL = [name for name in NAMES if METHODS[name].several]
PLAIN = [name for name in NAMES if not METHODS[name].swatches]

DARK, LIGHT = 30.0, 75.0
RED, BLUE = (48.0, 32.0), (6.0, -45.0)


def picture(lightness: FloatArray, colors: FloatArray) -> FloatArray:
    """L*a*b* [H, W, 3] of L* [H, W] and a*b* that fit it."""
    return np.concatenate(
        [lightness[..., None], np.broadcast_to(colors, (*lightness.shape, 2))], axis=-1
    ).astype(np.float32)


def two_tones(dark: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """L* and a*b* of a picture with a red dark part and a blue light part."""
    luma = np.where(dark, DARK, LIGHT).astype(np.float32)
    return luma, np.where(dark[..., None], RED, BLUE).astype(np.float32)


def disk(height: int, width: int, radius: float) -> NDArray[np.bool_]:
    y, x = np.mgrid[:height, :width]
    return np.hypot(y - height / 2, x - width / 2) < radius


def halves(height: int, width: int) -> NDArray[np.bool_]:
    return np.broadcast_to(np.arange(width) < width // 2, (height, width))


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def check_colors(found: FloatArray, true: FloatArray) -> None:
    """All pixels but those beside the edge have the color of their side, and of those nearly all."""
    wrong = np.hypot(*np.moveaxis(found - true, -1, 0)) > 0.05
    same = (true[..., 0] == true[0, 0, 0]).astype(np.uint8)
    even = np.abs(ndimage.uniform_filter(same.astype(float), 5, mode="nearest") - same) < 1e-6
    assert not wrong[even].any()
    assert wrong.mean() < 0.015


def test_two_tones_take_the_colors_of_their_tones_and_nothing_leaks(name: str) -> None:
    luma, true = two_tones(disk(72, 96, 22))
    check_colors(paint_like(name, luma, [picture(*two_tones(halves(80, 64)))]), true)


@pytest.mark.parametrize("name", [each for each in NAMES if each != "liu"])  # it takes broad areas for light
def test_tones_need_not_take_as_much_room_as_in_the_reference(name: str) -> None:
    luma, true = two_tones(disk(64, 64, 10))
    check_colors(paint_like(name, luma, [picture(*two_tones(~disk(64, 64, 20)))]), true)


def test_textures_of_one_lightness_take_the_colors_of_their_textures(name: str) -> None:
    generator = np.random.default_rng(0)
    rough = halves(64, 96)

    def textured(where: NDArray[np.bool_]) -> FloatArray:
        noise = generator.choice([-18.0, 18.0], where.shape)
        return np.where(where, 50 + noise, 50).astype(np.float32)

    reference = picture(textured(rough), np.where(rough[..., None], RED, BLUE))
    there = disk(96, 96, 30)
    found = paint_like(name, textured(there), [reference])
    reddish = np.hypot(*np.moveaxis(found - np.float32(RED), -1, 0)) < np.hypot(
        *np.moveaxis(found - np.float32(BLUE), -1, 0)
    )
    assert reddish[disk(96, 96, 24)].mean() > 0.75
    assert reddish[~disk(96, 96, 36)].mean() < 0.05


@pytest.mark.parametrize("name", SEVERAL)
def test_each_of_two_references_colors_what_is_like_it(name: str) -> None:
    luma, true = two_tones(disk(64, 80, 20))
    references = [
        picture(np.full((48, 40), DARK, np.float32), np.float32(RED)),
        picture(np.full((40, 64), LIGHT, np.float32), np.float32(BLUE)),
    ]
    check_colors(paint_like(name, luma, references), true)


def test_the_result_fits_the_picture_is_finite_and_the_same_again(name: str) -> None:
    generator = np.random.default_rng(1)
    luma = (50 + 20 * generator.normal(size=(37, 53))).clip(0, 100).astype(np.float32)
    reference = (generator.normal(size=(41, 29, 3)) * 20 + [50, 10, 5]).astype(np.float32)
    before = luma.copy(), reference.copy()
    found = paint_like(name, luma, [reference])
    assert found.shape == (37, 53, 2)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, paint_like(name, luma, [reference]))
    np.testing.assert_array_equal(luma, before[0])
    np.testing.assert_array_equal(reference, before[1])


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (64, 2), (7, 5)])
def test_thin_and_tiny_pictures_are_colored(name: str, shape: tuple[int, int]) -> None:
    luma = np.linspace(10, 90, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    found = paint_like(name, luma, [picture(*two_tones(halves(40, 40)))])
    assert found.shape == (*shape, 2)
    assert np.isfinite(found).all()


def test_an_even_picture_takes_an_even_color_of_the_reference(name: str) -> None:
    luma = np.full((40, 48), 55, np.float32)
    found = paint_like(name, luma, [picture(np.full((32, 40), 55, np.float32), np.float32(RED))])
    np.testing.assert_allclose(found, np.broadcast_to(np.float32(RED), found.shape), atol=0.05)


def test_a_thin_reference_will_do(name: str) -> None:
    luma, true = two_tones(disk(48, 48, 14))
    found = paint_like(name, luma, [picture(*two_tones(halves(1, 60)))])
    np.testing.assert_allclose(found[:4], true[:4], atol=0.05)


@pytest.mark.parametrize("name", [each for each in NAMES if each != "liu"])
def test_no_color_leaves_the_range_of_the_reference(name: str) -> None:
    generator = np.random.default_rng(2)
    luma = (50 + 25 * generator.normal(size=(48, 48))).clip(0, 100).astype(np.float32)
    reference = (generator.random(size=(48, 48, 3)) * [100, 60, 40] + [0, -20, 10]).astype(np.float32)
    found = paint_like(name, luma, [reference])
    for channel in (0, 1):
        assert found[..., channel].min() >= reference[..., channel + 1].min() - 0.01
        assert found[..., channel].max() <= reference[..., channel + 1].max() + 0.01


def test_references_without_color_are_refused(name: str) -> None:
    luma = np.full((32, 32), 50, np.float32)
    with pytest.raises(UnusableReference, match="no color; give a photograph in color"):
        paint_like(name, luma, [picture(np.full((32, 32), 50, np.float32), np.float32((0, 0)))])
    with pytest.raises(UnusableReference, match="no reference was given"):
        paint_like(name, luma, [])
    with pytest.raises(UnusableReference, match="reference 1 is no picture"):
        paint_like(name, luma, [np.full((32, 32, 3), np.nan, np.float32)])


@pytest.mark.parametrize("name", PLAIN)
def test_methods_without_swatches_refuse_them(name: str) -> None:
    reference = picture(*two_tones(halves(32, 32)))
    with pytest.raises(ConfigError, match="takes no swatches"):
        paint_like(name, reference[..., 0], [reference], [Swatch((0, 0, 1, 1), (0, 0, 1, 1))])


@pytest.mark.parametrize("name", [each for each in NAMES if METHODS[each].swatches])
def test_a_swatch_on_a_reference_that_is_not_there_is_refused(name: str) -> None:
    reference = picture(*two_tones(halves(32, 32)))
    with pytest.raises(HintError, match="swatch 1 names reference 2, but there are 1"):
        paint_like(name, reference[..., 0], [reference], [Swatch((0, 0, 1, 1), (0, 0, 1, 1), number=2)])
