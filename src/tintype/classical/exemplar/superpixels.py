"""Small even pieces of a picture, and what is known of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csr_array
from skimage import segmentation

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

COMPACTNESS: Final = 0.2
"""SLIC's weight of nearness, for pictures in 0..1: small, so that pieces keep to edges."""
SMOOTHING: Final = 1.0
"""Deviation, in pixels, of the Gaussian that pictures are smoothed by before: pieces of grain are none."""
FEWEST: Final = 24
"""Pieces that small pictures are cut into, where they have as many pixels."""
ROUNDS: Final = 5
"""SLIC's rounds of k-means."""


@dataclass(frozen=True)
class Superpixels:
    """The pieces of a picture, numbered from 0."""

    labels: IntArray
    """[H, W], of which piece each pixel is."""
    count: int
    pairs: IntArray
    """[m, 2], pieces that touch, each pair in both orders."""

    def means(self, values: FloatArray) -> FloatArray:
        """Of values [H, W] or [H, W, n] the mean of each piece, [count] or [count, n]."""
        flat = self.labels.reshape(-1)
        share = 1 / np.bincount(flat, minlength=self.count)
        place = (share[flat].astype(np.float32), (flat, np.arange(len(flat))))
        belongs = csr_array(place, shape=(self.count, len(flat)))
        mean: FloatArray = belongs @ values.reshape(len(flat), -1)
        return mean.reshape(self.count, *values.shape[2:])

    def medians(self, values: FloatArray) -> FloatArray:
        """Of values [H, W, n] the median of each piece, [count, n], whatever its rim has."""
        every = range(self.count)
        planes = [ndimage.median(plane, self.labels, every) for plane in np.moveaxis(values, -1, 0)]
        return np.stack(planes, axis=1).astype(np.float32)

    def around(self, values: FloatArray) -> FloatArray:
        """Of values [count] the mean of the neighbors of each piece; its own if it has none."""
        first, second = self.pairs.T
        sums = np.bincount(first, values[second], self.count)
        neighbors = np.bincount(first, minlength=self.count)
        mean = np.where(neighbors > 0, sums / np.maximum(neighbors, 1), values)
        return mean.astype(np.float32)

    def hearts(self) -> IntArray:
        """The pixel of each piece that lies deepest in it, by flat index [count]."""
        padded = np.pad(self.labels, 1, constant_values=-1)
        inner = np.ones(self.labels.shape, bool)
        for shift in (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]):
            inner &= shift == self.labels
        depth = ndimage.distance_transform_edt(np.pad(inner, 1))[1:-1, 1:-1].reshape(-1)
        flat = self.labels.reshape(-1)
        order = np.lexsort((-depth, flat))  # stable: of equally deep pixels the first
        return order[np.searchsorted(flat[order], np.arange(self.count))]


def superpixels(picture: FloatArray, size: int) -> Superpixels:
    """Pieces of about `size` pixels of L* [H, W] or L*a*b* [H, W, 3].

    SLIC (Achanta et al. 2012) in place of Gupta's TurboPixels (Levinshtein et al. 2009), which no package
    has: both grow even pieces that keep to edges.
    """
    pixels = picture.shape[0] * picture.shape[1]
    split: Callable[..., IntArray] = segmentation.slic
    found = split(
        picture.astype(np.float64),
        n_segments=max(min(pixels, FEWEST), pixels // size),
        compactness=COMPACTNESS,
        sigma=SMOOTHING,
        max_num_iter=ROUNDS,
        convert2lab=False,
        start_label=0,
        channel_axis=-1 if picture.ndim == 3 else None,
    )
    _, labels = np.unique(found, return_inverse=True)
    labels = labels.reshape(picture.shape[:2]).astype(np.int64)
    return Superpixels(labels, int(labels.max()) + 1, _touching(labels))


def _touching(labels: IntArray) -> IntArray:
    beside = np.stack([labels[:, :-1].ravel(), labels[:, 1:].ravel()], axis=1)
    below = np.stack([labels[:-1].ravel(), labels[1:].ravel()], axis=1)
    both = np.concatenate([beside, below])
    both = both[both[:, 0] != both[:, 1]]
    return np.unique(np.concatenate([both, both[:, ::-1]]), axis=0).reshape(-1, 2)
