"""Likely colors, one optimum: Charpiat, Hofmann and Schölkopf 2008, "Automatic Image Colorization via
Multimodal Predictions", ECCV.

What lightness looks like around a pixel often fits several colors, and their mean is none of them. So for
each pixel p a whole distribution over colors is predicted, from pixels s of the references by how near their
descriptors v are (section 2, Parzen windows), with colors discretised into bins c:

    P(c | v(p)) = Σ_s k(v(p), v(s)) [c_s = c] / Σ_s k(v(p), v(s)),  k(v, w) = exp(-|v - w|² / 2h²).

In the same way the change of color g that is to be expected at p is predicted from that at s (section 3). One
labeling of all pixels is then chosen (section 4), to minimise

    Σ_p -log P(c(p) | v(p)) + ρ Σ_pq |c(p) - c(q)| / g_pq

over pixels and neighbors p, q, with g_pq the mean of g at both: color may change where places like these
change color in the references. The optimum is found by α-expansion (`cuts`) and then made continuous: each
pixel takes the mean, weighted by k, of the samples' colors in its bin.

Differences: descriptors are DAISY of two sizes along their principal axes (the paper: SURF of three), with
mean and deviation of lightness as in the paper; the lightness of references is first brought to the
photograph's, as in Welsh et al. 2002. Bins are found by k-means (the paper: by a tree). h grows where no
sample is near. Left out: the descent to continuous colors on the energy itself, and strokes as further costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.classical.exemplar import cuts, features, sources
from tintype.classical.exemplar.palette import palette
from tintype.classical.methods import Swatch

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

BINS: Final = 32
"""Most colors to choose from."""
SAMPLES: Final = 1500
"""Pixels of all references that distributions are made of."""
RADII: Final = (4, 10)
"""Radii of DAISY, pixels."""
NUMBERS: Final = 24
"""Principal axes of the descriptors that are kept (the paper: 27)."""
SIDE: Final = 5
"""Pixels across the squares that mean and deviation of L* are of."""
TEXTURE_WEIGHT: Final = 20.0
"""L* that a unit of DAISY counts for."""
WIDTH: Final = 4.0
"""h where samples are near, L*."""
FARTHER: Final = 0.5
"""h at least, as a share of the distance of the nearest sample."""
COHERENCE: Final = 0.5
"""ρ."""
LEAST_CHANGE: Final = 1.0
"""CIE units; g below which a change of color is no more unlikely."""
DOUBT: Final = 1e-3
"""Probability of colors that no sample has, shared among all."""
ROUNDS: Final = 2
"""Rounds of expansion; later ones lower the energy by less than 0.01 % (docs/benchmarks/references.md)."""
SEED: Final = 2008
ROWS_AT_ONCE: Final = 4096


def charpiat(
    luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()
) -> FloatArray:
    """a*b* [H, W, 2] for L* [H, W] from references in L*a*b*, [h, w, 3] each; see `Exemplar`.

    Raises `UnusableReference` when the references have no color, `ConfigError` for swatches.
    """
    sources.check(references)
    sources.refuse_swatches("charpiat", swatches)
    samples, wanted = _described(luma, references)
    beliefs = _predict(samples, wanted)
    pairs = cuts.grid(*luma.shape)
    problem = cuts.Problem(
        costs=-np.log(beliefs.probability).astype(np.float64),
        pairs=pairs,
        weights=COHERENCE / np.maximum(beliefs.change[pairs].mean(axis=1), LEAST_CHANGE).astype(np.float64),
        distance=_distances(samples.bins),
    )
    labels = cuts.expand(problem, np.argmin(problem.costs, axis=1), ROUNDS)
    chosen = np.take_along_axis(beliefs.color, labels[:, None, None], axis=1)[:, 0]
    return chosen.reshape(*luma.shape, 2)


@dataclass(frozen=True)
class _Samples:
    """Pixels of references."""

    seen: FloatArray
    """[m, n], their descriptors."""
    colors: FloatArray
    """[m, 2], a*b*."""
    change: FloatArray
    """[m], how much the color changes there, CIE units."""
    bins: FloatArray
    """[k, 2], a*b*."""
    binned: IntArray
    """[m], their bins."""


@dataclass(frozen=True)
class _Beliefs:
    """What is predicted for n pixels."""

    probability: FloatArray
    """[n, k], of each bin."""
    color: FloatArray
    """[n, k, 2], the mean color in each bin, a*b*."""
    change: FloatArray
    """[n], CIE units."""


def _described(luma: FloatArray, references: Sequence[FloatArray]) -> tuple[_Samples, FloatArray]:
    """Samples of the references, and descriptors [H·W, n] of the photograph's pixels, in the same terms."""
    generator = np.random.default_rng(SEED)
    remap = sources.Remapping.between([lab[..., 0] for lab in references], luma)
    each = max(1, SAMPLES // len(references))
    plain, texture, colors, change = [], [], [], []
    for lab in references:
        at = sources.jittered(lab.shape[:2], each, generator)
        lightness = remap(lab[..., 0])
        plain.append(_tones(lightness)[at])
        texture.append(_texture(lightness)[at])
        colors.append(lab[..., 1:].reshape(-1, 2)[at])
        change.append(_changes(lab[..., 1:]).reshape(-1)[at])
    sampled = np.concatenate(texture)
    mean, axes = features.principal_axes(sampled, NUMBERS)
    seen = np.concatenate([np.concatenate(plain), (sampled - mean) @ axes], axis=1)
    wanted = np.concatenate([_tones(luma), (_texture(luma) - mean) @ axes], axis=1)
    bins, binned = palette(np.concatenate(colors), BINS, SEED)
    return _Samples(seen, np.concatenate(colors), np.concatenate(change), bins, binned), wanted


def _tones(luma: FloatArray) -> FloatArray:
    """L*, and mean and deviation around each pixel, [H·W, 3]."""
    return np.stack([luma, *features.mean_and_deviation(luma, SIDE)], axis=-1).reshape(-1, 3)


def _texture(luma: FloatArray) -> FloatArray:
    """Descriptors of all sizes, [H·W, numbers], weighted."""
    found = [features.daisy_descriptors(luma, radius).reshape(luma.size, -1) for radius in RADII]
    return np.concatenate(found, axis=1) * np.float32(TEXTURE_WEIGHT / len(RADII))


def _changes(chroma: FloatArray) -> FloatArray:
    """Largest distance of a*b* to the four neighbors, [H, W], CIE units."""
    right = np.hypot(*np.moveaxis(np.diff(chroma, axis=1), -1, 0))
    below = np.hypot(*np.moveaxis(np.diff(chroma, axis=0), -1, 0))
    sides = [((0, 0), (0, 1)), ((0, 0), (1, 0)), ((0, 1), (0, 0)), ((1, 0), (0, 0))]
    steps = [np.pad(each, side) for each, side in zip((right, right, below, below), sides, strict=True)]
    return np.asarray(np.max(steps, axis=0), np.float32)


def _distances(bins: FloatArray) -> NDArray[np.float64]:
    """[k, k], between bins, CIE units."""
    apart = bins[:, None].astype(np.float64) - bins[None]
    return np.hypot(apart[..., 0], apart[..., 1])


def _predict(samples: _Samples, wanted: FloatArray) -> _Beliefs:
    """What samples say of pixels with descriptors [n, …]."""
    count = len(samples.bins)
    member = np.zeros((len(samples.binned), count), np.float32)
    member[np.arange(len(member)), samples.binned] = 1
    told = np.concatenate(
        [member, member * samples.colors[:, :1], member * samples.colors[:, 1:], samples.change[:, None]],
        axis=1,
    )
    center = samples.seen.mean(axis=0)
    targets = samples.seen - center
    squares = (targets**2).sum(axis=1)
    sums = np.empty((len(wanted), told.shape[1]), np.float32)
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        rows = wanted[start : start + ROWS_AT_ONCE] - center
        sums[start : start + ROWS_AT_ONCE] = _weights(rows, targets, squares) @ told
    share, a, b = (sums[:, at : at + count] for at in (0, count, 2 * count))
    present = share > 0
    weight = np.where(present, share, 1)
    color = np.stack(
        [np.where(present, sums / weight, plain) for sums, plain in zip((a, b), samples.bins.T, strict=True)],
        axis=-1,
    )
    return _Beliefs((share + DOUBT / count) / (1 + DOUBT), color, sums[:, -1])


def _weights(rows: FloatArray, targets: FloatArray, squares: FloatArray) -> FloatArray:
    """k of each row [n, …] and sample [m, …], [n, m], each row's sum being 1; `squares` are the targets'."""
    apart = squares - 2 * (rows @ targets.T)
    least = apart.min(axis=1, keepdims=True)
    nearest = least + (rows**2).sum(axis=1, keepdims=True)
    apart -= least
    apart *= -0.5 / np.maximum(nearest * np.float32(FARTHER**2), np.float32(WIDTH**2))
    np.exp(apart, out=apart)
    apart /= apart.sum(axis=1, keepdims=True)
    return apart
