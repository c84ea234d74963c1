"""Methods without learning behind the interface of models, and the one way from a name to either."""

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tintype import classical
from tintype.classical import METHODS, Canvas, Kind, Swatch
from tintype.contract import Contract
from tintype.engine.abilities import Ability, demand_of_method
from tintype.engine.devices import AUTO, CPU, DEVICES
from tintype.engine.predictors import FloatArray, Output
from tintype.engine.references import References
from tintype.engine.seats import ModelPredictor, Predictor, Seat
from tintype.errors import ConfigError, DeviceError, HintError, ModelError, UnknownModel
from tintype.zoo import find_model


@dataclass(frozen=True)
class Loaded:
    """A model or method that was found by its name, ready to predict."""

    name: str
    """Name of the model (of one given by path that of its file, without suffix) or of the method."""
    sha256: str
    """Hash of the model's file, hexadecimal; empty for a method, which has none."""
    predictor: Predictor


def load(name_or_path: str | os.PathLike[str], device: str = AUTO, threads: int | None = None) -> Loaded:
    """The method of that name, or else the model of that name or path.

    `device` and `threads` are those of `OnnxPredictor`; a method computes on the CPU alone.

    Raises `UnknownModel` when there is neither, `ConfigError` when the packages that a method needs are
    missing, `DeviceError` when the device cannot be used, and `ModelError` and `ContractError` as
    `find_model` and `OnnxPredictor` do.
    """
    if isinstance(name_or_path, str) and name_or_path in METHODS:
        return Loaded(name_or_path, "", _method(name_or_path, device))
    try:
        found = find_model(name_or_path)
    except UnknownModel as error:
        near = difflib.get_close_matches(os.fspath(name_or_path), METHODS, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise UnknownModel(f"{error}; methods without learning: {', '.join(METHODS)}{meant}") from None
    return Loaded(found.name, found.sha256, ModelPredictor(found.path, device, threads))


def predictor_for(
    name_or_path: str | os.PathLike[str], device: str = AUTO, threads: int | None = None
) -> Predictor:
    """What colors by the method or model of that name or path; see `load`."""
    return load(name_or_path, device, threads).predictor


def _method(name: str, device: str) -> "MethodPredictor":
    """The predictor of a method; `DeviceError` for any device but the CPU."""
    if device not in (AUTO, CPU):
        known = f"the method {name!r} computes on the CPU alone; give the device 'cpu' or 'auto'"
        raise DeviceError(
            known if device in DEVICES else f"there is no device {device!r}; give 'cpu' or 'auto'"
        )
    return MethodPredictor(name)


class MethodPredictor:
    """A method without learning; see `Predictor`.

    Raises `ConfigError` when the packages that it needs are missing.
    """

    device = CPU

    def __init__(self, name: str) -> None:
        classical.require(name)
        self.contract = _contract(name)

    def demand(self, ability: Ability) -> None:
        """Raise `ConfigError`, naming what can, when the method lacks an ability."""
        demand_of_method(self.contract.name, ability)

    def set_luma(self, luma: FloatArray) -> Seat:
        """The seat of a picture L* [1, 1, H, W]."""
        of_strokes = METHODS[self.contract.name].kind is Kind.STROKES
        return StrokeSeat(self, luma) if of_strokes else ReferenceSeat(self, luma)


class StrokeSeat:
    """A picture before a method of strokes; what was set up for it is kept for the next strokes."""

    def __init__(self, predictor: MethodPredictor, luma: FloatArray) -> None:
        self._predictor = predictor
        self._luma = luma[0, 0]
        self._canvas: Canvas | None = None

    def predict(
        self,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        references: References | None = None,
        swatches: Sequence[Swatch] = (),
        *,
        distribution: bool = False,
    ) -> Output:
        """See `Seat`; `HintError` when there are no strokes at all."""
        _demand_all(self._predictor, hints, vivid, references, swatches, distribution)
        name = self._predictor.contract.name
        if hints is None or not hints[0, 2].any():
            raise HintError(
                f"{name} colors only by strokes, and there are none; give hints (--hints FILE), "
                "or take another --method"
            )
        if self._canvas is None:
            self._canvas = classical.set_up(name, self._luma)
        return _output(name, self._canvas.paint(np.moveaxis(hints[0], 0, -1)), self._luma)


class ReferenceSeat:
    """A picture before a method of references."""

    def __init__(self, predictor: MethodPredictor, luma: FloatArray) -> None:
        self._predictor = predictor
        self._luma = luma[0, 0]

    def predict(
        self,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        references: References | None = None,
        swatches: Sequence[Swatch] = (),
        *,
        distribution: bool = False,
    ) -> Output:
        """See `Seat`; `ConfigError` when there is no reference, or more than the method uses."""
        _demand_all(self._predictor, hints, vivid, references, swatches, distribution)
        name, size = self._predictor.contract.name, self._predictor.contract.working_size
        if references is None:
            raise ConfigError(
                f"{name} takes its colors from a photograph; give one in color (--reference FILE), "
                "or take another --method"
            )
        if references.count > 1 and not METHODS[name].several:
            able = [other for other, method in METHODS.items() if method.several]
            raise ConfigError(
                f"{name} uses one reference, and there are {references.count}; give one, "
                f"or take: {', '.join(able)}"
            )
        return _output(
            name, classical.paint_like(name, self._luma, references.lab(size), swatches), self._luma
        )


def _contract(name: str) -> Contract:
    """What a method eats and gives: chroma of the size of the lightness, whatever that is."""
    method = METHODS[name]
    return Contract(name, method.working_size, 1, 1, hints=method.kind is Kind.STROKES)


def _demand_all(
    predictor: MethodPredictor,
    hints: FloatArray | None,
    vivid: float | None,
    references: References | None,
    swatches: Sequence[Swatch],
    distribution: bool,
) -> None:
    """Raise `ConfigError` for the first thing that is asked of a method that lacks it."""
    asked = {
        Ability.HINTS: hints is not None,
        Ability.VIVID: vivid is not None,
        Ability.REFERENCES: references is not None,
        Ability.SWATCHES: bool(swatches),
        Ability.DISTRIBUTION: distribution,
    }
    for ability, wanted in asked.items():
        if wanted:
            predictor.demand(ability)


def _output(name: str, chroma: FloatArray, luma: FloatArray) -> Output:
    """The chroma [H, W, 2] of a method as a batch of one; `ModelError` unless it is what it must be."""
    if chroma.shape != (*luma.shape, 2) or not np.isfinite(chroma).all():
        raise ModelError(
            f"{name} gave chroma that is not finite or of shape {chroma.shape}, not {(*luma.shape, 2)}; "
            "this is a bug in Tintype, please report it; meanwhile take another --method"
        )
    planes = np.moveaxis(chroma, -1, 0)[np.newaxis]
    return Output(np.ascontiguousarray(planes, np.float32), None)
