"""The pictures that the benchmarks score on: listed, fingerprinted, brought to size."""

import hashlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from tintype import color
from tintype.data.sources import Location, decode, find_pictures
from tintype.errors import DataError

Picture = NDArray[np.uint8]
FloatArray = NDArray[np.floating[Any]]
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


def center_square(picture: Picture) -> Picture:
    """The largest square in the middle of a picture."""
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return picture[top : top + side, left : left + side]


def center_multiple(picture: Picture, multiple: int) -> Picture:
    """The middle of a picture, with sides that are multiples of a number."""
    height, width = (length // multiple * multiple for length in picture.shape[:2])
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return picture[top : top + height, left : left + width]


def resized(picture: Picture, size: int) -> Picture:
    """A picture at size x size: shrunk by area, or enlarged by bicubic interpolation, of the coded values."""
    if picture.shape[:2] == (size, size):
        return picture
    return to_bytes(color.shrink(picture.astype(np.float32) / 255, (size, size)))


def squared(picture: Picture, size: int, stretch: bool = False) -> Picture:
    """The center square of a picture, or the whole picture stretched, at size x size: what is scored."""
    return resized(picture if stretch else center_square(picture), size)


def to_lab(picture: Picture) -> FloatArray:
    """L*a*b* of an 8-bit picture, float32."""
    return color.srgb_to_lab(picture.astype(np.float32) / 255)


def to_bytes(rgb: FloatArray) -> Picture:
    """Round sRGB values (0..1, clipped) to 8 bits."""
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def into_gamut(lab: FloatArray) -> FloatArray:
    """The gamut rule, computed only for those colors that sRGB cannot show, which saves most of the time."""
    outside = np.logical_not(color.in_gamut(lab))
    fitted = lab.copy()
    fitted[outside] = color.reduce_chroma(lab[outside])
    return fitted


def colored(lightness: FloatArray, small: FloatArray) -> FloatArray:
    """L*a*b* in gamut of L* [H, W] with predicted a*b* [h, w, 2], carried to its size by the rule in use."""
    chroma = small if small.shape[:2] == lightness.shape else color.enlarge(small, lightness.shape)
    return into_gamut(np.concatenate([lightness[..., np.newaxis], chroma], axis=-1))
