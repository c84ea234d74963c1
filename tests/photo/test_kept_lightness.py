"""Nothing but color is added: L* of what comes out is L* of what went in, up to rounding.

A sample of the result is off by at most half a step, since it is rounded once. L* rises with each of the
three channels, so the L* that went in must lie between that of the result with half a step less on all
channels and that with half a step more. Near black one step of 8 bits is 0.27 L*; of 16 bits, 0.001. To this
comes what libvips' own tables are off by, and where a color was brought back into sRGB, the table of the
gamut rule.
"""

from typing import Any

import numpy as np
import pytest
from photo_samples import (
    color_scene,
    decoded,
    encoded,
    gray_scene,
    lightness,
    strong_chroma,
)

from tintype.photo import Photo

TABLES = 0.08
"""Most that libvips' tables and that of the gamut rule are off by, in L* (`color.gamut.chroma_limits`)."""

SCENES = {"gray": gray_scene, "color": color_scene}
MEAN_BOUND = {np.uint8: 0.15, np.uint16: 0.005}
"""Rounding alone gives a mean of 0.08 with 8 bits; with 16 bits libvips' tables are the larger part."""


def assert_kept(before: Any, after: Any, report: Any = None) -> None:
    step = 1 / np.iinfo(after.dtype).max
    rgb = after[..., :3].astype(np.float64) * step
    given = lightness(before)
    low = lightness(np.maximum(rgb - step / 2, 0)) - TABLES
    high = lightness(np.minimum(rgb + step / 2, 1)) + TABLES
    assert np.all((low <= given) & (given <= high))
    error = np.abs(lightness(rgb) - given)
    assert error.mean() < MEAN_BOUND[after.dtype.type]
    if report is not None:
        report("mean_dL", float(error.mean()))
        report("max_dL", float(error.max()))
        print(f"|ΔL*| mean {error.mean():.4f}, max {error.max():.4f}")


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("scene", SCENES)
def test_a_lossless_file_keeps_its_lightness_under_any_color(
    scene: str, dtype: Any, suffix: str, record_property: Any
) -> None:
    before = SCENES[scene](200, 256, dtype)
    data = Photo.from_bytes(encoded(before, suffix)).with_chroma(strong_chroma()).to_bytes()
    assert_kept(before, decoded(data), record_property)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("scene", SCENES)
def test_an_array_keeps_its_lightness_under_any_color(scene: str, dtype: Any) -> None:
    before = SCENES[scene](200, 256, dtype)
    assert_kept(before, Photo.from_array(before).with_chroma(strong_chroma()).to_array())


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("bands", [1, 3])
def test_floats_keep_their_lightness_unrounded(bands: int, dtype: Any) -> None:
    before = np.random.default_rng(1).random((300, 120, bands)).astype(dtype)
    after = Photo.from_array(before).with_chroma(strong_chroma()).to_array()
    assert after.dtype == dtype
    allowed = TABLES + (0.2 if dtype == np.float16 else 0)
    assert np.abs(lightness(after) - lightness(before)).max() < allowed


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_deep_samples_become_8_bits_where_a_format_has_no_more(format: str) -> None:
    before = np.full((64, 64), 25_827, np.uint16)  # 100.49 steps of 8 bits
    photo = Photo.from_bytes(encoded(before, ".tif"))
    after = decoded(photo.with_chroma(np.zeros((2, 2, 2), np.float32)).to_bytes(format=format, quality=100))
    assert after.dtype == np.uint8
    assert np.abs(after.astype(int) - 100).max() <= 1


def test_every_gray_level_comes_back_without_chroma() -> None:
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    none = np.zeros((4, 4, 2), np.float32)
    deep = Photo.from_array(levels).with_chroma(none).to_array()
    assert np.abs(deep.astype(int) - levels[..., np.newaxis]).max() <= 24
    shallow = Photo.from_array((levels // 257).astype(np.uint8)).with_chroma(none).to_array()
    assert np.array_equal(shallow, np.repeat((levels // 257).astype(np.uint8)[..., np.newaxis], 3, axis=-1))


@pytest.mark.parametrize("quality", [92, 100])
def test_a_jpeg_keeps_its_lightness_but_for_its_own_losses(quality: int) -> None:
    before = np.repeat(np.repeat(gray_scene(32, 32, seed=3), 8, axis=0), 8, axis=1)
    photo = Photo.from_bytes(encoded(before, ".png"))
    data = photo.with_chroma(strong_chroma(3, 3) / 4).to_bytes(format="jpeg", quality=quality)
    assert np.abs(lightness(decoded(data)) - lightness(before)).mean() < 0.5
