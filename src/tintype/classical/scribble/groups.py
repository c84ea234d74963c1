"""Strokes by their colors."""

from typing import Final

import numpy as np

from tintype.classical.scribble.affinity import FloatArray
from tintype.classical.scribble.geodesic import BoolArray
from tintype.classical.scribble.spreading import is_stroked

CLOSE: Final = 1.0
"""CIE units within which colors count as one."""
MOST: Final = 32
"""Colors that are told apart."""


def by_color(hints: FloatArray) -> tuple[FloatArray, BoolArray]:
    """The distinct colors [n, 2] of strokes [H, W, 3], and where each one's strokes are, [n, H, W].

    Colors of one square of 1 CIE unit are one, their mean; of larger squares when there are more than 32, as
    in a painting with a soft brush.
    """
    stroked = is_stroked(hints)
    given = hints[stroked][:, :2]
    side = CLOSE
    while True:
        square, group = np.unique(np.rint(given / side), axis=0, return_inverse=True)
        if len(square) <= MOST:
            break
        side *= 1.5
    group = group.reshape(-1)
    count = np.bincount(group)
    colors = np.stack([np.bincount(group, given[:, index]) / count for index in (0, 1)], axis=-1)
    where = np.zeros((len(square), *stroked.shape), bool)
    y, x = np.nonzero(stroked)
    where[group, y, x] = True
    return colors.astype(np.float32), where
