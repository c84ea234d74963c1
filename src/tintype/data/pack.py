"""Decode a data set once, so that training never decodes again."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from tintype.color import srgb_to_lab
from tintype.data.packed import PackedSet
from tintype.data.sources import Picture, Place, decode
from tintype.data.supply import CHUNK, spread, supply
from tintype.data.writing import SetWriter, whole_folder
from tintype.errors import DataError

ALL_TOO_SMALL: Final = "set a lower --min-side to take them"

Result = TypeVar("Result")

Tell = Callable[[int, int | None], None]
"""Gets (pictures done, pictures in all), the second None where it is not known before the end."""


@dataclass(frozen=True)
class Keep:
    """What a picture must be to go into a packed set, and how large it may be there."""

    max_side: int = 256
    """Pixels; a picture whose shorter side is longer is shrunk to this. The report trains at 256×256."""
    min_side: int = 64
    """Pixels; a picture with a shorter side is left out."""
    min_chroma: float = 4.0
    """CIE units; a picture whose mean chroma √(a*² + b*²) lies below is left out as near gray. Gray
    photographs stored as JPEG have less than 1, faintly toned ones up to 4."""


@dataclass(frozen=True)
class LeftOut:
    """One picture that did not go into the packed set, and why."""

    name: str
    reason: str
    """What it is, or what it is and how much of it: "too small: 90×20"."""

    @property
    def kind(self) -> str:
        """The reason's first part."""
        return self.reason.split(":")[0]


def pack(
    source: Path,
    out: Path,
    *,
    keep: Keep | None = None,
    exclude: tuple[str, ...] = (),
    processes: int | None = None,
    progress: Tell | None = None,
) -> PackedSet:
    """Decode the pictures found in `source` and store them in a new packed set `out`.

    `exclude` names shards, folders or pictures (glob patterns against their names) that must not be used;
    `processes` is how many decode at once (default: one for each core); `progress(done, total)` is called now
    and then. What is left out is listed in the manifest by name and reason, except for what `exclude` names.
    The result does not depend on the number of processes.

    Raises `DataError` when `out` exists, when nothing is found, when nothing is left, or when writing fails.
    """
    checked = keep or Keep()
    with whole_folder(out) as folder:
        found = supply([source], exclude, checked.min_side)
        results = spread(partial(examine, keep=checked), found.places, processes or os.cpu_count() or 1)
        left_out: list[LeftOut] = []
        with SetWriter(folder) as writer:
            for result in told(results, found.total, progress):
                if isinstance(result, LeftOut):
                    left_out.append(result)
                else:
                    writer.add(result)
            check_any_left(len(writer), left_out)
            writer.finish(
                {
                    "left_out": [asdict(item) for item in left_out],
                    "keep": asdict(checked),
                    "exclude": list(exclude),
                }
            )
    return PackedSet(out)


def told(results: Iterator[Result], total: int | None, progress: Tell | None) -> Iterator[Result]:
    """The same results, telling `progress` now and then, and at the end, how many there were."""
    done = 0
    for done, result in enumerate(results, start=1):
        yield result
        if progress is not None and done % CHUNK == 0:
            progress(done, total)
    if progress is not None and done % CHUNK:
        progress(done, total)


def check_any_left(count: int, left_out: list[LeftOut]) -> None:
    """Raise `DataError` when no picture was kept, saying what to do about it where that is known."""
    if count:
        return
    if not left_out:
        raise DataError("no pictures in the archive; give another source")
    advice = ""
    if all(item.kind == "too small" for item in left_out):
        advice = f"; all {len(left_out)} are too small, so {ALL_TOO_SMALL}"
    elif all(item.kind == "near gray" for item in left_out):
        advice = f"; all {len(left_out)} are near gray, from which no color can be learned"
    raise DataError(f"no picture was usable; the first: {left_out[0].name} ({left_out[0].reason}){advice}")


def examine(place: Place, keep: Keep) -> Picture | LeftOut:
    """Decode one picture and judge it: the picture, or why it is left out."""
    try:
        picture = decode(place, keep.max_side)
    except DataError as error:
        return LeftOut(place.name, f"unreadable: {error}")
    height, width = picture.shape[:2]
    if min(height, width) < keep.min_side:
        return LeftOut(place.name, f"too small: {width}×{height}")
    chroma = mean_chroma(picture)
    if chroma < keep.min_chroma:
        return LeftOut(place.name, f"near gray: mean chroma {chroma:.1f}")
    return picture


def mean_chroma(picture: Picture) -> float:
    """Mean of √(a*² + b*²) in CIE units over every fourth pixel of every fourth row."""
    lab = srgb_to_lab(picture[::4, ::4].astype(np.float32) / 255)
    return float(np.hypot(lab[..., 1], lab[..., 2]).mean())
