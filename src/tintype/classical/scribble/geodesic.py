"""Shortest ways over a picture from a set of pixels."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from tintype.classical.scribble.affinity import FloatArray

BoolArray = NDArray[np.bool_]

DIRECTIONS: Final = ((0, 1), (1, 0), (1, 1), (1, -1))
"""Rows and columns to one of each two opposite neighbors."""


def pairs(shape: tuple[int, int]) -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """For each of `DIRECTIONS` the pixels of a plane [H, W] that have such a neighbor, and the neighbors."""
    height, width = shape
    found = []
    for down, right in DIRECTIONS:
        rows, lower = slice(0, height - down), slice(down, height)
        columns, beside = (
            slice(max(0, -right), width - max(0, right)),
            slice(max(0, right), width + min(0, right)),
        )
        found.append(((rows, columns), (lower, beside)))
    return found


def graph(shape: tuple[int, int], costs: list[FloatArray]) -> csr_array:
    """The pixels as a graph; `costs` are those of the steps, above 0, in the order of `pairs`."""
    number = np.arange(shape[0] * shape[1]).reshape(shape)
    ends = [(number[one].ravel(), number[other].ravel()) for one, other in pairs(shape)]
    start, end = (np.concatenate(each) for each in zip(*ends, strict=True))
    cost = np.concatenate([each.ravel() for each in costs]).astype(np.float64)
    both = (np.concatenate([start, end]), np.concatenate([end, start]))
    return coo_array((np.concatenate([cost, cost]), both), shape=(number.size, number.size)).tocsr()


def distances(ways: csr_array, sources: BoolArray) -> FloatArray:
    """Lengths [H, W] of the shortest ways from the marked pixels [H, W], at least one (Dijkstra 1959)."""
    found = dijkstra(ways, indices=np.flatnonzero(sources), min_only=True)
    return np.asarray(found, np.float32).reshape(sources.shape)
