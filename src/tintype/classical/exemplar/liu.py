"""Several references, their light taken out: after Liu, Wan, Qu, Wong, Lin, Leung and Heng 2008, "Intrinsic
Colorization", SIGGRAPH Asia.

The paper finds photographs of the very same place, registers them with the gray one, and solves for what
they share: the reflectance, free of each one's light. Colors are taken from it, and the gray picture's own
light is laid over them. So each reference may be lit in another way.

Here references show like things, not the same place, so nothing can be registered, and of the paper remain:

- *Color without light.* Light t times as strong turns XYZ into t·XYZ. Where CIE's cube root holds (above
  L* 8), L* + 16 as well as a* and b* then grow by the cube root of t. So

      a* / (L* + 16),  b* / (L* + 16)

  do not depend on the strength of light. They are what is carried from a reference, and the photograph's own
  L* + 16 is multiplied in again, which is the paper's relighting.
- *Lightness without light.* Matching sees log(L* + 16), less half of its slow change over the
  picture (Land's retinex as in Jobson et al. 1997: light changes slowly, but so do tones). A pixel is
  described by this, by its deviation, and by DAISY of it.
- *References vote.* Each gives every pixel its `NEAREST` best matches. A color's votes are those of all
  references' matches near it, Σ_r w_r exp(-|c - c_r|² / 2σ²) with w = exp(-d² / 2h²) by the distance of
  descriptors; the most voted wins, as the mean of those near it. So each part of the photograph is
  decided by the references that fit it.
- *What none is sure of*, or what stands alone among other colors, is filled by the least squares of Levin et
  al. 2004 from the rest (the paper: where registration failed).

Left out: search of the web, registration, the decomposition into reflectance and light from several pictures,
colored light (only its strength is taken out), and the solution on edges of reflectance.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tintype.classical.exemplar import features, sources
from tintype.classical.methods import Swatch
from tintype.classical.scribble.levin import Levin

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

OFFSET: Final = 16.0
"""L*; CIE's L* + 16 = 116 · (Y / Yn)^(1/3)."""
TONES: Final = 100 / np.log((100 + OFFSET) / OFFSET)
"""Makes 0..100 of the logarithm, so that its units are about those of L*."""
SLOW: Final = 0.25
"""Deviation of the Gaussian that light is told by; its unit is the side of a square of the picture's area."""
LEVELED: Final = 0.5
"""Share of the slow change that is taken out."""
STRONGEST: Final = 1.25
"""Times; a color carried to lighter pixels gains no more than this."""
SAMPLES: Final = 600
"""Pixels drawn from each reference."""
STEP: Final = 2
"""Pixels from one that is matched to the next; the least squares color those between."""
SIDE: Final = 5
"""Pixels across the squares that deviations are of."""
RADIUS: Final = 8
"""Of DAISY, pixels."""
NUMBERS: Final = 16
"""Principal axes of DAISY that are kept."""
TEXTURE_WEIGHT: Final = 20.0
"""Tones that a unit of DAISY counts for."""
NEAREST: Final = 5
"""Matches in each reference."""
WIDTH: Final = 5.0
"""h: tones by which a worse match counts less."""
SAME_COLOR: Final = 10.0
"""σ, CIE units."""
TRUSTED: Final = 0.4
"""Share of the votes, times the agreement with those around, that a color needs to be a stroke."""
AROUND: Final = 5
"""Matched pixels across the square whose median tells whether a color stands alone."""
SEED: Final = 2008


