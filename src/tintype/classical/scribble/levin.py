"""Least squares: like lightness, like color.

Levin, Lischinski and Weiss 2004, *Colorization using Optimization*, ACM Transactions on Graphics 23(3). Color
U is asked to be, at each pixel r without a stroke, the mean of its neighbors that look like it (equation 1),

    J(U) = Σ_r (U(r) - Σ_{s ∈ N(r)} w_rs U(s))²,    w_rs ∝ exp(-(Y(r) - Y(s))² / 2σ_r²)    (equation 2),

with the strokes as constraints. As in the authors' program the sum goes over pixels without a stroke; it then
has the minimum 0, which the sparse linear system U(r) = Σ_s w_rs U(s) gives, and no color leaves the range of
the strokes'. N(r) are the eight neighbors.

What differs, here and in all methods of strokes: Y, U and V are L*, a* and b*, and L* is kept. The affinities
are sharper (see `affinity.affinities`). Of the paper left out: the affinity by correlation (equation 3), and
neighbors in other frames of a film.

A region without a stroke, however sharp its edge, takes a mean of the colors around it.
"""

from tintype.classical.scribble.affinity import VARIANCE_SHARE, WINDOW, FloatArray, affinities
from tintype.classical.scribble.spreading import Spreading


class Levin:
    """A picture L* [H, W] for `methods.Canvas`, solved directly, by elimination.

    A changed stroke is solved from what of the elimination still holds; the result is the same, bit for bit.
    """

    def __init__(self, luma: FloatArray, share: float = VARIANCE_SHARE, window: int = WINDOW) -> None:
        self._weights = affinities(luma, share, window)
        self._spreading = Spreading((luma.shape[0], luma.shape[1]))

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        return self._spreading.spread(self._weights, hints)
