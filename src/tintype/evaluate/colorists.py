"""What gives colors to lightness: models and methods, run as the engine runs them, and trivial baselines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype import color
from tintype.classical import METHODS
from tintype.contract import Contract
from tintype.engine.abilities import Ability, abilities_of, method_abilities
from tintype.engine.cores import physical_cores
from tintype.engine.methods import predictor_for
from tintype.engine.predictors import Output
from tintype.engine.seats import ModelPredictor, Predictor
from tintype.engine.sizing import working_shape
from tintype.errors import ConfigError
from tintype.evaluate.told import NOTHING, Given, Taker, Told, check
from tintype.zoo import find_model

FloatArray = NDArray[np.floating[Any]]
Levels = tuple[FloatArray, FloatArray]
"""Sums of a*b* [101, 2] and number of pixels [101] at each level of L*."""

LEVELS = 101
"""Rows of the table of mean a*b* by L*, one for each whole unit of L*."""


@dataclass(frozen=True)
class Colorist:
    """Something that gives colors to lightness."""

    name: str
    paint: Callable[[FloatArray, Told], FloatArray]
    """From L* [S, S], and what is told of the picture, to a*b*: [h, w, 2], of the same size or another."""
    model: "Network | None" = None
    """None for a method without learning, and for a baseline."""
    method: str | None = None
    """Name of a method without learning."""
    vivid: float | None = None
    """The vividness asked for, None being the model's own."""
    given: Given = NOTHING
    """What it uses of what is told."""
    table: FloatArray | None = None
    """A baseline's a*b* by whole L*, [101, 2]; None for all that follow no table."""

    @property
    def sha256(self) -> str | None:
        """Hash of the model's file; None where there is none."""
        return None if self.model is None else self.model.sha256


class Network:
    """A model by name or path, given lightness of any size; it sees it at its working size, on the CPU.

    `threads` is the number of cores, all physical ones when None. Raises `ModelError` when there is no such
    model or it does not keep the contract.
    """

    def __init__(self, name_or_path: str, threads: int | None = None) -> None:
        found = find_model(name_or_path)
        self._made_of = (name_or_path, threads)
        self._predictor = ModelPredictor(found.path, "cpu", threads)
        self.name = found.name
        self.path = found.path
        self.sha256 = found.sha256

    def __reduce__(self) -> tuple[type["Network"], tuple[str, int | None]]:
        return Network, self._made_of

    @property
    def contract(self) -> Contract:
        """What the model eats and gives."""
        return self._predictor.contract

    def shape(self, lightness: FloatArray) -> tuple[int, int]:
        """Height and width at which the model sees L* [H, W]."""
        return seen_shape(self.contract, lightness)

    def predict(
        self, lightness: FloatArray, hints: FloatArray | None = None, vivid: float | None = None
    ) -> Output:
        """What the model says of L* [H, W]; hints [N, h, w, 3] of its working size make a batch of N.

        `vivid` None is the contract's own.
        """
        luma = color.shrink(lightness, self.shape(lightness), axes=(0, 1)).astype(np.float32)[None, None]
        batch = None if hints is None else np.ascontiguousarray(np.moveaxis(hints, -1, 1), np.float32)
        if batch is not None:
            luma = np.repeat(luma, len(batch), axis=0)
        return self._predictor.predict(luma, batch, vivid)

    def paint(self, lightness: FloatArray, vivid: float | None = None) -> FloatArray:
        """a*b* [h, w, 2] at network size for L* [H, W]."""
        return np.moveaxis(self.predict(lightness, vivid=vivid).chroma[0], 0, -1)

    def paint_told(self, lightness: FloatArray, told: Told, given: Given, vivid: float | None) -> FloatArray:
        """The same, with what it is given of what is told."""
        if given == NOTHING:
            return self.paint(lightness, vivid)
        return paint_told(self._predictor, lightness, told, given, vivid)


def seen_shape(contract: Contract, lightness: FloatArray) -> tuple[int, int]:
    """Height and width at which a model or method sees L* [H, W]."""
    height, width = lightness.shape
    return working_shape(width, height, contract.working_size, contract.multiple)


def paint_told(
    predictor: Predictor, lightness: FloatArray, told: Told, given: Given, vivid: float | None = None
) -> FloatArray:
    """a*b* [h, w, 2] for L* [S, S] by a predictor that is given strokes or a reference, as a person would."""
    shape = seen_shape(predictor.contract, lightness)
    luma = color.shrink(lightness, shape, axes=(0, 1)).astype(np.float32)[None, None]
    planes = None
    if given.strokes is not None:
        planes = np.ascontiguousarray(
            np.moveaxis(told.planes(len(lightness), shape), -1, 0)[None], np.float32
        )
    reference = told.reference if given.reference else None
    output = predictor.set_luma(luma).predict(planes, vivid, reference)
    return np.moveaxis(output.chroma[0], 0, -1)


Row = tuple[Network, float | None]
"""A model at a vividness, None being its own."""


def networks(names_or_paths: Sequence[str], threads: int | None = None) -> list[Network]:
    """All models asked for; where names clash, each has the beginning of its hash added."""
    found = [Network(each, threads) for each in names_or_paths]
    names = [each.name for each in found]
    for each in found:
        if names.count(each.name) > 1:
            each.name = f"{each.name} {each.sha256[:8]}"
    return found


