"""Pixels like pixels: Welsh, Ashikhmin and Mueller 2002, "Transferring Color to Greyscale Images", SIGGRAPH.

Everything is by lightness. Its range in the references is first brought to the photograph's (section 3; how
is told in `sources.Remapping`). About 200 pixels of each reference are drawn, one at random from each cell of
a grid. Each pixel p of the photograph takes a*b* of the sample s that is most like it,

    E(p, s) = 1/2 |Y(p) - Y(s)| + 1/2 |σ(p) - σ(s)|,

where σ is the deviation of Y in the 5×5 pixels around. Only a*b* move; L* stays the photograph's.

With swatches (section 3.1) this is done from each rectangle of a reference to its rectangle of the
photograph, with remapping and 50 samples of its own. From then on the colored rectangles are the only source:
every other pixel takes the color of the pixel in them whose 5×5 neighborhood N is nearest,

    E(p, s) = Σ over N of (Y(p) - Y(s))² + (position)²,

where the second term is ours: across the whole picture it counts as much as `FAR`, so that of equal textures
the nearer rectangle decides.

Differences: L*a*b* (D65) instead of lαβ, as everywhere here; samples in the colored rectangles are drawn on a
grid, `SPREAD` of them altogether, where the paper names no number.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tintype.classical.exemplar import features, sources
from tintype.classical.methods import Swatch

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

SAMPLES: Final = 200
"""Pixels drawn from each reference (section 3)."""
SWATCH_SAMPLES: Final = 50
"""Pixels drawn from each rectangle of a reference (section 3.1)."""
SIDE: Final = 5
"""Pixels across a neighborhood (section 3)."""
SPREAD: Final = 1500
"""Pixels of the colored rectangles, altogether, that the others are held against."""
FAR: Final = 2.0
"""L*, for each pixel of a neighborhood: what the whole diagonal of the picture counts for."""
SEED: Final = 2002
ROWS_AT_ONCE: Final = 8192
"""Pixels held against all samples together, so that memory stays bounded."""


def welsh(luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()) -> FloatArray:
    """a*b* [H, W, 2] for L* [H, W] from references in L*a*b*, [h, w, 3] each; see `Exemplar`.

    Raises `UnusableReference` when the references have no color, `HintError` for a swatch on a reference
    that is not there.
    """
    sources.check(references, swatches)
    generator = np.random.default_rng(SEED)
    if not swatches:
        return _transfer(luma, references, SAMPLES, generator)
    chroma = np.zeros((*luma.shape, 2), np.float32)
    owner = np.full(luma.shape, -1)
    for number, swatch in enumerate(swatches):
        place = sources.cut(swatch.photo, luma.shape)
        whole = references[swatch.number]
        source = whole[sources.cut(swatch.reference, whole.shape)]
        chroma[place] = _transfer(luma[place], [source], SWATCH_SAMPLES, generator)
        owner[place] = number
    return _spread(luma, chroma, owner, generator)


def _transfer(
    luma: FloatArray, references: Sequence[FloatArray], count: int, generator: np.random.Generator
) -> FloatArray:
    """a*b* of the samples that are most like each pixel, [H, W, 2]."""
    remap = sources.Remapping.between([each[..., 0] for each in references], luma)
    likeness, colors = [], []
    for lab in references:
        chosen = sources.jittered(lab.shape[:2], count, generator)
        likeness.append(_statistics(remap(lab[..., 0])).reshape(-1, 2)[chosen])
        colors.append(lab[..., 1:].reshape(-1, 2)[chosen])
    tree = cKDTree(np.concatenate(likeness))
    _, nearest = tree.query(_statistics(luma).reshape(-1, 2), p=1)
    found = np.concatenate(colors)[nearest].reshape(*luma.shape, 2)
    return np.asarray(found, np.float32)


def _statistics(luma: FloatArray) -> FloatArray:
    """Lightness and its deviation around each pixel, [H, W, 2]; both count the same."""
    return np.stack([luma, features.mean_and_deviation(luma, SIDE)[1]], axis=-1)


def _spread(
    luma: FloatArray, chroma: FloatArray, owner: IntArray, generator: np.random.Generator
) -> FloatArray:
    """Color the pixels that have no `owner` [H, W] from those that have one; the colored stay as they are."""
    height, width = luma.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    weight = FAR * SIDE / np.hypot(height, width)
    place = np.stack([y.reshape(-1), x.reshape(-1)], axis=1) * weight
    seen = np.concatenate([features.neighborhoods(luma, SIDE), place.astype(np.float32)], axis=1)
    count = max(1, SPREAD // (int(owner.max()) + 1))
    known = np.concatenate(
        [_samples(owner == each, count, generator) for each in np.unique(owner[owner >= 0])]
    )
    painted = chroma.reshape(-1, 2).copy()
    bare = np.flatnonzero(owner.reshape(-1) < 0)
    painted[bare] = painted[known][_nearest(seen, bare, known)]
    return painted.reshape(height, width, 2)


def _samples(mask: NDArray[np.bool_], count: int, generator: np.random.Generator) -> IntArray:
    """About `count` pixels of those in the mask, by flat index, evenly over the box around them."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    y, x = np.divmod(sources.jittered(box.shape, count, generator), box.shape[1])
    inside = box[y, x]
    flat = (y[inside] + rows[0]) * mask.shape[1] + x[inside] + columns[0]
    return flat if len(flat) else np.flatnonzero(mask)[:1]


def _nearest(seen: FloatArray, wanted: IntArray, known: IntArray) -> IntArray:
    """For each of the `wanted` rows of `seen` the nearest of the `known` rows, as an index into them."""
    center = seen.mean(axis=0)
    targets = seen[known] - center
    squares = (targets**2).sum(axis=1) / 2
    found = [
        np.argmin(squares - (seen[wanted[at : at + ROWS_AT_ONCE]] - center) @ targets.T, axis=1)
        for at in range(0, len(wanted), ROWS_AT_ONCE)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)
