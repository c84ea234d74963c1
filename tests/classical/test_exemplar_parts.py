"""What the methods of references are made of, and what only one of them promises."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tintype.classical import Swatch
from tintype.classical.exemplar import charpiat, cuts, features, sources
from tintype.classical.exemplar.liu import liu
from tintype.classical.exemplar.palette import palette
from tintype.classical.exemplar.superpixels import superpixels
from tintype.classical.exemplar.welsh import welsh

FloatArray = NDArray[np.float32]

RED, BLUE, GREEN = (48.0, 32.0), (6.0, -45.0), (-40.0, 35.0)


def painted(lightness: FloatArray, color: tuple[float, float]) -> FloatArray:
    """L*a*b* of L* [H, W], all of one color."""
    return np.dstack([lightness, np.full_like(lightness, color[0]), np.full_like(lightness, color[1])])


def test_swatches_decide_where_lightness_does_not() -> None:
    even = np.full((40, 40), 50, np.float32)
    reference = np.concatenate([painted(even, RED), painted(even, BLUE)], axis=1)
    luma = np.full((50, 60), 50, np.float32)
    luma[:, 30:] = 80
    left = Swatch(photo=(0.1, 0.2, 0.3, 0.3), reference=(0.6, 0.1, 0.3, 0.5))
    right = Swatch(photo=(0.6, 0.2, 0.3, 0.3), reference=(0.1, 0.1, 0.3, 0.5))
    for swatches, colors in (((left, right), (BLUE, RED)), ((right, left), (BLUE, RED))):
        found = welsh(luma, [reference], swatches)
        np.testing.assert_array_equal(found[:, :30], np.broadcast_to(np.float32(colors[0]), (50, 30, 2)))
        np.testing.assert_array_equal(found[:, 30:], np.broadcast_to(np.float32(colors[1]), (50, 30, 2)))


def test_swatches_name_their_reference_and_the_later_one_wins() -> None:
    references = [painted(np.full((32, 32), 50, np.float32), color) for color in (RED, BLUE, GREEN)]
    luma = np.full((20, 20), 50, np.float32)
    whole = (0.0, 0.0, 1.0, 1.0)
    swatches = [Swatch(whole, whole, 0), Swatch(whole, whole, 2)]
    assert (welsh(luma, references, swatches) == np.float32(GREEN)).all()


def test_a_swatch_smaller_than_a_pixel_still_counts() -> None:
    luma = np.full((20, 20), 50, np.float32)
    reference = painted(np.full((32, 32), 50, np.float32), RED)
    found = welsh(luma, [reference], [Swatch((0.5, 0.5, 0.001, 0.001), (0.99, 0.99, 0.001, 0.001))])
    assert (found == np.float32(RED)).all()


def test_of_equal_textures_the_nearer_swatch_colors() -> None:
    luma = np.full((30, 90), 50, np.float32)
    references = [painted(np.full((32, 32), 50, np.float32), color) for color in (RED, BLUE)]
    whole = (0.0, 0.0, 1.0, 1.0)
    swatches = [Swatch((0, 0, 0.1, 1), whole, 0), Swatch((0.9, 0, 0.1, 1), whole, 1)]
    found = welsh(luma, references, swatches)
    assert (found[:, :35] == np.float32(RED)).all()
    assert (found[:, 55:] == np.float32(BLUE)).all()


def test_the_optimum_costs_no_more_than_the_likeliest_color_of_each_pixel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = np.random.default_rng(0)
    luma = (50 + 20 * generator.normal(size=(24, 30))).clip(0, 100).astype(np.float32)
    reference = (generator.normal(size=(28, 28, 3)) * 20 + [50, 10, 5]).astype(np.float32)
    energies = []
    expand = cuts.expand

    def watched(problem: cuts.Problem, labels: NDArray[np.int64], rounds: int) -> NDArray[np.int64]:
        found = expand(problem, labels, rounds)
        energies.append((problem.energy(labels), problem.energy(found)))
        np.testing.assert_array_equal(labels, np.argmin(problem.costs, axis=1))
        assert (problem.costs >= 0).all()
        assert (problem.weights >= 0).all()
        return found

    monkeypatch.setattr(cuts, "expand", watched)
    charpiat.charpiat(luma, [reference])
    before, after = energies[0]
    assert after < before


def test_light_of_another_strength_in_the_reference_changes_no_color() -> None:
    """L* + 16 and a*, b* grow by one factor with the strength of light, so a darker print of the same
    reference must give the same colors."""
    generator = np.random.default_rng(0)
    dark = np.broadcast_to(np.arange(60) < 30, (60, 60))
    lab = np.dstack([np.where(dark, 40, 80), np.where(dark, 30, 4), np.where(dark, 20, -30)]).astype(
        np.float32
    )
    lab[..., 0] += generator.normal(size=(60, 60)).astype(np.float32)
    dimmer = (lab + np.float32((16, 0, 0))) * np.float32(0.9) - np.float32((16, 0, 0))
    luma = lab[::-1, ::-1, 0].copy()
    apart = np.abs(liu(luma, [lab]) - liu(luma, [dimmer]))  # rounding decides a few matches
    assert apart.mean() < 0.05
    assert apart.max() < 3


def test_remapping_carries_range_to_range() -> None:
    lightness = np.linspace(20, 60, 1000, dtype=np.float32)
    remap = sources.Remapping.between(
        [lightness[:500], lightness[500:]], np.linspace(0, 100, 2000, dtype=np.float32)
    )
    np.testing.assert_allclose(remap(np.float32([20, 40, 60])), [0, 50, 100], atol=0.2)
    even = sources.Remapping.between([np.full(9, 30, np.float32)], np.full(4, 70, np.float32))
    assert even(np.float32([30]))[0] == pytest.approx(70)


@pytest.mark.parametrize("shape", [(100, 100), (10, 1000), (1, 500), (3, 3)])
def test_jittered_pixels_are_about_as_many_as_asked_for_different_and_everywhere(
    shape: tuple[int, int],
) -> None:
    found = sources.jittered(shape, 200, np.random.default_rng(0))
    assert len(set(found.tolist())) == len(found)
    assert min(200, shape[0] * shape[1]) * 0.6 <= len(found) <= 300
    assert found.min() >= 0
    assert found.max() < shape[0] * shape[1]
    assert found.max() - found.min() >= 0.8 * (shape[0] * shape[1] - 1)


def test_deviation_is_that_of_numpy_and_of_even_areas_none() -> None:
    luma = np.random.default_rng(0).uniform(0, 100, (12, 15)).astype(np.float32)
    mean, deviation = features.mean_and_deviation(luma, 5)
    square = luma[3:8, 4:9].astype(np.float64)
    assert mean[5, 6] == pytest.approx(square.mean(), rel=1e-5)
    assert deviation[5, 6] == pytest.approx(square.std(), rel=1e-5)
    assert features.mean_and_deviation(np.full((9, 9), 99.7, np.float32), 5)[1].max() == 0


def test_gabor_filters_answer_to_their_own_wave() -> None:
    x = np.arange(96, dtype=np.float32)
    waves = (4.0, 8.0, 16.0)
    for number, wave in enumerate(waves):
        across = np.broadcast_to(50 + 20 * np.cos(2 * np.pi * x / wave), (96, 96)).astype(np.float32)
        for picture, direction in ((across, 0), (across.T, 2)):
            strength = features.gabor_energies(picture, waves, 4)[20:76, 20:76].mean(axis=(0, 1))
            assert int(np.argmax(strength)) == number * 4 + direction
            assert strength.max() == pytest.approx(10, rel=0.05)  # half of the amplitude
    assert features.gabor_energies(np.full((40, 30), 55, np.float32), waves, 4).max() < 1e-3


def test_daisy_has_a_descriptor_for_each_pixel_and_no_direction_in_even_areas() -> None:
    luma = np.random.default_rng(0).uniform(0, 100, (17, 23)).astype(np.float32)
    assert features.daisy_descriptors(luma, 6).shape == (17, 23, features.DAISY_NUMBERS)
    assert np.ptp(features.daisy_descriptors(np.full((9, 9), 50, np.float32), 6)) == 0


def test_a_palette_of_few_colors_is_exact_and_of_many_near() -> None:
    few = np.float32([[1, 2], [3, 4], [1, 2]])
    bins, names = palette(few, 8, 0)
    np.testing.assert_array_equal(bins[names], few)
    many = np.random.default_rng(0).uniform(-50, 50, (800, 2)).astype(np.float32)
    bins, names = palette(many, 16, 0)
    assert len(bins) <= 16
    assert np.hypot(*(bins[names] - many).T).mean() < 15
    apart = ((many[:, None] - bins) ** 2).sum(axis=-1)
    np.testing.assert_array_equal(names, np.argmin(apart, axis=1))


def test_superpixels_cover_the_picture_keep_to_edges_and_know_their_neighbors() -> None:
    luma = np.where(np.arange(48) < 20, 20.0, 80.0) * np.ones((40, 1))
    pieces = superpixels(luma.astype(np.float32), 40)
    assert sorted(np.unique(pieces.labels)) == list(range(pieces.count))
    assert 20 <= pieces.count <= 80
    light = pieces.means((luma > 50).astype(np.float32))
    assert np.minimum(light, 1 - light).mean() < 0.03
    assert set(pieces.medians(luma[..., None].astype(np.float32)).ravel().tolist()) == {20.0, 80.0}
    hearts = pieces.hearts()
    np.testing.assert_array_equal(pieces.labels.reshape(-1)[hearts], np.arange(pieces.count))
    assert {tuple(pair) for pair in pieces.pairs.tolist()} == {
        tuple(pair[::-1]) for pair in pieces.pairs.tolist()
    }
