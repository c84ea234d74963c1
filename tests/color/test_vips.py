import numpy as np
import pytest
import pyvips

from tintype import color
from tintype.color import vips

RNG = np.random.default_rng(0)
INTERPRETATION = {(1, 8): "b-w", (1, 16): "grey16", (3, 8): "srgb", (3, 16): "rgb16"}


def picture(bands: int, bits: int, height: int = 120, width: int = 170) -> tuple[np.ndarray, pyvips.Image]:
    top = 2**bits - 1
    samples = (RNG.random((height, width, bands)) * (top + 1)).astype(f"uint{bits}")
    return samples / top, pyvips.Image.new_from_array(samples).copy(
        interpretation=INTERPRETATION[bands, bits]
    )


@pytest.mark.parametrize(("bands", "bits"), INTERPRETATION)
def test_lightness_is_that_of_the_formula(bands, bits):
    rgb, image = picture(bands, bits)
    expected = color.srgb_to_lab(np.broadcast_to(rgb, (*rgb.shape[:2], 3)))[..., 0]
    np.testing.assert_allclose(vips.lightness(image).numpy(), expected, atol=0.01)


def soft_noise(height: int, width: int) -> np.ndarray:
    noise = RNG.normal(0, 15, (height, width, 2)).astype(np.float32)
    return color.shrink(color.bicubic(noise, (2 * height, 2 * width)), (height, width))


@pytest.mark.parametrize("size", [(96, 160), (101, 1537), (640, 1000), (1203, 1999)])
def test_enlarge_differs_from_the_formula_by_little_of_the_step_between_samples(size):
    chroma = soft_noise(12, 20)
    step = np.abs(np.diff(chroma, axis=1)).mean()
    error = np.abs(vips.enlarge(chroma, *size).numpy() - color.enlarge(chroma, size))
    assert error.mean() < 0.03 * step
    assert error.max() < 0.3 * step


@pytest.mark.parametrize("size", [(12, 20), (40, 50), (84, 159)])
def test_enlarge_is_exact_where_the_factor_is_small(size):
    chroma = soft_noise(12, 20)
    np.testing.assert_allclose(vips.enlarge(chroma, *size).numpy(), color.enlarge(chroma, size), atol=1e-3)


def test_enlarge_refuses_chroma_that_is_larger_than_the_picture():
    with pytest.raises(ValueError, match="shrink it first"):
        vips.enlarge(np.zeros((8, 8, 2), dtype=np.float32), 4, 4)


@pytest.mark.parametrize("spread", [10, 40])
def test_recombine_follows_the_gamut_rule(spread):
    _, image = picture(1, 16)
    lightness = vips.lightness(image)
    chroma = RNG.normal(0, spread, (30, 34, 2)).astype(np.float32)
    result = vips.recombine(lightness, chroma).colourspace("lab").numpy()
    large = vips.enlarge(chroma, 120, 170).numpy()
    expected = color.reduce_chroma(
        np.concatenate([lightness.numpy()[..., None], large], axis=-1).astype(float)
    )
    np.testing.assert_allclose(result[..., 0], lightness.numpy(), atol=1e-4)
    error = np.linalg.norm(result - expected, axis=-1)
    assert error.mean() < 0.5
    assert np.quantile(error, 0.99) < 3


@pytest.mark.parametrize(("bits", "mean", "largest"), [(8, 0.1, 0.45), (16, 0.002, 0.05)])
def test_recombine_keeps_input_luminance(bits, mean, largest):
    _, image = picture(1, bits)
    lightness = vips.lightness(image)
    chroma = RNG.normal(0, 40, (30, 34, 2)).astype(np.float32)
    space = {8: "srgb", 16: "rgb16"}[bits]
    rgb = vips.recombine(lightness, chroma).colourspace(space).numpy() / (2**bits - 1)
    drift = np.abs(color.srgb_to_lab(rgb)[..., 0] - lightness.numpy())
    print(f"{bits} bits: |ΔL*| mean {drift.mean():.5f}, max {drift.max():.4f}")
    assert drift.mean() < mean
    assert drift.max() < largest
