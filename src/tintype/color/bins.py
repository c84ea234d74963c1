"""Quantised a*b*: a color as a distribution over the cells of a grid.

After Zhang, Isola and Efros 2016, section 2. The plane is cut into squares of 10 CIE units; those whose
center sRGB can show at some L* are the bins, 226 of them. (Zhang et al. count 313 in their own estimate of
the gamut; only the grid is the same.) A color is encoded over its 5 nearest bins with Gaussian weights, and
decoded as the mean of the distribution, sharpened first by a temperature ("annealed mean") where vivid
colors are wanted.
"""

from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from tintype.color.gamut import in_gamut

Array = TypeVar("Array")
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STEP: Final = 10.0
"""Side of a bin in CIE units (Zhang 2016, section 2.1)."""
NEIGHBORS: Final = 5
"""How many bins share a color when it is encoded (Zhang 2016, section 2.1)."""
SIGMA: Final = 5.0
"""Width of the Gaussian over those bins, in CIE units (Zhang 2016, section 2.1)."""
TEMPERATURE: Final = 0.38
"""Temperature of the annealed mean (Zhang 2016, section 2.3)."""
RARITY_MIX: Final = 0.5
"""Share of the uniform distribution in the rarity weights, lambda (Zhang 2016, equation 4)."""

_REACH: Final = 13
"""Grid cells on either side of gray; 130 is beyond every a* and b* of sRGB."""
_CANDIDATES: Final = 24
"""The 5 nearest bins of a color are among so many nearest of the bin it falls in (tested)."""


@lru_cache(maxsize=1)
def centers() -> FloatArray:
    """a*b* of all bins, [226, 2], ordered by a*, then b*; read-only."""
    axis = np.arange(-_REACH, _REACH + 1) * STEP
    a, b = np.meshgrid(axis, axis, indexing="ij")
    lightness = np.arange(0, 100.5, 0.5)[:, None, None]
    lab = np.stack(np.broadcast_arrays(lightness, a, b), axis=-1)
    inside = in_gamut(lab).any(axis=0)
    bins = np.stack([a[inside], b[inside]], axis=-1)
    bins.flags.writeable = False
    return bins


def encode(ab: Array, axis: int = -1) -> tuple[Array, Array]:
    """Encode a*b* (two channels on `axis`) softly over the nearest bins.

    Returns the indices of the 5 nearest bins (int64) and their weights (of the input's dtype, sum 1), both
    with 5 entries on `axis` in place of the two channels, nearest first. The weights are proportional to
    exp(-d²/2σ²) of the distance d, σ = 5.
    """
    x: Any = ab
    xp = array_namespace(x)
    x = xp.moveaxis(x, axis, -1)
    table = xp.asarray(_candidates().copy(), device=device(x))
    cell = xp.astype(xp.clip(xp.round(x / STEP), -_REACH, _REACH), xp.int64) + _REACH
    near = table[cell[..., 0], cell[..., 1]]
    where = xp.asarray(centers().copy(), dtype=x.dtype, device=device(x))[near]
    squared = xp.sum((where - x[..., None, :]) ** 2, axis=-1)
    order = xp.argsort(squared, axis=-1)[..., :NEIGHBORS]
    nearest = xp.take_along_axis(squared, order, axis=-1)
    weights = xp.exp((nearest[..., :1] - nearest) / (2 * SIGMA**2))
    weights = weights / xp.sum(weights, axis=-1, keepdims=True)
    indices = xp.take_along_axis(near, order, axis=-1)
    return xp.moveaxis(indices, -1, axis), xp.moveaxis(weights, -1, axis)


def to_dense(indices: Array, weights: Array, axis: int = -1) -> Array:
    """Spread what `encode` returned into full distributions: 226 probabilities on `axis`."""
    where: Any = indices
    share: Any = weights
    xp = array_namespace(share)
    where, share = xp.moveaxis(where, axis, -1), xp.moveaxis(share, axis, -1)
    numbers = xp.arange(len(centers()), device=device(share))
    hits = xp.astype(where[..., None] == numbers, share.dtype)
    dense: Array = xp.moveaxis(xp.sum(share[..., None] * hits, axis=-2), -1, axis)
    return dense


def decode(probabilities: Array, temperature: float = 1.0, axis: int = -1) -> Array:
    """The annealed mean: a*b* (two channels on `axis`) of distributions with 226 entries on `axis`.

    Probabilities are raised to 1/temperature and made to sum to 1 before the mean is taken (Zhang 2016,
    equation 5): 1 is the plain mean, toward 0 it becomes the most likely bin. Raises ValueError for a
    temperature that is not positive.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    p: Any = probabilities
    xp = array_namespace(p)
    p = xp.moveaxis(p, axis, -1)
    sharp = (p / xp.max(p, axis=-1, keepdims=True)) ** (1 / temperature)
    sharp = sharp / xp.sum(sharp, axis=-1, keepdims=True)
    mean = xp.matmul(sharp, xp.asarray(centers().copy(), dtype=p.dtype, device=device(p)))
    decoded: Array = xp.moveaxis(mean, -1, axis)
    return decoded


def rarity_weights(share: FloatArray, mix: float = RARITY_MIX) -> FloatArray:
    """Weights that make rare colors count more, [226], for training (Zhang 2016, equation 4).

    `share` [226] is how often each bin occurs, in any unit. It is smoothed over the plane with a Gaussian of
    σ = 5, mixed with the uniform distribution, inverted, and scaled so that the mean weight of a pixel is 1.
    Raises ValueError when `share` has a wrong shape, a negative entry or no positive one.
    """
    share = np.asarray(share, dtype=float)
    bins = centers()
    if share.shape != (len(bins),) or (share < 0).any() or share.sum() <= 0:
        raise ValueError(f"expected {len(bins)} non-negative shares, not all 0; got shape {share.shape}")
    share = share / share.sum()
    smooth = _smoothing() @ share
    weights = 1 / ((1 - mix) * smooth + mix / len(bins))
    return np.asarray(weights / (weights @ share))


@lru_cache(maxsize=1)
def _smoothing() -> FloatArray:
    """The Gaussian of σ = 5 over the plane, as a matrix [226, 226] that keeps sums."""
    bins = centers()
    squared = ((bins[:, None] - bins[None]) ** 2).sum(axis=-1)
    kernel = np.exp(-squared / (2 * SIGMA**2))
    return np.asarray(kernel / kernel.sum(axis=0))


@lru_cache(maxsize=1)
def _candidates() -> IntArray:
    """For each grid cell [27, 27] the bins nearest to its center, nearest first."""
    axis = np.arange(-_REACH, _REACH + 1) * STEP
    cells = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    squared = ((cells[:, :, None] - centers()) ** 2).sum(axis=-1)
    return np.argsort(squared, axis=-1, kind="stable")[..., :_CANDIDATES].astype(np.int64)
