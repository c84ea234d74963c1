"""How color keeps to edges.

Color-edge bleeding has no settled measure. `edge_error` looks at true edges of color, and needs the truth;
`leakage` looks at changes of color where lightness has no edge, and needs none.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.metrics.arrays import FloatArray
from tintype.metrics.chroma import chroma_distance

EDGE: Final = 5.0
"""CIE units per pixel from which a change of L* or of a*b* is an edge: a step of 10 units."""
REACH: Final = 2
"""Pixels around an edge that still belong to it."""


def edge_error(true: FloatArray, predicted: FloatArray, edge: float = EDGE, reach: int = REACH) -> float:
    """Mean a*b* distance within `reach` pixels of strong edges of true color: where bleeding shows.

    Chroma is [H, W, 2]; an edge is where the gradient of true a*b* is at least `edge` units per pixel. NaN
    for a picture without one.
    """
    near = _near(_gradient(true) >= edge, reach)
    distance = chroma_distance(true, predicted)[near]
    return float(np.mean(distance, dtype=float)) if distance.size else float("nan")


def leakage(lightness: FloatArray, chroma: FloatArray, edge: float = EDGE, reach: int = REACH) -> float:
    """Share of the change of color, 0..1, that lies farther than `reach` pixels from every edge of lightness.

    Color that runs over an edge changes beside it, where lightness does not; that neighbors of like
    intensity have like color is the premise of Levin, Lischinski and Weiss 2004. Lightness is L* [H, W] with
    edges of at least `edge` units per pixel, chroma [H, W, 2]; its change is the length of its gradient. True
    color has some too, to compare with. NaN for chroma that never changes.
    """
    change = _gradient(chroma)
    total = float(change.sum(dtype=float))
    smooth = ~_near(_gradient(lightness[..., np.newaxis]) >= edge, reach)
    return float(change[smooth].sum(dtype=float)) / total if total > 0 else float("nan")


def _gradient(picture: FloatArray) -> FloatArray:
    """Length of the gradient of [H, W, C] over all channels, central differences, units per pixel: [H, W]."""
    rows, columns = np.gradient(picture, axis=(0, 1))
    length: FloatArray = np.sqrt(np.sum(np.square(rows) + np.square(columns), axis=-1))
    return length


def _near(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Widen a mask [H, W] by `reach` pixels in each direction and diagonally."""
    for _ in range(2):
        wide = mask.copy()
        for step in range(1, reach + 1):
            wide[step:] |= mask[:-step]
            wide[:-step] |= mask[step:]
        mask = wide.T
    return mask
