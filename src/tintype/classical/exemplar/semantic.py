"""Colors of a reference carried to where the photograph shows the same, by what a network sees there.

Places are compared by a network's features, as in deep image analogy (Liao et al. 2017, *Visual Attribute
Transfer through Deep Image Analogy*, section 4.2) and deep exemplar-based colorization (He et al. 2018,
section 3.1). Features of both pictures, less the mean over both, are compared by the cosine, s. Each place is
divided into quarters, whose lightness tells the parts of things apart. The color of a quarter x of a place p
is the mean over the quarters y of the K places q of the reference most like p,

    m(x) = Σ w(x, y) ab(y) / Σ w(x, y)        w(x, y) = exp(s(p, q) / T) · exp(-(L(x) - L(y))² / 2σ²),

as in He's similarity network (2018, equation 3), with K places instead of all, and lightness as in Welsh
2002. How far it is trusted follows from how alike the best place is and how alike the pictures are as a
whole, since a network sees much the same in the sky of any two photographs, of which one is blue:

    trust(x) = ramp((max s(p, ·) + mean over p of max s(p, ·)) / 2) · agreement(x)

with a ramp from 0 at `STRANGE` to 1 at `ALIKE`, and an agreement that falls when the colors differ by much.
With several references each quarter takes that which it trusts most. Colors and trust are then evened out
over neighboring quarters of like lightness, so that places do not show as squares.

What a network says by itself is the rest: the color of a hint is its prediction, moved towards m by the
trust. Left out: the coarse-to-fine search of Liao, since colors are smooth, and the learned second network of
He, in whose place a network that takes hints gets these colors as such. Needs NumPy alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

PLACES: Final = 4
"""K: how many places of a reference a color is taken from."""
SHARPNESS: Final = 30.0
"""1 / T: a place less alike by a cosine of 0.033 counts e times less."""
LIGHTNESS: Final = 8.0
"""σ, in L*: quarters whose lightness differs by more hardly count."""
LEAST_WEIGHT: Final = 1e-3
"""Of a quarter of any lightness, so that there always is one."""
STRANGE: Final = 0.35
"""Likeness up to which nothing is trusted: that of photographs that have nothing to do with one another."""
ALIKE: Final = 0.6
"""Likeness from which on a color is trusted wholly: that of a picture and its mirrored, re-lit copy."""
VARIED: Final = 16.0
"""CIE units: deviation of the colors up to which they agree; at twice that they say nothing."""
LEAST_TRUST: Final = 0.2
"""Below this a quarter gets no hint."""
KERNEL: Final = np.outer([1, 2, 1], [1, 2, 1])
"""Weights of a quarter and its neighbors when colors are evened out."""
QUARTERS: Final = 2
"""So many times finer than features are colors, on each side."""


@dataclass(frozen=True)
class Seen:
    """A picture as it is compared."""

    features: FloatArray
    """[F, h, w]: what a network sees at each place."""
    lab: FloatArray
    """[2h, 2w, 3]: L*a*b* of each quarter of a place; of the photograph a* and b* do not matter."""


@dataclass(frozen=True)
class Matched:
    """Colors found for the quarters of a photograph's places."""

    chroma: FloatArray
    """[2h, 2w, 2], a*b* in CIE units."""
    trust: FloatArray
    """[2h, 2w] in 0..1."""


def match(photo: Seen, references: Sequence[Seen]) -> Matched:
    """Find colors for a photograph in references, at least one."""
    found = [_match_one(photo, reference) for reference in references]
    trusts = np.stack([each.trust for each in found])  # [references, 2h, 2w]
    best = trusts.argmax(axis=0)[np.newaxis]
    chroma = np.stack([each.chroma for each in found])
    matched = Matched(
        np.take_along_axis(chroma, best[..., np.newaxis], axis=0)[0],
        np.take_along_axis(trusts, best, axis=0)[0],
    )
    return _evened(matched, photo.lab[..., 0])


