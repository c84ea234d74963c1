"""Graph cuts, held against trying everything."""

from itertools import product

import numpy as np
import pytest

from tintype.classical.exemplar import cuts


@pytest.mark.parametrize("seed", range(40))
def test_a_cut_is_the_least_of_all(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count = int(generator.integers(1, 9))
    gain = generator.normal(size=count)
    first, second = generator.integers(0, count, (2, 14))
    first, second = first[first != second], second[first != second]
    bond = generator.random(len(first))

    def value(x: np.ndarray) -> float:
        return float((gain * x).sum() + (bond * (1 - x[first]) * x[second]).sum())

    best = min(value(np.array(x)) for x in product((0, 1), repeat=count))
    found = cuts.least_cut(gain, first, second, bond)
    assert value(found.astype(int)) == pytest.approx(best, abs=1e-4)


def test_pixels_without_costs_and_no_pixels_stay() -> None:
    none = np.empty(0, np.int64)
    assert not cuts.least_cut(np.zeros(3), none, none, np.empty(0)).any()
    assert len(cuts.least_cut(np.empty(0), none, none, np.empty(0))) == 0


def problem(seed: int, shape: tuple[int, int], labels: int) -> cuts.Problem:
    generator = np.random.default_rng(seed)
    pairs = cuts.grid(*shape)
    places = generator.normal(size=(labels, 2))
    distance = np.hypot(*np.moveaxis(places[:, None] - places, -1, 0))
    costs = generator.random((shape[0] * shape[1], labels))
    return cuts.Problem(costs, pairs, generator.random(len(pairs)), distance)


@pytest.mark.parametrize("seed", range(25))
def test_expansion_keeps_its_guarantee_against_all_labelings(seed: int) -> None:
    task = problem(seed, (2, 3), 3)
    best = min(task.energy(np.array(labels)) for labels in product(range(3), repeat=6))
    start = np.argmin(task.costs, axis=1)
    found = task.energy(cuts.expand(task, start))
    apart = task.distance[~np.eye(3, dtype=bool)]
    assert best <= found + 1e-9
    assert found <= task.energy(start) + 1e-9
    assert found <= 2 * apart.max() / apart.min() * best + 1e-6


def test_two_labels_are_cut_exactly() -> None:
    for seed in range(10):
        task = problem(seed, (3, 3), 2)
        best = min(task.energy(np.array(labels)) for labels in product(range(2), repeat=9))
        assert task.energy(cuts.expand(task, np.zeros(9, np.int64))) == pytest.approx(best, abs=1e-4)


def test_no_single_pixel_gains_by_another_label_after_expansion() -> None:
    task = problem(3, (6, 7), 5)
    labels = cuts.expand(task, np.argmin(task.costs, axis=1))
    energy = task.energy(labels)
    for pixel, label in product(range(42), range(5)):
        other = labels.copy()
        other[pixel] = label
        assert task.energy(other) >= energy - 1e-4


def test_a_grid_has_each_pair_of_neighbors_once() -> None:
    pairs = cuts.grid(2, 3)
    assert sorted(map(tuple, pairs.tolist())) == [(0, 1), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (4, 5)]
