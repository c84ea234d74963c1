from itertools import combinations

import numpy as np
import pytest

from tintype.study.agreement import Agreement, Scale

NOBODY = 0
FOUR_OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NOBODY, NOBODY, NOBODY],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NOBODY, 3],
        [NOBODY, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NOBODY],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NOBODY],
    ]
)
"""Krippendorff 2011, section C: four observers, twelve units, some not seen."""


def alpha(table: np.ndarray, scale: Scale, weights: np.ndarray | None = None) -> float:
    people, units = np.nonzero(table != NOBODY)
    found = Agreement(units, table[people, units].astype(float), scale)
    weights = np.ones((1, len(people))) if weights is None else weights
    return float(found(weights)[0, 0])


def by_definition(table: np.ndarray, scale: Scale) -> float:
    """Pair by pair, as the paper writes it."""
    units = [row[row != NOBODY] for row in table.T if np.sum(row != NOBODY) > 1]
    values = np.concatenate(units)
    counts = {value: np.sum(values == value) for value in np.unique(values)}

    def apart(one: int, other: int) -> float:
        if scale == "nominal":
            return float(one != other)
        low, high = sorted((one, other))
        between = sum(count for value, count in counts.items() if low <= value <= high)
        return float((between - (counts[one] + counts[other]) / 2) ** 2)

    observed = sum(2 * apart(a, b) / (len(unit) - 1) for unit in units for a, b in combinations(unit, 2))
    expected = sum(counts[a] * counts[b] * apart(a, b) for a in counts for b in counts)
    return float(1 - (len(values) - 1) * observed / expected)


def test_two_observers_with_binary_data_have_the_alpha_of_the_paper() -> None:
    # Krippendorff 2011, section A: 0.095.
    table = 1 + np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    assert alpha(table, "nominal") == pytest.approx(0.095, abs=5e-4)


def test_two_observers_with_nominal_data_have_the_alpha_of_the_paper() -> None:
    # Krippendorff 2011, section B: 0.692.
    said = ("aabbdcccedda", "babbbccceddd")
    table = np.array([[ord(letter) for letter in row] for row in said])
    assert alpha(table, "nominal") == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize(("scale", "expected"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_many_observers_with_missing_data_have_the_alpha_of_the_paper(scale: Scale, expected: float) -> None:
    # Krippendorff 2011, sections C and D.
    assert alpha(FOUR_OBSERVERS, scale) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_what_the_definition_says(scale: Scale, seed: int) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(1, 5, (7, 20)) * (random.random((7, 20)) < 0.4)
    assert alpha(table, scale) == pytest.approx(by_definition(table, scale), abs=1e-12)


def test_an_answer_of_weight_nothing_is_as_if_it_had_not_been_given() -> None:
    random = np.random.default_rng(3)
    table = random.integers(1, 5, (6, 15))
    people, _ = np.nonzero(table)
    without = (people != 2).astype(float)[None]
    assert alpha(table, "ordinal", without) == pytest.approx(
        alpha(np.delete(table, 2, axis=0), "ordinal"), abs=1e-12
    )


def test_an_answer_drawn_twice_does_not_agree_with_itself() -> None:
    table = np.array([[1, 2, 1, 2], [2, 1, 2, 1]])
    assert alpha(table, "nominal") < 0
    assert alpha(table, "nominal", np.full((1, 8), 2.0)) < 0


def test_without_anything_to_compare_there_is_no_alpha() -> None:
    alone = np.array([[1, 0, 0], [0, 2, 0], [0, 0, 3]])
    alike = np.array([[1, 1], [1, 1]])
    assert np.isnan(alpha(alone, "nominal"))
    assert np.isnan(alpha(alike, "ordinal"))
    assert Agreement(np.array([], dtype=int), np.array([]), "nominal").units == 0
