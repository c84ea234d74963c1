"""Colors carried by features, on small pictures whose answer is known."""

import numpy as np
import pytest

from tintype.classical.exemplar.semantic import QUARTERS, Matched, Seen, hints, match

KINDS = np.random.default_rng(5).normal(size=(6, 256)).astype(np.float32)
"""What a network might see of six kinds of things."""
COLORS = np.array([[40, 30], [-30, 40], [10, -50], [60, 10], [-5, 5], [0, 60]], np.float32)
"""Their a*b*."""


def picture(kinds: np.ndarray, lightness: float = 50.0) -> Seen:
    """A picture with a kind of thing at each place [h, w]."""
    features = np.moveaxis(KINDS[kinds], -1, 0).copy()
    fine = np.kron(kinds, np.ones((QUARTERS, QUARTERS), int))
    lab = np.concatenate([np.full((*fine.shape, 1), lightness, np.float32), COLORS[fine]], axis=-1)
    return Seen(features, lab.astype(np.float32))


def mixed(seed: int, shape: tuple[int, int] = (8, 6)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, len(KINDS), shape)


def regions(seed: int, shape: tuple[int, int]) -> np.ndarray:
    """Kinds of things in regions of 3×3 places each."""
    return np.kron(mixed(seed, shape), np.ones((3, 3), int))


def test_each_place_takes_the_color_of_the_same_thing_wherever_it_is() -> None:
    kinds = regions(0, (4, 3))
    matched = match(picture(kinds), [picture(regions(1, (3, 5)))])
    fine = np.kron(kinds, np.ones((QUARTERS, QUARTERS), int))
    inside = np.kron(np.ones((4, 3), bool), np.pad(np.ones((4, 4), bool), 1))  # colors mix along borders
    np.testing.assert_allclose(matched.chroma[inside], COLORS[fine[inside]], atol=0.01)
    np.testing.assert_allclose(matched.trust, 1, atol=1e-5)


def test_colors_do_not_run_over_an_edge_of_lightness() -> None:
    kinds = np.zeros((6, 6), int)
    kinds[:, 3:] = 1
    seen = picture(kinds)
    seen.lab[:, 6:, 0] = 90
    matched = match(seen, [seen])
    np.testing.assert_allclose(matched.chroma, seen.lab[..., 1:], atol=0.1)


def test_quarters_of_one_place_are_told_apart_by_their_lightness() -> None:
    reference = picture(mixed(2))
    dark = np.zeros(reference.lab.shape[:2], bool)
    dark[::2] = True
    lab = np.where(dark[..., None], np.array([20, 5, 5], np.float32), np.array([80, 50, -5], np.float32))
    seen = Seen(reference.features, lab)
    matched = match(seen, [seen])
    np.testing.assert_allclose(matched.chroma[dark], [[5, 5]] * dark.sum(), atol=0.5)
    np.testing.assert_allclose(matched.chroma[~dark], [[50, -5]] * (~dark).sum(), atol=0.5)


def test_a_picture_of_other_things_is_not_trusted() -> None:
    other = picture(mixed(1))
    strange = Seen(np.random.default_rng(9).normal(size=other.features.shape).astype(np.float32), other.lab)
    assert match(picture(mixed(0)), [strange]).trust.max() < 0.5
    level = np.full((8, 6), 3)
    assert match(picture(mixed(0)), [picture(level)]).trust.mean() < 0.5


def test_of_several_references_each_place_takes_the_one_it_trusts_most() -> None:
    kinds = mixed(0)
    other = picture(mixed(1))
    strange = Seen(np.random.default_rng(9).normal(size=other.features.shape).astype(np.float32), other.lab)
    good = picture(mixed(3, (4, 7)))
    alone, together = match(picture(kinds), [good]), match(picture(kinds), [strange, good])
    np.testing.assert_array_equal(together.chroma, alone.chroma)
    np.testing.assert_array_equal(together.trust, alone.trust)


def test_a_place_whose_likes_have_many_colors_is_not_trusted() -> None:
    reference = picture(np.zeros((4, 4), int) + np.arange(4) % 2)
    colors = np.random.default_rng(0).uniform(-60, 60, (*reference.lab.shape[:2], 2)).astype(np.float32)
    motley = Seen(reference.features, np.concatenate([reference.lab[..., :1], colors], axis=-1))
    assert match(reference, [motley]).trust.max() < match(reference, [reference]).trust.min()


def test_a_picture_of_one_place_and_an_even_one_give_numbers() -> None:
    even = picture(np.zeros((1, 1), int))
    matched = match(even, [even])
    assert np.isfinite(matched.chroma).all()
    assert np.isfinite(matched.trust).all()


def test_hints_lie_between_what_is_predicted_and_what_was_found() -> None:
    trust = np.array([[1.0, 0.5], [0.0, 0.1]], np.float32)
    matched = Matched(np.full((2, 2, 2), 40, np.float32), trust)
    planes = hints(matched, np.zeros((2, 2, 2), np.float32), (16, 32))
    assert planes.shape == (16, 32, 3)
    assert planes.dtype == np.float32
    np.testing.assert_array_equal(planes[2:6, 4:12], np.full((4, 8, 3), [40, 40, 1]))
    np.testing.assert_array_equal(planes[2:6, 20:28], np.full((4, 8, 3), [20, 20, 1]))
    assert planes[..., 2].sum() == 2 * 4 * 8
    assert not planes[planes[..., 2] == 0].any()


def test_hints_have_a_pixel_where_quarters_are_that_small() -> None:
    matched = Matched(np.zeros((3, 5, 2), np.float32), np.ones((3, 5), np.float32))
    assert hints(matched, matched.chroma, (3, 5)).sum() == 3 * 5
    with pytest.raises(ValueError, match="multiple"):
        hints(matched, matched.chroma, (4, 5))


def test_the_given_arrays_are_left_unchanged() -> None:
    one, other = picture(mixed(0)), picture(mixed(1))
    kept = [each.copy() for each in (one.features, one.lab, other.features, other.lab)]
    match(one, [other])
    for before, after in zip(kept, (one.features, one.lab, other.features, other.lab), strict=True):
        np.testing.assert_array_equal(before, after)
