"""Film and age: what comes out is a plausible L*, follows from the generator, and differs as films do."""

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from tintype.data import film
from tintype.data.batches import to_lab
from training_pictures import colorful


def pictures(count: int = 6, side: int = 64) -> Tensor:
    """sRGB in 0..1, (B, 3, H, W)."""
    stacked = np.stack([colorful(number, side, side) for number in range(count)])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_aged_picture_is_lightness_of_the_same_size() -> None:
    luma = film.age(pictures(32), generator())
    assert luma.shape == (32, 1, 64, 64)
    assert bool(luma.isfinite().all())
    assert float(luma.min()) >= 0
    assert float(luma.max()) <= 100.001


def test_the_generator_alone_decides() -> None:
    first, again, other = (film.age(pictures(), generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_an_aged_picture_still_shows_its_scene() -> None:
    rgb = pictures(24)
    luma, _ = to_lab((rgb * 255).round().byte())
    aged = film.age(rgb, generator())
    related = [np.corrcoef(a.flatten(), b.flatten())[0, 1] for a, b in zip(luma, aged, strict=True)]
    assert np.median(related) > 0.7
    assert float((aged - luma).abs().mean()) > 3


def test_film_renders_red_darker_and_blue_brighter_than_eyes_see_them() -> None:
    red, blue = torch.tensor([0.9, 0.1, 0.1]), torch.tensor([0.1, 0.1, 0.9])
    patches = torch.stack([red, blue] * 200)[:, :, None, None].expand(-1, -1, 8, 8)
    recorded = film.film_response(patches, generator())[:, 0, 0, 0]
    eye = [float(to_lab((color[None, :, None, None] * 255).byte())[0]) for color in (red, blue)]
    assert eye[0] > eye[1] + 10
    assert float(recorded[1::2].mean()) > float(recorded[::2].mean())


def test_gray_stays_gray_of_the_same_value_on_every_film() -> None:
    gray = torch.full((50, 3, 8, 8), 0.4)
    assert torch.allclose(film.film_response(gray, generator()), torch.tensor(0.4), atol=1e-5)


def test_the_blur_is_that_of_another_library() -> None:
    gray = pictures(1)[:, :1]
    expected = cv2.sepFilter2D(
        gray[0, 0].numpy(),
        -1,
        np.array(film.BINOMIAL),
        np.array(film.BINOMIAL),
        borderType=cv2.BORDER_REPLICATE,
    )
    assert np.allclose(film._blurred(gray)[0, 0].numpy(), expected, atol=1e-5)


def test_the_cosine_transform_is_that_of_another_library() -> None:
    block = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    matrix = film._cosines(torch.from_numpy(block)).numpy()
    assert np.allclose(matrix @ block @ matrix.T, cv2.dct(block), atol=1e-5)


def test_jpeg_leaves_blocks() -> None:
    gray = torch.rand(64, 1, 64, 64, generator=generator())
    coded = film._jpeg(gray, generator())
    touched = [bool((a != b).any()) for a, b in zip(gray, coded, strict=True)]
    assert 8 <= sum(touched) <= 32
    block = coded[touched.index(True), 0, :8, :8].numpy()
    rough = np.abs(cv2.dct(block))
    assert (rough < 1e-4).mean() > np.mean(np.abs(cv2.dct(gray[0, 0, :8, :8].numpy())) < 1e-4)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_what_never_or_always_happens(chance: float) -> None:
    assert bool((film._happens(torch.zeros(9, 1, 2, 2), chance, generator()) == chance).all())
