"""Color profiles are honored on the way in and kept on the way out, and lightness holds through both."""

import io
from typing import Any

import numpy as np
import pytest
import pyvips
from photo_samples import (
    ADOBE_GAMMA,
    ADOBE_PRIMARIES,
    P3_PRIMARIES,
    color_scene,
    decoded,
    encoded,
    gray_profile,
    gray_scene,
    lightness,
    linear_lightness,
    pillow_file,
    rgb_profile,
    strong_chroma,
    tagged_lightness,
    vips_picture,
)
from PIL import Image, ImageCms

from tintype.photo import Photo
from tintype.photo.profile import LittleCms, MatrixCurves, read_profile, srgb_profile

SPACES = {
    "adobe-like": (ADOBE_PRIMARIES, ADOBE_GAMMA),
    "p3-like": (P3_PRIMARIES, 2.2),
    "2020-like": (((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), 1.80078125),
}
TABLES = 0.08
"""Most that libvips' tables and that of the gamut rule are off by, in L*."""


def header(data: bytes) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(data, "")


def p3() -> bytes:
    """libvips' own Display P3, whose curves are parametric."""
    profile: bytes = pyvips.Operation.call("profile_load", "p3")
    return profile


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("scene", [gray_scene, color_scene])
def test_lightness_holds_in_the_photographs_own_color_space(
    scene: Any, dtype: Any, space: str, record_property: Any
) -> None:
    primaries, gamma = SPACES[space]
    before = scene(160, 200, dtype)
    before = before if before.ndim == 3 else np.repeat(before[..., np.newaxis], 3, axis=-1)
    icc = rgb_profile(primaries, gamma)
    data = Photo.from_bytes(encoded(before, ".tif", icc)).with_chroma(strong_chroma()).to_bytes()
    after = decoded(data)
    given = tagged_lightness(before, primaries, gamma)
    samples = after.astype(np.float64)
    largest = np.iinfo(dtype).max
    low, high = (
        linear_lightness((np.clip(samples + half, 0, largest) / largest) ** gamma, primaries)
        for half in (-0.5, 0.5)
    )
    assert np.all((low - TABLES <= given) & (given <= high + TABLES))
    error = np.abs(tagged_lightness(after, primaries, gamma) - given)
    record_property("max_dL", float(error.max()))
    assert error.mean() < (0.2 if dtype == np.uint8 else 0.006)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_an_rgb_profile_is_kept_byte_for_byte(suffix: str) -> None:
    icc = rgb_profile(ADOBE_PRIMARIES, ADOBE_GAMMA)
    data = Photo.from_bytes(encoded(color_scene(32, 48), suffix, icc)).with_chroma(strong_chroma()).to_bytes()
    assert header(data).get("icc-profile-data") == icc


def test_a_photo_without_profile_gets_none() -> None:
    data = Photo.from_bytes(encoded(gray_scene(32, 48), ".png")).with_chroma(strong_chroma()).to_bytes()
    assert not header(data).get_typeof("icc-profile-data")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
def test_a_gray_profile_becomes_srgb_with_the_same_lightness(gamma: float, dtype: Any) -> None:
    before = gray_scene(160, 200, dtype)
    photo = Photo.from_bytes(encoded(before, ".tif", gray_profile(gamma)))
    data = photo.with_chroma(strong_chroma()).to_bytes()
    assert header(data).get("icc-profile-data") == srgb_profile()
    given = tagged_lightness(before[..., np.newaxis], P3_PRIMARIES, round(gamma * 256) / 256)
    step = 1 / np.iinfo(dtype).max
    rgb = decoded(data) * step
    assert np.all(lightness(np.maximum(rgb - step / 2, 0)) - TABLES <= given)
    assert np.all(given <= lightness(np.minimum(rgb + step / 2, 1)) + TABLES)


def test_a_gray_picture_with_an_rgb_profile_keeps_it() -> None:
    before = gray_scene(64, 80)
    icc = rgb_profile(P3_PRIMARIES, 2.2)
    file = pillow_file(before, "JPEG", icc_profile=icc, quality=100)
    data = Photo.from_bytes(file).with_chroma(strong_chroma()).to_bytes(format="png")
    assert header(data).get("icc-profile-data") == icc
    given = tagged_lightness(before[..., np.newaxis], P3_PRIMARIES, 2.19921875)
    assert np.abs(tagged_lightness(decoded(data), P3_PRIMARIES, 2.19921875) - given).mean() < 0.2


def test_the_network_sees_the_lightness_that_the_profile_means() -> None:
    before = np.full((64, 64), 128, np.uint8)
    for icc, gamma in ((gray_profile(1.0), 1.0), (gray_profile(2.2), 2.19921875)):
        shown = Photo.from_bytes(encoded(before, ".png", icc)).lightness(8, 8)
        assert np.allclose(
            shown, tagged_lightness(before[..., np.newaxis], P3_PRIMARIES, gamma)[0, 0], atol=0.01
        )


@pytest.mark.parametrize("icc", [srgb_profile(), p3(), rgb_profile(ADOBE_PRIMARIES, ADOBE_GAMMA)])
def test_the_profiles_own_numbers_say_what_littlecms_says(icc: bytes) -> None:
    samples = color_scene(64, 64)
    profile = read_profile(icc, 3)
    assert isinstance(profile, MatrixCurves)
    ours = profile.to_lab(vips_picture(samples)).colourspace("srgb").numpy()
    to_srgb = ImageCms.buildTransform(
        ImageCms.getOpenProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        "RGB",
        "RGB",
        renderingIntent=1,
    )
    theirs = np.asarray(ImageCms.applyTransform(Image.fromarray(samples), to_srgb))
    assert np.abs(ours.astype(int) - theirs).max() <= 2


@pytest.mark.parametrize("depth", [8, 16])
def test_a_profile_of_tables_goes_through_littlecms(depth: int) -> None:
    icc = srgb_profile()
    samples = color_scene(48, 48, np.uint8 if depth == 8 else np.uint16) // 2 + (64 if depth == 8 else 16_000)
    lab = LittleCms(icc).to_lab(vips_picture(samples))
    assert np.abs(lab.numpy()[..., 0] - lightness(samples)).max() < 0.6
    back = LittleCms(icc).from_lab(lab.colourspace("lab"), depth).numpy()
    assert np.abs(back.astype(int) - samples).max() <= (2 if depth == 8 else 300)


def test_ink_becomes_srgb_and_says_so() -> None:
    cmyk = Image.fromarray(color_scene(48, 64)).convert("CMYK")
    for kind in ("JPEG", "TIFF"):
        photo = Photo.from_bytes(pillow_file(cmyk, kind))
        assert "ink colors (CMYK) become sRGB" in photo.notices
        data = photo.with_chroma(strong_chroma()).to_bytes()
        assert header(data).bands == 3
        assert header(data).get("icc-profile-data") == srgb_profile()
        assert abs(lightness(decoded(data)).mean() - photo.lightness(48, 64).mean()) < 1


@pytest.mark.parametrize(
    "icc",
    [b"not a profile at all", b"", rgb_profile(P3_PRIMARIES, 2.2)[:200], rgb_profile(P3_PRIMARIES, 0.0)],
    ids=["text", "empty", "cut off", "flat curve"],
)
def test_a_damaged_profile_is_left_out_and_that_is_said(icc: bytes) -> None:
    assert read_profile(icc, 3) is None
    if icc:
        photo = Photo.from_bytes(pillow_file(color_scene(20, 30), "JPEG", icc_profile=icc))
        assert any("color profile is damaged" in notice for notice in photo.notices)
        data = photo.with_chroma(strong_chroma()).to_bytes()
        assert not header(data).get_typeof("icc-profile-data")


def test_a_profile_for_another_kind_of_picture_is_left_out() -> None:
    assert read_profile(gray_profile(2.2), 3) is None
    assert read_profile(rgb_profile(P3_PRIMARIES, 2.2), 4) is None
