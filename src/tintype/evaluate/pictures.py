"""The pictures that models are scored on: listed, judged, brought to size."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tintype import color
from tintype.data import Keep, PackedSet
from tintype.data.duplicates import Code, perceptual_hashes
from tintype.data.pack import mean_chroma
from tintype.data.packed import MANIFEST, PREPARED
from tintype.data.prepare import PICTURES_TABLE
from tintype.data.sources import Held, Location, decode, find_pictures
from tintype.errors import DataError
from tintype.evaluate.kinds import Kind

Picture = NDArray[np.uint8]
"""[H, W, 3], sRGB."""
FloatArray = NDArray[np.floating[Any]]

MOST_ENLARGED: Final = 2
"""A picture that must be enlarged by more than this to be scored is a small one."""
GRAY: Final = Keep.min_chroma
"""Mean chroma in CIE units below which a picture has no colors to speak of, as for training."""


class Item(Protocol):
    """A picture that has not been read."""

    @property
    def name(self) -> str:
        """Name for people; the path below the data set's folder."""
        ...

    def sha256(self) -> str:
        """The hash that identifies it. Raises `DataError` when it cannot be read."""
        ...

    def load(self) -> tuple[Picture, str]:
        """The picture, and its hash. Raises `DataError` when it cannot be read."""
        ...


@dataclass(frozen=True)
class FileItem:
    """A picture in a folder or shard; its hash is that of the encoded bytes."""

    place: Location

    @property
    def name(self) -> str:
        """See `Item`."""
        return self.place.name

    def sha256(self) -> str:
        """See `Item`."""
        return hashlib.sha256(self.place.read()).hexdigest()

    def load(self) -> tuple[Picture, str]:
        """See `Item`."""
        data = self.place.read()
        return decode(Held(self.place.name, data)), hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class PackedItem:
    """A picture of a packed set; its hash is that of its shape and pixels."""

    pictures: PackedSet
    number: int
    name: str

    def sha256(self) -> str:
        """See `Item`."""
        return pixel_hash(self.pictures[self.number])

    def load(self) -> tuple[Picture, str]:
        """See `Item`."""
        picture = self.pictures[self.number]
        return picture, pixel_hash(picture)


@dataclass(frozen=True)
class DataSet:
    """Pictures that can be read one by one."""

    name: str
    """Name of its folder or shard."""
    items: Sequence[Item]

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Judged:
    """What is known of a picture before it is scored."""

    name: str
    sha256: str
    picture: Picture | None
    """None when it cannot be read."""
    pixels: str = ""
    """Hash of its pixels, which a copy in another file has too."""
    codes: tuple[Code, Code] = (0, 0)
    """Perceptual hashes of it and of its mirror image."""
    kind: Kind | None = None
    """Why it is no picture to score: unreadable, gray or small; None for a good one."""
    reason: str = ""

    def wanted(self, kept: Sequence[Kind]) -> Picture | None:
        """The picture if it is scored: a good one, or one of the kinds that are kept."""
        return self.picture if self.kind is None or self.kind in kept else None


def open_set(source: Path, limit: int | None = None) -> DataSet:
    """The pictures of a folder, a tar shard or a packed set; with `limit` so many, evenly spread.

    Raises `DataError` when there are none.
    """
    if (source / PREPARED).is_file():
        raise DataError(f"{source} holds several packed sets; name one of them, such as {source / 'test'}")
    items: Sequence[Item]
    if (source / MANIFEST).is_file():
        items = _packed(source)
    else:
        items = [FileItem(place) for place in find_pictures(source)]
    if limit is not None and limit < len(items):
        items = [items[number * len(items) // limit] for number in range(limit)]
    return DataSet(source.resolve().name, items)


def _packed(folder: Path) -> list[Item]:
    """The pictures of a packed set, by their names in the sources where those were kept."""
    pictures = PackedSet(folder)
    table = folder / PICTURES_TABLE
    if not table.is_file():
        return [PackedItem(pictures, number, f"{number:06d}") for number in range(len(pictures))]
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    return [PackedItem(pictures, number, row[1]) for number, row in enumerate(rows)]


def judge(item: Item, size: int) -> Judged:
    """Read a picture and say whether it is one to score at size x size."""
    try:
        picture, identity = item.load()
    except DataError as error:
        return Judged(item.name, "", None, kind="unreadable", reason=str(error))
    height, width = picture.shape[:2]
    kind: Kind | None = None
    reason = ""
    chroma = mean_chroma(picture)
    if MOST_ENLARGED * min(height, width) < size:
        kind, reason = "small", f"{width}×{height}, to be scored at {size}×{size}"
    elif chroma < GRAY:
        kind, reason = "gray", f"mean chroma {chroma:.1f}"
    codes = perceptual_hashes(picture)
    return Judged(item.name, identity, picture, pixel_hash(picture), codes, kind, reason)


def pixel_hash(picture: Picture) -> str:
    """sha256 of a picture's shape and pixels."""
    return hashlib.sha256(f"{picture.shape}".encode() + picture.tobytes()).hexdigest()


def center_square(picture: Picture) -> Picture:
    """The largest square in the middle of a picture."""
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return picture[top : top + side, left : left + side]


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
