"""Colors and pictures that tests of several measures share."""

import numpy as np
from skimage import data

from tintype import color

RNG = np.random.default_rng(0)


def random_chroma(*shape: int) -> np.ndarray:
    """a*b* of even likelihood."""
    return RNG.uniform(-60, 60, (*shape, 2))


def random_rgb(height: int = 24, width: int = 31) -> np.ndarray:
    """An 8-bit picture of noise."""
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def photograph(height: int = 96, width: int = 128) -> np.ndarray:
    """Part of a color photograph that scikit-image holds, 8-bit RGB."""
    return data.astronaut()[40 : 40 + height, 140 : 140 + width]


def photograph_lab() -> np.ndarray:
    """The same in L*a*b*."""
    return color.srgb_to_lab(photograph() / 255)


def noisy(picture: np.ndarray, strength: int = 20) -> np.ndarray:
    """An 8-bit picture with noise added."""
    noise = RNG.integers(-strength, strength + 1, picture.shape)
    return np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)
