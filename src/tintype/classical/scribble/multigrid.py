"""The equations of pixels and their eight neighbors, solved by algebraic multigrid.

The matrix is not symmetric: how much r follows s is not how much s follows r. Multigrid that restricts by the
transpose of its interpolation (Ruge and Stüben 1987) does not converge on it; with approximate ideal
restriction (Manteuffel, Ruge and Southworth 2018, *Nonsymmetric Algebraic Multigrid Based on Local
Approximate Ideal Restriction*), as PyAMG has it, it is a good preconditioner for GMRES.

To find which unknowns a coarser level keeps, and how it restricts and interpolates, takes most of the time. A
changed stroke changes few equations, so that this is kept from the picture's first strokes, and only the
equations of the levels are made anew.
"""

from typing import Final

import numpy as np
from pyamg import MultilevelSolver, air_solver
from pyamg.relaxation.relaxation import gauss_seidel
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import LinearOperator, gmres

from tintype.classical.scribble.affinity import Float64Array, FloatArray, affinities
from tintype.classical.scribble.dissection import Dissection
from tintype.classical.scribble.spreading import equations, kept_in_range, sparse_matrix

CLOSE_ENOUGH: Final = 0.01
"""CIE units: how near the colors are to those of elimination, at least."""
GAIN: Final = 1e-9
"""By which GMRES brings the preconditioned residual down."""
TRUE_GAIN: Final = 1e-8
"""By which the residual itself must have come down then. The two differ where a hierarchy is useless."""
ROUNDING: Final = 1e-12
"""Share of what is known below which a residual is nothing but rounding."""
STEPS: Final = 60
"""Of GMRES, at most."""
COARSEST: Final = 300
"""Unknowns that are solved for directly."""
SWEEPS: Final = 2
"""Of Gauss and Seidel's method, after a correction from a coarser level."""


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
        self._last: Float64Array | None = None
        self._hierarchy: MultilevelSolver | None = None
        self._elimination = Dissection(shape)
        self.stiff = False
        """Whether this picture turned out to be one for elimination."""

    def solve(self, weights: Float64Array, diagonal: Float64Array, constant: Float64Array) -> Float64Array:
        """x [H, W, 2] for w [H, W, 8], d [H, W] and c [H, W, 2].

        In some pictures next to nothing connects a region with the rest, and on a coarser level nothing does.
        No hierarchy is of use there; when that shows, this picture is solved by elimination from then on.
        """
        found = None
        if not self.stiff:
            found = self._by_multigrid(sparse_matrix(weights, diagonal), constant)
            self.stiff = found is None
        self._last = self._elimination.solve(weights, diagonal, constant) if found is None else found
        return self._last

    def _by_multigrid(self, matrix: csr_matrix, constant: Float64Array) -> Float64Array | None:
        """x [H, W, 2], None where it is not found: with the hierarchy of before if that will do."""
        begin = constant if self._last is None else self._last
        found = None if self._hierarchy is None else _settled(matrix, self._hierarchy, constant, begin)
        if found is None:
            self._hierarchy = air_solver(matrix, presmoother=None, postsmoother=None, max_coarse=COARSEST)
            found = _settled(matrix, self._hierarchy, constant, begin)
        return found


def _settled(
    matrix: csr_matrix, hierarchy: MultilevelSolver, constant: Float64Array, begin: Float64Array
) -> Float64Array | None:
    """The solution, found from a first guess; None when it does not settle."""
    cycle = _cycle(matrix, hierarchy)
    columns = []
    for index in range(constant.shape[-1]):
        known, found = constant[..., index].ravel(), begin[..., index].ravel()
        missing = known - matrix @ found
        begun, size = np.linalg.norm(missing), np.linalg.norm(known)
        if begun > TRUE_GAIN * size:
            step, _ = gmres(matrix, missing, M=cycle, rtol=GAIN, atol=0, restart=STEPS, maxiter=1)
            if np.linalg.norm(missing - matrix @ step) > max(TRUE_GAIN * begun, ROUNDING * size):
                return None
            found = found + step
        columns.append(found)
    return np.stack(columns, axis=-1).reshape(constant.shape)


def _cycle(matrix: csr_matrix, hierarchy: MultilevelSolver) -> LinearOperator:
    """One V-cycle for these equations, by a hierarchy's restriction and interpolation for similar ones."""
    levels = []
    for level in hierarchy.levels[:-1]:
        restriction, interpolation = level.R.tocsr(), level.P.tocsr()
        levels.append((matrix, restriction, interpolation))
        matrix = (restriction @ matrix @ interpolation).tocsr()
    coarsest = np.linalg.pinv(matrix.toarray())

    def correction(missing: Float64Array, depth: int = 0) -> Float64Array:
        if depth == len(levels):
            return np.asarray(coarsest @ missing)
        equations, restriction, interpolation = levels[depth]
        found: Float64Array = interpolation @ correction(restriction @ missing, depth + 1)
        gauss_seidel(equations, found, missing, iterations=SWEEPS)
        return found

    size = hierarchy.levels[0].A.shape
    return LinearOperator(size, matvec=correction, dtype=np.float64)
