"""One label for each pixel, by graph cuts: minimum cuts and α-expansion (Boykov, Veksler and Zabih 2001).

The energy of labels f is

    E(f) = Σ_p cost[p, f_p] + Σ_pq weight[pq] · distance[f_p, f_q]

over pixels p and pairs of neighbors pq, where `distance` is a metric of labels and weights are not
negative. An expansion move lets every pixel keep its label or take α, at once and at the least energy, which
one minimum cut finds. If costs are not negative, what no move lowers any more has at most
2 · max distance / min distance times the least energy of all labelings (their theorem 6.1). The cut is
SciPy's `maximum_flow` (Dinic), in integers: energies are rounded to 1 / `FINENESS` of the largest capacity.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csgraph

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

FINENESS: Final = 1 << 20
"""Steps into which the largest capacity of a cut is divided; sums stay far below 2³¹."""
MOST_ROUNDS: Final = 50
"""Rounds over all labels, unless told; it takes far fewer until no expansion lowers the energy."""


@dataclass(frozen=True)
class Problem:
    """Labels to choose for n pixels."""

    costs: FloatArray
    """[n, labels]"""
    pairs: IntArray
    """[m, 2], neighbors, each pair once."""
    weights: FloatArray
    """[m], not negative."""
    distance: FloatArray
    """[labels, labels], a metric."""

    def energy(self, labels: IntArray) -> float:
        """Of labels [n]."""
        first, second = labels[self.pairs[:, 0]], labels[self.pairs[:, 1]]
        own = np.take_along_axis(self.costs, labels[:, None], axis=1).sum()
        return float(own + (self.weights * self.distance[first, second]).sum())


def grid(height: int, width: int) -> IntArray:
    """The pairs of neighbors, right and below, of a picture's pixels by flat index, [m, 2]."""
    index = np.arange(height * width).reshape(height, width)
    right = np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], axis=1)
    below = np.stack([index[:-1].ravel(), index[1:].ravel()], axis=1)
    return np.concatenate([right, below])


def expand(problem: Problem, labels: IntArray, rounds: int = MOST_ROUNDS) -> IntArray:
    """Labels [n] that no expansion lowers, or those after so many `rounds`; never of more energy than now."""
    labels = labels.copy()
    energy = problem.energy(labels)
    for _ in range(rounds):
        before = energy
        for label in range(problem.costs.shape[1]):
            moved = _expansion(problem, labels, label)
            if moved is None:
                continue
            lowered = problem.energy(moved)
            if lowered < energy:
                labels, energy = moved, lowered
        if energy >= before:
            break
    return labels


def _expansion(problem: Problem, labels: IntArray, label: int) -> IntArray | None:
    """The best labels of those in which pixels keep theirs or take `label`; None where none can gain.

    A pixel that would pay more by itself than its neighbors could ever save, by the triangle inequality
    Σ_q weight[pq] · distance[f_p, label], keeps its label in some best move; so only the others take part.
    """
    first, second = problem.pairs.T
    apart = problem.distance[labels, label]
    pull = _gathered(len(labels), (first, problem.weights), (second, problem.weights)) * apart
    loss = problem.costs[:, label] - np.take_along_axis(problem.costs, labels[:, None], axis=1)[:, 0]
    free = (loss < pull) & (labels != label)
    if not free.any():
        return None
    # energies of a pair when both keep, when one alone moves, when both move (which costs 0)
    keep = problem.weights * problem.distance[labels[first], labels[second]]
    second_moves = problem.weights * problem.distance[labels[first], label]
    first_moves = problem.weights * problem.distance[labels[second], label]
    both = free[first] & free[second]
    stuck_second, stuck_first = free[first] & ~both, free[second] & ~both
    # keep + (first_moves - keep) x - first_moves y + (first_moves + second_moves - keep) (1 - x) y
    gain = loss + _gathered(
        len(loss),
        (first[both], (first_moves - keep)[both]),
        (second[both], -first_moves[both]),
        (first[stuck_second], (first_moves - keep)[stuck_second]),
        (second[stuck_first], (second_moves - keep)[stuck_first]),
    )
    bond = np.maximum((first_moves + second_moves - keep)[both], 0)
    names = np.cumsum(free) - 1
    moves = least_cut(gain[free], names[first[both]], names[second[both]], bond)
    moved = labels.copy()
    moved[np.flatnonzero(free)[moves]] = label
    return moved


def _gathered(count: int, *parts: tuple[IntArray, FloatArray]) -> FloatArray:
    """Sums [count] of values by the pixels that they belong to."""
    pixels = np.concatenate([part[0] for part in parts])
    return np.asarray(np.bincount(pixels, np.concatenate([part[1] for part in parts]), count), np.float64)


def least_cut(gain: FloatArray, first: IntArray, second: IntArray, bond: FloatArray) -> BoolArray:
    """The x in {0, 1}ⁿ, as booleans, of least Σ gain_i x_i + Σ bond_k (1 - x_first) x_second, bonds ≥ 0.

    A pixel with x = 0 lies on the source's side. Where several are least, as few as possible are 1.
    """
    count = len(gain)
    if count == 0:
        return np.empty(0, bool)
    source, sink = count, count + 1
    nodes = np.arange(count)
    positive = gain > 0
    rows = np.concatenate([np.where(positive, source, nodes), first])
    columns = np.concatenate([np.where(positive, nodes, sink), second])
    capacity = np.concatenate([np.abs(gain), bond])
    largest = capacity.max()
    if largest <= 0:
        return np.zeros(count, bool)
    whole = np.rint(capacity * (FINENESS / largest)).astype(np.int32)
    graph = coo_array((whole, (rows, columns)), shape=(count + 2, count + 2)).tocsr()
    graph.eliminate_zeros()
    residual = (graph - csgraph.maximum_flow(graph, source, sink).flow).tocsr()
    residual.eliminate_zeros()
    reaching = csgraph.breadth_first_order(residual.T.tocsr(), sink, return_predecessors=False)
    moves = np.zeros(count + 2, bool)
    moves[reaching] = True
    return moves[:count]
