"""`tintype.colorize`: one call, with the loaded model kept for the next."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

from tintype.engine.colorizer import Colorizer, Picture
from tintype.engine.devices import AUTO
from tintype.engine.references import ReferenceSource
from tintype.hints import HintSource, SwatchSource
from tintype.zoo import DEFAULT_MODEL

MOST_KEPT = 4
"""Loaded models that are kept; the one longest unused goes first."""


@overload
def colorize(
    source: str | os.PathLike[str],
    *,
    model: str | os.PathLike[str] = ...,
    device: str = ...,
    hints: HintSource | None = ...,
    vivid: float | None = ...,
    references: ReferenceSource | None = ...,
    swatches: SwatchSource = ...,
    saturation: float = ...,
    output: str | os.PathLike[str] | None = ...,
    overwrite: bool = ...,
    format: str | None = ...,
    quality: int | None = ...,
) -> Path: ...


@overload
def colorize(
    source: Picture,
    *,
    model: str | os.PathLike[str] = ...,
    device: str = ...,
    hints: HintSource | None = ...,
    vivid: float | None = ...,
    references: ReferenceSource | None = ...,
    swatches: SwatchSource = ...,
    saturation: float = ...,
    format: str | None = ...,
    quality: int | None = ...,
) -> Picture: ...


def colorize(
    source: Any,
    *,
    model: str | os.PathLike[str] = DEFAULT_MODEL,
    device: str = AUTO,
    hints: HintSource | None = None,
    vivid: float | None = None,
    references: ReferenceSource | None = None,
    swatches: SwatchSource = (),
    saturation: float = 1.0,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    format: str | None = None,
    quality: int | None = None,
) -> Any:
    """Color a photograph, given as path, bytes, array or PIL image, and give back the same kind of thing.

    The model is loaded once per model and device. `model` is a card's name, the path of an .onnx file or the
    name of a method without learning, `device` "auto" or a name such as "cpu" or "cuda"; for the rest, such
    as `hints`, `vivid` and `references`, and for what is raised, see `Colorizer.colorize`.
    """
    return _colorizer(os.fspath(model), device).colorize(
        source,
        hints=hints,
        vivid=vivid,
        references=references,
        swatches=swatches,
        saturation=saturation,
        output=output,
        overwrite=overwrite,
        format=format,
        quality=quality,
    )


@lru_cache(maxsize=MOST_KEPT)
def _colorizer(model: str, device: str) -> Colorizer:
    """The loaded model."""
    return Colorizer(model, device)