def hints(matched: Matched, predicted: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Hints [H, W, 3] for a network: a*, b* and a mask, in the middle of each trusted quarter.

    `predicted` [2h, 2w, 2] is what the network says of the quarters without the reference; hints lie between
    that and what was matched. A hint has half a quarter's sides, so that the network is free between them.
    Raises ValueError unless `size` (H, W) is a multiple of the quarters' number in each direction.
    """
    rows, columns = (pixels // cells for pixels, cells in zip(size, matched.trust.shape, strict=True))
    if (rows * matched.trust.shape[0], columns * matched.trust.shape[1]) != size:
        raise ValueError(f"{size} is no multiple of {matched.trust.shape}")
    trusted = matched.trust >= LEAST_TRUST
    colors = predicted + matched.trust[..., np.newaxis] * (matched.chroma - predicted)
    small = np.concatenate([colors, np.ones_like(colors[..., :1])], axis=-1) * trusted[..., np.newaxis]
    inside = np.outer(_middle(rows), _middle(columns))
    planes: FloatArray = np.kron(small, inside[..., np.newaxis]).astype(np.float32)
    return planes


def _middle(pixels: int) -> FloatArray:
    """1 in the middle half of so many pixels, at least in one, and 0 elsewhere."""
    line = np.zeros(pixels, np.float32)
    line[pixels // 4 : max(pixels // 4 + 1, pixels - pixels // 4)] = 1
    return line


def _match_one(photo: Seen, reference: Seen) -> Matched:
    """Colors and trust from one reference."""
    likeness = _likeness(_places(photo.features), _places(reference.features))  # [n, m]
    count = min(PLACES, likeness.shape[1])
    nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]  # [n, K]
    scores = np.take_along_axis(likeness, nearest, axis=1)
    best = scores.max(axis=1)
    theirs = _quarters(reference.lab)[nearest].reshape(len(nearest), -1, 3)  # [n, 4K, 3]
    light = _quarters(photo.lab)[..., 0]  # [n, 4]
    off = (light[:, :, np.newaxis] - theirs[:, np.newaxis, :, 0]) / LIGHTNESS  # [n, 4, 4K]
    like = np.repeat(np.exp(SHARPNESS * (scores - best[:, np.newaxis])), QUARTERS**2, axis=1)  # [n, 4K]
    weights = like[:, np.newaxis] * (np.exp(-(off**2) / 2) + LEAST_WEIGHT)
    weights /= weights.sum(axis=2, keepdims=True)
    mean: FloatArray = (weights @ theirs[..., 1:]).astype(np.float32)  # [n, 4, 2]
    square = weights @ (theirs[..., 1:] ** 2).sum(axis=2, keepdims=True)  # [n, 4, 1]
    deviation = np.sqrt(np.maximum(square[..., 0] - (mean**2).sum(axis=2), 0))
    level = (best + best.mean()) / 2
    ramp = np.clip((level - STRANGE) / (ALIKE - STRANGE), 0, 1)
    trust: FloatArray = ramp[:, np.newaxis] * np.clip(2 - deviation / VARIED, 0, 1).astype(np.float32)
    shape = photo.features.shape[1:]
    return Matched(_together(mean, shape), _together(trust[..., np.newaxis], shape)[..., 0])


def _evened(matched: Matched, lightness: FloatArray) -> Matched:
    """Means over each quarter and its neighbors of like lightness [2h, 2w], of colors by their trust."""
    height, width = lightness.shape
    planes = np.concatenate(
        [lightness[..., np.newaxis], matched.trust[..., np.newaxis], matched.chroma], axis=-1
    )
    around = np.pad(planes, ((1, 1), (1, 1), (0, 0)), mode="edge")
    sums = np.zeros((height, width, 4))  # weights; weighted trust; a* and b* weighted by trust
    for (down, across), weight in np.ndenumerate(KERNEL):
        there = around[down : down + height, across : across + width]
        weights = weight * np.exp(-(((there[..., 0] - lightness) / LIGHTNESS) ** 2) / 2)
        trusted = weights * there[..., 1]
        sums += np.dstack([weights, trusted, trusted[..., np.newaxis] * there[..., 2:]])
    chroma = sums[..., 2:] / np.maximum(sums[..., 1:2], 1e-6)
    return Matched(chroma.astype(np.float32), (sums[..., 1] / sums[..., 0]).astype(np.float32))


def _quarters(planes: FloatArray) -> FloatArray:
    """[2h, 2w, C] as [hw, 4, C]: the quarters of each place."""
    height, width, channels = planes.shape
    cut = planes.reshape(height // QUARTERS, QUARTERS, width // QUARTERS, QUARTERS, channels)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, QUARTERS**2, channels)


def _together(quarters: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """The reverse of `_quarters` for h, w = `shape`."""
    cut = quarters.reshape(*shape, QUARTERS, QUARTERS, -1).transpose(0, 2, 1, 3, 4)
    joined: FloatArray = cut.reshape(QUARTERS * shape[0], QUARTERS * shape[1], -1).astype(np.float32)
    return joined


def _places(features: FloatArray) -> FloatArray:
    """Features [F, h, w] as [hw, F]."""
    return np.ascontiguousarray(features.reshape(len(features), -1).T, np.float32)


def _likeness(one: FloatArray, other: FloatArray) -> FloatArray:
    """Cosines [n, m] of features [n, F] and [m, F] around the mean of both pictures, each counting alike."""
    mean = (one.mean(axis=0) + other.mean(axis=0)) / 2
    result: FloatArray = _unit(one - mean) @ _unit(other - mean).T
    return result


def _unit(vectors: FloatArray) -> FloatArray:
    """Vectors [n, F] of length 1; zero stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: FloatArray = vectors / np.maximum(length, 1e-6)
    return result