def liu(luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()) -> FloatArray:
    """a*b* [H, W, 2] for L* [H, W] from references in L*a*b*, [h, w, 3] each; see `Exemplar`.

    Raises `UnusableReference` when the references have no color, `ConfigError` for swatches.
    """
    sources.check(references)
    sources.refuse_swatches("liu", swatches)
    tones = [_tones(lab[..., 0]) for lab in references]
    remap = sources.Remapping.between(tones, _tones(luma))
    generator = np.random.default_rng(SEED)
    places = [sources.jittered(lab.shape[:2], SAMPLES, generator) for lab in references]
    rows, columns = np.mgrid[: luma.shape[0] : STEP, : luma.shape[1] : STEP].reshape(2, -1)
    wanted = _described(_tones(luma), rows * luma.shape[1] + columns)
    offered = [_described(remap(tone), at) for tone, at in zip(tones, places, strict=True)]
    light = luma[rows, columns] + np.float32(OFFSET)
    colors, distances = [], []
    axes = features.principal_axes(np.concatenate([each[1] for each in offered]), NUMBERS)
    target = _joined(wanted, axes)
    for lab, at, described in zip(references, places, offered, strict=True):
        match, distance = _matches(target, _joined(described, axes))
        pixel = lab.reshape(-1, 3)[at][match]  # [n, NEAREST, 3]
        gain = np.minimum(light[:, None] / (pixel[..., 0] + np.float32(OFFSET)), np.float32(STRONGEST))
        colors.append(pixel[..., 1:] * gain[..., None])
        distances.append(distance)
    chosen, trust = _vote(np.concatenate(colors, axis=1), np.concatenate(distances, axis=1))
    trust = trust * _agreement(chosen.reshape(-(-luma.shape[0] // STEP), -1, 2)).reshape(-1)
    hints = np.zeros((*luma.shape, 3), np.float32)
    sure = trust >= min(TRUSTED, float(trust.max()))
    hints[rows[sure], columns[sure], :2] = chosen[sure]
    hints[rows[sure], columns[sure], 2] = 1
    return Levin(luma).paint(hints)


def _tones(luma: FloatArray) -> FloatArray:
    """The logarithm of lightness, about 0..100, less a part of its slow change, [H, W]."""
    tone = TONES * np.log((np.maximum(luma, 0) + OFFSET) / OFFSET)
    slow = ndimage.gaussian_filter(tone, SLOW * float(np.sqrt(luma.size)), mode="nearest", truncate=2.0)
    return np.asarray(tone - LEVELED * (slow - slow.mean()), np.float32)


def _described(tones: FloatArray, at: IntArray) -> tuple[FloatArray, FloatArray]:
    """Tone with its deviation [n, 2], and DAISY [n, …], of pixels by flat index."""
    deviation = features.mean_and_deviation(tones, SIDE)[1]
    plain = np.stack([tones.reshape(-1)[at], deviation.reshape(-1)[at]], axis=1)
    gradients = features.daisy_descriptors(tones, RADIUS).reshape(tones.size, -1)[at]
    return plain, gradients * np.float32(TEXTURE_WEIGHT)


def _joined(described: tuple[FloatArray, FloatArray], axes: tuple[FloatArray, FloatArray]) -> FloatArray:
    """One descriptor [n, …], with the gradients along the principal axes."""
    return np.concatenate([described[0], (described[1] - axes[0]) @ axes[1]], axis=1)


def _matches(wanted: FloatArray, offered: FloatArray) -> tuple[IntArray, FloatArray]:
    """For each of n pixels the nearest of m samples, [n, NEAREST], and their squared distances."""
    center = offered.mean(axis=0)
    one, two = wanted - center, offered - center
    squares = (one**2).sum(axis=1)[:, None] + (two**2).sum(axis=1) - 2 * (one @ two.T)
    count = min(NEAREST, squares.shape[1])
    match = np.argpartition(squares, count - 1, axis=1)[:, :count]
    return match, np.maximum(np.take_along_axis(squares, match, axis=1), 0)


def _vote(colors: FloatArray, distances: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The chosen color [n, 2] of candidates [n, c, 2] at squared distances [n, c], and its share of votes."""
    nearest = distances.min(axis=1, keepdims=True)
    votes = np.exp((nearest - distances) / (2 * WIDTH**2))
    apart = ((colors[:, :, None] - colors[:, None]) ** 2).sum(axis=-1)
    power = np.exp(apart / (-2 * SAME_COLOR**2)) * votes[:, None]  # [n, c, c]
    support = power.sum(axis=-1)
    best = np.argmax(support, axis=1)[:, None]
    near = np.take_along_axis(power, best[..., None], axis=1)  # [n, 1, c]
    total = near.sum(axis=-1)
    mean = (near @ colors)[:, 0] / total
    return mean.astype(np.float32), (total[:, 0] / votes.sum(axis=1)).astype(np.float32)


def _agreement(colors: FloatArray) -> FloatArray:
    """How near colors [h, w, 2] are to the median of those around them, [h, w], 0..1, 1 for equal."""
    apart = [
        plane - ndimage.median_filter(plane, AROUND, mode="nearest") for plane in np.moveaxis(colors, -1, 0)
    ]
    return np.asarray(np.exp(-np.hypot(*apart) / SAME_COLOR), np.float32)
