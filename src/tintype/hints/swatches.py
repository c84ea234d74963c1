"""Swatches: which part of a photograph shall have the colors of which part of a reference."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tintype.errors import HintError
from tintype.hints.colors import is_number
from tintype.hints.parsing import check_keys, check_version, contents, load_json, stated_size

VERSION: Final = 1
"""Version of the JSON form."""

Rectangle = tuple[float, float, float, float]
"""x, y, width, height."""
Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True)
class SwatchPair:
    """A part of a photograph, and the part of a reference whose colors it shall have.

    Both are rectangles (x, y, width, height) in pixels of the upright pictures at full size, with (0, 0)
    their upper left corners. Raises `HintError` for values that no rectangle can have.
    """

    photo: Rectangle
    reference: Rectangle
    number: int = 0
    """Which of the references, from 0."""

    def __post_init__(self) -> None:
        for name in ("photo", "reference"):
            given = getattr(self, name)
            if not _is_rectangle(given):
                raise HintError(
                    f"the rectangle {name!r} must be [x, y, width, height] with width and height above 0, "
                    f"not {given!r}"
                )
        if not isinstance(self.number, int) or isinstance(self.number, bool) or self.number < 0:
            raise HintError(f"the number of a reference must be 0 or more, not {self.number!r}")


SwatchSource = Sequence[SwatchPair] | str | os.PathLike[str] | bytes
"""Swatches as a caller may give them: values, the path of a file, or the bytes of one."""


def as_swatches(source: SwatchSource, photo: Size, references: Sequence[Size]) -> tuple[SwatchPair, ...]:
    """Swatches of any kind, fit to a photograph and its references of these sizes (upright).

    Raises `HintError` when they cannot be read or do not fit.
    """
    if isinstance(source, bytes | str | os.PathLike):
        return read_swatches(source, photo, references)
    pairs = tuple(source)
    if not all(isinstance(each, SwatchPair) for each in pairs):
        raise HintError("swatches must be given as SwatchPair values, or as the path of a file of swatches")
    for number, pair in enumerate(pairs, start=1):
        _check_number(pair, number, len(references))
        _check_inside(pair, number, photo, references[pair.number])
    return pairs


def read_swatches(
    source: str | os.PathLike[str] | bytes, photo: Size, references: Sequence[Size]
) -> tuple[SwatchPair, ...]:
    """Read swatches for a photograph and its references of these sizes (upright) from a path or bytes.

    The form is {"version": 1, "swatches": [{"photo": [x, y, width, height], "reference": […], "number": 0}]}.
    With "size" or "reference_size", [width, height], the rectangles refer to smaller or larger copies, and
    are scaled. Raises `HintError` when the file cannot be read, is damaged, holds none or does not fit.
    """
    if isinstance(source, bytes):
        data, name = source, "the file of swatches"
    else:
        data, name = contents(Path(source), "swatches"), os.fspath(source)
    try:
        return _from_json(load_json(data, "JSON nor any other text"), photo, references)
    except HintError as error:
        raise HintError(f"{name}: {error}") from error


def hash_of(pairs: Sequence[SwatchPair]) -> str:
    """Hash that tells swatches from others, hexadecimal: that of their canonical JSON."""
    return hashlib.sha256(json.dumps([asdict(pair) for pair in pairs], sort_keys=True).encode()).hexdigest()


def _from_json(content: Any, photo: Size, references: Sequence[Size]) -> tuple[SwatchPair, ...]:
    """The swatches that JSON says, in pixels of pictures of these sizes."""
    if not isinstance(content, dict):
        raise HintError('it must be an object like {"version": 1, "swatches": […]}; see docs/references.md')
    allowed = {"version", "size", "reference_size", "swatches"}
    check_keys(content, required={"version", "swatches"}, allowed=allowed, place="")
    check_version(content, VERSION)
    if not isinstance(content["swatches"], list) or not content["swatches"]:
        raise HintError('it holds no swatches; fill the list "swatches", or color without it')
    own = stated_size(content.get("size"), *photo)
    found = []
    for number, each in enumerate(content["swatches"], start=1):
        pair = _pair(each, number)
        _check_number(pair, number, len(references))
        size = references[pair.number]
        stated = stated_size(content.get("reference_size"), *size, "reference_size", "reference")
        _check_inside(pair, number, own, stated)
        photo_part, reference_part = _scaled(pair.photo, own, photo), _scaled(pair.reference, stated, size)
        found.append(SwatchPair(photo_part, reference_part, pair.number))
    return tuple(found)


def _pair(content: Any, number: int) -> SwatchPair:
    """One pair of the list; what is wrong is told with its number, counted from 1."""
    place = f"swatch {number}: "
    if not isinstance(content, dict):
        raise HintError(f'{place}it must be an object such as {{"photo": [0, 0, 9, 9], "reference": […]}}')
    required, allowed = {"photo", "reference"}, {"photo", "reference", "number"}
    check_keys(content, required=required, allowed=allowed, place=place)
    try:
        photo, reference = (
            tuple(each) if isinstance(each, list) else each
            for each in (content["photo"], content["reference"])
        )
        return SwatchPair(photo, reference, content.get("number", 0))
    except HintError as error:
        raise HintError(f"{place}{error}") from error


def _is_rectangle(given: object) -> bool:
    """Whether a value is four numbers, the last two above 0."""
    if not isinstance(given, Sequence) or len(given) != 4 or not all(is_number(each) for each in given):
        return False
    return bool(given[2] > 0 and given[3] > 0)


def _check_number(pair: SwatchPair, number: int, count: int) -> None:
    """Raise `HintError` unless there is the reference that a pair speaks of."""
    if pair.number >= count:
        raise HintError(
            f"swatch {number} speaks of reference {pair.number}, but there are {count}; count them from 0"
        )


def _check_inside(
    pair: SwatchPair, number: int, photo: tuple[float, float], reference: tuple[float, float]
) -> None:
    """Raise `HintError` unless both rectangles lie in pictures of these sizes."""
    for what, (x, y, width, height), size in (
        ("photograph", pair.photo, photo),
        ("reference", pair.reference, reference),
    ):
        if x < 0 or y < 0 or x + width > size[0] or y + height > size[1]:
            raise HintError(
                f"swatch {number}: [{x:g}, {y:g}, {width:g}, {height:g}] reaches outside the {what} of "
                f"{size[0]:g}×{size[1]:g} pixels; give x, y, width, height in pixels of the upright one"
            )


def _scaled(rectangle: Rectangle, stated: tuple[float, float], size: Size) -> Rectangle:
    """A rectangle of a picture of the stated size in pixels of that of the real size, not outside of it."""
    across, down = size[0] / stated[0], size[1] / stated[1]
    x, y, width, height = rectangle
    left, top = x * across, y * down
    return (left, top, min(width * across, size[0] - left), min(height * down, size[1] - top))
