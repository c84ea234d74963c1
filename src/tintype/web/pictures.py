"""The pictures as they are sent: bare PNG files, all of the same length, so that only pixels tell them apart.

A colorized picture compresses better than a real one: the length of a file would tell what it is. So each is
filled up, with a chunk that no viewer shows, to the length of the longest picture of the study. Of the other
chunks only those that make the picture are left.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
CHUNK: Final = 12
"""Bytes of a chunk beside its data: length, name and checksum."""
FILLER: Final = b"fiLl"
"""Name of the chunk that fills up: ancillary, private, safe to copy (PNG specification, section 5.4)."""
STEP: Final = 16 * 1024
"""The common length is a multiple of so many bytes."""
RGB_8: Final = b"\x08\x02\x00\x00\x00"
"""Depth 8, color type RGB, no interlace: the end of the header of the pictures that a study makes."""


def common_length(folder: Path) -> int:
    """The length that all pictures under a folder can be filled up to, in bytes."""
    longest = max((file.stat().st_size for file in folder.rglob("*.png")), default=0)
    return rounded(longest + CHUNK)


def rounded(length: int) -> int:
    """A length rounded up to a multiple of `STEP`."""
    return -(-length // STEP) * STEP


def disguised(png: bytes, length: int) -> bytes:
    """A PNG with nothing but its pixels, filled up to a length (to the next multiple of `STEP` if longer)."""
    parts = list(_chunks(png))
    if parts[0][1][8:] != RGB_8:
        parts = list(_chunks(_as_rgb(png)))
    kept = [(name, data) for name, data in parts if name in (b"IHDR", b"IDAT")]
    bare = len(SIGNATURE) + sum(CHUNK + len(data) for _, data in kept) + 2 * CHUNK
    fill = max(length, rounded(bare)) - bare
    whole = [*kept, (FILLER, bytes(fill)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in whole)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and data of a file's chunks. Raises `ValueError` for what is no PNG file."""
    if not png.startswith(SIGNATURE):
        raise ValueError("a picture of the study is no PNG file; restore the folder from a back-up")
    at = len(SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += CHUNK + size


def _chunk(name: bytes, data: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _as_rgb(png: bytes) -> bytes:
    """The same picture in 8-bit RGB."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(file, "PNG")
    return file.getvalue()
