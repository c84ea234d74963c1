"""Decode a data set once, so that training never decodes again.

`pack` writes into a temporary folder beside the goal and renames it when it is whole: a folder of the
asked-for name is a whole set, or there is none.
"""

import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from tintype.color import srgb_to_lab
from tintype.data.packed import FORMAT, INDEX, MANIFEST, PICTURES, PackedSet
from tintype.data.sources import Location, Picture, decode, find_pictures
from tintype.errors import DataError

CHUNK: Final = 256
"""Pictures decoded between two writes, which bounds the memory: 256 pictures of 256×256 are 50 MB."""


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


def pack(
    source: Path,
    out: Path,
    *,
    keep: Keep | None = None,
    exclude: tuple[str, ...] = (),
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PackedSet:
    """Decode the pictures found in `source` and store them in a new packed set `out`.

    `exclude` names shards, folders or pictures (glob patterns against their names) that must not be used;
    `processes` is how many decode at once (default: one for each core); `progress(done, total)` is called now
    and then. What is left out is listed in the manifest by name and reason, except for what `exclude` names.
    The result does not depend on the number of processes.

    Raises `DataError` when `out` exists, when nothing is found, when nothing is left, or when writing fails.
    """
    if out.exists():
        raise DataError(f"{out} exists already; name another folder or delete it first")
    locations = [place for place in find_pictures(source) if not _excluded(place, exclude)]
    if not locations:
        raise DataError(f"every picture in {source} is excluded by {', '.join(exclude)}; exclude less")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
    try:
        checked = keep or Keep()
        results = _decode_all(locations, checked, processes or os.cpu_count() or 1)
        manifest = _write(temporary, results, len(locations), progress)
        manifest |= {"keep": asdict(checked), "exclude": list(exclude)}
        (temporary / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
        temporary.chmod(0o777 & ~_umask())
        temporary.rename(out)
    except OSError as error:
        raise DataError(
            f"cannot write {out} ({error.strerror}); free some space or name another folder"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return PackedSet(out)


def _umask() -> int:
    """What the system takes from the rights of new folders; asking means setting it for a moment."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _excluded(place: Location, patterns: tuple[str, ...]) -> bool:
    parts = [Path(place.name), *Path(place.name).parents]
    return any(part.match(pattern) for part in parts for pattern in patterns)


def _decode_all(locations: list[Location], keep: Keep, processes: int) -> Iterator[Picture | LeftOut]:
    """Yield each picture, or why it is left out, in order, decoding `CHUNK` at a time."""
    work = partial(examine, keep=keep)
    if processes == 1:
        yield from map(work, locations)
        return
    with multiprocessing.get_context("spawn").Pool(min(processes, len(locations))) as pool:
        for start in range(0, len(locations), CHUNK):
            yield from pool.imap(work, locations[start : start + CHUNK], chunksize=8)


def examine(place: Location, keep: Keep) -> Picture | LeftOut:
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


def _write(
    folder: Path,
    results: Iterator[Picture | LeftOut],
    total: int,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """Store the pictures and their index; returns the manifest. Raises `DataError` when none is left."""
    digest = sha256()
    index: list[tuple[int, int, int]] = []
    left_out: list[LeftOut] = []
    with (folder / PICTURES).open("wb") as file:
        for done, result in enumerate(results, start=1):
            if isinstance(result, LeftOut):
                left_out.append(result)
            else:
                index.append((file.tell(), *result.shape[:2]))
                _append(file, digest, result)
            if progress is not None and (done % CHUNK == 0 or done == total):
                progress(done, total)
        size = file.tell()
    if not index:
        raise DataError(f"no picture was usable; the first: {left_out[0].name} ({left_out[0].reason})")
    np.save(folder / INDEX, np.array(index, dtype=np.int64), allow_pickle=False)
    return {
        "format": FORMAT,
        "pictures": len(index),
        "bytes": size,
        "sha256": digest.hexdigest(),
        "left_out": [asdict(item) for item in left_out],
    }


def _append(file: BinaryIO, digest: Any, picture: Picture) -> None:
    samples = np.ascontiguousarray(picture)
    digest.update(f"{picture.shape}".encode())
    digest.update(samples)
    file.write(samples.data)
