"""Where pictures come from: folders and tar shards, listed without being read, decoded one by one.

A picture is a `Location`: a path, or a stretch of bytes inside an uncompressed tar shard (WebDataset style)
or a file of CIFAR-10, so that any picture can be read at once, in any process, without unpacking anything.
Out of archives that can only be read from their beginning (`archives.py`) comes what is `Held` in memory.
"""

import io
import tarfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tintype.data import cifar
from tintype.errors import DataError

Picture = NDArray[np.uint8]
"""One color picture, [H, W, 3], sRGB."""

SUFFIXES: Final = frozenset({".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


class Place(Protocol):
    """A picture that has not been read."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    def read(self) -> bytes:
        """The picture's bytes, still encoded. Raises `DataError` when they cannot be had."""
        ...


@dataclass(frozen=True)
class Held:
    """A picture whose bytes are in memory, still encoded."""

    name: str
    data: bytes

    def read(self) -> bytes:
        """The picture's bytes."""
        return self.data


@dataclass(frozen=True)
class Location:
    """Where the bytes of one picture lie."""

    name: str
    """Name for people: the path below the data set's folder, or shard/member."""
    path: Path
    """The file that holds the picture: itself, or a tar shard."""
    offset: int = 0
    """First byte within `path`."""
    size: int | None = None
    """How many bytes; None is all of the file."""
    form: Literal["picture", "cifar-10"] = "picture"
    """What the bytes are: an encoded picture, or a record of CIFAR-10."""

    def read(self) -> bytes:
        """The picture's bytes, still encoded. Raises `DataError` when the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read() if self.size is None else file.read(self.size)
        except OSError as error:
            raise DataError(
                f"cannot read {self.path} ({error.strerror}); is the data set still there?"
            ) from error
        return cifar.as_ppm(data) if self.form == "cifar-10" else data


def find_pictures(source: Path) -> list[Location]:
    """List the pictures in a folder (any depth, tar shards and CIFAR-10's binary files in it included), in
    one tar shard or in one such file, sorted by name.

    Raises `DataError` when there is no such folder, when a shard is damaged, or when nothing is found.
    """
    found = list_pictures(source)
    if not found:
        raise DataError(f"no pictures in {source}: looked for {', '.join(sorted(SUFFIXES))} and .tar")
    return found


def list_pictures(source: Path) -> list[Location]:
    """The same as `find_pictures`, but nothing found is no error."""
    if source.is_file() and source.suffix == ".tar":
        found = _list_shard(source, source.parent)
    elif source.is_file() and cifar.is_batch(source.name):
        found = _list_records(source, source.parent)
    elif source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file())
        found = []
        for path in files:
            cifar.refuse_other_versions(str(path))
            if path.suffix == ".tar":
                found += _list_shard(path, source)
            elif cifar.is_batch(path.name):
                found += _list_records(path, source)
            elif path.suffix.lower() in SUFFIXES:
                found.append(Location(path.relative_to(source).as_posix(), path))
    else:
        raise DataError(
            f"no data set at {source}: give a folder of pictures, a tar shard or a packed set "
            "(`tintype data prepare` makes one out of archives)"
        )
    return found


def _list_records(path: Path, root: Path) -> list[Location]:
    name = path.relative_to(root).as_posix()
    return [
        Location(cifar.record_name(name, number), path, number * cifar.RECORD, cifar.RECORD, "cifar-10")
        for number in range(cifar.count_records(name, path.stat().st_size))
    ]


def _list_shard(shard: Path, root: Path) -> list[Location]:
    prefix = shard.relative_to(root).as_posix()
    try:
        with tarfile.open(shard, "r:") as archive:
            members = [member for member in archive if member.isfile()]
    except (tarfile.TarError, OSError) as error:
        raise DataError(
            f"{shard} is no readable, uncompressed tar shard ({error}); fetch it again or take it out"
        ) from error
    return [
        Location(f"{prefix}/{member.name}", shard, member.offset_data, member.size)
        for member in members
        if Path(member.name).suffix.lower() in SUFFIXES
    ]


def decode(location: Place, max_side: int | None = None) -> Picture:
    """Decode one picture to sRGB, upright, at its own size.

    `max_side` shrinks (antialiased) a picture whose shorter side is longer than that; none is enlarged.
    Raises `DataError` when the bytes are no picture that Pillow reads.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    data = location.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened: Any = Image.open(io.BytesIO(data))
            if max_side is not None:
                opened.draft("RGB", _shrunk_size(opened.size, 2 * max_side))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError as error:
        raise DataError(f"{location.name} is of no known picture format") from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise DataError(f"{location.name} is no readable picture ({error})") from error
    if max_side is not None and min(picture.size) > max_side:
        picture = picture.resize(_shrunk_size(picture.size, max_side), Image.Resampling.BICUBIC)
    return np.asarray(picture, dtype=np.uint8)


def _shrunk_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / min(size)
    return (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))) if scale < 1 else size
