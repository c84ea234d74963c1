"""The solvers and searches under the methods of strokes, against SciPy's."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("pyamg")

from scipy.sparse.linalg import spsolve

from tintype.classical.scribble import multigrid
from tintype.classical.scribble.affinity import affinities
from tintype.classical.scribble.dissection import Dissection
from tintype.classical.scribble.edges import find_edges
from tintype.classical.scribble.geodesic import distances, graph, pairs
from tintype.classical.scribble.levin import Levin
from tintype.classical.scribble.multigrid import CLOSE_ENOUGH, LevinMultigrid
from tintype.classical.scribble.spreading import equations, sparse_matrix
from tintype.photo import Photo

EXAMPLES = Path(__file__).parents[2] / "examples"


def scene(shape, seed=0):
    """L* [H, W] with grain and a step, and five strokes [H, W, 3]."""
    random = np.random.default_rng(seed)
    luma = 40 + 25 * (np.arange(shape[1]) > shape[1] / 2) + random.normal(0, 4, shape)
    hints = np.zeros((*shape, 3), np.float32)
    for _ in range(5):
        y, x = (int(random.integers(length)) for length in shape)
        hints[y : y + 2, x : x + 9] = (*random.uniform(-50, 50, 2), 1)
    return np.clip(luma, 0, 100).astype(np.float32), hints


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (41, 1), (2, 9), (8, 8), (31, 64), (47, 90)])
def test_elimination_solves_what_scipy_solves(shape):
    luma, hints = scene(shape)
    system = equations(affinities(luma), hints)
    expected = spsolve(sparse_matrix(system[0], system[1]).tocsc(), system[2].reshape(-1, 2))
    np.testing.assert_allclose(Dissection(shape).solve(*system), expected.reshape(*shape, 2), atol=1e-3)


def test_elimination_takes_wishes_and_trust():
    luma, hints = scene((30, 41))
    random = np.random.default_rng(3)
    wish, trust = random.normal(size=(30, 41, 2)), random.uniform(0, 1, (30, 41))
    system = equations(affinities(luma), hints, wish, trust)
    expected = spsolve(sparse_matrix(system[0], system[1]).tocsc(), system[2].reshape(-1, 2))
    np.testing.assert_allclose(Dissection((30, 41)).solve(*system), expected.reshape(30, 41, 2), atol=1e-9)


def test_a_changed_equation_gives_the_same_bits_as_from_the_start():
    weights = affinities(scene((50, 70))[0])
    solver = Dissection((50, 70))
    for seed in (1, 2, 1):
        system = equations(weights, scene((50, 70), seed)[1])
        np.testing.assert_array_equal(solver.solve(*system), Dissection((50, 70)).solve(*system))


@pytest.mark.parametrize("seed", range(3))
def test_the_direct_and_the_multigrid_solver_agree(seed):
    luma, hints = scene((60, 80), seed)
    by_multigrid = LevinMultigrid(luma).paint(hints)
    np.testing.assert_allclose(by_multigrid, Levin(luma).paint(hints), atol=CLOSE_ENOUGH)


def test_multigrid_begun_with_other_strokes_agrees_too():
    luma, hints = scene((60, 80), 1)
    canvas = LevinMultigrid(luma)
    canvas.paint(scene((60, 80), 2)[1])
    np.testing.assert_allclose(canvas.paint(hints), Levin(luma).paint(hints), atol=CLOSE_ENOUGH)


@pytest.mark.parametrize("name", ["astronaut.jpg", "chelsea-oval.png", "coffee.tif"])
def test_multigrid_agrees_stroke_by_stroke_on_photographs_and_when_nothing_changed(name):
    """Two of them have regions that hardly anything connects with the rest, which mislead multigrid."""
    luma = Photo.open(EXAMPLES / name).lightness(128, 128)
    canvas, hints = LevinMultigrid(luma), np.zeros((128, 128, 3), np.float32)
    strokes = ((40, 60, 20, 30), (100, 60, 50, 40), (30, 100, 0, -20), (30, 100, 0, -20), (90, 10, -9, 5))
    for y, x, a, b in strokes:
        hints[y : y + 2, x : x + 9] = (a, b, 1)
        np.testing.assert_allclose(canvas.paint(hints), Levin(luma).paint(hints), atol=CLOSE_ENOUGH)


def test_what_multigrid_cannot_solve_is_solved_by_elimination(monkeypatch):
    """As if GMRES had no effect: the residual stays, which must not pass for a solution."""
    luma, hints = scene((60, 80))
    monkeypatch.setattr(multigrid, "gmres", lambda matrix, missing, **_: (np.zeros_like(missing), 1))
    canvas = LevinMultigrid(luma)
    for _ in range(2):
        np.testing.assert_array_equal(canvas.paint(hints), Levin(luma).paint(hints))


def test_affinities_are_shares_and_none_leads_outside():
    weights = affinities(scene((20, 30))[0])
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    assert (weights >= 0).all()
    assert (weights[0, :, :3] == 0).all()
    assert (weights[:, -1, [2, 4, 7]] == 0).all()


def test_affinities_follow_equation_2():
    light = np.array([[10, 12, 11], [30, 14, 12], [11, 10, 60]])
    weights = affinities(light.astype(np.float32))[1, 1]
    others = np.delete((light / 100).ravel(), 4)
    expected = np.exp(-((others - 0.14) ** 2) / (0.2 * (light / 100).var())) + 1e-6
    np.testing.assert_allclose(weights, expected / expected.sum(), rtol=1e-5)


def test_the_shortest_way_over_a_plain_is_counted_in_steps():
    shape = (20, 25)
    ways = graph(
        shape, [np.full(np.zeros(shape)[one].shape, cost) for (one, _), cost in ways_and_costs(shape)]
    )
    sources = np.zeros(shape, bool)
    sources[4, 5] = True
    y, x = np.abs(np.indices(shape) - np.array([4, 5])[:, None, None])
    expected = np.maximum(y, x) - np.minimum(y, x) + 2**0.5 * np.minimum(y, x)
    np.testing.assert_allclose(distances(ways, sources), expected, rtol=1e-6)


def ways_and_costs(shape):
    return zip(pairs(shape), (1, 1, 2**0.5, 2**0.5), strict=True)


def test_edges_are_found_on_a_smooth_wall_but_not_in_grain():
    random = np.random.default_rng(0)
    luma = np.full((64, 96), 50.0)
    luma[:, 48:] += random.normal(0, 6, (64, 48))
    luma[20:44, 12:36] += 8
    edges = find_edges(luma.astype(np.float32))
    outline = np.zeros_like(edges)
    outline[19:45, 11:37] = True
    outline[22:42, 14:34] = False
    assert edges[:, :44][outline[:, :44]].sum() >= 80
    assert not edges[:, :44][~outline[:, :44]].any()
    assert edges[:, 54:].mean() < 0.3


def test_edges_of_one_lightness_are_none():
    assert not find_edges(np.full((9, 12), 42, np.float32)).any()
