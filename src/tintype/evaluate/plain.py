"""Trivial baselines for entries that are told something: what it is worth without any method."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.colorists import Colorist, by_level, entry_name, fit_tables, level_sums
from tintype.evaluate.told import Given, Told
from tintype.hints import Hint

FloatArray = NDArray[np.floating[Any]]

STROKES: Final = "closest stroke"
REFERENCE: Final = "mean a*b* by L* of it"


def told_baselines(strokes: int | None, references: bool) -> list[Colorist]:
    """The baselines of those who are given strokes, and of those who are given a reference."""
    found = []
    if strokes is not None:
        given = Given(strokes=strokes)
        found.append(Colorist(entry_name(STROKES, None, given), closest_stroke, given=given))
    if references:
        given = Given(reference=True)
        found.append(Colorist(entry_name(REFERENCE, None, given), reference_levels, given=given))
    return found


def closest_stroke(lightness: FloatArray, told: Told) -> FloatArray:
    """a*b* [S, S, 2]: each pixel has the color of the stroke that is closest to it."""
    height, width = lightness.shape
    hints = () if told.strokes is None else told.strokes.hints
    y, x = np.mgrid[:height, :width] + 0.5
    distances = np.stack([_squared_distance(x, y, hint) for hint in hints])
    colors = np.array([hint.color for hint in hints], np.float32)
    chroma: FloatArray = colors[distances.argmin(axis=0)]
    return chroma


def _squared_distance(x: FloatArray, y: FloatArray, hint: Hint) -> FloatArray:
    """Squared distance of pixels [S, S] from the straight line between the ends of a stroke."""
    (left, top), (right, bottom) = hint.points[0], hint.points[-1]
    across, down = right - left, bottom - top
    share = ((x - left) * across + (y - top) * down) / max(across**2 + down**2, 1e-9)
    share = np.clip(share, 0, 1)
    squared: FloatArray = (x - left - share * across) ** 2 + (y - top - share * down) ** 2
    return squared


def reference_levels(lightness: FloatArray, told: Told) -> FloatArray:
    """a*b* [S, S, 2]: the reference's mean a*b* at the same L*, to a whole unit."""
    if told.reference is None:
        raise ValueError("the baseline needs a reference")
    (lab,) = told.reference.lab(len(lightness))
    table = fit_tables([level_sums(lab)])["mean a*b* by L*"]
    return by_level(REFERENCE, table).paint(lightness, told)
