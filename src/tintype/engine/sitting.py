"""A photograph before a model: set once, predicted many times, rendered at full size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tintype import __version__
from tintype.classical import Swatch
from tintype.engine.abilities import Ability
from tintype.engine.methods import Loaded
from tintype.engine.predictors import FloatArray
from tintype.engine.references import References, ReferenceSource, as_references
from tintype.engine.sizing import working_shape
from tintype.engine.suggestions import Suggestion, around, suggest
from tintype.errors import ConfigError
from tintype.hints import Hints, HintSource, SwatchPair, SwatchSource, as_hints, as_swatches, rasterize
from tintype.hints.swatches import Rectangle, hash_of
from tintype.photo import ColorPhoto, Photo, Provenance

MOST_SATURATION: Final = 3.0
"""Beyond three times the predicted chroma nearly every color lies outside sRGB."""
SUGGESTED: Final = 5
"""How many colors are suggested unless another number is asked for."""
MOST_SUGGESTED: Final = 50
"""More colors that far apart do not fit into sRGB."""
NO_HINTS: Final = Hints()


@dataclass(frozen=True)
class Prediction:
    """What the model or method says of one photograph, at its working size."""

    chroma: FloatArray
    """[h, w, 2], a*b* in CIE units."""
    confidence: FloatArray | None
    """[h, w] in 0..1, None where the model gives none."""


@dataclass(frozen=True)
class _Guidance:
    """What a prediction was told beside the photograph."""

    hints: Hints = NO_HINTS
    vivid: float | None = None
    references: References | None = None
    swatches: tuple[SwatchPair, ...] = ()


class Sitting:
    """One photograph before one model or method; made by `Colorizer.set_photo`.

    A sitting is for one thread; several of one Colorizer may go on in several threads.
    """

    def __init__(self, photo: Photo, model: Loaded) -> None:
        contract = model.predictor.contract
        self.photo = photo
        self.shape = working_shape(photo.width, photo.height, contract.working_size, contract.multiple)
        self._model = model
        self._luma = photo.lightness(*self.shape)[np.newaxis, np.newaxis]  # (1, 1, H, W)
        self._seat = model.predictor.set_luma(self._luma)
        self._prediction: Prediction | None = None
        self._guidance = _Guidance(vivid=contract.vivid)
        self._distribution: tuple[Hints, FloatArray] | None = None

    def predict(
        self,
        hints: HintSource | None = None,
        vivid: float | None = None,
        references: ReferenceSource | None = None,
        swatches: SwatchSource = (),
    ) -> Prediction:
        """Color the photograph, which is not read again; a call that changes little may be much quicker.

        `hints` are Hints, a sequence of Hint, or the path or the bytes of a hint file; none at all is None or
        an empty sequence. `vivid` is 0 (the palest and safest) to 1 (the most vivid); None is the model's own
        choice. `references` are photographs to take colors from: `References` (read once for any number of
        photographs), or one or several of path, bytes, array and PIL image, or a folder, out of which those
        are taken that are most like the photograph. `swatches` say which parts of the photograph shall look
        like which parts of a reference: SwatchPair values, or the path or the bytes of a file.

        Raises `HintError` when hints or swatches cannot be read or do not fit, or a method cannot do without
        hints, `UnusableReference` when no colors can be taken from a reference, `ConfigError` when the model
        or method does not take what it is given, a value is out of range or a reference is missing, and
        `ModelError` when it fails.
        """
        given = _Guidance(self._fit(hints), vivid, self._choose(references))
        pairs = self._pair(swatches, given.references)
        given = replace(given, swatches=pairs)
        output = self._seat.predict(
            self._planes(given.hints), vivid, given.references, self._shares(pairs, given.references)
        )
        chroma = np.ascontiguousarray(np.moveaxis(output.chroma[0], 0, -1))
        confidence = None if output.confidence is None else output.confidence[0, 0]
        self._prediction = Prediction(chroma, confidence)
        own = self._model.predictor.contract.vivid
        self._guidance = replace(given, vivid=own if vivid is None else float(vivid))
        return self._prediction

    @property
    def references(self) -> References | None:
        """The references that the latest prediction took colors from, also those chosen out of a folder."""
        return self._guidance.references

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
        """What is written down about the rendered photograph: tool, model or method, and settings.

        A method has no file, so its `model_sha256` is empty; its name is also the setting "method".
        """
        given = self._guidance
        settings: dict[str, Any] = {
            "saturation": saturation,
            "working_height": self.shape[0],
            "working_width": self.shape[1],
            "device": self._model.predictor.device,
        }
        if not self._model.sha256:
            settings["method"] = self._model.name
        if given.vivid is not None:
            settings["vivid"] = given.vivid
        if given.hints.count:
            settings["hints"] = {"count": given.hints.count, "sha256": given.hints.sha256()}
        if given.references is not None:
            settings["references"] = {"count": given.references.count, "sha256": given.references.sha256}
        if given.swatches:
            settings["swatches"] = {"count": len(given.swatches), "sha256": hash_of(given.swatches)}
        return Provenance("tintype", __version__, self._model.name, self._model.sha256, settings)

    def _fit(self, hints: HintSource | None) -> Hints:
        """The hints as values that fit the photograph."""
        return NO_HINTS if hints is None else as_hints(hints, self.photo.width, self.photo.height)

    def _choose(self, references: ReferenceSource | None) -> References | None:
        """The references for this photograph; out of a folder those most like it."""
        if references is None:
            return None
        self._model.predictor.demand(Ability.REFERENCES)
        return as_references(references).for_photo(self._luma[0, 0])

    def _pair(self, swatches: SwatchSource, references: References | None) -> tuple[SwatchPair, ...]:
        """The swatches as values that fit the photograph and its references."""
        if isinstance(swatches, Sequence) and not swatches:
            return ()
        self._model.predictor.demand(Ability.SWATCHES)
        if references is None:
            raise ConfigError("swatches go with a reference; give one (--reference FILE)")
        return as_swatches(swatches, (self.photo.width, self.photo.height), references.sizes)

    def _shares(self, pairs: tuple[SwatchPair, ...], references: References | None) -> list[Swatch]:
        """Pairs of swatches as shares of the pictures, in which they fit any size."""
        if references is None:
            return []
        own = (self.photo.width, self.photo.height)
        return [
            Swatch(
                _share(pair.photo, own), _share(pair.reference, references.sizes[pair.number]), pair.number
            )
            for pair in pairs
        ]

    def _planes(self, hints: Hints) -> FloatArray | None:
        """The hints as the model takes them, (1, 3, H, W); None where there are none."""
        if not hints.count:
            return None
        drawn = rasterize(hints, (self.photo.width, self.photo.height), self.shape)
        return np.ascontiguousarray(np.moveaxis(drawn, -1, 0)[np.newaxis])

    def _likely(self, hints: Hints) -> FloatArray:
        """The distribution [226, h, w] under such hints, kept for the next point."""
        if self._distribution is None or self._distribution[0] != hints:
            output = self._seat.predict(self._planes(hints), distribution=True)
            assert output.distribution is not None  # noqa: S101  it was asked for
            self._distribution = (hints, output.distribution[0])
        return self._distribution[1]


def _share(rectangle: Rectangle, size: tuple[int, int]) -> Rectangle:
    """A rectangle (x, y, width, height) in pixels as shares of a picture's width and height."""
    x, y, width, height = rectangle
    return (x / size[0], y / size[1], width / size[0], height / size[1])


def check_saturation(saturation: float) -> None:
    """Raise `ConfigError` unless the factor lies in 0..3."""
    if not 0 <= saturation <= MOST_SATURATION:
        raise ConfigError(
            f"saturation must lie between 0 and {MOST_SATURATION:g}, not {saturation}; 1 is as predicted"
        )


def _cell(place: float, extent: int, cells: int) -> int:
    """The cell, of so many along an axis, that a pixel coordinate falls into."""
    return min(int(place * cells / extent), cells - 1)
