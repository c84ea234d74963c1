"""The equations of pixels and their eight neighbors, solved by algebraic multigrid.

The matrix is not symmetric: how much r follows s is not how much s follows r. Multigrid that restricts by the
transpose of its interpolation (Ruge and Stüben 1987) does not converge on it; with approximate ideal
restriction (Manteuffel, Ruge and Southworth 2018, *Nonsymmetric Algebraic Multigrid Based on Local
Approximate Ideal Restriction*), as PyAMG has it, it is a good preconditioner for GMRES.
"""

from typing import Final

import numpy as np
from pyamg import air_solver
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import LinearOperator, gmres

from tintype.classical.scribble.affinity import Float64Array, FloatArray, affinities
from tintype.classical.scribble.dissection import Dissection
from tintype.classical.scribble.spreading import equations, kept_in_range, sparse_matrix

CLOSE_ENOUGH: Final = 0.01
"""CIE units: the solution is there when another round changes it by less than a tenth of this."""
GAIN: Final = 1e-5
"""By which each round brings the residual down."""
STEPS: Final = 60
"""Of GMRES, at most, in a round."""
ROUNDS: Final = 5
COARSEST: Final = 300
"""Unknowns that are solved for directly."""
SMOOTHER: Final = ("gauss_seidel", {"sweep": "forward", "iterations": 2})
"""PyAMG's own choice, Jacobi's, complains on standard output of coarse equations without a diagonal."""


class LevinMultigrid:
    """A picture L* [H, W] for `methods.Canvas`: the equations of `levin`, solved by algebraic multigrid.

    A changed stroke is solved from the colors before. The result is that of `levin.Levin` to within
    `CLOSE_ENOUGH`.
    """

    def __init__(self, luma: FloatArray) -> None:
        self._weights = affinities(luma)
        self._solver = Multigrid((luma.shape[0], luma.shape[1]))

    def paint(self, hints: FloatArray) -> FloatArray:
        """See `methods.Canvas`."""
        return kept_in_range(self._solver.solve(*equations(self._weights, hints)), hints)


class Multigrid:
    """Solves d_r x_r - Σ_s w_rs x_s = c_r over a picture, beginning with the last solution."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._last: Float64Array | None = None
        self._free: Float64Array | None = None
        self._cycle: LinearOperator | None = None

    def solve(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """x [H, W, 2] for w [H, W, 8], d [H, W] and c [H, W, 2].

        Regions that next to nothing connects with any stroke make rare pictures too stiff for GMRES; what has
        not settled after some rounds is solved by elimination instead.
        """
        matrix = sparse_matrix(weights, diagonal)
        if self._cycle is None or self._free is None or not np.array_equal(weights, self._free):
            self._cycle = air_solver(
                matrix, presmoother=None, postsmoother=SMOOTHER, max_coarse=COARSEST
            ).aspreconditioner()
            self._free = weights
        begin = constant if self._last is None else self._last
        columns = [
            _settled(matrix, self._cycle, constant[..., index].ravel(), begin[..., index].ravel())
            for index in range(constant.shape[-1])
        ]
        found = [each for each in columns if each is not None]
        if len(found) < len(columns):
            self._last = Dissection(self._shape).solve(weights, diagonal, constant)
        else:
            self._last = np.stack(found, axis=-1).reshape(constant.shape)
        return self._last


def _settled(
    matrix: csr_matrix, cycle: LinearOperator, constant: Float64Array, begin: Float64Array
) -> Float64Array | None:
    """The solution, found in rounds from a first guess; None when it does not settle."""
    found = begin
    for _ in range(ROUNDS):
        missing = constant - matrix @ found
        if not missing.any():
            return found
        step, _ = gmres(matrix, missing, M=cycle, rtol=GAIN, atol=0, restart=STEPS, maxiter=1)
        found = found + step
        if np.abs(step).max() < CLOSE_ENOUGH / 10:
            return np.asarray(found)
    return None
