"""Hints as values: points and strokes with a color, in pixels of the photograph."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from tintype.errors import HintError
from tintype.hints.colors import Color, checked_ab, is_number, parse_color
from tintype.hints.painted import Painted

VERSION: Final = 1
"""Version of the JSON form."""

DEFAULT_RADIUS: Final = 0.006
"""Radius of a hint that names none, as a share of the side of a square of the photograph's area: 1.5 pixels
of 256, as the dots that a person sets in Zhang et al. 2017, section 4.1, are a few pixels wide."""

Point = tuple[float, float]
"""x, y."""


@dataclass(frozen=True)
class Hint:
    """A point or a stroke that shall have a color.

    Made by `Hint.at` or `Hint.stroke`. Coordinates are x, y in pixels of the upright photograph (turned as
    its EXIF says, as viewers show it) at full size, continuous, with (0, 0) its upper left corner.

    Raises `HintError` for values that no hint can have.
    """

    points: tuple[Point, ...]
    """One point is a dot; several are the corners of a stroke."""
    color: tuple[float, float]
    """a*, b* in CIE units; L* stays the photograph's."""
    radius: float | None = None
    """Half the width, in pixels of the photograph; None is 0.6 % of the side of a square of its area."""

    def __post_init__(self) -> None:
        if not self.points:
            raise HintError("a hint needs at least one point; give it one, or leave the hint out")
        for point in self.points:
            if len(point) != 2 or not all(is_number(each) for each in point):
                raise HintError(f"a point must be two numbers x and y, not {point!r}")
        checked_ab(*self.color)
        if self.radius is not None and (not is_number(self.radius) or self.radius < 0):
            raise HintError(f"a radius must be a number of pixels, 0 or more, not {self.radius!r}")

    @classmethod
    def at(cls, x: float, y: float, color: Color, radius: float | None = None) -> Self:
        """A dot; for `color` see `hints.colors.Color`."""
        return cls.stroke([(x, y)], color, radius)

    @classmethod
    def stroke(cls, points: Iterable[Sequence[float]], color: Color, radius: float | None = None) -> Self:
        """A stroke along straight lines from point to point; for `color` see `hints.colors.Color`."""
        return cls(tuple(_point(each) for each in points), parse_color(color), radius)

    def radius_in(self, width: float, height: float) -> float:
        """The radius, in pixels, in a picture of that size: its own, or that of a hint that names none."""
        return DEFAULT_RADIUS * (width * height) ** 0.5 if self.radius is None else self.radius

    def scaled(self, across: float, down: float) -> "Hint":
        """The hint for a picture so many times as wide and as high."""
        radius = None if self.radius is None else self.radius * (across * down) ** 0.5
        return Hint(tuple((x * across, y * down) for x, y in self.points), self.color, radius)

    def to_dict(self) -> dict[str, Any]:
        """The hint as in the JSON form, with its color as a* and b*."""
        points = [list(point) for point in self.points]
        place: dict[str, Any] = {"at": points[0]} if len(points) == 1 else {"stroke": points}
        radius = {} if self.radius is None else {"radius": self.radius}
        return place | {"color": {"a": self.color[0], "b": self.color[1]}} | radius


@dataclass(frozen=True)
class Hints:
    """All that a person says of the colors of one photograph.

    Of points and strokes that overlap the later one counts, and all of them before what is painted.
    """

    hints: tuple[Hint, ...] = ()
    painted: Painted | None = None
    """Colors drawn over the photograph."""

    @property
    def count(self) -> int:
        """How many hints there are; a painting counts as one."""
        return len(self.hints) + (self.painted is not None)

    def check_inside(self, width: float, height: float) -> None:
        """Raise `HintError` unless all points lie in a picture of that size."""
        for number, hint in enumerate(self.hints, start=1):
            for x, y in hint.points:
                if not (0 <= x <= width and 0 <= y <= height):
                    raise HintError(
                        f"hint {number} lies at ({x:g}, {y:g}), outside the picture of {width:g}×{height:g} "
                        "pixels; count x and y from the upper left corner of the upright picture"
                    )

    def check_agreement(self, width: float, height: float) -> None:
        """Raise `HintError` when two hints of different colors have the very same place in a picture of that
        size.

        Hints that overlap otherwise are fine, and so is a narrower one drawn later on top: then the later one
        counts where it is. But of two that are equally wide the earlier one would be lost without a word.
        """
        earlier: dict[tuple[Point, ...], tuple[int, Hint]] = {}
        for number, hint in enumerate(self.hints, start=1):
            place = min(hint.points, hint.points[::-1])
            before, found = earlier.get(place, (number, hint))
            hidden = hint.radius_in(width, height) >= found.radius_in(width, height)
            if found.color != hint.color and hidden:
                raise HintError(
                    f"hints {before} and {number} contradict each other: both are at {_shown(found.points)}, "
                    "with different colors; remove one of them"
                )
            earlier[place] = (number, hint)

    def to_json(self, size: tuple[int, int] | None = None) -> str:
        """The JSON form, which `read_hints` reads; `size` (width, height) of the photograph is written down.

        With the size the file also fits smaller and larger copies of the photograph. Raises `HintError` for
        painted hints, which no JSON can hold.
        """
        if self.painted is not None:
            raise HintError("painted hints cannot be written as JSON; keep the PNG that they were read from")
        lines = ",\n".join(f"    {json.dumps(hint.to_dict())}" for hint in self.hints)
        written = "" if size is None else f'\n  "size": {json.dumps(list(size))},'
        return f'{{\n  "version": {VERSION},{written}\n  "hints": [\n{lines}\n  ]\n}}\n'

    def sha256(self) -> str:
        """Hash that tells these hints from others, hexadecimal: that of their canonical JSON."""
        content = {
            "version": VERSION,
            "hints": [hint.to_dict() for hint in self.hints],
            "painted": None if self.painted is None else self.painted.sha256(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _point(given: Sequence[float]) -> Point:
    """A point as a pair of floats; what is no pair of numbers is left to be refused."""
    if len(given) != 2 or not all(is_number(each) for each in given):
        raise HintError(f"a point must be two numbers x and y, not {given!r}")
    return (float(given[0]), float(given[1]))


def _shown(points: tuple[Point, ...]) -> str:
    """A place in a message: a point, or where a stroke begins and ends."""
    ends = points[:1] if len(points) == 1 else (points[0], points[-1])
    return " to ".join(f"({x:g}, {y:g})" for x, y in ends)
