"""One stream of pictures out of several sources, and work on it in several processes."""

import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from tintype.data import cifar
from tintype.data.archives import is_archive, stream
from tintype.data.sources import Held, Location, Place, find_pictures, list_pictures
from tintype.errors import DataError

CHUNK: Final = 256
"""Pictures in work between two writes, which bounds the memory: 256 pictures of 256×256 are 50 MB."""
CHUNK_BYTES: Final = 64 * 2**20
"""Encoded bytes out of archives in work at once, but for the last picture."""

Given = TypeVar("Given")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Supply:
    """Pictures of several sources in order."""

    places: Iterator[Place]
    """Read as they are asked for: archives are opened then."""
    total: int | None
    """How many they are; None when an archive is among them, whose pictures are counted as they come."""


def supply(sources: Sequence[Path], exclude: tuple[str, ...], min_side: int) -> Supply:
    """The pictures of folders, tar shards, archives and files of CIFAR-10, but those that `exclude` names.

    Names begin with that of their source where there are several. Archives in folders come after the folder's
    other pictures. Raises `DataError` when a source does not exist or holds nothing, when everything is
    excluded, or for a `min_side` that no picture of CIFAR-10 has; archives are judged when they are read.
    """
    listed: list[Location] = []
    archives: list[tuple[Path, str]] = []
    for source, prefix in zip(sources, _prefixes(sources), strict=True):
        inside = _archives(source)
        archives += [(path, prefix + name) for path, name in inside]
        if not is_archive(source):
            found = list_pictures(source) if inside else find_pictures(source)
            listed += [replace(place, name=prefix + place.name) for place in found]
    kept = [place for place in listed if not _excluded(place.name, exclude)]
    wanted = [(path, label) for path, label in archives if not _excluded(label, exclude)]
    if not kept and not wanted:
        raise DataError(
            f"every picture in {', '.join(map(str, sources))} is excluded by {', '.join(exclude)}; "
            "exclude less"
        )
    streamed = itertools.chain.from_iterable(stream(path, label) for path, label in wanted)
    places = itertools.chain(kept, (place for place in streamed if not _excluded(place.name, exclude)))
    return Supply(_checked(places, min_side), None if wanted else len(kept))


def _prefixes(sources: Sequence[Path]) -> list[str]:
    """What goes before names to tell the sources apart: nothing for one, else the names of folders (those of
    files are there already), and the whole paths where names are alike."""
    if len(sources) == 1:
        return [""]
    if len({source.resolve().name for source in sources}) < len(sources):
        return [f"{(source if source.is_dir() else source.parent).as_posix()}/" for source in sources]
    return [f"{source.resolve().name}/" if source.is_dir() else "" for source in sources]


def _archives(source: Path) -> list[tuple[Path, str]]:
    if is_archive(source):
        return [(source, source.name)]
    if not source.is_dir():
        return []
    return [
        (path, path.relative_to(source).as_posix()) for path in sorted(source.rglob("*")) if is_archive(path)
    ]


def _excluded(name: str, patterns: tuple[str, ...]) -> bool:
    parts = [Path(name), *Path(name).parents]
    return any(part.match(pattern) for part in parts for pattern in patterns)


def _checked(places: Iterator[Place], min_side: int) -> Iterator[Place]:
    for place in places:
        cifar.check_min_side(place.name, min_side)
        yield place


def spread(work: Callable[[Given], Done], places: Iterator[Given], processes: int) -> Iterator[Done]:
    """Yield the results of `work` in order, done by several processes on a bounded number of pictures at a
    time.

    Raises `DataError` when a process is killed, by a system that lacks memory for example.
    """
    if processes == 1:
        yield from map(work, places)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_serve) as pool:
        try:
            for chunk in _chunks(places):
                yield from pool.map(work, chunk, chunksize=8)
        except BrokenProcessPool as error:
            raise DataError(
                "a process that works on pictures was killed, perhaps for lack of memory; "
                "run it again with fewer --jobs"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _serve() -> None:
    """Leave Ctrl-C to the process that gives the work, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _chunks(places: Iterator[Given]) -> Iterator[list[Given]]:
    chunk: list[Given] = []
    held = 0
    for place in places:
        chunk.append(place)
        held += len(place.data) if isinstance(place, Held) else 0
        if len(chunk) == CHUNK or held >= CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk
