"""Hints as a network sees them: planes of a*, b* and a mask."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.hints.painted import Painted
from tintype.hints.values import DEFAULT_RADIUS, Hint, Hints

FloatArray = NDArray[np.float32]
Float64Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_RADIUS: Final = math.sqrt(0.5) + 1e-9
"""Radius, in cells, below which a dot could lie between the centers of four cells and mark none."""
LONGEST_PIECE: Final = 8.0
"""Cells; strokes are cut into pieces of about this length, so that few cells beside them are looked at."""
MOST_AT_ONCE: Final = 1 << 22
"""Cells that are looked at together, so that memory stays bounded."""


def rasterize(hints: Hints, photo_size: tuple[int, int], shape: tuple[int, int]) -> FloatArray:
    """Draw hints at the size of a network: [H, W, 3], a*, b* (CIE units) and a mask of 0 or 1.

    `photo_size` is the width and height, in pixels, that the coordinates refer to, `shape` the rows and
    columns to draw; the picture is stretched over them. Cells whose center lies within a hint's radius are
    marked, at least one for each hint; where hints overlap the last one counts. A cell with painted pixels
    has their mean color. Unmarked cells are 0.
    """
    plane = np.zeros((shape[0] * shape[1], 3), np.float32)
    if hints.painted is not None:
        _paint(plane, hints.painted, shape)
    if hints.hints:
        winner = _winners(hints.hints, photo_size, shape)
        colors = np.array([hint.color for hint in hints.hints], np.float32)
        marked = winner >= 0
        plane[marked, :2] = colors[winner[marked]]
        plane[marked, 2] = 1
    return plane.reshape(*shape, 3)


def _paint(plane: FloatArray, painted: Painted, shape: tuple[int, int]) -> None:
    """Set the cells in which something is painted to the mean of it."""
    rows, columns = np.divmod(painted.cells, painted.grid[1])
    finer = [math.ceil(shape[axis] / painted.grid[axis]) for axis in (0, 1)]
    y, x = (
        np.floor((place[:, None] + (np.arange(times) + 0.5) / times) * shape[axis] / painted.grid[axis])
        for axis, (place, times) in enumerate(zip((rows, columns), finer, strict=True))
    )
    flat = (y[:, :, None] * shape[1] + x[:, None, :]).astype(np.int64)
    sums = np.stack(
        [
            np.bincount(flat.reshape(-1), np.repeat(painted.sums[:, index], finer[0] * finer[1]), len(plane))
            for index in range(3)
        ],
        axis=-1,
    )
    marked = sums[:, 2] > 0
    plane[marked, :2] = sums[marked, :2] / sums[marked, 2:]
    plane[marked, 2] = 1


def _winners(hints: Sequence[Hint], photo_size: tuple[int, int], shape: tuple[int, int]) -> IntArray:
    """For each cell [H · W] the last hint that covers it, or -1."""
    start, end, radius, owner = _pieces(hints, photo_size, shape)
    last = np.array([shape[1] - 1, shape[0] - 1])
    low = np.clip(np.floor(np.minimum(start, end) - radius[:, None]), 0, last).astype(np.int64)
    high = np.clip(np.floor(np.maximum(start, end) + radius[:, None]), 0, last).astype(np.int64)
    columns, rows = (high - low + 1).T  # of the box around each piece
    winner = np.full(shape[0] * shape[1], -1, np.int64)
    for part in _parts(columns * rows):
        areas = (columns * rows)[part]
        which = np.repeat(np.arange(part.start, part.stop), areas)
        within = np.arange(len(which)) - np.repeat(np.cumsum(areas) - areas, areas)
        y, x = np.divmod(within, columns[which])
        x, y = x + low[which, 0], y + low[which, 1]
        hit = _squared_distance(x + 0.5, y + 0.5, start[part], end[part], areas) <= radius[which] ** 2
        winner[(y * shape[1] + x)[hit]] = owner[which[hit]]  # of equal indices the last, as NumPy promises
    return winner


def _pieces(
    hints: Sequence[Hint], photo_size: tuple[int, int], shape: tuple[int, int]
) -> tuple[Float64Array, Float64Array, Float64Array, IntArray]:
    """Short straight pieces of all hints in order: starts [n, 2], ends [n, 2] and radii [n], in cells, and
    the number of the hint that each belongs to."""
    scale = np.array([shape[1] / photo_size[0], shape[0] / photo_size[1]])
    mean_scale = math.sqrt(scale.prod())
    plain = DEFAULT_RADIUS * math.sqrt(photo_size[0] * photo_size[1])
    radii = np.array([plain if hint.radius is None else hint.radius for hint in hints]) * mean_scale
    starts = [hint.points[:-1] if len(hint.points) > 1 else hint.points for hint in hints]
    ends = [hint.points[1:] if len(hint.points) > 1 else hint.points for hint in hints]
    owner = np.repeat(np.arange(len(hints)), [len(each) for each in starts])
    start = np.array([point for each in starts for point in each]) * scale
    end = np.array([point for each in ends for point in each]) * scale
    radius = np.maximum(radii, LEAST_RADIUS)[owner]
    lengths = np.hypot(*(end - start).T)
    counts = np.maximum(np.ceil(lengths / np.maximum(radius, LONGEST_PIECE)), 1).astype(np.int64)
    which = np.repeat(np.arange(len(start)), counts)
    step = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    way = ((end - start) / counts[:, None])[which]
    begin = start[which] + way * step[:, None]
    return begin, begin + way, radius[which], owner[which]


def _parts(areas: IntArray) -> list[slice]:
    """Runs of pieces, each of at most `MOST_AT_ONCE` cells or of one piece."""
    parts = []
    begin = total = 0
    for index, area in enumerate(areas.tolist()):
        if total and total + area > MOST_AT_ONCE:
            parts.append(slice(begin, index))
            begin, total = index, 0
        total += area
    return [*parts, slice(begin, len(areas))]


def _squared_distance(
    x: Float64Array, y: Float64Array, start: Float64Array, end: Float64Array, counts: IntArray
) -> Float64Array:
    """Squared distance of points from straight lines [n, 2] → [n, 2]; the first of the `counts` [n] points
    belong to the first line, and so on."""
    way = end - start
    squared = np.maximum((way**2).sum(axis=-1), np.finfo(float).tiny)
    unit = way / squared[:, None]
    right, down = x - np.repeat(start[:, 0], counts), y - np.repeat(start[:, 1], counts)
    share = np.clip(right * np.repeat(unit[:, 0], counts) + down * np.repeat(unit[:, 1], counts), 0, 1)
    right -= share * np.repeat(way[:, 0], counts)
    down -= share * np.repeat(way[:, 1], counts)
    return np.asarray(right**2 + down**2)
