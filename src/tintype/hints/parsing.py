"""What hint files of all kinds have in common: how they are read, and how mistakes in them are told."""

import difflib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tintype.errors import HintError
from tintype.hints.colors import is_number

RATIO_TOLERANCE: Final = 0.01
"""How much the ratio of the sides may differ from the photograph's, beside the rounding of one pixel."""


def contents(path: Path, what: str = "hints") -> bytes:
    """The bytes of a hint file; `what` it is, for the message of the `HintError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise HintError(f"cannot read the {what} {path} ({error.strerror}); check the path") from error


def load_json(data: bytes, forms: str = "a JSON nor a PNG") -> Any:
    """The JSON in a file's bytes; `HintError` says where it is broken, or that it has none of the `forms`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HintError(f"it is neither {forms} file; give one of these") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise HintError(
            f"it is no JSON from line {error.lineno}, column {error.colno} on ({error.msg}); correct it there"
        ) from error
    except (ValueError, RecursionError) as error:
        raise HintError("it is JSON with absurd numbers or nesting; write it anew") from error


def check_version(content: dict[str, Any], version: int) -> None:
    """Raise `HintError` unless a file is of the version that is read here."""
    if content["version"] != version or isinstance(content["version"], bool):
        raise HintError(
            f"it is of version {content['version']!r}, this Tintype reads {version}; "
            f'update Tintype, or write "version": {version}'
        )


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; `HintError` for one that has a key twice, of which Python's reader would drop one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        values = " and ".join(json.dumps(value, ensure_ascii=False) for key, value in pairs if key == twice)
        raise HintError(f"it has the key {twice!r} twice in one object, with {values}; keep one of them")
    return found


def _refuse_constant(name: str) -> float:
    """NaN and Infinity, which Python's reader would take."""
    raise HintError(f"it holds the number {name}; write a finite one")


def stated_size(
    size: Any, width: int, height: int, key: str = "size", what: str = "photograph"
) -> tuple[float, float]:
    """The size that coordinates refer to: the given one, if it has the ratio of the photograph, or that."""
    if size is None:
        return (width, height)
    if not isinstance(size, list) or len(size) != 2 or not all(is_number(each) and each > 0 for each in size):
        raise HintError(f'"{key}" must be [width, height] in pixels, not {json.dumps(size)}')
    check_ratio((size[0], size[1]), (width, height), what)
    return (size[0], size[1])


def check_ratio(size: tuple[float, float], photo: tuple[int, int], what: str = "photograph") -> None:
    """Raise `HintError` unless both sizes (width, height) have the same ratio, up to rounding."""
    if _same_ratio(size, photo):
        return
    turned = f"turn it upright, as viewers show the {what}"
    other = f"make it from the whole {what}, at any size"
    raise HintError(
        f"it is for a picture of {size[0]:g}×{size[1]:g} pixels, which has not the ratio of the {what}, "
        f"{photo[0]}×{photo[1]}; {turned if _same_ratio(size[::-1], photo) else other}"
    )


def _same_ratio(size: tuple[float, float], photo: tuple[int, int]) -> bool:
    """Whether one size is the other, scaled and rounded."""
    wide, high = size[1] * photo[0] / photo[1], size[0] * photo[1] / photo[0]
    off = min(abs(size[0] - wide) / size[0], abs(size[1] - high) / size[1])
    return off <= RATIO_TOLERANCE or abs(size[0] - wide) <= 1 or abs(size[1] - high) <= 1


def check_keys(content: dict[str, Any], *, required: Iterable[str], allowed: set[str], place: str) -> None:
    """Raise `HintError` for keys that are unknown or missing."""
    for key in content:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise HintError(f"{place}there is no key {key!r}{meant}; take: {', '.join(sorted(allowed))}")
    for key in sorted(set(required) - content.keys()):
        extra = "; for gray write null" if key == "color" else ""
        raise HintError(f"{place}the key {key!r} is missing; add it{extra}")
