"""A photograph before a model: set once, predicted many times, rendered at full size."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tintype import __version__
from tintype.engine.predictors import FloatArray, Predictor
from tintype.engine.sizing import working_shape
from tintype.engine.suggestions import Suggestion, around, suggest
from tintype.errors import ConfigError
from tintype.hints import Hints, HintSource, as_hints, rasterize
from tintype.photo import ColorPhoto, Photo, Provenance
from tintype.zoo import Model

MOST_SATURATION: Final = 3.0
"""Beyond three times the predicted chroma nearly every color lies outside sRGB."""
SUGGESTED: Final = 5
"""How many colors are suggested unless another number is asked for."""
MOST_SUGGESTED: Final = 50
"""More colors that far apart do not fit into sRGB."""
NO_HINTS: Final = Hints()


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
        self._hints = NO_HINTS
        self._vivid = contract.vivid
        self._distribution: tuple[Hints, FloatArray] | None = None

    def predict(self, hints: HintSource | None = None, vivid: float | None = None) -> Prediction:
        """Run the model; the photograph is not read again.

        `hints` are Hints, a sequence of Hint, or the path or the bytes of a hint file; none at all is None or
        an empty sequence. `vivid` is 0 (the palest and safest) to 1 (the most vivid); None is the model's own
        choice.

        Raises `HintError` when the hints cannot be read or do not fit the photograph, `ConfigError` when the
        model takes no hints or no vividness or that is out of range, and `ModelError` when it fails.
        """
        given = self._fit(hints)
        output = self._predictor.predict(self._luma, self._planes(given), vivid)
        chroma = np.ascontiguousarray(np.moveaxis(output.chroma[0], 0, -1))
        confidence = None if output.confidence is None else output.confidence[0, 0]
        self._prediction = Prediction(chroma, confidence)
        self._hints = given
        self._vivid = self._predictor.contract.vivid if vivid is None else float(vivid)
        return self._prediction

    def render(self, saturation: float = 1.0) -> ColorPhoto:
        """The photograph at full size with the latest predicted chroma; predicts when that was not yet done.

        `saturation` multiplies a*b* before colors outside sRGB lose chroma: 0 is gray, 1 as predicted.
        Raises `ConfigError` unless it lies in 0..3.
        """
        check_saturation(saturation)
        prediction = self._prediction or self.predict()
        return self.photo.with_chroma(prediction.chroma, saturation=saturation)

    def suggest(
        self, x: float, y: float, count: int = SUGGESTED, hints: HintSource | None = None
    ) -> list[Suggestion]:
        """The colors that the model finds likely at a point, the most likely first; at most `count`.

        `x` and `y` are pixels of the upright photograph at full size, as in a hint; `hints` are those that
        the model shall already know of. The model runs once for all points of one set of hints.

        Raises `ConfigError` when the model suggests no colors or the point or the count is out of range; and
        as `predict` does for hints.
        """
        width, height = self.photo.width, self.photo.height
        if not (0 <= x <= width and 0 <= y <= height):
            raise ConfigError(
                f"the point ({x:g}, {y:g}) lies outside the picture of {width}×{height} pixels; "
                "count x and y from the upper left corner of the upright picture"
            )
        if not 1 <= count <= MOST_SUGGESTED:
            raise ConfigError(f"between 1 and {MOST_SUGGESTED} colors can be suggested, not {count}")
        distribution = self._likely(self._fit(hints))
        rows, columns = distribution.shape[1:]
        probabilities = around(distribution, _cell(y, height, rows), _cell(x, width, columns))
        rows, columns = self.shape
        lightness = float(self._luma[0, 0, _cell(y, height, rows), _cell(x, width, columns)])
        return suggest(probabilities / probabilities.sum(), lightness, count)

    def provenance(self, saturation: float = 1.0) -> Provenance:
        """What is written down about the rendered photograph: tool, model and settings."""
        settings: dict[str, Any] = {
            "saturation": saturation,
            "working_height": self.shape[0],
            "working_width": self.shape[1],
            "device": self._predictor.device,
        }
        if self._vivid is not None:
            settings["vivid"] = self._vivid
        if self._hints.count:
            settings["hints"] = {"count": self._hints.count, "sha256": self._hints.sha256()}
        return Provenance("tintype", __version__, self._model.name, self._model.sha256, settings)

    def _fit(self, hints: HintSource | None) -> Hints:
        """The hints as values that fit the photograph."""
        return NO_HINTS if hints is None else as_hints(hints, self.photo.width, self.photo.height)

    def _planes(self, hints: Hints) -> FloatArray | None:
        """The hints as the model takes them, (1, 3, H, W); None where there are none."""
        if not hints.count:
            return None
        drawn = rasterize(hints, (self.photo.width, self.photo.height), self.shape)
        return np.ascontiguousarray(np.moveaxis(drawn, -1, 0)[np.newaxis])

    def _likely(self, hints: Hints) -> FloatArray:
        """The distribution [226, h, w] under such hints, kept for the next point."""
        if self._distribution is None or self._distribution[0] != hints:
            output = self._predictor.predict(self._luma, self._planes(hints), distribution=True)
            assert output.distribution is not None  # noqa: S101  it was asked for
            self._distribution = (hints, output.distribution[0])
        return self._distribution[1]


def check_saturation(saturation: float) -> None:
    """Raise `ConfigError` unless the factor lies in 0..3."""
    if not 0 <= saturation <= MOST_SATURATION:
        raise ConfigError(
            f"saturation must lie between 0 and {MOST_SATURATION:g}, not {saturation}; 1 is as predicted"
        )


def _cell(place: float, extent: int, cells: int) -> int:
    """The cell, of so many along an axis, that a pixel coordinate falls into."""
    return min(int(place * cells / extent), cells - 1)
