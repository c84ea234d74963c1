"""A direct solver for the equations of pixels and their eight neighbors, by nested dissection.

The picture is cut into tiles that share their edges. Of each tile the inner unknowns are eliminated, then
pairs of tiles are joined and the unknowns between them eliminated, until nothing is left (George 1973,
"Nested dissection of a regular finite element mesh"). On a grid this is what the orderings of general sparse
solvers look for, but all tiles of a level have the same shape, so that a level is a few dense operations on
stacks of matrices. And it is local: when some pixels' equations change, only their tiles and what holds these
are eliminated again, with the same numbers, bit for bit, as from the start.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.classical.scribble.affinity import NEIGHBORS

Float64Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Sides = tuple[bool, bool, bool, bool]
"""Which sides of a box lie on the picture's border: upper, lower, left, right."""

TILE: Final = 7
"""Pixels, about, between the edges of a tile."""
COLORS: Final = 2


class Dissection:
    """Solves d_r x_r - Σ_s w_rs x_s = c_r over a picture, for two unknowns (a*, b*) at a time.

    Stable without any care for diagonally dominant equations (Σ_s w_rs <= d_r, w >= 0, and from each pixel a
    way along positive w to one where it is less).
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        counts, sides = zip(*(_tiling(length) for length in shape), strict=True)
        self._tile: tuple[int, int] = (sides[0], sides[1])
        self._padded = (counts[0] * sides[0] + 1, counts[1] * sides[1] + 1)
        self._levels = [_Level(self._tile, (counts[0], counts[1]))]
        while self._levels[-1].counts != (1, 1):
            self._levels.append(self._levels[-1].parents())
        self._equations: Float64Array | None = None

    def solve(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """x [H, W, 2] for w [H, W, 8], d [H, W] and c [H, W, 2]; what has not changed since the last call is
        not eliminated again."""
        equations = self._pad(weights, diagonal, constant)
        dirty = self._dirty(equations)
        self._equations = equations
        if dirty.any():
            self._levels[0].eliminate_leaves(equations, self._shares(), dirty)
            for below, level in zip(self._levels, self._levels[1:], strict=False):
                dirty = level.dirty_above(dirty)
                level.eliminate_joined(below, dirty)
        solution = np.zeros((*self._padded, COLORS))
        for level in reversed(self._levels):
            level.put_back(solution)
        return solution[: self.shape[0], : self.shape[1]]

    def _pad(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """-w, d and c as [H', W', 11]; padding is x = 0, connected to nothing."""
        height, width = self.shape
        equations = np.zeros((*self._padded, len(NEIGHBORS) + 1 + COLORS))
        equations[:, :, len(NEIGHBORS)] = 1
        inside = equations[:height, :width]
        inside[:, :, : len(NEIGHBORS)] = -weights
        inside[:, :, len(NEIGHBORS)] = diagonal
        inside[:, :, -COLORS:] = constant
        return equations

    def _shares(self) -> Float64Array:
        """In how many tiles each number of the equations occurs, [H', W', 11]."""
        along = []
        for length, side in zip(self._padded, self._tile, strict=True):
            place = np.arange(length)
            shared = (place % side == 0) & (place > 0) & (place < length - 1)
            along.append(np.where(shared, 2.0, 1.0))
        one = [np.ones_like(each) for each in along]
        steps = [*NEIGHBORS, *[(0, 0)] * (1 + COLORS)]
        return np.stack(
            [(one if y else along)[0][:, None] * (one if x else along)[1][None, :] for y, x in steps], axis=-1
        )

    def _dirty(self, equations: Float64Array) -> BoolArray:
        """Which tiles hold a changed equation."""
        rows, columns = self._levels[0].counts
        if self._equations is None:
            return np.ones((rows, columns), bool)
        changed = (equations != self._equations).any(axis=-1)
        dirty = np.zeros((rows, columns), bool)
        y, x = np.nonzero(changed)
        for down in (0, 1):
            for right in (0, 1):
                row = np.clip((y - down) // self._tile[0], 0, rows - 1)
                column = np.clip((x - right) // self._tile[1], 0, columns - 1)
                dirty[row, column] = True
        return dirty


def _tiling(length: int) -> tuple[int, int]:
    """Number of tiles, a power of two, and their side, for so many pixels in a row."""
    count = 1 << max(0, round(np.log2(max(length - 1, 1) / TILE)))
    return count, max(1, -(-(length - 1) // count))


@dataclass
class _Group:
    """Boxes of a level that touch the picture's border at the same sides."""

    origins: IntArray
    """Upper left pixels, [n, 2]."""
    gone: IntArray
    """Pixels that are eliminated, [e, 2], from the origin."""
    kept: IntArray
    """Pixels that other boxes know too, [k, 2], from the origin."""
    rest: Float64Array
    """Equations among the kept, and their constants, [n, k, k + 2]."""
    way_back: Float64Array
    """The eliminated from the kept, and their constants, [n, e, k + 2]."""


