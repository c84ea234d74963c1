"""Blending by distance: a color counts the more the less lightness changes on the way from its strokes.

Yatziv and Sapiro 2006, *Fast Image and Video Colorization Using Chrominance Blending*, IEEE Transactions on
Image Processing 15(5). From each distinct chrominance c of the strokes the intrinsic (geodesic) distance to
every pixel t is

    d_c(t) = min over ways C from c's strokes to t of ∫ |∇Y · C'(p)| dp,

and the pixel's color is the mean of all chrominances with the weights W(d_c(t)), W(r) = r^-b.

What differs: each step of a way also costs a little of itself (`STEP`), so that in a region of one lightness
a color counts by how near it is, where the paper's distances are all 0. Ways go over the eight neighbors,
|Y(s) - Y(r)| a step. All chrominances are blended, not the nearest few alone. Left out: film, and recoloring.

Every pixel is reached, so a region without a stroke takes a mean of the colors whose ways cross the weakest
edges.
"""

from typing import Final

import numpy as np

from tintype.classical.scribble.affinity import FloatArray
from tintype.classical.scribble.geodesic import DIRECTIONS, BoolArray, distances, graph, pairs
from tintype.classical.scribble.groups import by_color
from tintype.classical.scribble.spreading import kept_in_range

POWER: Final = 4.0
"""b of the weights; the paper has it between 1 and 6."""
STEP: Final = 0.1
"""Cost of a step of one pixel, in L*."""


class Yatziv:
    """A picture L* [H, W] for `methods.Canvas`. Distances are kept, so that only colors whose strokes change
    cost time."""

    def __init__(self, luma: FloatArray, power: float = POWER, step: float = STEP) -> None:
        self._ways = graph(luma.shape, lightness_steps(luma, step))
        self._power = power
        self._known: dict[bytes, FloatArray] = {}

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        colors, where = by_color(hints)
        return kept_in_range(blended(colors, self._distances(where), self._power), hints)

    def _distances(self, where: BoolArray) -> FloatArray:
        """Distances [n, H, W] from each color's strokes; those from earlier strokes are forgotten."""
        known = self._known
        self._known = {}
        for strokes in where:
            key = np.packbits(strokes).tobytes()
            self._known[key] = known[key] if key in known else distances(self._ways, strokes)
        return np.stack(list(self._known.values()))


def lightness_steps(luma: FloatArray, step: float) -> list[FloatArray]:
    """Steps that cost their change of L* [H, W] and `step` for each pixel's width, in the order of
    `pairs`."""
    return [
        np.abs(luma[one] - luma[other]) + np.float32(step * np.hypot(*way))
        for way, (one, other) in zip(DIRECTIONS, pairs(luma.shape), strict=True)
    ]


def blended(colors: FloatArray, away: FloatArray, power: float) -> FloatArray:
    """The mean [H, W, 2] of colors [n, 2] with the weights r^-power of their distances r [n, H, W]."""
    nearest = np.maximum(away.min(axis=0), np.float32(1e-6))
    weights = (nearest / np.maximum(away, nearest)) ** np.float32(power)
    total: FloatArray = np.einsum("nhw,nc->hwc", weights / weights.sum(axis=0), colors)
    return total
