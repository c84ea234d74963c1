"""Color photographs as old film would have recorded them, and as prints and scans look after decades.

Film does not see as eyes do: orthochromatic stock is blind to red, early panchromatic stock sees much blue. A
network trained on L* of digital pictures alone has never seen that, nor fading, grain, dust or JPEG blocks.
What is drawn follows from the generator alone, so that a resumed run sees the same.
"""

import math
from typing import Final

import torch
from torch import Generator, Tensor
from torch.nn import functional

from tintype.color import linear_to_srgb, srgb_to_lab, srgb_to_linear

LUMINANCE: Final = (0.2126, 0.7152, 0.0722)
"""Shares of linear R, G, B in what eyes see (IEC 61966-2-1)."""
ORTHOCHROMATIC: Final = (0.02, 0.53, 0.45)
"""About what stock without sensitivity to red records, as shares of linear R, G, B."""
PANCHROMATIC: Final = (0.30, 0.35, 0.35)
"""About what early panchromatic stock records without a filter."""
JPEG_LUMINANCE: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""Quantisation of luminance at quality 50 (ITU-T T.81, table K.1)."""
BINOMIAL: Final = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
"""Weights of a blur of deviation 1 pixel."""
SCRATCHES: Final = 2
"""Most scratches in one picture."""


def age(rgb: Tensor, random: Generator) -> Tensor:
    """What an old black-and-white photograph of the same scenes would hold.

    `rgb` (B, 3, H, W) is sRGB in 0..1; H and W are multiples of 8. Gives L* (B, 1, H, W) in 0..100. Each
    picture gets its own film, and each fault with a probability of its own.
    """
    gray = film_response(rgb, random)
    gray = _curve(gray, random)
    gray = _mixed(gray, _blurred(gray), 0.4, random)
    gray = _unevenly_lit(gray, random)
    gray = _grain(gray, random)
    gray = _scratched(gray, random)
    gray = _faded(gray, random).clamp(0, 1)
    gray = _jpeg(gray, random).clamp(0, 1)
    return srgb_to_lab(gray.expand(-1, 3, -1, -1), axis=-3)[:, :1]


def film_response(rgb: Tensor, random: Generator) -> Tensor:
    """Record sRGB (B, 3, H, W) on a film of random sensitivity: sRGB-coded gray (B, 1, H, W) in 0..1.

    The film lies at random between what eyes see and one of the two stocks.
    """
    count = len(rgb)
    stocks = torch.tensor((ORTHOCHROMATIC, PANCHROMATIC), device=rgb.device)
    stock = stocks[torch.randint(len(stocks), (count,), generator=random, device=rgb.device)]
    eye = torch.tensor(LUMINANCE, device=rgb.device)
    share = _uniform(count, 0, 1, random).view(count, 1)
    weights = eye + share * (stock - eye)
    weights = weights * _uniform(3 * count, 0.8, 1.25, random).view(count, 3)
    weights = weights / weights.sum(dim=1, keepdim=True)
    exposure = (srgb_to_linear(rgb) * weights[:, :, None, None]).sum(dim=1, keepdim=True)
    return linear_to_srgb(exposure)


def _curve(gray: Tensor, random: Generator) -> Tensor:
    """A random gamma and a random S-curve, as paper and development give."""
    gamma = torch.exp(_each(gray, -0.35, 0.35, random))
    bent = gray.clamp_min(1e-4) ** gamma
    contrast = _each(gray, -0.5, 0.8, random)
    return bent + contrast * bent * (1 - bent) * (2 * bent - 1)


def _faded(gray: Tensor, random: Generator) -> Tensor:
    """Less white and less black, for two of three pictures."""
    happens = _happens(gray, 0.67, random)
    black = happens * _each(gray, 0, 0.25, random)
    white = 1 - happens * _each(gray, 0, 0.25, random)
    return black + (white - black) * gray


def _blurred(gray: Tensor) -> Tensor:
    """A binomial blur of deviation 1; sums of shifted copies, since convolving one plane is slow on CPUs."""
    for axis in (2, 3):
        size = gray.shape[axis]
        reach = len(BINOMIAL) // 2
        sides = (0, 0, reach, reach) if axis == 2 else (reach, reach, 0, 0)
        padded = functional.pad(gray, sides, mode="replicate")
        gray = padded.narrow(axis, 0, size) * BINOMIAL[0]
        for start, share in enumerate(BINOMIAL[1:], start=1):
            gray = gray + padded.narrow(axis, start, size) * share
    return gray


def _mixed(gray: Tensor, other: Tensor, chance: float, random: Generator) -> Tensor:
    """A random mixture with another version, for a share of the pictures."""
    share = _happens(gray, chance, random) * _each(gray, 0, 1, random)
    return gray + share * (other - gray)


def _unevenly_lit(gray: Tensor, random: Generator) -> Tensor:
    """Stains and vignettes: a smooth field of brightness, for three of ten pictures."""
    corners = torch.rand((len(gray), 1, 3, 3), generator=random, device=gray.device) - 0.5
    field = functional.interpolate(corners, size=gray.shape[-2:], mode="bilinear", align_corners=True)
    return gray * (1 + 0.5 * _happens(gray, 0.3, random) * field)


def _grain(gray: Tensor, random: Generator) -> Tensor:
    """Grain of random strength and coarseness, for half of the pictures."""
    noise = torch.randn(gray.shape, generator=random, device=gray.device)
    coarse = 2.5 * _blurred(noise)
    mixed = noise + _each(gray, 0, 1, random) * (coarse - noise)
    return gray + _happens(gray, 0.5, random) * _each(gray, 0.005, 0.07, random) * mixed


def _scratched(gray: Tensor, random: Generator) -> Tensor:
    """Near-vertical scratches and specks of dust, bright or dark, for two of ten pictures each."""
    height, width = gray.shape[-2:]
    rows = torch.arange(height, device=gray.device).view(1, 1, height, 1)
    columns = torch.arange(width, device=gray.device).view(1, 1, 1, width)
    for _ in range(SCRATCHES):
        place = _each(gray, 0, width, random) + _each(gray, -0.1, 0.1, random) * rows
        hit = (columns - place).abs() < _each(gray, 0.3, 1.2, random)
        strength = _happens(gray, 0.2, random) * _each(gray, -0.8, 0.8, random)
        gray = gray + strength * hit
    seeds = torch.rand((len(gray), 1, height // 2, width // 2), generator=random, device=gray.device)
    specks = functional.interpolate((seeds < 0.002).to(gray.dtype), size=(height, width), mode="bilinear")
    return gray + _happens(gray, 0.2, random) * _each(gray, -0.8, 0.8, random) * specks


def _jpeg(gray: Tensor, random: Generator) -> Tensor:
    """Blocks of JPEG at quality 15 to 80 (ITU-T T.81 without its lossless part), for three of ten
    pictures."""
    quality = torch.exp(_each(gray, math.log(15), math.log(80), random))
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)  # as libjpeg scales the table
    table = torch.tensor(JPEG_LUMINANCE, dtype=gray.dtype, device=gray.device) / 255
    step = (table * scale)[:, :, None, None]  # (B, 1, 1, 1, 8, 8)
    transform = _cosines(gray)
    blocks = gray.unfold(2, 8, 8).unfold(3, 8, 8)  # (B, 1, H/8, W/8, 8, 8)
    coefficients = torch.round(transform @ blocks @ transform.T / step) * step
    back = (transform.T @ coefficients @ transform).transpose(3, 4).reshape(gray.shape)
    return gray + _happens(gray, 0.3, random) * (back - gray)


def _cosines(like: Tensor) -> Tensor:
    """The orthonormal 8-point DCT-II as a matrix."""
    k = torch.arange(8, dtype=like.dtype, device=like.device)
    matrix = torch.cos(math.pi / 8 * (k[None] + 0.5) * k[:, None]) / 2
    matrix[0] /= math.sqrt(2)
    return matrix


def _uniform(count: int, low: float, high: float, random: Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=random, device=random.device)


def _each(gray: Tensor, low: float, high: float, random: Generator) -> Tensor:
    """A number for each picture, uniform between two bounds: (B, 1, 1, 1)."""
    return _uniform(len(gray), low, high, random).view(-1, 1, 1, 1)


def _happens(gray: Tensor, chance: float, random: Generator) -> Tensor:
    """1 with this probability, else 0, for each picture: (B, 1, 1, 1)."""
    return (_each(gray, 0, 1, random) < chance).to(gray.dtype)
