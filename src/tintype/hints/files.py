"""Hints from a file: the JSON form, and the PNG form."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tintype.errors import HintError
from tintype.hints.painted import read_png
from tintype.hints.parsing import check_keys, check_ratio, check_version, contents, load_json, stated_size
from tintype.hints.values import VERSION, Hint, Hints

PNG_BEGINNING: Final = b"\x89PNG\r\n\x1a\n"

HintSource = Hints | Sequence[Hint] | str | os.PathLike[str] | bytes
"""Hints as a caller may give them: values, the path of a file, or the bytes of one."""


def as_hints(source: HintSource, width: int, height: int) -> Hints:
    """Hints of any kind, fit to a photograph of that size (upright, in pixels).

    Raises `HintError` when they cannot be read or do not fit.
    """
    if isinstance(source, bytes | str | os.PathLike):
        return read_hints(source, width, height)
    hints = source if isinstance(source, Hints) else Hints(tuple(source))
    if not all(isinstance(each, Hint) for each in hints.hints):
        raise HintError("hints must be given as Hint values, or as the path of a hint file")
    hints.check_inside(width, height)
    hints.check_agreement(width, height)
    return hints


def read_hints(source: str | os.PathLike[str] | bytes, width: int, height: int) -> Hints:
    """Read the hints for a photograph of that size (upright, in pixels) from a path or a file's bytes.

    JSON and PNG are told apart by how the file begins. Hints that refer to a smaller or larger copy of the
    photograph are scaled. Raises `HintError` when the file cannot be read, is damaged, holds no hints, or
    does not fit the photograph.
    """
    if isinstance(source, bytes):
        data, name = source, "the hint file"
    else:
        data, name = contents(Path(source)), os.fspath(source)
    try:
        return _parse(data, width, height)
    except HintError as error:
        raise HintError(f"{name}: {error}") from error


def _parse(data: bytes, width: int, height: int) -> Hints:
    """The hints in the bytes of a file."""
    if data.startswith(PNG_BEGINNING):
        wide, high, painted = read_png(data)
        check_ratio((wide, high), (width, height))
        return Hints(painted=painted)
    return _from_json(load_json(data), width, height)


def _from_json(content: Any, width: int, height: int) -> Hints:
    """The hints that JSON says, in pixels of a photograph of that size."""
    if not isinstance(content, dict):
        raise HintError('it must be an object such as {"version": 1, "hints": […]}; see docs/hints.md')
    check_keys(content, required={"version", "hints"}, allowed={"version", "size", "hints"}, place="")
    check_version(content, VERSION)
    if not isinstance(content["hints"], list) or not content["hints"]:
        raise HintError('it holds no hints; fill the list "hints", or color without it')
    size = stated_size(content.get("size"), width, height)
    hints = Hints(tuple(_hint(each, number) for number, each in enumerate(content["hints"], start=1)))
    hints.check_inside(*size)
    hints.check_agreement(*size)
    across, down = width / size[0], height / size[1]
    return Hints(tuple(_held(hint.scaled(across, down), width, height) for hint in hints.hints))


def _hint(content: Any, number: int) -> Hint:
    """One hint of the list; what is wrong is told with its number, counted from 1."""
    place = f"hint {number}: "
    if not isinstance(content, dict):
        raise HintError(f'{place}it must be an object such as {{"at": [x, y], "color": "navy"}}')
    check_keys(content, required={"color"}, allowed={"at", "stroke", "color", "radius"}, place=place)
    if ("at" in content) == ("stroke" in content):
        raise HintError(f'{place}give either "at": [x, y] or "stroke": [[x, y], …]')
    points = [content["at"]] if "at" in content else content["stroke"]
    if not isinstance(points, list) or not all(isinstance(each, list) for each in points):
        raise HintError(f'{place}write "at": [x, y], or "stroke": [[x, y], …] with a list for each point')
    if isinstance(content["color"], list) and len(content["color"]) != 3:
        raise HintError(f"{place}a color in a list must be [red, green, blue], each in 0..255")
    try:
        return Hint.stroke(points, content["color"], content.get("radius"))
    except HintError as error:
        raise HintError(f"{place}{error}") from error


def _held(hint: Hint, width: int, height: int) -> Hint:
    """A scaled hint whose points do not leave the picture by rounding."""
    return Hint(tuple((min(x, width), min(y, height)) for x, y in hint.points), hint.color, hint.radius)
