"""A stroke colors the region of its texture: a front that runs where the pattern goes on.

Qu, Wong and Heng 2006, *Manga Colorization*, ACM Transactions on Graphics 25(3). From a stroke a boundary is
propagated over all that looks like what is under it, by Gabor's features (four scales, six directions;
k-means of those under the stroke), and it halts where the pattern or the intensity changes; within the region
found the color is the stroke's.

Here the front of each color starts from its strokes at once and moves with a speed that falls with the
unlikeness D of a place to the patterns under these strokes, F = 1 / (`STEP` + D²), and with each crossing of
a change of lightness. A pixel belongs to the color whose front comes first, and the arrival times T_c are
shortest ways (Sethian 1996), so few strokes suffice for a texture that is connected. Where two fronts come at
about the same time, T_second / T_first < `SURE`, the color is not set but found by Levin's equations from
both sides (`spreading`), so that the border follows the lightness.

What differs: first arrival instead of a level set with curvature and a halting force, so no picture is left
uncolored, and a region without a stroke belongs to the front that gets there first. Left out: shading and
stroke textures that replace the drawing's hatching; the paper is about manga, this for photographs too.
"""

from typing import Final

import numpy as np

from tintype.classical.scribble.affinity import Float64Array, FloatArray, affinities
from tintype.classical.scribble.geodesic import DIRECTIONS, BoolArray, distances, graph, pairs
from tintype.classical.scribble.groups import by_color
from tintype.classical.scribble.labels import trust_in
from tintype.classical.scribble.spreading import Spreading
from tintype.classical.scribble.texture import features, typical, unlike

PATTERNS: Final = 4
"""Kinds of texture under one color's strokes."""
STEP: Final = 0.03
"""Cost of a pixel's step within a perfect pattern."""
EDGE: Final = 0.02
"""Cost of a change of one L*."""
SURE: Final = 1.5
"""How many times as late the second front must be for the first one's color to be certain."""
TRUST: Final = 1.0
"""Of a certain pixel's color, against its eight neighbors' together."""


class Qu:
    """A picture L* [H, W] for `methods.Canvas`. Fronts are kept, so that only colors whose strokes change run
    again."""

    def __init__(self, luma: FloatArray) -> None:
        self._luma = luma.astype(np.float32)
        self._looks = features(luma)
        self._weights: Float64Array = affinities(luma)
        self._spreading = Spreading((luma.shape[0], luma.shape[1]))
        self._known: dict[bytes, FloatArray] = {}

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        colors, where = by_color(hints)
        times = self._arrivals(where)
        order = times.argmin(axis=0)
        first = times.min(axis=0)
        np.put_along_axis(times, order[None], np.inf, axis=0)
        sure = (times.min(axis=0) > SURE * first).astype(np.float32)
        return self._spreading.spread(self._weights, hints, colors[order], trust_in(order, sure, TRUST))

    def _arrivals(self, where: BoolArray) -> FloatArray:
        """When each color's front comes to each pixel, [n, H, W]; those of earlier strokes are forgotten."""
        known = self._known
        self._known = {}
        for strokes in where:
            key = np.packbits(strokes).tobytes()
            self._known[key] = known[key] if key in known else self._arrival(strokes)
        return np.stack(list(self._known.values()))

    def _arrival(self, strokes: BoolArray) -> FloatArray:
        """When the front from some strokes [H, W] comes to each pixel."""
        slowness = np.float32(STEP) + unlike(self._looks, typical(self._looks[strokes], PATTERNS)) ** 2
        costs = [
            (slowness[one] + slowness[other]) * np.float32(np.hypot(*way) / 2)
            + np.float32(EDGE) * np.abs(self._luma[one] - self._luma[other])
            for way, (one, other) in zip(DIRECTIONS, pairs(strokes.shape), strict=True)
        ]
        return distances(graph(strokes.shape, costs), strokes)
