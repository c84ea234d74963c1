"""The pictures that the benchmarks score on: listed, fingerprinted, brought to size."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from tintype import color
from tintype.data.sources import Location, decode, find_pictures
from tintype.errors import DataError

Picture = NDArray[np.uint8]
FloatArray = NDArray[np.floating[Any]]


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
        console = Console(stderr=True)
        places = track(self.locations, doing, console=console, disable=not console.is_terminal)
        unreadable = 0
        for location in places:
            try:
                yield decode(location)
            except DataError as error:
                unreadable += 1
                print(f"left out: {error}", file=sys.stderr)
        if unreadable == len(self):
            raise DataError(f"no picture of {self.name} can be read; give another folder or shard")

    def sha256(self) -> str:
        """Hash of the bytes of all pictures, in order."""
        digest = hashlib.sha256()
        for location in self.locations:
            digest.update(location.read())
        return digest.hexdigest()


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
