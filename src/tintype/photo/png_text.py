"""The text chunks of a PNG, carried byte for byte: libvips shortens their keywords at the first space.

PNG specification, third edition, 5.3 and 11.3.3.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

SIGNATURE_SIZE: Final = 8
TEXT_CHUNKS: Final = {b"tEXt", b"zTXt", b"iTXt"}
END_SIZE: Final = 12
"""Bytes of the IEND chunk, which ends every PNG."""
MOST_TEXT: Final = 64 << 20
"""Chunks beyond this many bytes are left behind; nobody writes such texts."""

ELSEWHERE: Final = (b"XML:com.adobe.xmp", b"Raw profile type ")
"""Keywords of metadata that travel in other ways."""


def read_texts(stream: BinaryIO) -> list[tuple[bytes, bytes]]:
    """Kind and data of each text chunk, in the order of the file."""
    stream.seek(SIGNATURE_SIZE)
    return [(kind, data) for kind, data in _chunks(stream) if kind in TEXT_CHUNKS]


def is_comment(data: bytes) -> bool:
    """Whether a text chunk is a person's text, not metadata that travels in another way."""
    return not data.startswith(ELSEWHERE)


def append_texts(descriptor: int, texts: Iterable[tuple[bytes, bytes]]) -> None:
    """Put text chunks at the end of a PNG, before its last chunk; raises `OSError`."""
    end = os.lseek(descriptor, -END_SIZE, os.SEEK_END)
    last = os.read(descriptor, END_SIZE)
    os.lseek(descriptor, end, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(b"".join(chunk(kind, data) for kind, data in texts) + last)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while len(head := stream.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        if kind in TEXT_CHUNKS and size <= MOST_TEXT:
            yield kind, stream.read(size)
            stream.seek(4, os.SEEK_CUR)
        else:
            stream.seek(size + 4, os.SEEK_CUR)
