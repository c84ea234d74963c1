"""What entries are told of a picture's true colors beside its lightness: strokes, or a photograph like it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.engine.references import References
from tintype.errors import ConfigError
from tintype.hints import Hints, rasterize

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Given:
    """What an entry is told of each picture; nothing, unless it says so."""

    strokes: int | None = None
    """So many strokes of `evaluate.strokes`."""
    reference: bool = False
    """The nearest photograph of a set, see `evaluate.nearest`."""

    @property
    def words(self) -> tuple[str, ...]:
        """What an entry's name says of it."""
        strokes = () if self.strokes is None else (f"{self.strokes} stroke{'s' * (self.strokes != 1)}",)
        return (*strokes, "nearest") if self.reference else strokes


NOTHING = Given()
"""What automatic entries are told."""


@dataclass(frozen=True)
class Told:
    """What is told of one picture of S x S pixels."""

    strokes: Hints | None = None
    """In its pixels."""
    reference: References | None = None

    def planes(self, size: int, shape: tuple[int, int]) -> FloatArray:
        """The strokes for a picture of side `size`, drawn at another size: [H, W, 3], a*, b* and mask."""
        return rasterize(self.strokes or Hints(), (size, size), shape)


SILENCE = Told()
"""Nothing."""


@dataclass(frozen=True)
class Taker:
    """What is asked for by one name, and what it can take."""

    name: str
    automatic: bool
    """Whether it colors without being told anything."""
    strokes: bool
    reference: bool

    def given(self, strokes: int | None, references: bool) -> list[Given]:
        """The ways to score it: without, with strokes, with a reference, as far as both sides allow."""
        ways = [NOTHING] if self.automatic else []
        ways += [Given(strokes=strokes)] if self.strokes and strokes is not None else []
        ways += [Given(reference=True)] if self.reference and references else []
        return ways


def check(takers: Iterable[Taker], strokes: int | None, references: bool) -> None:
    """Raise `ConfigError` when something lacks what it needs, or nothing takes what is given."""
    listed = list(takers)
    for taker in listed:
        if not taker.given(strokes, references):
            option, what = (
                ("--strokes 10", "strokes; add {}, so many drawn from each picture's own colors")
                if taker.strokes
                else ("--references DIR", "a photograph; add {}, of which each picture gets the nearest")
            )
            raise ConfigError(f"{taker.name} takes its colors from {what.format(option)}")
    if strokes is not None and not any(taker.strokes for taker in listed):
        raise ConfigError(
            "nothing here takes strokes; leave --strokes out, or name what does, such as tint or levin"
        )
    if references and not any(taker.reference for taker in listed):
        raise ConfigError(
            "nothing here takes a reference; leave --references out, or name what does, such as tint or welsh"
        )
