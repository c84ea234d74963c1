"""`Photo.lightness`: what a network is shown."""

from typing import Any

import numpy as np
import pytest
from photo_samples import encoded, gray_scene, lightness, pillow_file
from PIL import Image, ImageOps

from tintype.color.enlarge import shrink
from tintype.photo import Photo


def smooth_scene(height: int, width: int, dtype: Any = np.uint8) -> Any:
    y, x = np.mgrid[0:height, 0:width]
    waves = 0.5 + 0.25 * np.sin(7 * x / width) + 0.2 * np.cos(9 * y / height + 3 * x / width)
    return np.round(waves * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
@pytest.mark.parametrize("size", [(31, 40), (96, 128), (200, 300)])
def test_it_is_the_mean_over_area_whatever_the_file(suffix: str, size: tuple[int, int]) -> None:
    before = smooth_scene(997, 1501)
    shown = Photo.from_bytes(encoded(before, suffix)).lightness(*size)
    expected = shrink(lightness(before)[..., np.newaxis], size)[..., 0]
    assert shown.shape == size
    assert shown.dtype == np.float32
    assert np.abs(shown - expected).mean() < 0.25
    assert np.abs(shown - expected).max() < 1.5


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_it_is_the_same_for_every_kind_of_array(dtype: Any, bands: int) -> None:
    scene = smooth_scene(240, 320, np.uint16)
    gray = (
        (scene / 65535).astype(np.float32)
        if dtype == np.float32
        else (scene // (257 if dtype == np.uint8 else 1))
    )
    colors = [gray.astype(dtype)] * (1 if bands < 3 else 3)
    alpha = [np.full_like(colors[0], 1)] * (bands in (2, 4))
    shown = Photo.from_array(np.stack(colors + alpha, axis=-1)).lightness(60, 80)
    expected = shrink(lightness(scene)[..., np.newaxis], (60, 80))[..., 0]
    assert np.abs(shown - expected).max() < 0.8


def test_a_small_photo_is_enlarged() -> None:
    before = smooth_scene(20, 30)
    shown = Photo.from_array(before).lightness(64, 96)
    assert shown.shape == (64, 96)
    assert abs(float(shown.mean()) - lightness(before).mean()) < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (700, 1), (2, 3)])
def test_odd_shapes_work_and_stay_within_range(shape: tuple[int, int]) -> None:
    photo = Photo.from_array(gray_scene(*shape))
    shown = photo.lightness(48, 64)
    assert shown.shape == (48, 64)
    assert 0 <= shown.min() <= shown.max() <= 100
    assert photo.with_chroma(np.zeros((12, 16, 2), np.float32)).to_array().shape == (*shape, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright(orientation: int) -> None:
    before = smooth_scene(120, 200)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = Photo.from_bytes(pillow_file(before, "JPEG", exif=exif.tobytes(), quality=98))
    upright = np.asarray(_turned(before, orientation))
    assert (photo.height, photo.width) == upright.shape
    expected = shrink(lightness(upright)[..., np.newaxis], (30, 40))[..., 0]
    assert np.abs(photo.lightness(30, 40) - expected).max() < 1


def test_it_does_not_change_the_array_that_was_given() -> None:
    before = gray_scene(50, 60)
    copy = before.copy()
    photo = Photo.from_array(before)
    photo.lightness(16, 16)
    photo.with_chroma(np.ones((4, 4, 2), np.float32)).to_array()
    assert np.array_equal(before, copy)


def _turned(samples: Any, orientation: int) -> Image.Image:
    """By Pillow's own table."""
    image = Image.fromarray(samples)
    exif = image.getexif()
    exif[0x0112] = orientation
    image.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(image)
