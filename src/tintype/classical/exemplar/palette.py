"""A few colors that stand for all of a reference's."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2, vq

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

ROUNDS: Final = 12
"""Rounds of k-means; later ones move its centers by less than one unit."""


def palette(colors: FloatArray, most: int, seed: int) -> tuple[FloatArray, IntArray]:
    """At most `most` colors [k, 2] that a*b* [n, 2] are near to, and for each of the n the nearest of them.

    By k-means from k-means++ (Arthur and Vassilvitskii 2007), so they lie densely where colors are frequent;
    if there are no more than `most` different colors, those.
    """
    exact, names = np.unique(colors, axis=0, return_inverse=True)
    if len(exact) <= most:
        return exact.astype(np.float32), names.reshape(-1)
    spread = colors.astype(np.float64)
    centers, _ = kmeans2(spread, most, iter=ROUNDS, minit="++", rng=seed, missing="warn")
    used = np.unique(vq(spread, centers)[0])
    return centers[used].astype(np.float32), vq(spread, centers[used])[0].astype(np.int64)
