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

from tintype.classical.scribble.affinity import FloatArray, affinities
from tintype.classical.scribble.geodesic import BoolArray
from tintype.classical.scribble.groups import by_color
from tintype.classical.scribble.labels import trust_in
from tintype.classical.scribble.spreading import Spreading, sparse_matrix
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
    """A picture L* [H, W] for `methods.Canvas`. What speaks for a color is kept until its strokes change."""

    def __init__(self, luma: FloatArray) -> None:
        self._looks = features(luma)
        self._weights = affinities(luma)
        self._around = -sparse_matrix(self._weights, np.zeros(luma.shape)).astype(np.float32)
        self._spreading = Spreading((luma.shape[0], luma.shape[1]))
        self._known: dict[bytes, FloatArray] = {}

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        colors, where = by_color(hints)
        likely = self._smoothed(self._all_evidence(where))
        label = likely.argmax(axis=0)
        ranked = np.sort(likely, axis=0)
        margin = ranked[-1] - (ranked[-2] if len(ranked) > 1 else 0)
        return self._spreading.spread(self._weights, hints, colors[label], trust_in(label, margin, TRUST))

    def _all_evidence(self, where: BoolArray) -> FloatArray:
        """`_evidence` for each color, [n, H, W]; that of earlier strokes is forgotten."""
        known = self._known
        self._known = {}
        for strokes in where:
            key = np.packbits(strokes).tobytes()
            self._known[key] = known[key] if key in known else self._evidence(strokes)
        return np.stack(list(self._known.values()))

    def _evidence(self, strokes: BoolArray) -> FloatArray:
        """The logarithm [H, W] of how probable a color is by what its strokes [H, W] look like."""
        unlikeness = unlike(self._looks, typical(self._looks[strokes], PATTERNS))
        away = ndimage.distance_transform_edt(~strokes) / np.sqrt(strokes.size)
        return np.asarray(-((unlikeness + FAR * away) ** 2) / (2 * WIDTH**2), np.float32)

    def _smoothed(self, evidence: FloatArray) -> FloatArray:
        """Probabilities [n, H, W] from logarithms, agreed upon with the neighbors."""
        own = np.exp(evidence - evidence.max(axis=0)).reshape(len(evidence), -1).T
        own = np.ascontiguousarray(own / own.sum(axis=1, keepdims=True))
        likely = own
        for _ in range(ROUNDS):
            likely = np.float32(OWN) * own + np.float32(1 - OWN) * (self._around @ likely)
        likely = likely / np.maximum(likely.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return np.asarray(likely.T.reshape(evidence.shape), np.float32)
