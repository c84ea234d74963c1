"""Sepia prints, cyanotypes and stained scans are to a model what their neutral versions are."""

from pathlib import Path

import numpy as np
import pytest

from tintype.color import lab_to_srgb, reduce_chroma, srgb_to_lab
from tintype.engine.colorizer import Colorizer
from tintype.photo import Photo
from tintype.zoo import list_models

CAMERA = Path(__file__).parents[2] / "examples" / "camera.png"
"""A gray photograph, taken at 256 × 256 here."""
TONES = ["sepia", "cyanotype", "stains"]


def toned(tone: str, dtype: type[np.unsignedinteger], level: float = 1.0) -> np.ndarray:
    """The gray photograph with another tint and the same L*, up to rounding; `level` 0 is neutral."""
    gray = Photo.open(CAMERA).lightness(256, 256).astype(float)
    strength = level * 4 * gray * (100 - gray) / 100**2  # paper and deepest shadow take no tone
    y, x = np.mgrid[:256, :256] / 256
    color = {
        "sepia": np.stack([np.full_like(gray, 10), np.full_like(gray, 28)], axis=-1),
        "cyanotype": np.stack([np.full_like(gray, -6), np.full_like(gray, -35)], axis=-1),
        "stains": np.stack([12 * np.sin(9 * x * y), 15 + 25 * np.cos(5 * x - 7 * y)], axis=-1),
    }[tone]
    lab = reduce_chroma(np.concatenate([gray[..., np.newaxis], strength[..., np.newaxis] * color], axis=-1))
    return np.round(np.clip(lab_to_srgb(lab), 0, 1) * np.iinfo(dtype).max).astype(dtype)


def chroma(samples: np.ndarray) -> np.ndarray:
    """a*b* of sRGB samples, [H, W, 2]."""
    return srgb_to_lab(samples / np.iinfo(samples.dtype).max)[..., 1:]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(("dtype", "mean", "largest"), [(np.uint8, 0.1, 0.6), (np.uint16, 0.01, 0.25)])
def test_the_model_is_given_the_same_lightness(
    tone: str, dtype: type[np.unsignedinteger], mean: float, largest: float
) -> None:
    tinted, neutral = toned(tone, dtype), toned(tone, dtype, level=0)
    assert np.hypot(*chroma(tinted).transpose(2, 0, 1)).mean() > 10
    seen = [Photo.from_array(each).lightness(128, 128) for each in (tinted, neutral)]
    difference = np.abs(seen[0] - seen[1])
    assert difference.mean() < mean
    assert difference.max() < largest


@pytest.mark.parametrize("model", [card.name for card in list_models()])
@pytest.mark.parametrize("tone", TONES)
def test_the_result_has_the_colors_of_the_neutral_version_and_not_the_tint(model: str, tone: str) -> None:
    colorizer = Colorizer(model, "cpu", 1)
    tinted, neutral = (
        chroma(colorizer.colorize(toned(tone, np.uint16, level=level))) for level in (1.0, 0.0)
    )
    difference = np.hypot(*(tinted - neutral).transpose(2, 0, 1))
    assert difference.mean() < 0.1
    assert np.percentile(difference, 99.9) < 0.5
    gray = chroma(colorizer.colorize(toned(tone, np.uint16), saturation=0))
    assert np.abs(gray).max() < 0.1
