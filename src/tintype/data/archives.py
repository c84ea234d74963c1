"""Pictures out of zip archives and compressed tar archives, one after the other, without unpacking to disk.

Archives come from strangers. Member names are never used as paths; links and devices are passed over; and
what a small file may swell to is limited, for one picture, between two members, and altogether.
"""

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Protocol, cast

from tintype.data import cifar
from tintype.data.sources import SUFFIXES, Held, Place
from tintype.errors import DataError

ARCHIVE: Final = re.compile(r".+\.(zip|tgz|tar\.(gz|bz2|xz))", re.IGNORECASE)
LARGEST_PICTURE: Final = 256 * 2**20
"""Bytes of one encoded picture; a larger one is left out unread."""
LARGEST_HEADER: Final = 2**20
"""Bytes between the end of one tar member's content and the beginning of the next; long names need a few."""
LARGEST_SWELLING: Final = 200
"""How many times its own size an archive may hold. Deflate reaches 1,032; photographs about 1, CIFAR-10 about
1.1, bitmaps of drawings a few dozen."""
ALWAYS_ALLOWED: Final = 2**30
"""Bytes that any archive may hold, however small it is."""
_BLOCK: Final = 10240
"""Bytes that tarfile reads at once, and so may read beyond what it needs."""


@dataclass(frozen=True)
class Refused:
    """A member that is not read, and why."""

    name: str
    reason: str

    def read(self) -> bytes:
        """Raise `DataError` with the reason."""
        raise DataError(f"{self.name} {self.reason}")


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        ...


def is_archive(path: Path) -> bool:
    """Whether a file has the name of an archive that must be read from its beginning."""
    return path.is_file() and ARCHIVE.fullmatch(path.name) is not None


def stream(path: Path, label: str) -> Iterator[Place]:
    """The pictures of an archive in its own order, called label/member; CIFAR-10's binary files give theirs.

    Raises `DataError` when the archive is damaged, swells beyond all measure, or holds pickles of CIFAR-10.
    """
    swollen = max(ALWAYS_ALLOWED, LARGEST_SWELLING * path.stat().st_size)
    try:
        if zipfile.is_zipfile(path):
            yield from _zipped(path, label, swollen)
        else:
            yield from _tarred(path, label, swollen)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise DataError(f"{path} is no whole archive ({error}); fetch it again or take it out") from error


def _zipped(path: Path, label: str, swollen: int) -> Iterator[Place]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if sum(member.file_size for member in members) > swollen:
            raise _bomb(path)
        for member in members:
            name = f"{label}/{clean(member.filename)}"
            if not _is_wanted(name):
                continue
            try:
                with archive.open(member) as file:
                    yield from _pictures(name, file, member.file_size)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
                # damaged, or compressed in an unknown way; zipfile raises RuntimeError for encrypted members
                yield Refused(name, f"cannot be read out of its archive ({error})")


def _tarred(path: Path, label: str, swollen: int) -> Iterator[Place]:
    with path.open("rb") as raw, _decompressed(raw) as plain:
        metered = Metered(plain, path, swollen)
        with tarfile.open(fileobj=cast(IO[bytes], metered), mode="r|") as archive:
            for member in archive:
                metered.allow(member.size + LARGEST_HEADER)
                name = f"{label}/{clean(member.name)}"
                if member.isfile() and _is_wanted(name):
                    file = archive.extractfile(member)
                    if file is not None:
                        yield from _pictures(name, file, member.size)


class Metered:
    """A stream that gives no more than was allowed, for tarfile, which believes every size it reads.

    Raises `DataError` when more is asked for.
    """

    def __init__(self, file: Readable, path: Path, total: int) -> None:
        self._file, self._path, self._total = file, path, total
        self._allowed = LARGEST_HEADER + _BLOCK

    def allow(self, size: int) -> None:
        """Let `size` more bytes through, up to the total."""
        self._allowed += size

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""
        data = self._file.read(size)
        self._allowed -= len(data)
        self._total -= len(data)
        if self._allowed < 0 or self._total < 0:
            raise _bomb(self._path)
        return data


def _decompressed(raw: IO[bytes]) -> IO[bytes]:
    """The content of a file compressed by gzip, bzip2 or xz, or the file itself, told by its first bytes."""
    start = raw.read(6)
    raw.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if start.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(raw))
    if start.startswith(b"\xfd7zXZ\x00"):
        return cast(IO[bytes], lzma.LZMAFile(raw))
    return raw


def _is_wanted(name: str) -> bool:
    cifar.refuse_other_versions(name)
    return cifar.is_batch(name) or PurePosixPath(name).suffix.lower() in SUFFIXES


def _pictures(name: str, file: Readable, size: int) -> Iterator[Place]:
    """The one picture of a member, or the records of a file of CIFAR-10."""
    if cifar.is_batch(name):
        for number in range(cifar.count_records(name, size)):
            yield Held(cifar.record_name(name, number), cifar.as_ppm(file.read(cifar.RECORD)))
    elif size > LARGEST_PICTURE:
        yield Refused(name, f"takes {size / 2**20:.0f} MB unpacked; the most is {LARGEST_PICTURE >> 20}")
    else:
        yield Held(name, file.read(LARGEST_PICTURE))


def clean(name: str) -> str:
    """A member's name without roots, `..` and characters that cannot be printed."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in "/".join(parts)
    )


def _bomb(path: Path) -> DataError:
    return DataError(
        f"{path} swells to more than {LARGEST_SWELLING} times its size, or has a header of more than "
        f"{LARGEST_HEADER >> 20} MB, as archives do that are made to do harm; unpack it yourself if you "
        "trust it"
    )
