"""The directories of tags that TIFF files and EXIF blocks consist of, read, and written into finished TIFFs.

libvips carries EXIF between the other formats, but neither reads nor writes it in a TIFF, nor the plain tags
that scanners write (maker, artist, copyright, date). TIFF revision 6.0, section 2; EXIF 2.32, 4.6; BigTIFF.
"""

import io
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

SIZES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of one value, by the number of its type."""
WORDS: Final = {5: 4, 10: 4}
"""Rationals are two numbers of this size."""
LONG: Final = 4
LONG8: Final = 16

COMPRESSION: Final = 259
EXIF: Final = 34665
GPS: Final = 34853
INTEROPERABILITY: Final = 40965
THUMBNAIL_START: Final = 513
THUMBNAIL_SIZE: Final = 514
IPTC: Final = 33723
PHOTOSHOP: Final = 34377
RAW: Final = {IPTC, PHOTOSHOP}
"""Tags whose values are bytes, although some writers call them numbers."""
UNDEFINED: Final = 7
DIRECTORIES: Final = {EXIF, GPS, INTEROPERABILITY}

DESCRIPTIVE: Final = {
    269,  # DocumentName
    270,  # ImageDescription
    271,  # Make
    272,  # Model
    285,  # PageName
    305,  # Software
    306,  # DateTime
    315,  # Artist
    316,  # HostComputer
    18246,  # Rating
    18249,  # RatingPercent
    33432,  # Copyright
    40091,  # XPTitle
    40092,  # XPComment
    40093,  # XPAuthor
    40094,  # XPKeywords
    40095,  # XPSubject
    EXIF,
    GPS,
}
"""Tags that tell of the photograph, not of how its samples lie in the file."""

MOST_ENTRIES: Final = 4096
MOST_BYTES: Final = 16 << 20
"""More entries in a directory, or more bytes in all values together, are damage."""
DEEPEST: Final = 3
FARTHEST: Final = 1 << 60


@dataclass(frozen=True)
class Value:
    """One tag's value, little-endian."""

    kind: int
    count: int
    data: bytes


Directory = dict[int, "Value | Directory"]


class _Reader:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.room = MOST_BYTES
        head = stream.read(16)
        self.order = "<" if head[:2] == b"II" else ">"
        (version,) = struct.unpack_from(self.order + "H", head, 2)
        self.big = version == 43
        (self.first,) = struct.unpack_from(
            self.order + ("Q" if self.big else "I"), head, 8 if self.big else 4
        )

    def at(self, offset: int, size: int) -> bytes:
        if offset > FARTHEST:
            raise ValueError("a place that no file reaches")
        self.stream.seek(offset)
        data = self.stream.read(size)
        if len(data) < size:
            raise ValueError("a place beyond the end")
        return data

    def entries(self, offset: int) -> list[tuple[int, int, int, bytes]]:
        """Tag, kind, count and the last field of each entry of a directory."""
        head, each = ("Q", "HHQ8s") if self.big else ("H", "HHI4s")
        (count,) = struct.unpack(self.order + head, self.at(offset, struct.calcsize("=" + head)))
        if count > MOST_ENTRIES:
            raise ValueError("a directory too long to be one")
        size = struct.calcsize("=" + each)
        body = self.at(offset + struct.calcsize("=" + head), count * size)
        return [struct.unpack_from(self.order + each, body, index * size) for index in range(count)]

    def directory(self, offset: int, depth: int = 0) -> Directory:
        result: Directory = {}
        for tag, kind, count, field in self.entries(offset):
            size = SIZES.get(kind, 0) * count
            if not 0 < size <= self.room:
                continue
            self.room -= size
            inside = size <= len(field)
            try:
                place = struct.unpack(self.order + ("Q" if self.big else "I"), field)[0]
                data = field[:size] if inside else self.at(place, size)
                if tag in DIRECTORIES and depth < DEEPEST:
                    result[tag] = self.directory(
                        int.from_bytes(_little(kind, data, self.order), "little"), depth + 1
                    )
                elif tag in RAW:
                    result[tag] = Value(UNDEFINED, len(data), data)
                else:
                    result[tag] = Value(kind, count, _little(kind, data, self.order))
            except ValueError:
                continue
        return result


def read_directory(stream: BinaryIO) -> Directory:
    """All tags of the first directory and of those below it; damaged entries are left out.

    Raises `ValueError` when there is no directory at all.
    """
    try:
        reader = _Reader(stream)
        return reader.directory(reader.first)
    except struct.error as error:
        raise ValueError("no TIFF") from error


