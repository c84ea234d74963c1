"""Strokes color all regions that are alike, connected or not.

Luan, Wen, Cohen-Or, Liang, Xu and Shum 2007, *Natural Image Colorization*, Eurographics Symposium on
Rendering. A picture is first labeled: pixels join the strokes that they are like, by texture and place, so
that few strokes reach even what they do not touch. Then each label's color is mapped, with soft borders.

Here the unlikeness D_c(r) of a pixel to a color's strokes is that of its Gabor features to the nearest
pattern under them (`texture`), plus a little for its distance from them. It becomes a probability,

    p_c(r) ∝ exp(-D_c(r)² / 2 `WIDTH`²),

which is smoothed within what looks alike (`ROUNDS` times each pixel takes the mean of its neighbors, weighted
by the affinities of `affinity`, and its own evidence: the mean field of Potts' model). The likeliest color is
the label. How much more likely it is than the second is the trust t_r in its color, and Levin's equations
with that trust (`spreading`) give the final color: set where labels are certain, drawn to the edges of
lightness where not.

What differs: the paper labels by graph cuts over its own texture features, and maps color from lightness
along lines that the person sets in more than one place of a region; here a label has one color. Left out: its
user interface.

A region without a stroke takes the color of whatever strokes it is most like, near or far.
"""

from typing import Final

import numpy as np
from scipy import ndimage

from tintype.classical.scribble.affinity import FloatArray, affinities, neighbors_of
from tintype.classical.scribble.geodesic import BoolArray
from tintype.classical.scribble.groups import by_color
from tintype.classical.scribble.labels import trust_in
from tintype.classical.scribble.spreading import Spreading
from tintype.classical.scribble.texture import features, typical, unlike

PATTERNS: Final = 4
"""Kinds of texture under one color's strokes."""
WIDTH: Final = 0.35
"""Unlikeness that makes a label e^-1/2 as probable."""
FAR: Final = 0.3
"""Unlikeness that the whole side of the picture counts for."""
ROUNDS: Final = 8
OWN: Final = 0.3
"""Weight of a pixel's own evidence against its neighbors' in each round."""
TRUST: Final = 0.1
"""Of a certain label's color, against the eight neighbors' together."""


class Luan:
    """A picture L* [H, W] for `methods.Canvas`."""

    def __init__(self, luma: FloatArray) -> None:
        self._looks = features(luma)
        self._weights = affinities(luma)
        self._spreading = Spreading((luma.shape[0], luma.shape[1]))

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        colors, where = by_color(hints)
        likely = self._smoothed(np.stack([self._evidence(strokes) for strokes in where]))
        label = likely.argmax(axis=0)
        ranked = np.sort(likely, axis=0)
        margin = ranked[-1] - (ranked[-2] if len(ranked) > 1 else 0)
        return self._spreading.spread(self._weights, hints, colors[label], trust_in(label, margin, TRUST))

    def _evidence(self, strokes: BoolArray) -> FloatArray:
        """The logarithm [H, W] of how probable a color is by what its strokes [H, W] look like."""
        unlikeness = unlike(self._looks, typical(self._looks[strokes], PATTERNS))
        away = ndimage.distance_transform_edt(~strokes) / np.sqrt(strokes.size)
        return np.asarray(-((unlikeness + FAR * away) ** 2) / (2 * WIDTH**2), np.float32)

    def _smoothed(self, evidence: FloatArray) -> FloatArray:
        """Probabilities [n, H, W] from logarithms, agreed upon with the neighbors."""
        own = np.exp(evidence - evidence.max(axis=0))
        own /= own.sum(axis=0)
        likely = own
        for _ in range(ROUNDS):
            around = np.stack([(self._weights * neighbors_of(each, 0)).sum(axis=-1) for each in likely])
            likely = OWN * own + (1 - OWN) * around
        return np.asarray(likely / np.maximum(likely.sum(axis=0), np.finfo(np.float32).tiny), np.float32)
