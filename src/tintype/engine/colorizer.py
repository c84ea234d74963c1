"""A photograph before a model: set once, predicted many times, rendered at full size."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from tintype import __version__
from tintype.contract import Contract
from tintype.engine.devices import AUTO
from tintype.engine.kinds import PillowImage, is_pillow, like_pillow, open_photo
from tintype.engine.naming import beside
from tintype.engine.predictors import FloatArray, OnnxPredictor, Predictor
from tintype.engine.sizing import working_shape
from tintype.errors import ConfigError
from tintype.photo import ColorPhoto, Photo, Provenance
from tintype.zoo import DEFAULT_MODEL, Model, find_model

MOST_SATURATION: Final = 3.0
"""Beyond three times the predicted chroma nearly every color lies outside sRGB."""

Picture = TypeVar("Picture", bound=bytes | NDArray[Any] | PillowImage)
"""What comes back as what it was."""


@dataclass(frozen=True)
class Prediction:
    """What the model says of one photograph, at network size."""

    chroma: FloatArray
    """[h, w, 2], a*b* in CIE units."""
    confidence: FloatArray | None
    """[h, w] in 0..1, None where the model gives none."""


class Sitting:
    """One photograph before one model; made by `Colorizer.set_photo`.

    A sitting is for one thread; several of one Colorizer may go on in several threads.
    """

    def __init__(self, photo: Photo, model: Model, predictor: Predictor) -> None:
        contract = predictor.contract
        self.photo = photo
        self.shape = working_shape(photo.width, photo.height, contract.working_size, contract.multiple)
        self._model = model
        self._predictor = predictor
        self._luma = photo.lightness(*self.shape)[np.newaxis, np.newaxis]  # (1, 1, H, W)
        self._prediction: Prediction | None = None

    def predict(self, hints: FloatArray | None = None) -> Prediction:
        """Run the model; the photograph is not read again.

        `hints` [H, W, 3] (a*, b*, mask) is of the size `shape`, for models that take hints.
        Raises `ModelError` when the model fails or takes no hints.
        """
        batch = None if hints is None else np.moveaxis(hints, -1, 0)[np.newaxis]
        output = self._predictor.predict(self._luma, batch)
        chroma = np.ascontiguousarray(np.moveaxis(output.chroma[0], 0, -1))
        confidence = None if output.confidence is None else output.confidence[0, 0]
        self._prediction = Prediction(chroma, confidence)
        return self._prediction

    def render(self, saturation: float = 1.0) -> ColorPhoto:
        """The photograph at full size with the latest predicted chroma; predicts when that was not yet done.

        `saturation` multiplies a*b* before colors outside sRGB lose chroma: 0 is gray, 1 as predicted.
        Raises `ConfigError` unless it lies in 0..3.
        """
        check_saturation(saturation)
        prediction = self._prediction or self.predict()
        return self.photo.with_chroma(prediction.chroma, saturation=saturation)

    def provenance(self, saturation: float = 1.0) -> Provenance:
        """What is written down about the rendered photograph: tool, model and settings."""
        settings = {
            "saturation": saturation,
            "working_height": self.shape[0],
            "working_width": self.shape[1],
            "device": self._predictor.device,
        }
        return Provenance("tintype", __version__, self._model.name, self._model.sha256, settings)


class Colorizer:
    """A loaded model, ready for any number of photographs, from several threads at once.

    `model` is a card's name or the path of an .onnx file, `device` "auto" or a name such as "cpu" or "cuda",
    `threads` the number of cores for one prediction on the CPU (all physical ones when None).

    Raises `UnknownModel`, `ModelError`, `ContractError` or `DeviceError`.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = DEFAULT_MODEL,
        device: str = AUTO,
        threads: int | None = None,
    ) -> None:
        self.model = find_model(model)
        self._predictor = OnnxPredictor(self.model.path, device, threads)

    @property
    def contract(self) -> Contract:
        """What the model eats and gives."""
        return self._predictor.contract

    @property
    def device(self) -> str:
        """Name of the device that was taken, never "auto"."""
        return self._predictor.device

    def set_photo(self, source: str | os.PathLike[str] | bytes | NDArray[Any] | PillowImage) -> Sitting:
        """Read a photograph (path, bytes, array or PIL image) and shrink its lightness to the network's size.

        Raises `PhotoError` when it cannot be read.
        """
        return Sitting(open_photo(source), self.model, self._predictor)

    @overload
    def colorize(
        self,
        source: str | os.PathLike[str],
        *,
        saturation: float = ...,
        output: str | os.PathLike[str] | None = ...,
        overwrite: bool = ...,
        format: str | None = ...,
        quality: int | None = ...,
    ) -> Path: ...

    @overload
    def colorize(
        self, source: Picture, *, saturation: float = ..., format: str | None = ..., quality: int | None = ...
    ) -> Picture: ...

    def colorize(
        self,
        source: Any,
        *,
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

        Lightness stays; `saturation` (0..3) multiplies the chroma.

        Raises `PhotoError` when the photograph cannot be read or the result not be written, `ModelError`
        when the model fails, and `ConfigError` for a setting that is out of range or does not go with the
        kind.
        """
        is_file = isinstance(source, str | os.PathLike)
        if not is_file and (output is not None or overwrite):
            raise ConfigError("output and overwrite go with a path; save what comes back yourself")
        if not is_file and not isinstance(source, bytes) and (format is not None or quality is not None):
            raise ConfigError("format and quality go with a path or bytes; save what comes back yourself")
        check_saturation(saturation)
        sitting = self.set_photo(source)
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


def check_saturation(saturation: float) -> None:
    """Raise `ConfigError` unless the factor lies in 0..3."""
    if not 0 <= saturation <= MOST_SATURATION:
        raise ConfigError(
            f"saturation must lie between 0 and {MOST_SATURATION:g}, not {saturation}; 1 is as predicted"
        )