def from_exif(block: bytes) -> Directory:
    """The tags of an EXIF block; raises `ValueError` when it is none."""
    return read_directory(io.BytesIO(block.removeprefix(b"Exif\0\0")))


def without_thumbnail(block: bytes) -> bytes:
    """The same EXIF block without its second directory, which holds the thumbnail; the rest stays in place.

    A maker's note may count places from the block's beginning. Raises `ValueError` when it is no EXIF block.
    """
    head = block[:6] if block.startswith(b"Exif\0\0") else b""
    body = bytearray(block[len(head) :])
    try:
        reader = _Reader(io.BytesIO(body))
        pointer = reader.first + 2 + 12 * len(reader.entries(reader.first))
        second = struct.unpack(reader.order + "I", reader.at(pointer, 4))[0]
        inside = reader.directory(second) if second else {}
    except struct.error as error:
        raise ValueError("no EXIF") from error
    body[pointer : pointer + 4] = bytes(4)
    start, size = number(inside, THUMBNAIL_START), number(inside, THUMBNAIL_SIZE)
    if start and size:
        body[start : start + size] = bytes(len(body[start : start + size]))
    return head + bytes(body)


def descriptive(tags: Mapping[int, "Value | Directory"]) -> Directory:
    """Only the tags that tell of the photograph."""
    return {tag: value for tag, value in tags.items() if tag in DESCRIPTIVE}


def to_exif(tags: Directory) -> bytes:
    """An EXIF block of these tags."""
    body, first = _serialized(tags, 8, big=False)
    return b"Exif\0\0II*\0" + struct.pack("<I", first) + body


def number(tags: Mapping[int, "Value | Directory"], tag: int) -> int | None:
    """A tag's first value as a whole number; None when it is absent or no whole number."""
    value = tags.get(tag)
    if not isinstance(value, Value) or value.kind not in (1, 3, 4, 16):
        return None
    return int.from_bytes(value.data[: SIZES[value.kind]], "little")


def append_tags(descriptor: int, tags: Directory) -> None:
    """Add tags to the first directory of a TIFF of libvips, which moves to the file's end; raises `OSError`.

    Tags that the file has already stay as they are.
    """
    with os.fdopen(os.dup(descriptor), "r+b") as file:
        file.seek(0)
        reader = _Reader(file)
        if reader.order != "<":
            raise OSError("libvips wrote a big-endian TIFF, which is not expected")
        old = reader.entries(reader.first)
        pointer = "<Q" if reader.big else "<I"
        length = struct.calcsize("<Q" if reader.big else "<H") + len(old) * (20 if reader.big else 12)
        following = reader.at(reader.first + length, struct.calcsize(pointer))
        kept = {tag: (tag, kind, count, field) for tag, kind, count, field in old}
        end = file.seek(0, os.SEEK_END)
        start = end + end % 2
        fresh = {tag: value for tag, value in tags.items() if tag not in kept}
        body, first = _serialized(fresh, start, reader.big, kept, following)
        file.write(b"\0" * (start - end) + body)
        file.seek(8 if reader.big else 4)
        file.write(struct.pack(pointer, first))


def _serialized(
    tags: Directory,
    start: int,
    big: bool,
    kept: Mapping[int, tuple[int, int, int, bytes]] | None = None,
    following: bytes = b"",
) -> tuple[bytes, int]:
    """Values and directory as bytes that will lie at `start`, and the place of the directory among them.

    `kept` are entries taken over as they are, `following` the place of the next directory.
    """
    room, pointer, each = (8, "<Q", "<HHQ8s") if big else (4, "<I", "<HHI4s")
    entries = dict(kept or {})
    body = bytearray()
    for tag, value in sorted(tags.items()):
        if isinstance(value, dict):
            inner, place = _serialized(value, start + len(body), big)
            body += inner
            entries[tag] = (tag, LONG8 if big else LONG, 1, struct.pack(pointer, place))
            continue
        if len(value.data) <= room:
            entries[tag] = (tag, value.kind, value.count, value.data.ljust(room, b"\0"))
            continue
        entries[tag] = (tag, value.kind, value.count, struct.pack(pointer, start + len(body)))
        body += value.data + b"\0" * (len(value.data) % 2)
    place = start + len(body)
    body += struct.pack("<Q" if big else "<H", len(entries))
    body += b"".join(struct.pack(each, *entries[tag]) for tag in sorted(entries))
    body += following or bytes(room)
    return bytes(body), place


def _little(kind: int, data: bytes, order: str) -> bytes:
    """Values in little-endian order."""
    size = WORDS.get(kind, SIZES[kind])
    if order == "<" or size == 1:
        return data
    return b"".join(data[at : at + size][::-1] for at in range(0, len(data), size))
