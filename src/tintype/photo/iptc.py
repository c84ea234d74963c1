"""IPTC captions and keywords, which every format wraps in its own way.

The records themselves (IPTC-IIM 4.2) stay bytes. A JPEG has them inside a list of Photoshop resources, a TIFF
has them bare with that list beside them, a PNG has them as hexadecimal text. The resources are described in
Adobe's "Photoshop File Formats Specification", "Image resources".
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"Photoshop 3.0\0"
RESOURCE: Final = b"8BIM"
IPTC_RESOURCE: Final = 0x0404
STALE_RESOURCES: Final = {0x0409, 0x040C, 0x0425}
"""Two kinds of thumbnails, which show the picture as it was, and a digest that such changes make false."""
PNG_KEYWORD: Final = b"Raw profile type iptc"


@dataclass(frozen=True)
class Iptc:
    """The records, and the other Photoshop resources around them, without what coloring makes stale."""

    records: bytes
    resources: tuple[tuple[int, bytes, bytes], ...] = ()
    """Number, name as stored and data of each other resource."""

    @classmethod
    def from_jpeg(cls, block: bytes) -> "Iptc":
        """From a JPEG's APP13 block, or bare records."""
        if not block.startswith((SIGNATURE, RESOURCE)):
            return cls(block.rstrip(b"\0"))
        found = _resources(block.removeprefix(SIGNATURE))
        records = b"".join(data for number, _, data in found if number == IPTC_RESOURCE)
        return cls(records, tuple(r for r in found if r[0] not in STALE_RESOURCES | {IPTC_RESOURCE}))

    @classmethod
    def from_tiff(cls, records: bytes, photoshop: bytes) -> "Iptc":
        """From a TIFF's fields 33723 and 34377, each maybe empty."""
        beside = cls.from_jpeg(RESOURCE + photoshop.removeprefix(RESOURCE)) if photoshop else cls(b"")
        bare = cls.from_jpeg(records).records
        return cls(bare or beside.records, beside.resources)

    @classmethod
    def from_png(cls, chunk: bytes) -> "Iptc":
        """From a text chunk of a PNG; raises `ValueError` when it holds no such text."""
        keyword, text = chunk.split(b"\0", 1)
        if keyword != PNG_KEYWORD:
            raise ValueError("another text")
        if text[:1] == b"\0":
            text = zlib.decompress(text[1:])
        return cls.from_jpeg(bytes.fromhex(b"".join(text.split()[2:]).decode("ascii")))

    def to_jpeg(self) -> bytes:
        """A JPEG's APP13 block."""
        return SIGNATURE + self.to_photoshop()

    def to_photoshop(self) -> bytes:
        """A TIFF's field 34377: the list of resources, records included."""
        records = ((IPTC_RESOURCE, b"\0\0", self.records),) if self.records else ()
        return b"".join(_resource(*each) for each in (*records, *self.resources))

    def to_png(self) -> bytes:
        """The data of a PNG's zTXt chunk."""
        block = self.to_jpeg().hex()
        lines = "\n".join(block[start : start + 72] for start in range(0, len(block), 72))
        text = f"\niptc\n{len(block) // 2:8d}\n{lines}\n"
        return PNG_KEYWORD + b"\0\0" + zlib.compress(text.encode("ascii"))


def _resources(block: bytes) -> list[tuple[int, bytes, bytes]]:
    """The resources of a list, up to the first that is damaged."""
    found = []
    at = 0
    while block[at : at + 4] == RESOURCE and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name_size = (block[at + 6] + 2) // 2 * 2
        name = block[at + 6 : at + 6 + name_size]
        start = at + 6 + name_size + 4
        if start > len(block):
            break
        (size,) = struct.unpack_from(">I", block, start - 4)
        found.append((number, name, block[start : start + size]))
        at = start + (size + 1) // 2 * 2
    return found


def _resource(number: int, name: bytes, data: bytes) -> bytes:
    padding = b"\0" * (len(data) % 2)
    return RESOURCE + struct.pack(">H", number) + name + struct.pack(">I", len(data)) + data + padding
