"""A loaded model, and the one way from a photograph of any kind to the same kind in color."""

import os
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from tintype.contract import Contract
from tintype.engine.abilities import Ability
from tintype.engine.devices import AUTO
from tintype.engine.kinds import PillowImage, is_pillow, like_pillow, open_photo
from tintype.engine.methods import load
from tintype.engine.naming import beside
from tintype.engine.predictors import check_vivid
from tintype.engine.references import ReferenceSource
from tintype.engine.sitting import SUGGESTED, Sitting, check_saturation
from tintype.engine.suggestions import Suggestion
from tintype.errors import ConfigError
from tintype.hints import HintSource, SwatchSource
from tintype.zoo import DEFAULT_MODEL

Picture = TypeVar("Picture", bound=bytes | NDArray[Any] | PillowImage)
"""What comes back as what it was."""
Source = str | os.PathLike[str] | bytes | NDArray[Any] | PillowImage
"""What a photograph may be given as."""


class Colorizer:
    """A loaded model or method, ready for any number of photographs, from several threads at once.

    `model` is the name of a method without learning (`tintype.classical.METHODS`), a card's name or the path
    of an .onnx file, `device` "auto" or a name such as "cpu" or "cuda", `threads` the number of cores for one
    prediction on the CPU (all physical ones when None).

    Raises `UnknownModel`, `ModelError`, `ContractError`, `DeviceError`, or `ConfigError` when the packages
    that a method needs are missing.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = DEFAULT_MODEL,
        device: str = AUTO,
        threads: int | None = None,
    ) -> None:
        self.model = load(model, device, threads)
        self._predictor = self.model.predictor

    @property
    def contract(self) -> Contract:
        """What the model eats and gives."""
        return self._predictor.contract

    @property
    def device(self) -> str:
        """Name of the device that was taken, never "auto"."""
        return self._predictor.device

    def set_photo(self, source: Source) -> Sitting:
        """Read a photograph (path, bytes, array or PIL image) and shrink its lightness to the network's size.

        Raises `PhotoError` when it cannot be read.
        """
        return Sitting(open_photo(source), self.model)

    def suggest(
        self, source: Source, x: float, y: float, count: int = SUGGESTED, hints: HintSource | None = None
    ) -> list[Suggestion]:
        """The colors that the model finds likely at a point of a photograph; see `Sitting.suggest`.

        For several points of one photograph take `set_photo`, which reads it once.
        """
        self.check(suggesting=True)
        return self.set_photo(source).suggest(x, y, count, hints)

    def check(
        self,
        *,
        hinted: bool = False,
        vivid: float | None = None,
        suggesting: bool = False,
        referenced: bool = False,
        swatched: bool = False,
    ) -> None:
        """Raise `ConfigError` when the model cannot do what will be asked of it, before it is asked."""
        asked = {
            Ability.HINTS: hinted,
            Ability.VIVID: vivid is not None,
            Ability.DISTRIBUTION: suggesting,
            Ability.REFERENCES: referenced,
            Ability.SWATCHES: swatched,
        }
        for ability, wanted in asked.items():
            if wanted:
                self._predictor.demand(ability)
        if vivid is not None:
            check_vivid(vivid)

    @overload
    def colorize(
        self,
        source: str | os.PathLike[str],
        *,
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
        self,
        source: Picture,
        *,
        hints: HintSource | None = ...,
        vivid: float | None = ...,
        references: ReferenceSource | None = ...,
        swatches: SwatchSource = ...,
        saturation: float = ...,
        format: str | None = ...,
        quality: int | None = ...,
    ) -> Picture: ...

    def colorize(
        self,
        source: Any,
        *,
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
        """Color one photograph and give back the kind of thing that was given.

        - path: writes `name.color.ext` beside it, or `output`, and gives its path; a file that exists is
          replaced only with `overwrite`. `format` ("jpeg", "png", "tiff", "webp", "avif") and `quality`
          (1..100) are those of the file, by default the source's format.
        - bytes of a picture file: bytes of a picture file, with the same two settings.
        - array [H, W], [H, W, 3] or [H, W, 4], gray or RGB(A), uint8, uint16 or float in 0..1: array [H, W,
          3], or [H, W, 4] where there was alpha, of the same dtype. The given array is left unchanged.
        - PIL image of mode L, LA, P, RGB, RGBA, CMYK or I;16: PIL image of mode RGB or RGBA.

        Lightness stays. `hints` say which colors some places have, `vivid` (0..1) whether the model shall
        dare strong colors, `references` are photographs to take colors from and `swatches` say which of their
        parts go where, see `Sitting.predict`; `saturation` (0..3) multiplies the chroma of what comes out.

        Raises `PhotoError` when the photograph cannot be read or the result not be written (of these
        `UnusableReference` when a reference has no colors to take), `HintError` when hints or swatches cannot
        be read or do not fit, `ModelError` when the model fails, and `ConfigError` for a setting that is out
        of range or does not go with the kind or the model.
        """
        is_file = isinstance(source, str | os.PathLike)
        if not is_file and (output is not None or overwrite):
            raise ConfigError("output and overwrite go with a path; save what comes back yourself")
        if not is_file and not isinstance(source, bytes) and (format is not None or quality is not None):
            raise ConfigError("format and quality go with a path or bytes; save what comes back yourself")
        check_saturation(saturation)
        self.check(vivid=vivid, referenced=references is not None)
        sitting = self.set_photo(source)
        sitting.predict(hints, vivid, references, swatches)
        result = sitting.render(saturation)
        if isinstance(source, np.ndarray):
            return result.to_array()
        if is_pillow(source):
            return like_pillow(source, result.to_array())
        provenance = sitting.provenance(saturation)
        if isinstance(source, bytes):
            return result.to_bytes(format=format, quality=quality, provenance=provenance)
        target = Path(output) if output is not None else beside(Path(source), format)
        result.save(target, format=format, quality=quality, overwrite=overwrite, provenance=provenance)
        return target
