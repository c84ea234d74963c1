"""The pictures that the benchmarks measure on: listed, fingerprinted, mapped over in several processes."""

import hashlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from tintype.data.sources import Location, decode, find_pictures
from tintype.errors import DataError
from tintype.evaluate.pictures import Picture

T = TypeVar("T")

AT_ONCE = 4
"""Pictures that a process takes at a time."""


@dataclass(frozen=True)
class DataSet:
    """Pictures by place."""

    name: str
    """Name of its folder or shard."""
    locations: Sequence[Location]

    def __len__(self) -> int:
        return len(self.locations)

    def decoded(self, doing: str) -> Iterator[Picture]:
        """Decode all pictures, [H, W, 3] sRGB, showing progress; unreadable ones are named and left out.

        Raises `DataError` when none can be read.
        """
        return self.mapped(_same, doing)

    def mapped(self, work: Callable[[Picture], T], doing: str, jobs: int = 1) -> Iterator[T]:
        """What `work` makes of each decoded picture, in order, in `jobs` processes.

        With more than one process `work` and what it gives must be picklable. Unreadable pictures are named
        and left out; raises `DataError` when none can be read.
        """
        unreadable = 0
        for result in self._attempts(work, doing, jobs):
            if isinstance(result, DataError):
                unreadable += 1
                print(f"left out: {result}", file=sys.stderr)
            else:
                yield result
        if unreadable == len(self):
            raise DataError(f"no picture of {self.name} can be read; give another folder or shard")

    def _attempts(self, work: Callable[[Picture], T], doing: str, jobs: int) -> Iterator[T | DataError]:
        console = Console(stderr=True)
        show = partial(
            track, description=doing, total=len(self), console=console, disable=not console.is_terminal
        )
        if jobs == 1:
            yield from show(_attempt(work, location) for location in self.locations)
            return
        spawn = multiprocessing.get_context("spawn")  # ONNX Runtime does not survive a fork
        with ProcessPoolExecutor(jobs, spawn, initializer=_Worker.take, initargs=(work,)) as pool:
            yield from show(pool.map(_Worker.attempt, self.locations, chunksize=AT_ONCE))

    def sha256(self) -> str:
        """Hash of the bytes of all pictures, in order."""
        digest = hashlib.sha256()
        for location in self.locations:
            digest.update(location.read())
        return digest.hexdigest()


class _Worker:
    """What a process of `DataSet.mapped` does; it is told once."""

    work: Callable[[Picture], Any]

    @classmethod
    def take(cls, work: Callable[[Picture], Any]) -> None:
        cls.work = work

    @classmethod
    def attempt(cls, location: Location) -> Any:
        return _attempt(cls.work, location)


def _attempt(work: Callable[[Picture], T], location: Location) -> T | DataError:
    """What `work` makes of a picture, or why the picture cannot be read."""
    try:
        picture = decode(location)
    except DataError as error:
        return error
    return work(picture)


def _same(picture: Picture) -> Picture:
    return picture


def open_set(source: Path, limit: int | None = None) -> DataSet:
    """The pictures of a folder or tar shard; with `limit` so many, evenly spread over the sorted names.

    Raises `DataError` when there are none.
    """
    locations = find_pictures(source)
    if limit is not None and limit < len(locations):
        locations = [locations[number * len(locations) // limit] for number in range(limit)]
    return DataSet(source.name, locations)


def center_multiple(picture: Picture, multiple: int) -> Picture:
    """The middle of a picture, with sides that are multiples of a number."""
    height, width = (length // multiple * multiple for length in picture.shape[:2])
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return picture[top : top + height, left : left + width]
