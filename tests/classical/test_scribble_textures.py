"""Methods that go by texture."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from tintype.classical import set_up
from tintype.classical.scribble.texture import features, typical, unlike

RED, GREEN = (50.0, 40.0), (-40.0, 30.0)


def stripes(shape, wavelength, angle, strength=25):
    """A wave around L* 50."""
    y, x = np.indices(shape)
    along = x * np.cos(angle) + y * np.sin(angle)
    return 50 + strength * np.sin(2 * np.pi * along / wavelength)


def two_patches():
    """Two squares with one pattern, far apart on a ground with another; and where they are."""
    shape = (96, 128)
    ground = stripes(shape, 12, 0.5)
    pattern = stripes(shape, 5, 1.9)
    inside = np.zeros((2, *shape), bool)
    inside[0, 24:72, 8:52] = True
    inside[1, 24:72, 76:120] = True
    return np.where(inside.any(axis=0), pattern, ground).astype(np.float32), inside


def one_stroke_each():
    """One on the left patch, one on the ground."""
    hints = np.zeros((96, 128, 3), np.float32)
    hints[46:49, 18:42] = (*RED, 1)
    hints[8:11, 20:110] = (*GREEN, 1)
    return hints


def share_like(chroma, color, where):
    """Share of the pixels that are nearer to a color than to the other one."""
    other = GREEN if color == RED else RED
    nearer = np.linalg.norm(chroma - color, axis=-1) < np.linalg.norm(chroma - other, axis=-1)
    return nearer[where].mean()


def test_luan_colors_both_of_two_like_patches_by_a_stroke_on_one():
    luma, inside = two_patches()
    chroma = set_up("luan", luma).paint(one_stroke_each())
    assert share_like(chroma, RED, inside[0]) > 0.75
    assert share_like(chroma, RED, inside[1]) > 0.75
    assert share_like(chroma, GREEN, ~inside.any(axis=0)) > 0.85


def test_qu_colors_the_texture_that_is_connected_with_the_stroke():
    luma, inside = two_patches()
    chroma = set_up("qu", luma).paint(one_stroke_each())
    assert share_like(chroma, RED, inside[0]) > 0.75
    assert share_like(chroma, GREEN, inside[1]) > 0.9
    assert share_like(chroma, GREEN, ~inside.any(axis=0)) > 0.85


def test_levin_cannot_tell_textures_apart():
    luma, inside = two_patches()
    chroma = set_up("levin", luma).paint(one_stroke_each())
    assert share_like(chroma, RED, inside[1]) < 0.5


def test_features_tell_direction_and_scale_and_lightness():
    shape = (64, 192)
    thirds = np.repeat([0, 1, 2], 64)[None, :] * np.ones((64, 1), int)
    luma = np.choose(thirds, [stripes(shape, 6, 0), stripes(shape, 6, 1.57), stripes(shape, 12, 0)])
    looks = features(luma.astype(np.float32))
    same = unlike(looks, looks[20:44, 20:44].reshape(-1, looks.shape[-1])[::16])
    assert same[16:48, 16:44].max() < 0.4
    assert same[16:48, 80:112].min() > 0.6
    assert same[16:48, 144:176].min() > 0.6
    lighter = np.where(thirds == 1, 80, 30).astype(np.float32)
    assert unlike(features(lighter), features(lighter)[32, 32][None])[32, 96] > 0.7


def test_typical_samples_stand_for_all_kinds():
    kinds = np.array([[0, 0], [10, 0], [0, 10]], np.float32)
    samples = np.repeat(kinds, [50, 5, 1], axis=0) + np.random.default_rng(0).normal(0, 0.1, (56, 2))
    found = typical(samples.astype(np.float32), 3)
    np.testing.assert_allclose(found[np.argsort(found @ [1, 2])], kinds[[0, 1, 2]], atol=0.3)
    assert len(typical(samples[:1].astype(np.float32), 3)) == 1
