"""Strokes drawn from the truth: what a person gives who knows a picture's colors and marks even places.

Zhang et al. 2017 (*Real-Time User-Guided Image Colorization with Learned Deep Priors*, section 3.2) simulate
what people give as points: their number from a geometric distribution, their places from a Gaussian around
the middle, each square of 1 to 9 pixels with the mean true a*b* within it. Here it is different in three
ways, since people who paint strokes do so:

- strokes, not points: straight, of random direction, as long as 4 to 16 % of the picture's side, and as wide
  as the engine draws strokes that name no width;
- in even places: nowhere on a stroke is the true a*b* farther than 6 CIE units from its mean there, if among
  64 random strokes some are so; else the most even one of them is taken;
- spread out: of the even ones that whose middle is farthest from all earlier strokes (the best candidate of
  Mitchell 1991), so that regions get their color before any gets a second stroke.

Their number is given, not drawn. The colors are the mean true a*b* of the pixels under a stroke, as there.
"""

import math
from random import Random
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.pictures import Picture, pixel_hash, to_lab
from tintype.hints import Hint, Hints, rasterize
from tintype.hints.values import DEFAULT_RADIUS

FloatArray = NDArray[np.floating[Any]]

LENGTHS: Final = (0.04, 0.16)
"""Shortest and longest stroke, as shares of the picture's side."""
EVEN: Final = 6.0
"""CIE units that the true a*b* may be away from its mean along an even stroke."""
TRIES: Final = 64
"""Random strokes that each one is chosen from."""
ALONG: Final = 13
"""Places along a stroke at which the truth is looked at; at each in the middle and at both rims."""


def simulate(picture: Picture, count: int) -> Hints:
    """So many strokes for a picture [S, S, 3], in its pixels, with the mean true a*b* under each.

    They follow from the picture's samples alone: the same for every entry, in any order and any process; and
    fewer strokes are the first ones of more.
    """
    lab = to_lab(picture)
    random = Random(int(pixel_hash(picture), 16))  # noqa: S311  # a sequence that Python promises to keep
    middles = np.empty((0, 2))
    hints = []
    for _ in range(count):
        ends = _candidates(random, lab.shape[0], lab.shape[1])
        chosen = _choose(ends, _unevenness(lab[..., 1:], ends), middles)
        middles = np.concatenate([middles, ends[chosen].mean(axis=0, keepdims=True)])
        hints.append(_colored(lab[..., 1:], ends[chosen]))
    return Hints(tuple(hints))


def _candidates(random: Random, height: int, width: int) -> FloatArray:
    """Ends of random strokes, [TRIES, 2, 2], x and y; all of them lie inside with their whole width."""
    side = math.sqrt(height * width)
    margin = _radius(height, width)
    drawn = np.array([[random.random() for _ in range(4)] for _ in range(TRIES)])
    start = margin + drawn[:, :2] * (np.array([width, height]) - 2 * margin)
    angle = 2 * math.pi * drawn[:, 2]
    length = side * (LENGTHS[0] + drawn[:, 3] * (LENGTHS[1] - LENGTHS[0]))
    end = start + length[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.stack([start, np.clip(end, margin, np.array([width, height]) - margin)], axis=1)


def _radius(height: int, width: int) -> float:
    """Half the width of a stroke in pixels: that of one that names none, but a pixel's at least."""
    return max(DEFAULT_RADIUS * math.sqrt(height * width), 1.0)


def _unevenness(chroma: FloatArray, ends: FloatArray) -> FloatArray:
    """How far the true a*b* [H, W, 2] goes from its mean along strokes [n, 2, 2]: [n], CIE units."""
    height, width = chroma.shape[:2]
    share = np.linspace(0, 1, ALONG)[:, None]
    middle = ends[:, None, 0] * (1 - share) + ends[:, None, 1] * share  # (n, ALONG, 2)
    way = ends[:, 1] - ends[:, 0]
    across = np.stack([-way[:, 1], way[:, 0]], axis=-1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    rims = _radius(height, width) * np.array([-1.0, 0.0, 1.0])
    places = middle[:, :, None] + rims[:, None] * across[:, None, None]  # (n, ALONG, 3, 2)
    x, y = np.floor(places).astype(int).reshape(len(ends), -1, 2).transpose(2, 0, 1)
    under = chroma[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]  # (n, 3 ALONG, 2)
    away = under - under.mean(axis=1, keepdims=True)
    farthest: FloatArray = np.hypot(away[..., 0], away[..., 1]).max(axis=1)
    return farthest


def _choose(ends: FloatArray, unevenness: FloatArray, middles: FloatArray) -> int:
    """The number of the stroke to take: an even one far from those that there are; else the most even one."""
    if unevenness.min() > EVEN:
        return int(unevenness.argmin())
    if not len(middles):
        return int((unevenness <= EVEN).argmax())
    away = np.linalg.norm(ends.mean(axis=1)[:, None] - middles, axis=-1).min(axis=1)
    return int(np.where(unevenness <= EVEN, away, -1).argmax())


def _colored(chroma: FloatArray, ends: FloatArray) -> Hint:
    """A stroke with the mean true a*b* of the pixels under it."""
    height, width = chroma.shape[:2]
    points = [(float(x), float(y)) for x, y in ends]
    under = rasterize(Hints((Hint.stroke(points, None),)), (width, height), (height, width))[..., 2] > 0
    a, b = chroma[under].mean(axis=0, dtype=float).tolist()
    return Hint.stroke(points, (a, b))
