"""Where pictures come from: folders and tar shards, listed without being read, decoded one by one.

A picture is a `Location`: a path, or a stretch of bytes inside an uncompressed tar shard (WebDataset style),
so that any picture can be read at once, in any process, without unpacking anything.
"""

import io
import tarfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.errors import DataError

Picture = NDArray[np.uint8]
"""One color picture, [H, W, 3], sRGB."""

SUFFIXES: Final = frozenset({".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


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

    def read(self) -> bytes:
        """The picture's bytes, still encoded. Raises `DataError` when the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                return file.read() if self.size is None else file.read(self.size)
        except OSError as error:
            raise DataError(
                f"cannot read {self.path} ({error.strerror}); is the data set still there?"
            ) from error


def find_pictures(source: Path) -> list[Location]:
    """List the pictures in a folder (any depth, tar shards in it included) or in one tar shard, sorted by
    name.

    Raises `DataError` when there is no such folder, when a shard is damaged, or when nothing is found.
    """
    if source.is_file() and source.suffix == ".tar":
        found = _list_shard(source, source.parent)
    elif source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file())
        found = []
        for path in files:
            if path.suffix == ".tar":
                found += _list_shard(path, source)
            elif path.suffix.lower() in SUFFIXES:
                found.append(Location(path.relative_to(source).as_posix(), path))
    else:
        raise DataError(f"no data set at {source}: give a folder of pictures, a tar shard or a packed set")
    if not found:
        raise DataError(f"no pictures in {source}: looked for {', '.join(sorted(SUFFIXES))} and .tar")
    return found


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


def decode(location: Location, max_side: int | None = None) -> Picture:
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
