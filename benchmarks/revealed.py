"""Hints drawn from the truth: what a person gives who knows the colors and points at random places."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.pictures import FloatArray, Picture


@dataclass(frozen=True)
class Squares:
    """Squares of one color each, on the grid of a network's input."""

    side: int
    """Pixels."""
    corners: NDArray[np.int64]
    """[n, 2], row and column of each upper left pixel."""
    colors: FloatArray
    """[n, 2], a*b* in CIE units."""

    def planes(self, shape: tuple[int, int], chosen: slice) -> FloatArray:
        """Hints [H, W, 3] (a*, b*, mask) of some of the squares; where they overlap the last one counts."""
        hints = np.zeros((*shape, 3), np.float32)
        for (row, column), color in zip(self.corners[chosen], self.colors[chosen], strict=True):
            hints[row : row + self.side, column : column + self.side] = (*color, 1)
        return hints

    def distances(self, shape: tuple[int, int], number: int) -> FloatArray:
        """Distance, in pixels, of each pixel [H, W] from a square: 0 inside, 1 beside it."""
        axes = []
        for length, first in zip(shape, self.corners[number], strict=True):
            place = np.arange(length)
            axes.append(np.maximum(np.maximum(first - place, place - (first + self.side - 1)), 0))
        away: FloatArray = np.hypot(axes[0][:, np.newaxis], axes[1][np.newaxis])
        return away


def draw(chroma: FloatArray, count: int, side: int, generator: np.random.Generator) -> Squares:
    """So many squares at random places, each with the mean of true a*b* [H, W, 2] over it.

    Places are drawn one after the other, so that fewer squares are the first of more.
    """
    height, width = chroma.shape[:2]
    largest = (max(height - side, 0) + 1, max(width - side, 0) + 1)
    corners = generator.integers(0, largest, (count, 2))
    colors = [
        chroma[row : row + side, column : column + side].mean(axis=(0, 1), dtype=float)
        for row, column in corners
    ]
    return Squares(side, corners, np.array(colors, np.float32).reshape(count, 2))


def generator_of(picture: Picture, seed: int) -> np.random.Generator:
    """Random numbers that depend on the seed and the picture, not on the pictures before it."""
    return np.random.default_rng([seed, zlib.crc32(picture.tobytes())])
