"""Superpixels like superpixels: Gupta, Chia, Rajan, Ng and Huang 2012, "Image Colorization Using Similar
Images", ACM Multimedia.

The photograph and the references are cut into superpixels, and each is described by four features f:
intensity (its mean, and its neighbors'), Gabor filters of eight directions and five sizes, histograms of
gradients, and deviation of lightness (its own, and its neighbors'). Matching goes in a cascade: of the
references' superpixels those clearly nearer than the mean one stay, by one feature after the other. Of the
last, the match of p is the r of least

    C(p, r) = Σ_f w_f |f(p) - f(r)| / (mean of |f - f'|),

and p takes its median color, with confidence 1 / (1 + C). Then space votes: a superpixel whose color few of
the like ones around it share takes the color that most of them have, each counting by its confidence. Last,
the colors stand as micro-strokes in the superpixels' hearts, and the least squares of Levin et al. 2004
(`scribble.levin`) spread them.

Differences: superpixels are SLIC's and gradients DAISY's (the paper: TurboPixels, SURF). The cascade begins
with intensity, and what stays is told by distance (the paper: by rank), since where there is no texture ranks
by texture are chance. The lightness of references is first brought to the photograph's, as in Welsh et al.
2002. The paper votes within segments found by mean shift; here those vote that touch a superpixel or touch
one that does, by likeness of intensity.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tintype.classical.exemplar import features, sources
from tintype.classical.exemplar.superpixels import Superpixels, superpixels
from tintype.classical.methods import Swatch
from tintype.classical.scribble.levin import Levin

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

PIECE: Final = 100
"""Pixels of a superpixel, about."""
WAVELENGTHS: Final = (4.0, 5.7, 8.0, 11.3, 16.0)
"""Pixels."""
DIRECTIONS: Final = 8
RADIUS: Final = 8
"""Of DAISY, pixels."""
STEP: Final = 2
"""Pixels from one descriptor to the next."""
SIDE: Final = 5
"""Pixels across the squares that deviations are of."""
KEPT: Final = 0.5
"""How far from the least distance to the mean one candidates may lie to stay."""
WEIGHTS: Final = (0.5, 0.2, 0.2, 0.1)
"""Of the features in the order of the cascade."""
LIKE: Final = 6.0
"""L*; superpixels that differ by it are hardly of one thing."""
SAME_COLOR: Final = 12.0
"""CIE units; colors that differ by it hardly vote for one another."""
TINIEST: Final = 1e-6
"""Mean distance below which a feature tells nothing apart."""


def gupta(luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()) -> FloatArray:
    """a*b* [H, W, 2] for L* [H, W] from references in L*a*b*, [h, w, 3] each; see `Exemplar`.

    Raises `UnusableReference` when the references have no color, `ConfigError` for swatches.
    """
    sources.check(references)
    sources.refuse_swatches("gupta", swatches)
    remap = sources.Remapping.between([lab[..., 0] for lab in references], luma)
    pieces = superpixels(luma, PIECE)
    wanted = _described(luma, pieces)
    known, colors = [], []
    for lab in references:
        parts = superpixels(lab, PIECE)
        known.append(_described(remap(lab[..., 0]), parts))
        colors.append(parts.medians(lab[..., 1:]))
    offered = [np.concatenate(blocks) for blocks in zip(*known, strict=True)]
    match, confidence = _cascade(wanted, offered)
    voted = _vote(pieces, wanted[0][:, 0], np.concatenate(colors)[match], confidence)
    return Levin(luma).paint(_strokes(pieces, voted))


def _described(luma: FloatArray, pieces: Superpixels) -> list[FloatArray]:
    """The features of each piece, [count, n] for each, in the order of the cascade."""
    gabor = features.gabor_energies(luma, WAVELENGTHS, DIRECTIONS)
    gradients = features.daisy_descriptors(luma, RADIUS, STEP).repeat(STEP, axis=0).repeat(STEP, axis=1)
    intensity = pieces.means(luma)
    deviation = pieces.means(features.mean_and_deviation(luma, SIDE)[1])
    return [
        np.stack([intensity, pieces.around(intensity)], axis=1),
        pieces.means(gabor),
        pieces.means(gradients[: luma.shape[0], : luma.shape[1]]),
        np.stack([deviation, pieces.around(deviation)], axis=1),
    ]


def _cascade(wanted: Sequence[FloatArray], offered: Sequence[FloatArray]) -> tuple[IntArray, FloatArray]:
    """For each of n pieces the best of m offered, [n], and the confidence, [n], in 0..1."""
    total = np.zeros((len(wanted[0]), len(offered[0])), np.float32)
    staying = np.ones(total.shape, bool)
    for want, offer, weight in zip(wanted, offered, WEIGHTS, strict=True):
        apart = _distances(want, offer)
        apart /= np.float32(max(float(apart.mean()), TINIEST))
        least = np.min(apart, axis=1, where=staying, initial=np.inf, keepdims=True)
        mean = np.mean(apart, axis=1, where=staying, keepdims=True)
        staying &= apart <= least + KEPT * np.maximum(mean - least, TINIEST)
        total += np.float32(weight) * apart
    total[~staying] = np.inf
    match = np.argmin(total, axis=1)
    least = np.take_along_axis(total, match[:, None], axis=1)[:, 0]
    return match, (1 / (1 + least)).astype(np.float32)


def _distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Between rows [n, f] and [m, f]: [n, m]."""
    center = second.mean(axis=0)
    one, two = (first - center).astype(np.float64), (second - center).astype(np.float64)
    squares = (one**2).sum(axis=1)[:, None] + (two**2).sum(axis=1) - 2 * one @ two.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)


def _vote(
    pieces: Superpixels, intensity: FloatArray, colors: FloatArray, confidence: FloatArray
) -> FloatArray:
    """Colors [count, 2] after the vote."""
    first, second = _near(pieces)
    like = np.exp(-0.5 * ((intensity[first] - intensity[second]) / LIKE) ** 2)
    power = like * confidence[second] ** 2
    voters = csr_array((power, (first, second)), shape=(pieces.count, pieces.count))
    voted = colors.copy()
    for piece in range(pieces.count):
        around = slice(*voters.indptr[piece : piece + 2])
        those, votes = voters.indices[around], voters.data[around]
        apart = ((colors[those][:, None] - colors[those]) ** 2).sum(axis=-1)
        support = np.exp(-0.5 * apart / SAME_COLOR**2) @ votes
        voted[piece] = colors[those[int(np.argmax(support))]]
    return voted


def _near(pieces: Superpixels) -> tuple[IntArray, IntArray]:
    """Pieces and those that take part in their vote: themselves, their neighbors, and the neighbors' ones."""
    own = np.arange(pieces.count)
    rows, columns = np.concatenate([pieces.pairs, np.stack([own, own], axis=1)]).T
    touching = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(pieces.count, pieces.count))
    found = (touching @ touching).tocoo()
    return found.row.astype(np.int64), found.col.astype(np.int64)


def _strokes(pieces: Superpixels, colors: FloatArray) -> FloatArray:
    """Micro-strokes in the hearts of the pieces, as hints [H, W, 3]."""
    hints = np.zeros((pieces.labels.size, 3), np.float32)
    hearts = pieces.hearts()
    hints[hearts, :2] = colors
    hints[hearts, 2] = 1
    return hints.reshape(*pieces.labels.shape, 3)
