"""The Fréchet distance of two sets of features, which FID is the name of for those of Inception."""

import numpy as np
from numpy.typing import NDArray

from tintype.metrics.arrays import FloatArray


def frechet_distance(true: FloatArray, predicted: FloatArray) -> float:
    """Squared Fréchet distance of the Gaussians with the moments of two sets of features, [n, F] and [m, F].

    Heusel et al. 2017, equation 6: |μ - μ̂|² + tr(Σ + Σ̂ - 2 (Σ Σ̂)^½), with unbiased covariances. The trace of
    the root is computed without any root of a matrix. With Σ = XᵀX and Σ̂ = YᵀY it is the sum of the singular
    values of X Yᵀ, since their squares are the eigenvalues of Σ Σ̂ other than 0. So it is as exact with fewer
    pictures than features, where covariances are singular; the distance itself is too high by then, by a bias
    that falls with the number of pictures, and only sets of the same size compare.

    Raises ValueError when the features differ in number, or a set has fewer than two pictures.
    """
    if true.ndim != 2 or predicted.ndim != 2 or true.shape[1] != predicted.shape[1]:
        raise ValueError(
            f"features of {true.shape} and {predicted.shape} do not compare; give [n, F] and [m, F]"
        )
    if min(len(true), len(predicted)) < 2:
        raise ValueError(
            "a set of one picture has no spread; give the features of at least two pictures each"
        )
    mean, root = _moments(true)
    other_mean, other_root = _moments(predicted)
    shift = np.sum(np.square(mean - other_mean))
    spread = np.sum(np.square(root)) + np.sum(np.square(other_root))
    shared = np.linalg.svd(root @ other_root.T, compute_uv=False).sum()
    return max(float(shift + spread - 2 * shared), 0.0)


def _moments(features: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean [F] and an X [r, F] with XᵀX the covariance, r at most F."""
    centered = features.astype(float)
    mean = centered.mean(axis=0)
    centered -= mean
    centered /= np.sqrt(len(centered) - 1)
    if len(centered) <= centered.shape[1]:
        return mean, centered
    return mean, np.asarray(np.linalg.qr(centered, mode="r"))
