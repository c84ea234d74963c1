"""Rules that carry small a*b* [h, w, 2] to the size of L* [H, W]: the one in use, and its rivals."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype import color
from tintype.color import vips

FloatArray = NDArray[np.floating[Any]]
Rule = Callable[[FloatArray, FloatArray], FloatArray]
"""From small a*b* and full-size L* to full-size a*b*, all float32."""

REACH = 2
"""Small samples on each side that the joint bilateral rule looks at."""
SPACE = 0.5
"""Its width in space, in small samples. This and the next three: the best of a grid, on training pictures."""
RANGE = 14.0
"""Its width in lightness, in units of L*."""
RADIUS = 0.25
"""Radius of the guided filter's window, in small samples."""
SMOOTHNESS = 5.0
"""The guided filter's ε, in squared units of L*."""


def nearest(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """The value of the small sample that a pixel lies in."""
    return _resize(small, lightness, cv2.INTER_NEAREST_EXACT)


def bilinear(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """Straight lines between the centers of small samples."""
    return _resize(small, lightness, cv2.INTER_LINEAR)


def bicubic(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """Keys's cubic, without the prefilter."""
    return color.bicubic(small, lightness.shape)


def prefiltered(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """The rule in use."""
    return color.enlarge(small, lightness.shape)


def streamed(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """The rule in use, as libvips computes it for files."""
    return np.asarray(vips.enlarge(small, *lightness.shape).numpy())


def joint_bilateral(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """Joint bilateral upsampling (Kopf et al. 2007), after one back-projection step (Irani and Peleg 1991).

    The rule is linear in chroma, so enlarging c + (c - shrink(enlarged c)) adds what the first try lost.
    """
    lost = small - color.shrink(_joint_bilateral(small, lightness), small.shape[:2])
    return _joint_bilateral(small + lost, lightness)


def guided(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """A guided filter (He, Sun and Tang 2013) on bicubic chroma, after one back-projection step."""
    lost = small - color.shrink(_guided(small, lightness), small.shape[:2])
    return _guided(small + lost, lightness)


RULES: dict[str, Rule] = {
    "nearest": nearest,
    "bilinear": bilinear,
    "bicubic": bicubic,
    "prefiltered bicubic (in use)": prefiltered,
    "the same, streamed": streamed,
    "joint bilateral, back-projected": joint_bilateral,
    "guided filter, back-projected": guided,
}
IN_USE = "prefiltered bicubic (in use)"


def _resize(small: FloatArray, lightness: FloatArray, how: int) -> FloatArray:
    height, width = lightness.shape
    return np.asarray(cv2.resize(small, (width, height), interpolation=how))


def _joint_bilateral(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """Mean of the small samples around a pixel, weighted by nearness in space and in lightness."""
    guide = color.shrink(lightness, small.shape[:2], axes=(0, 1))
    rows, columns = (_position(new, old) for new, old in zip(lightness.shape, small.shape, strict=False))
    total = np.zeros((*lightness.shape, small.shape[2]), np.float32)
    weights = np.zeros(lightness.shape, np.float32)
    for down in range(-REACH, REACH + 1):
        i, near_i = _tap(rows, down, small.shape[0])
        for right in range(-REACH, REACH + 1):
            j, near_j = _tap(columns, right, small.shape[1])
            place = np.ix_(i, j)
            alike = np.exp(np.square(lightness - guide[place]) / np.float32(-2 * RANGE**2))
            weight = alike * near_i[:, None] * near_j + np.float32(1e-12)
            total += weight[..., None] * small[place]
            weights += weight
    return total / weights[..., None]


def _position(new: int, old: int) -> FloatArray:
    """Where the centers of `new` pixels lie among `old` samples."""
    return (np.arange(new, dtype=np.float32) + np.float32(0.5)) * old / new - np.float32(0.5)


def _tap(position: FloatArray, offset: int, length: int) -> tuple[NDArray[np.int64], FloatArray]:
    """Index of the sample `offset` from the nearest one, and its weight in space."""
    index = np.rint(position).astype(np.int64) + offset
    near = np.exp(np.square(position - index) / np.float32(-2 * SPACE**2))
    return np.clip(index, 0, length - 1), near.astype(np.float32)


def _guided(small: FloatArray, lightness: FloatArray) -> FloatArray:
    """Fit chroma as a line in lightness in each window, and average the lines that cover a pixel."""
    rough = color.bicubic(small, lightness.shape)
    reach = max(1, round(RADIUS * lightness.shape[0] / small.shape[0]))
    guide = lightness[..., None]
    mean_guide, mean_rough = _box(guide, reach), _box(rough, reach)
    covariance = _box(guide * rough, reach) - mean_guide * mean_rough
    slope = covariance / (_box(guide * guide, reach) - mean_guide**2 + np.float32(SMOOTHNESS))
    return _box(slope, reach) * guide + _box(mean_rough - slope * mean_guide, reach)


def _box(picture: FloatArray, reach: int) -> FloatArray:
    """Mean over a square window; [H, W, C] stays [H, W, C]."""
    side = 2 * reach + 1
    blurred: FloatArray = np.asarray(
        cv2.blur(picture, (side, side), borderType=cv2.BORDER_REFLECT), np.float32
    )
    return blurred.reshape(picture.shape)
