"""What gives colors to lightness: models, run as the engine runs them, and trivial baselines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype import color
from tintype.engine.predictors import OnnxPredictor
from tintype.engine.sizing import working_shape
from tintype.zoo import find_model

FloatArray = NDArray[np.floating[Any]]

LEVELS = 101
"""Rows of the table of mean a*b* by L*, one for each whole unit of L*."""


@dataclass(frozen=True)
class Colorist:
    """Something that gives colors to lightness."""

    name: str
    paint: Callable[[FloatArray], FloatArray]
    """From L* [H, W] to a*b*: [h, w, 2], of the same size or smaller."""
    sha256: str = ""
    """Hash of the model file; empty for a baseline."""


def model(name_or_path: str) -> Colorist:
    """A model by name or path; L* goes in at its working size, and a*b* comes out at network size.

    Raises `ModelError` when there is none or it does not keep the contract.
    """
    found = find_model(name_or_path)
    predictor = OnnxPredictor(found.path, device="cpu")
    contract = predictor.contract

    def paint(lightness: FloatArray) -> FloatArray:
        height, width = lightness.shape
        shape = working_shape(width, height, contract.working_size, contract.multiple)
        luma = color.shrink(lightness, shape, axes=(0, 1)).astype(np.float32)
        return np.moveaxis(predictor.predict(luma[None, None]).chroma[0], 0, -1)

    return Colorist(found.name, paint, found.sha256)


def models(names_or_paths: Sequence[str]) -> list[Colorist]:
    """All models asked for; where names clash, each has the beginning of its hash added."""
    found = [model(each) for each in names_or_paths]
    names = [each.name for each in found]
    return [
        replace(each, name=f"{each.name} {each.sha256[:8]}") if names.count(each.name) > 1 else each
        for each in found
    ]


def baselines(pictures: Iterable[FloatArray]) -> list[Colorist]:
    """Gray, one mean a*b*, and mean a*b* by L*; the two means are those of pictures in L*a*b* [..., 3]."""
    sums, counts = np.zeros((LEVELS, 2)), np.zeros(LEVELS)
    for lab in pictures:
        level = _level(lab[..., 0]).ravel()
        counts += np.bincount(level, minlength=LEVELS)
        for channel in (0, 1):
            sums[:, channel] += np.bincount(level, lab[..., 1 + channel].ravel(), minlength=LEVELS)
    mean = (sums.sum(axis=0) / counts.sum()).astype(np.float32)
    table = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], mean).astype(np.float32)
    return [
        Colorist("gray", lambda lightness: np.zeros((*lightness.shape, 2), np.float32)),
        Colorist("mean a*b*", lambda lightness: np.tile(mean, (*lightness.shape, 1))),
        Colorist("mean a*b* by L*", lambda lightness: table[_level(lightness)]),
    ]


def _level(lightness: FloatArray) -> NDArray[np.int64]:
    return np.clip(np.rint(lightness), 0, LEVELS - 1).astype(np.int64)
