"""The one place where color is computed; opens no files.

Each function takes NumPy arrays and torch tensors alike and gives back what it was given. `color.vips` holds
the same rules for pictures of any size, streamed; it is imported by name, since it needs libvips.
"""

from tintype.color import bins
from tintype.color.enlarge import bicubic, enlarge, prefilter, shrink
from tintype.color.gamut import in_gamut, reduce_chroma
from tintype.color.lab import (
    lab_to_linear,
    lab_to_srgb,
    linear_to_srgb,
    srgb_to_lab,
    srgb_to_linear,
)
from tintype.color.yuv import rgb_to_yuv, yuv_to_rgb

__all__ = [
    "bicubic",
    "bins",
    "enlarge",
    "in_gamut",
    "lab_to_linear",
    "lab_to_srgb",
    "linear_to_srgb",
    "prefilter",
    "reduce_chroma",
    "rgb_to_yuv",
    "shrink",
    "srgb_to_lab",
    "srgb_to_linear",
    "yuv_to_rgb",
]
