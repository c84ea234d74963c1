"""Least squares, with edges found first so that color stops there.

Huang, Tung, Chen, Wang and Wu 2005, *An Adaptive Edge Detection Based Colorization Algorithm and Its
Applications*, ACM Multimedia. Their observation: where color follows lightness alone it bleeds over the
outlines of things, and edges, found with thresholds that adapt to the picture, tell where it must not go.

Here edges (`edges.find_edges`) change the affinities of Levin's equations (`levin`). A pixel on an edge
passes little on, and so do two pixels beside each other across an edge that only touches corner to
corner: w_rs is multiplied by `SEEP` when s lies on an edge, unless a stroke marks s. Pixels on the edge
itself take their color from the neighbors that they look like.

What differs: the paper's own detector and its fast way to propagate from pixel to pixel are replaced, by
Canny's with thresholds from the surroundings and by the exact solution. Left out: transfer from pictures, and
coding.

A region without a stroke that edges enclose takes a mean of what seeps in.
"""

from typing import Final

import numpy as np

from tintype.classical.scribble.affinity import NEIGHBORS, FloatArray, affinities, neighbors_of, normalized
from tintype.classical.scribble.edges import find_edges
from tintype.classical.scribble.geodesic import BoolArray
from tintype.classical.scribble.spreading import Spreading, is_stroked

SEEP: Final = 0.1
"""Share of its affinity that is left to a neighbor on an edge."""


class Huang:
    """A picture L* [H, W] for `methods.Canvas`; a change costs as little as in `levin.Levin`."""

    def __init__(self, luma: FloatArray, seep: float = SEEP) -> None:
        self._weights = affinities(luma)
        self._edges = find_edges(luma)
        self._seep = seep
        self._spreading = Spreading((luma.shape[0], luma.shape[1]))

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        cut = beyond_edges(self._edges & ~is_stroked(hints))
        return self._spreading.spread(normalized(np.where(cut, self._seep, 1) * self._weights), hints)


def beyond_edges(edges: BoolArray) -> BoolArray:
    """Which neighbors [H, W, 8] lie on an edge [H, W], or behind one that goes through between."""
    on_edge = neighbors_of(edges, 0) > 0
    cut = on_edge.copy()
    place = {way: index for index, way in enumerate(NEIGHBORS)}
    for (y, x), index in place.items():
        if y and x:
            cut[:, :, index] |= on_edge[:, :, place[y, 0]] & on_edge[:, :, place[0, x]]
    return cut
