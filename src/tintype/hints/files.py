"""Hints from a file: the JSON form, and the PNG form."""

import difflib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tintype.errors import HintError
from tintype.hints.colors import is_number
from tintype.hints.painted import read_png
from tintype.hints.values import VERSION, Hint, Hints

PNG_BEGINNING: Final = b"\x89PNG\r\n\x1a\n"
RATIO_TOLERANCE: Final = 0.01
"""How much the ratio of the sides may differ from the photograph's, beside the rounding of one pixel."""

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
        data, name = _contents(Path(source)), os.fspath(source)
    try:
        return _parse(data, width, height)
    except HintError as error:
        raise HintError(f"{name}: {error}") from error


def _contents(path: Path) -> bytes:
    """The bytes of a hint file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise HintError(f"cannot read the hints {path} ({error.strerror}); check the path") from error


def _parse(data: bytes, width: int, height: int) -> Hints:
    """The hints in the bytes of a file."""
    if data.startswith(PNG_BEGINNING):
        wide, high, painted = read_png(data)
        _check_ratio((wide, high), (width, height))
        return Hints(painted=painted)
    return _from_json(_load(data), width, height)


def _load(data: bytes) -> Any:
    """The JSON in the bytes of a file; `HintError` says where it is broken."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HintError("it is neither a JSON nor a PNG file; give hints as one of these") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise HintError(
            f"it is no JSON from line {error.lineno}, column {error.colno} on ({error.msg}); correct it there"
        ) from error
    except (ValueError, RecursionError) as error:
        raise HintError("it is JSON with absurd numbers or nesting; write the hints anew") from error


def _refuse_constant(name: str) -> float:
    """NaN and Infinity, which Python's reader would take."""
    raise HintError(f"it holds the number {name}; write a finite one")


def _from_json(content: Any, width: int, height: int) -> Hints:
    """The hints that JSON says, in pixels of a photograph of that size."""
    if not isinstance(content, dict):
        raise HintError('it must be an object such as {"version": 1, "hints": […]}; see docs/hints.md')
    _check_keys(content, required={"version", "hints"}, allowed={"version", "size", "hints"}, place="")
    if content["version"] != VERSION or isinstance(content["version"], bool):
        raise HintError(
            f"it is of version {content['version']!r}, this Tintype reads {VERSION}; "
            f'update Tintype, or write "version": {VERSION}'
        )
    if not isinstance(content["hints"], list) or not content["hints"]:
        raise HintError('it holds no hints; fill the list "hints", or color without it')
    size = _size(content.get("size"), width, height)
    hints = Hints(tuple(_hint(each, number) for number, each in enumerate(content["hints"], start=1)))
    hints.check_inside(*size)
    across, down = width / size[0], height / size[1]
    return Hints(tuple(_held(hint.scaled(across, down), width, height) for hint in hints.hints))


def _size(size: Any, width: int, height: int) -> tuple[float, float]:
    """The size that coordinates refer to: the given one, if it has the ratio of the photograph, or that."""
    if size is None:
        return (width, height)
    if not isinstance(size, list) or len(size) != 2 or not all(is_number(each) and each > 0 for each in size):
        raise HintError(f'"size" must be [width, height] in pixels, not {json.dumps(size)}')
    _check_ratio((size[0], size[1]), (width, height))
    return (size[0], size[1])


def _check_ratio(size: tuple[float, float], photo: tuple[int, int]) -> None:
    """Raise `HintError` unless both sizes (width, height) have the same ratio, up to rounding."""
    if _same_ratio(size, photo):
        return
    turned = "turn it upright, as viewers show the photograph"
    other = "make it from the whole photograph, at any size"
    raise HintError(
        f"it is for a picture of {size[0]:g}×{size[1]:g} pixels, which has not the ratio of the photograph, "
        f"{photo[0]}×{photo[1]}; {turned if _same_ratio(size[::-1], photo) else other}"
    )


def _same_ratio(size: tuple[float, float], photo: tuple[int, int]) -> bool:
    """Whether one size is the other, scaled and rounded."""
    wide, high = size[1] * photo[0] / photo[1], size[0] * photo[1] / photo[0]
    off = min(abs(size[0] - wide) / size[0], abs(size[1] - high) / size[1])
    return off <= RATIO_TOLERANCE or abs(size[0] - wide) <= 1 or abs(size[1] - high) <= 1


def _hint(content: Any, number: int) -> Hint:
    """One hint of the list; what is wrong is told with its number, counted from 1."""
    place = f"hint {number}: "
    if not isinstance(content, dict):
        raise HintError(f'{place}it must be an object such as {{"at": [x, y], "color": "navy"}}')
    _check_keys(content, required={"color"}, allowed={"at", "stroke", "color", "radius"}, place=place)
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


def _check_keys(content: dict[str, Any], *, required: Iterable[str], allowed: set[str], place: str) -> None:
    """Raise `HintError` for keys that are unknown or missing."""
    for key in content:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise HintError(f"{place}there is no key {key!r}{meant}; take: {', '.join(sorted(allowed))}")
    for key in sorted(set(required) - content.keys()):
        extra = "; for gray write null" if key == "color" else ""
        raise HintError(f"{place}the key {key!r} is missing; add it{extra}")


def _held(hint: Hint, width: int, height: int) -> Hint:
    """A scaled hint whose points do not leave the picture by rounding."""
    return Hint(tuple((min(x, width), min(y, height)) for x, y in hint.points), hint.color, hint.radius)
