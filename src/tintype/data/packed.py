"""Data sets as something to index: packed sets, which are memory-mapped, and loose pictures.

A packed set is a folder with three files:

    pictures.bin    the pictures' uint8 sRGB samples, [H, W, 3] each, one after the other
    index.npy       int64 [n, 3]: first byte, height, width
    manifest.json   how it was made, what it holds, what was left out and why, and a hash of the content
"""

import json
import mmap
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from tintype.data.sources import Location, Picture, decode, find_pictures
from tintype.errors import DataError

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

PICTURES: Final = "pictures.bin"
INDEX: Final = "index.npy"
MANIFEST: Final = "manifest.json"
PREPARED: Final = "prepared.json"
"""What tells that a folder holds several packed sets, which `tintype data prepare` made."""
FORMAT: Final = 1


class PictureSet(Protocol):
    """Pictures by number."""

    content_hash: str
    """Identifies the content; the same pictures in the same order have the same one."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Picture: ...

    def announce(self, numbers: Iterable[int], /) -> None:
        """Say which pictures are asked for next, so that the disk may fetch them meanwhile."""
        ...


class PackedSet:
    """A packed set, memory-mapped: opening costs nothing, a picture costs a page fault.

    Raises `DataError` when the folder holds no whole packed set.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            self._index = np.load(folder / INDEX, allow_pickle=False)
            with (folder / PICTURES).open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._bytes = np.frombuffer(self._map, dtype=np.uint8)
        except (OSError, ValueError) as error:
            raise DataError(
                f"{folder} is no whole packed set ({error}); make it again with `tintype data pack`"
            ) from error
        if self.manifest.get("format") != FORMAT:
            raise DataError(f"{folder} has another packing format; make it again with `tintype data pack`")
        if self._bytes.size != self.manifest["bytes"] or len(self._index) != self.manifest["pictures"]:
            raise DataError(f"{folder} does not match its manifest; make it again with `tintype data pack`")
        self.content_hash: str = self.manifest["sha256"]

    def __reduce__(self) -> tuple[type["PackedSet"], tuple[Path]]:
        """Travel to worker processes by name, not by content."""
        return PackedSet, (self.folder,)

    def check(self) -> None:
        """Raise `DataError` when the pictures are not those of the manifest's hash; reads all of them."""
        digest = sha256()
        for number in range(len(self)):
            hash_picture(digest, self[number])
        if digest.hexdigest() != self.content_hash:
            raise DataError(
                f"the pictures of {self.folder} were changed or damaged; make it again with "
                "`tintype data pack`"
            )

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, number: int, /) -> Picture:
        """Picture `number`, [H, W, 3] uint8, as a read-only view into the file."""
        offset, height, width = self._place(number)
        return self._bytes[offset : offset + 3 * height * width].reshape(height, width, 3)

    def announce(self, numbers: Iterable[int], /) -> None:
        """See `PictureSet`; without effect where the system takes no such advice."""
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        for number in numbers:
            offset, height, width = self._place(number)
            start = offset - offset % mmap.PAGESIZE
            self._map.madvise(mmap.MADV_WILLNEED, start, offset + 3 * height * width - start)

    def _place(self, number: int) -> tuple[int, int, int]:
        """Where a picture begins in the file, in bytes, its height and its width."""
        offset, height, width = self._index[number].tolist()
        return offset, height, width


class LooseSet:
    """Pictures in folders and tar shards, decoded each time they are asked for (packing first is faster)."""

    def __init__(self, locations: Sequence[Location]) -> None:
        self.locations = list(locations)
        self.content_hash = _hash_of_listing(self.locations)

    def __len__(self) -> int:
        return len(self.locations)

    def __getitem__(self, number: int, /) -> Picture:
        """Picture `number`, [H, W, 3] uint8. Raises `DataError` when it cannot be decoded."""
        try:
            return decode(self.locations[number])
        except DataError as error:
            raise DataError(
                f"{error}; `tintype data pack` leaves such pictures out and lists them"
            ) from error

    def announce(self, numbers: Iterable[int], /) -> None:
        """Nothing: they are decoded when they are asked for."""


class Subset:
    """Some pictures of another set, by number; the held-out share is one."""

    def __init__(self, whole: PictureSet, numbers: Sequence[int]) -> None:
        self.whole = whole
        self.numbers = list(numbers)
        self.content_hash = whole.content_hash

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, number: int, /) -> Picture:
        return self.whole[self.numbers[number]]

    def announce(self, numbers: Iterable[int], /) -> None:
        """See `PictureSet`."""
        self.whole.announce(self.numbers[number] for number in numbers)


def hash_picture(digest: "Hash", picture: Picture) -> None:
    """Add a picture, uint8 [H, W, 3], to the hash of a packed set's content."""
    digest.update(f"{picture.shape}".encode())
    digest.update(np.ascontiguousarray(picture).data)


def open_dataset(path: Path | str) -> PackedSet | LooseSet:
    """Open a packed set, a folder of pictures or tar shards (any depth), or one tar shard.

    Raises `DataError` when there is nothing to read, or a choice of prepared sets.
    """
    folder = Path(path)
    if (folder / PREPARED).is_file():
        sets = ", ".join(str(each.parent) for each in sorted(folder.glob(f"*/{MANIFEST}")))
        raise DataError(f"{folder} holds several sets; name one of them: {sets}")
    if (folder / MANIFEST).is_file():
        return PackedSet(folder)
    return LooseSet(find_pictures(folder))


def split(whole: PictureSet, share: float, seed: int) -> tuple[Subset, Subset]:
    """Divide a set into (training, held out), the second with `share` of the pictures, at least one.

    Raises `DataError` when the set has fewer than two pictures.
    """
    if len(whole) < 2:
        raise DataError(
            "a single picture cannot be split into training and validation; add pictures or give --val"
        )
    order = np.random.default_rng(seed).permutation(len(whole)).tolist()
    held_out = min(max(1, round(share * len(whole))), len(whole) - 1)
    return Subset(whole, sorted(order[held_out:])), Subset(whole, sorted(order[:held_out]))


def _hash_of_listing(locations: Sequence[Location]) -> str:
    digest = sha256()
    for place in locations:
        size = place.path.stat().st_size if place.size is None else place.size
        digest.update(f"{place.name}\t{size}\n".encode())
    return "listing:" + digest.hexdigest()
