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
from tintype.color.enlarge import prefilter
from tintype.color.lab import srgb_to_lab

FloatArray = NDArray[np.float32]

MARGIN = 3
"""Samples that bicubic interpolation may look beyond the border, and one to spare."""


def lightness(image: pyvips.Image) -> pyvips.Image:
    """L* (0..100, one float band) of an sRGB or gray picture of 8 or 16 bits without alpha."""
    if image.bands == 1:
        return image.maplut(_gray_table(image.format))
    return image.colourspace("lab")[0]


def enlarge(chroma: FloatArray, height: int, width: int) -> pyvips.Image:
    """Carry a*b* [h, w, 2] to full size by the one rule (see `color.enlarge`); a float picture of two bands.

    libvips places its samples on a grid of 1/64 of a small sample, which shifts nothing that could be seen.
    """
    small_height, small_width = chroma.shape[:2]
    if height < small_height or width < small_width:
        raise ValueError(
            f"chroma {chroma.shape} is larger than the picture {height}x{width}; shrink it first"
        )
    filtered = pyvips.Image.new_from_array(np.ascontiguousarray(prefilter(chroma, (height, width))))
    x_scale, y_scale = width / small_width, height / small_height
    around = filtered.embed(
        MARGIN, MARGIN, small_width + 2 * MARGIN, small_height + 2 * MARGIN, extend="copy"
    )
    return around.affine(
        [x_scale, 0, 0, y_scale],
        interpolate=pyvips.Interpolate.new("bicubic"),
        idx=-MARGIN,
        idy=-MARGIN,
        odx=(x_scale - 1) / 2,
        ody=(y_scale - 1) / 2,
        oarea=[0, 0, width, height],
        extend="copy",
    )


def recombine(lightness: pyvips.Image, chroma: FloatArray) -> pyvips.Image:
    """Give full-size L* (one float band, 0..100) the colors of small a*b* [h, w, 2].

    Returns an LCh picture of three float bands in which L* is untouched and chroma fits into sRGB; convert
    it with `colourspace("srgb")` or `colourspace("rgb16")`.
    """
    color = enlarge(chroma, lightness.height, lightness.width)
    lch = lightness.bandjoin(color).copy(interpretation="lab").colourspace("lch")
    limits = pyvips.Image.new_from_array(gamut.chroma_limits().astype(np.float32))
    limit = limits.mapim(
        lch[2].bandjoin(lch[0]), interpolate=pyvips.Interpolate.new("bilinear"), extend="copy"
    )
    return lch[0].bandjoin([lch[1].minpair(limit), lch[2]]).copy(interpretation="lch")


@lru_cache(maxsize=2)
def _gray_table(sample: str) -> Any:
    levels = {"uchar": 256, "ushort": 65536}[sample]
    gray = np.repeat(np.linspace(0, 1, levels)[:, None], 3, axis=1)
    return pyvips.Image.new_from_array(srgb_to_lab(gray)[None, :, 0].astype(np.float32))