class _Level:
    """All boxes of one size."""

    def __init__(self, box: tuple[int, int], counts: tuple[int, int], joined: int = 0) -> None:
        self.box, self.counts = box, counts
        self.groups: dict[Sides, _Group] = {}
        self.joined = joined
        """The axis along which pairs of the level below were joined; that of leaves means nothing."""

    def parents(self) -> "_Level":
        """The level of the pairs of this one's boxes, joined at the longer sides."""
        across = self.counts[1] > 1 and (self.counts[0] == 1 or self.box[1] <= self.box[0])
        axis = int(across)
        box, counts = list(self.box), list(self.counts)
        box[axis] *= 2
        counts[axis] //= 2
        return _Level((box[0], box[1]), (counts[0], counts[1]), axis)

    def dirty_above(self, dirty: BoolArray) -> BoolArray:
        """Which boxes hold a dirty one of the level below."""
        if self.joined == 0:
            return dirty[0::2] | dirty[1::2]
        return dirty[:, 0::2] | dirty[:, 1::2]

    def sides(self, row: int, column: int) -> Sides:
        """See `Sides`."""
        return (row == 0, row == self.counts[0] - 1, column == 0, column == self.counts[1] - 1)

    def boxes(self, dirty: BoolArray) -> dict[Sides, IntArray]:
        """Rows and columns [n, 2] of the dirty boxes, by their sides."""
        found: dict[Sides, list[tuple[int, int]]] = {}
        for row, column in np.argwhere(dirty).tolist():
            found.setdefault(self.sides(row, column), []).append((row, column))
        return {sides: np.array(places) for sides, places in found.items()}

    def shared(self, place: IntArray, sides: Sides) -> BoolArray:
        """Which pixels [n, 2], from the origin of a box, lie on an edge that is not the picture's border."""
        y, x = place.T
        edges = (y == 0, y == self.box[0], x == 0, x == self.box[1])
        return np.asarray(
            np.logical_or.reduce([edge & (not out) for edge, out in zip(edges, sides, strict=True)])
        )

    def number(self, boxes: IntArray, sides: Sides) -> IntArray:
        """Where boxes [n, 2] stand in their group: all of the group in reading order."""
        rows = np.arange(self.counts[0])[self._span(sides[0], sides[1], 0)]
        columns = np.arange(self.counts[1])[self._span(sides[2], sides[3], 1)]
        return np.asarray((boxes[:, 0] - rows[0]) * len(columns) + boxes[:, 1] - columns[0])

    def _span(self, first: bool, last: bool, axis: int) -> slice:
        """The rows or columns of boxes of a group."""
        count = self.counts[axis]
        if first or last:
            return slice(0, 1) if first else slice(count - 1, count)
        return slice(1, count - 1)

    def group(self, sides: Sides, pixels: IntArray) -> _Group:
        """The group of those sides, made when it is first asked for; `pixels` are those of a box."""
        if sides not in self.groups:
            rows = np.arange(self.counts[0])[self._span(sides[0], sides[1], 0)]
            columns = np.arange(self.counts[1])[self._span(sides[2], sides[3], 1)]
            y, x = np.meshgrid(rows * self.box[0], columns * self.box[1], indexing="ij")
            shared = self.shared(pixels, sides)
            gone, kept = pixels[~shared], pixels[shared]
            count, width = y.size, len(kept) + COLORS
            self.groups[sides] = _Group(
                origins=np.stack([y.ravel(), x.ravel()], axis=-1),
                gone=gone,
                kept=kept,
                rest=np.empty((count, len(kept), width)),
                way_back=np.empty((count, len(gone), width)),
            )
        return self.groups[sides]

    def eliminate_leaves(self, equations: Float64Array, shares: Float64Array, dirty: BoolArray) -> None:
        """Eliminate the inner pixels of tiles."""
        height, width = self.box[0] + 1, self.box[1] + 1
        pixels = np.argwhere(np.ones((height, width), bool))
        parts = equations / shares
        for sides, boxes in self.boxes(dirty).items():
            group = self.group(sides, pixels)
            at = boxes[:, None, :] * np.array(self.box) + pixels
            local = parts[at[..., 0], at[..., 1]]
            matrix = np.zeros((len(boxes), len(pixels), len(pixels) + COLORS))
            for index, step in enumerate((*NEIGHBORS, (0, 0))):
                target = pixels + step
                inside = ((target >= 0) & (target < (height, width))).all(axis=1)
                columns = target[inside] @ (width, 1)
                matrix[:, np.flatnonzero(inside), columns] = local[:, inside, index]
            matrix[:, :, -COLORS:] = local[:, :, -COLORS:]
            _eliminate(matrix, group, self.shared(pixels, sides), self.number(boxes, sides))

    def eliminate_joined(self, below: "_Level", dirty: BoolArray) -> None:
        """Eliminate the pixels between the boxes of each pair."""
        step = np.eye(2, dtype=np.int64)[self.joined]
        for sides, boxes in self.boxes(dirty).items():
            halves = [boxes * (1 + step), boxes * (1 + step) + step]
            kinds = [below.sides(*half[0].tolist()) for half in halves]
            groups = [below.groups[kind] for kind in kinds]
            places = [groups[0].kept, groups[1].kept + step * below.box]
            pixels, index = np.unique(np.concatenate(places), axis=0, return_inverse=True)
            group = self.group(sides, pixels)
            matrix = np.zeros((len(boxes), len(pixels), len(pixels) + COLORS))
            index = index.reshape(-1)
            for half, kind, part, own in zip(
                halves, kinds, groups, np.split(index, [len(places[0])]), strict=True
            ):
                columns = np.concatenate([own, len(pixels) + np.arange(COLORS)])
                matrix[:, own[:, None], columns[None, :]] += part.rest[below.number(half, kind)]
            _eliminate(matrix, group, self.shared(pixels, sides), self.number(boxes, sides))

    def put_back(self, solution: Float64Array) -> None:
        """Fill in the eliminated pixels from the kept ones, which are known, in x [H', W', 2]."""
        for group in self.groups.values():
            kept = group.origins[:, None, :] + group.kept
            gone = group.origins[:, None, :] + group.gone
            known = solution[kept[..., 0], kept[..., 1]]
            values = group.way_back[:, :, -COLORS:] - group.way_back[:, :, :-COLORS] @ known
            solution[gone[..., 0], gone[..., 1]] = values


def _eliminate(matrix: Float64Array, group: _Group, shared: BoolArray, members: IntArray) -> None:
    """Gauss's elimination of the pixels that are not shared, from [A | c] [n, p, p + 2], into a group."""
    gone = np.flatnonzero(~shared)
    kept = np.flatnonzero(shared)
    columns = np.concatenate([kept, len(shared) + np.arange(COLORS)])
    way_back = np.linalg.solve(matrix[:, gone[:, None], gone], matrix[:, gone[:, None], columns])
    group.way_back[members] = way_back
    group.rest[members] = matrix[:, kept[:, None], columns] - matrix[:, kept[:, None], gone] @ way_back