def cores_for(jobs: int) -> int | None:
    """Cores for the models of each of so many processes; None, that is all, for a single one."""
    return None if jobs == 1 else max(1, physical_cores() // jobs)


def at_vividness(name: str, contract: Contract, vivids: Sequence[float]) -> dict[str, float | None]:
    """The rows of a model by name: one for each vividness, if it takes any and some are asked for."""
    if contract.vivid is None or not vivids:
        return {name: None}
    return {entry_name(name, vivid, NOTHING): vivid for vivid in vivids}


def check_vividness(contracts: Iterable[Contract], vivids: Sequence[float]) -> None:
    """Raise `ConfigError` when some vividness is asked for and no model takes any."""
    if vivids and all(contract.vivid is None for contract in contracts):
        raise ConfigError("no model here takes a vividness; leave --vivid out, or name a model that does")


def rows(found: Sequence[Network], vivids: Sequence[float]) -> dict[str, Row]:
    """All models by name, each at each vividness that it takes; raises as `check_vividness`."""
    check_vividness([each.contract for each in found], vivids)
    return {
        name: (network, vivid)
        for network in found
        for name, vivid in at_vividness(network.name, network.contract, vivids).items()
    }


def models(
    names_or_paths: Sequence[str],
    vivids: Sequence[float] = (),
    threads: int | None = None,
    strokes: int | None = None,
    references: bool = False,
) -> list[Colorist]:
    """Colorists of all models and methods asked for, in order: each model at each vividness that it takes,
    and each in all the ways that `Taker.given` knows.

    Raises as `networks`, `check_vividness` and `told.check`, and `ConfigError` when packages that a method
    needs are missing.
    """
    found = iter(networks([each for each in names_or_paths if each not in METHODS], threads))
    makers = [each if each in METHODS else next(found) for each in names_or_paths]
    check_vividness([each.contract for each in makers if isinstance(each, Network)], vivids)
    takers = [_taker(each) for each in makers]
    check(takers, strokes, references)
    return [
        colorist
        for maker, taker in zip(makers, takers, strict=True)
        for given in taker.given(strokes, references)
        for colorist in _colorists(maker, given, vivids)
    ]


def _taker(maker: Network | str) -> Taker:
    """What a model, or the method of a name, can take."""
    if isinstance(maker, Network):
        able = abilities_of(maker.contract)
        return Taker(maker.name, True, Ability.HINTS in able, Ability.REFERENCES in able)
    able = method_abilities(METHODS[maker])
    return Taker(maker, False, Ability.HINTS in able, Ability.REFERENCES in able)


def _colorists(maker: Network | str, given: Given, vivids: Sequence[float]) -> list[Colorist]:
    """A model at each vividness, or a method, in one of the ways to score it."""
    if isinstance(maker, str):
        return [unlearned(maker, given)]
    takes = maker.contract.vivid is not None and vivids
    return [learned(maker, given, vivid) for vivid in (vivids if takes else (None,))]


def learned(network: Network, given: Given, vivid: float | None) -> Colorist:
    """A model as an entry."""
    paint = partial(network.paint_told, given=given, vivid=vivid)
    name = entry_name(network.name, vivid, given)
    return Colorist(name, paint, network, vivid=vivid, given=given)


def unlearned(name: str, given: Given) -> Colorist:
    """A method as an entry. Raises `ConfigError` when packages that it needs are missing."""
    paint = partial(paint_told, predictor_for(name, "cpu"), given=given)
    return Colorist(entry_name(name, None, given), paint, method=name, given=given)


def entry_name(name: str, vivid: float | None, given: Given) -> str:
    """What an entry is called: "tint", "tint (vivid 1)", "tint (vivid 1, 10 strokes)"."""
    words = [*([] if vivid is None else [f"vivid {vivid:g}"]), *given.words]
    return f"{name} ({', '.join(words)})" if words else name


def level_sums(lab: FloatArray) -> Levels:
    """Sums and counts of a*b* at each level of L*, of a picture in L*a*b* [..., 3]."""
    level = _level(lab[..., 0]).ravel()
    sums = [np.bincount(level, lab[..., 1 + channel].ravel(), minlength=LEVELS) for channel in (0, 1)]
    return np.stack(sums, axis=-1), np.bincount(level, minlength=LEVELS).astype(float)


def fit_tables(pictures: Iterable[Levels]) -> dict[str, FloatArray]:
    """The baselines' tables by name: gray, one mean a*b*, and mean a*b* by L*, each [101, 2].

    The two means are those of pictures by `level_sums`. Raises ValueError when there is no picture.
    """
    sums, counts = np.zeros((LEVELS, 2)), np.zeros(LEVELS)
    for more_sums, more_counts in pictures:
        sums += more_sums
        counts += more_counts
    if counts.sum() == 0:
        raise ValueError("the baselines need at least one picture to be fitted on")
    mean = sums.sum(axis=0) / counts.sum()
    table = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], mean)
    return {"gray": np.zeros((LEVELS, 2)), "mean a*b*": np.tile(mean, (LEVELS, 1)), "mean a*b* by L*": table}


def by_level(name: str, table: FloatArray) -> Colorist:
    """A baseline that gives each whole unit of L* its a*b* of a table [101, 2]."""
    return Colorist(name, partial(_look_up, table.astype(np.float32)), table=table)


def _look_up(table: FloatArray, lightness: FloatArray, told: Told) -> FloatArray:  # noqa: ARG001  # see Colorist
    return table[_level(lightness)]


def _level(lightness: FloatArray) -> NDArray[np.int64]:
    return np.clip(np.rint(lightness), 0, LEVELS - 1).astype(np.int64)
