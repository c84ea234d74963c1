"""The color rules for pictures of any size, streamed through libvips.

The formulas are those of `lab`, `gamut` and `enlarge`; tests hold the two against each other. libvips works
in D65 Lab with float samples, so nothing is rounded before the file is written.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color import gamut
from tintype.color.enlarge import interpolation_matrix, prefilter
from tintype.color.lab import srgb_to_lab

FloatArray = NDArray[np.float32]

TINY = 1e-4
"""Added to |a*| + |b*|, so that gray has a direction too, and 1 is not reached by a share."""

SMALL_TILES = 1e-9
"""A shear too small to move a sample. Unless a picture is sheared, libvips gives out work in strips as wide
as the picture; in tiles, 200 megapixels of 16 bits take 345 MB instead of 603."""

FINENESS = 4
"""So many exactly interpolated values for each small sample at least; straight lines join them."""


def lightness(image: pyvips.Image) -> pyvips.Image:
    """L* (0..100, one float band) of an sRGB or gray picture of 8 or 16 bits without alpha."""
    if image.bands == 1:
        return image.maplut(_gray_table(image.format))
    return image.colourspace("lab")[0]


def enlarge(chroma: FloatArray, height: int, width: int) -> pyvips.Image:
    """Carry a*b* [h, w, 2] to full size by the one rule (see `color.enlarge`); a float picture of two bands.

    The rule is computed exactly for one pixel in each block of 2^n x 2^n, at least `FINENESS` times finer
    than the small chroma, and libvips joins these by straight lines: it has no interpolation of its own that
    places samples exactly. The result differs by 2 % of the step between neighboring small samples.
    """
    small = chroma.shape[:2]
    if height < small[0] or width < small[1]:
        raise ValueError(
            f"chroma {chroma.shape} is larger than the picture {height}x{width}; shrink it first"
        )
    block = 1 << max(0, int(np.log2(min(height / small[0], width / small[1]) / FINENESS)))
    rows, columns = (_block_matrix(old, new, block) for old, new in zip(small, (height, width), strict=True))
    filtered = np.moveaxis(prefilter(chroma, (height, width)), -1, 0)
    exact = np.ascontiguousarray(np.moveaxis(rows @ filtered @ columns.T, 0, -1))
    return pyvips.Image.new_from_array(exact).affine(
        [block, SMALL_TILES, 0, block],
        interpolate=pyvips.Interpolate.new("bilinear"),
        idx=-1,
        idy=-1,
        odx=(block - 1) / 2,
        ody=(block - 1) / 2,
        oarea=[0, 0, width, height],
        extend="copy",
    )


def _block_matrix(old: int, new: int, block: int) -> FloatArray:
    """Interpolation from `old` samples at the middle of each block of `new` pixels, and one past each end."""
    middle = (np.arange(-1, -(-new // block) + 1) + 0.5) * block
    return interpolation_matrix(old, middle * old / new - 0.5).astype(np.float32)


def recombine(lightness: pyvips.Image, chroma: FloatArray) -> pyvips.Image:
    """Give full-size L* (one float band, 0..100) the colors of small a*b* [h, w, 2].

    Returns a Lab picture of three float bands in which L* is untouched and chroma fits into sRGB. To make
    samples of it, which must be rounded and not cut off, is the work of `photo.profile`.
    """
    color = enlarge(chroma, lightness.height, lightness.width)
    return lightness.bandjoin(color * _share_to_keep(lightness, color)).copy(interpretation="lab")


def _share_to_keep(lightness: pyvips.Image, color: pyvips.Image) -> pyvips.Image:
    """How much of a*b* sRGB can show, 0..1: the gamut rule, looked up in `gamut.chroma_limits`."""
    half = gamut.DIRECTIONS // 2
    length = color.abs().bandmean().linear(2, TINY)
    direction = (color[0] / length).linear(half / 2, half / 2).cast("ushort")
    side = (color[1] < 0).linear(half / 255, 0)
    row = lightness.cast("ushort")
    limit = (row * gamut.DIRECTIONS + direction + side).cast("ushort").maplut(_limit_table())
    return ((limit[0] + limit[1] * (lightness - row)) / length).minpair(1)


@lru_cache(maxsize=1)
def _limit_table() -> pyvips.Image:
    """For each row and column of the limits, the limit and how much more the next row has; two bands."""
    limits = gamut.chroma_limits()
    rise = np.diff(limits, axis=0, append=limits[-1:])
    table = np.stack([limits, rise], axis=-1).reshape(1, -1, 2)
    return pyvips.Image.new_from_array(np.ascontiguousarray(table, np.float32))


@lru_cache(maxsize=2)
def _gray_table(sample: str) -> Any:
    levels = {"uchar": 256, "ushort": 65536}[sample]
    gray = np.repeat(np.linspace(0, 1, levels)[:, None], 3, axis=1)
    return pyvips.Image.new_from_array(srgb_to_lab(gray)[None, :, 0].astype(np.float32))
