"""Colors of a reference carried to where the photograph shows the same, by what a network sees there.

Places are compared by a network's features, as in deep image analogy (Liao et al. 2017, *Visual Attribute
Transfer through Deep Image Analogy*, section 4.2) and deep exemplar-based colorization (He et al. 2018,
section 3.1). Features of both pictures, less the mean over both, are compared by the cosine, s; the color of
a place p is the mean over the K places q of the reference most like it,

    m(p) = Σ w(p, q) ab(q) / Σ w(p, q)        w(p, q) = exp(s(p, q) / T),

as in He's similarity network (2018, equation 3) with K places instead of all. How far it is trusted follows
from how alike the best place is and how alike the pictures are as a whole, since a network sees much the same
in the sky of any two photographs, of which one is blue:

    trust(p) = ramp((max s(p, ·) + mean over p of max s(p, ·)) / 2) · agreement(p)

with a ramp from 0 at `STRANGE` to 1 at `ALIKE`, and an agreement that falls when the K colors differ by much.
With several references each place takes that which it trusts most.

What a network says by itself is the rest: the color at a place is its prediction, moved towards m by the
trust. Left out: the coarse-to-fine search of Liao, since colors are smooth, and the learned second network of
He, in whose place a network that takes hints gets these colors as such. Needs NumPy alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

PLACES: Final = 6
"""K: how many places of a reference a color is taken from."""
SHARPNESS: Final = 20.0
"""1 / T: a place less alike by a cosine of 0.05 counts e times less."""
STRANGE: Final = 0.3
"""Likeness up to which nothing is trusted: that of photographs that have nothing to do with one another."""
ALIKE: Final = 0.55
"""Likeness from which on a color is trusted wholly: that of two photographs of one scene."""
VARIED: Final = 12.0
"""CIE units: deviation of the K colors up to which they agree; at twice that they say nothing."""
LEAST_TRUST: Final = 0.2
"""Below this a place gets no hint."""


@dataclass(frozen=True)
class Matched:
    """Colors found for the places of a photograph."""

    chroma: FloatArray
    """[h, w, 2], a*b* in CIE units."""
    trust: FloatArray
    """[h, w] in 0..1."""


def match(
    seen: FloatArray, references: Sequence[tuple[FloatArray, FloatArray]], *, places: int = PLACES
) -> Matched:
    """Find colors for a photograph of features [F, h, w].

    Each of the references, at least one, is features [F, k, l] and a*b* [k, l, 2] of the same places.
    """
    height, width = seen.shape[1:]
    found = [_match_one(_places(seen), _places(features), chroma, places) for features, chroma in references]
    trusts = np.stack([trust for _, trust in found])  # [references, hw]
    best = trusts.argmax(axis=0)
    every = np.arange(height * width)
    chroma = np.stack([chroma for chroma, _ in found])[best, every]
    return Matched(
        chroma.reshape(height, width, 2).astype(np.float32),
        trusts[best, every].reshape(height, width).astype(np.float32),
    )


def hints(matched: Matched, predicted: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Hints [H, W, 3] for a network: a*, b* and a mask, in the middle of each trusted place.

    `predicted` [h, w, 2] is what the network says of the places without the reference; hints lie between that
    and what was matched. `size` (H, W) is a multiple of the places' h and w; a hint is a square of half a
    place's sides, so that the network is free between them.
    """
    height, width = matched.trust.shape
    planes = np.zeros((*size, 3), np.float32)
    rows, columns = size[0] // height, size[1] // width
    if rows * height != size[0] or columns * width != size[1]:
        raise ValueError(f"{size} is no multiple of the {matched.trust.shape} places")
    colors = predicted + matched.trust[..., np.newaxis] * (matched.chroma - predicted)
    for row, column in np.argwhere(matched.trust >= LEAST_TRUST):
        down = slice(row * rows + rows // 4, row * rows + max(rows // 4 + 1, rows - rows // 4))
        across = slice(
            column * columns + columns // 4, column * columns + max(columns // 4 + 1, columns - columns // 4)
        )
        planes[down, across, :2] = colors[row, column]
        planes[down, across, 2] = 1
    return planes


def _match_one(
    seen: FloatArray, reference: FloatArray, chroma: FloatArray, places: int
) -> tuple[FloatArray, FloatArray]:
    """Colors [n, 2] and trust [n] from one reference: features [n, F] and [m, F], a*b* [k, l, 2]."""
    likeness = _likeness(seen, reference)  # [n, m]
    colors = chroma.reshape(-1, 2)
    count = min(places, len(colors))
    nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    scores = np.take_along_axis(likeness, nearest, axis=1)
    best = scores.max(axis=1)
    weights = np.exp(SHARPNESS * (scores - best[:, np.newaxis]))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.einsum("nk,nkc->nc", weights, colors[nearest])
    off = ((colors[nearest] - mean[:, np.newaxis]) ** 2).sum(axis=2)
    deviation = np.sqrt((weights * off).sum(axis=1))
    level = (best + best.mean()) / 2
    agreement = np.clip(2 - deviation / VARIED, 0, 1)
    return mean, np.clip((level - STRANGE) / (ALIKE - STRANGE), 0, 1) * agreement


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
