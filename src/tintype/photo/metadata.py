"""Everything that a photograph's file says beside its samples, carried over to the color photograph's file.

libvips carries EXIF, XMP and IPTC within most formats. Added here: EXIF and plain tags of TIFF files, IPTC in
PNG files and between formats, PNG texts, and what must change because the picture was turned or colored.
"""

import io
import struct
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import pyvips

from tintype.errors import SaveError
from tintype.photo import png_text, tiff_tags
from tintype.photo.formats import JPEG, PNG, TIFF, Format
from tintype.photo.iptc import Iptc
from tintype.photo.profile import ICC_FIELD
from tintype.photo.provenance import XMP_FIELD, Provenance, record
from tintype.photo.reading import SIDEWAYS, Source
from tintype.photo.tiff_tags import Directory, Value
from tintype.photo.xmp import Packet

EXIF_FIELD: Final = "exif-data"
IPTC_FIELD: Final = "iptc-data"
PHOTOSHOP_FIELD: Final = "photoshop-data"
THUMBNAIL_FIELDS: Final = ("jpeg-thumbnail-data", "exif-ifd1-")
"""The small picture inside EXIF, which shows the photograph without color, and its tags."""

HEADER_FIELDS: Final = {
    "width",
    "height",
    "bands",
    "format",
    "coding",
    "interpretation",
    "xoffset",
    "yoffset",
    "xres",
    "yres",
    "filename",
}
"""What every picture has in libvips, whatever file it came from."""

UNKNOWN_DENSITY: Final = 1.0
"""Pixels per millimeter that libvips reports where a file gives no resolution."""
USUAL_DENSITY: Final = 72 / 25.4
"""Written instead: 72 dots per inch, which by custom means that nobody knows."""

JPEG_LIMITS: Final = {XMP_FIELD: 60_000, EXIF_FIELD: 65_533, IPTC_FIELD: 65_533}
"""Most bytes that libvips puts into one segment of a JPEG; it would leave out larger ones without a word."""
JPEG_TITLES: Final = {XMP_FIELD: "XMP", EXIF_FIELD: "EXIF", IPTC_FIELD: "IPTC"}

PIXEL_SIZE_TAGS: Final = (0xA002, 0xA003)
"""EXIF's PixelXDimension and PixelYDimension."""


@dataclass(frozen=True)
class Metadata:
    """What one source file says, ready for any format."""

    header: pyvips.Image | None = None
    """The source's header as libvips reads it."""
    orientation: int = 1
    xmp: bytes | None = None
    iptc: Iptc = field(default_factory=lambda: Iptc(b""))
    texts: tuple[tuple[bytes, bytes], ...] = ()
    """Text chunks of a PNG."""
    tags: Directory = field(default_factory=dict)
    """Descriptive tags of a TIFF."""
    compression: int | None = None
    """How a TIFF is compressed, as the number of the TIFF specification."""

    @property
    def xmp_is_damaged(self) -> bool:
        """Whether there is an XMP packet that cannot be read; it gives way where provenance is recorded."""
        return self.xmp is not None and _parsed(self.xmp) is None


def read_metadata(source: Source, header: pyvips.Image) -> Metadata:
    """Collect what a source says; damaged parts count as absent."""
    with _stream(source) as stream:
        tags = _tiff_tags(stream) if source.format is TIFF else {}
        texts = png_text.read_texts(stream) if source.format is PNG else []
    return Metadata(
        header=header,
        orientation=orientation_of(header),
        xmp=_blob(header, XMP_FIELD),
        iptc=_iptc(source.format, header, texts),
        texts=tuple(text for text in texts if png_text.is_comment(text[1])),
        tags=tiff_tags.descriptive(tags),
        compression=tiff_tags.number(tags, tiff_tags.COMPRESSION),
    )


def orientation_of(header: pyvips.Image) -> int:
    """EXIF orientation, 1 to 8; 1 where none is told."""
    value = header.get("orientation") if header.get_typeof("orientation") else 1
    return value if value in range(1, 9) else 1


def dress(
    image: pyvips.Image, metadata: Metadata, target: Format, icc: bytes | None, provenance: Provenance | None
) -> pyvips.Image:
    """A copy of the colored picture that carries the metadata, for libvips to write in that format.

    Raises `SaveError` when the format has no room for it.
    """
    dressed = _undressed(image, metadata)
    _set_blob(dressed, ICC_FIELD, icc)
    _set_blob(dressed, XMP_FIELD, _new_xmp(metadata, provenance))
    if target is not TIFF:
        _copy_exif(metadata, dressed)
    if target is JPEG and (metadata.iptc.records or metadata.iptc.resources):
        _set_blob(dressed, IPTC_FIELD, metadata.iptc.to_jpeg())
    if target is TIFF:
        _set_blob(dressed, IPTC_FIELD, metadata.iptc.records or None)
        _set_blob(dressed, PHOTOSHOP_FIELD, metadata.iptc.to_photoshop() if metadata.iptc.resources else None)
    if target is JPEG:
        _check_room(dressed)
    return dressed


def finish(descriptor: int, metadata: Metadata, target: Format, width: int, height: int) -> None:
    """Add to the file that libvips wrote what it cannot write itself; raises `OSError`."""
    if target is PNG:
        texts = list(metadata.texts)
        if metadata.iptc.records:
            texts.append((b"zTXt", metadata.iptc.to_png()))
        if texts:
            png_text.append_texts(descriptor, texts)
    if target is TIFF:
        tags = _tags_for_tiff(metadata, width, height)
        if tags:
            tiff_tags.append_tags(descriptor, tags)


def _stream(source: Source) -> BinaryIO:
    return io.BytesIO(source.place) if isinstance(source.place, bytes) else Path(source.place).open("rb")


def _tiff_tags(stream: BinaryIO) -> Directory:
    with suppress(ValueError):
        return tiff_tags.read_directory(stream)
    return {}


def _iptc(source: Format, header: pyvips.Image, texts: Iterable[tuple[bytes, bytes]]) -> Iptc:
    block = _blob(header, IPTC_FIELD) or b""
    if source is TIFF:
        return Iptc.from_tiff(block, _blob(header, PHOTOSHOP_FIELD) or b"")
    for _, data in texts:
        with suppress(ValueError, zlib.error):
            return Iptc.from_png(data)
    return Iptc.from_jpeg(block)


def _undressed(image: pyvips.Image, metadata: Metadata) -> pyvips.Image:
    """A copy without any metadata but its resolution, which turns with the picture."""
    header = metadata.header
    x, y = (header.xres, header.yres) if header is not None else (UNKNOWN_DENSITY, UNKNOWN_DENSITY)
    if x == y == UNKNOWN_DENSITY:
        x = y = USUAL_DENSITY
    if metadata.orientation >= SIDEWAYS:
        x, y = y, x
    bare = image.copy(xres=x, yres=y)
    for name in bare.get_fields():
        if name not in HEADER_FIELDS:
            bare.remove(name)
    if header is not None and header.get_typeof("resolution-unit"):
        bare.set_type(pyvips.GValue.gstr_type, "resolution-unit", header.get("resolution-unit"))
    return bare


def _new_xmp(metadata: Metadata, provenance: Provenance | None) -> bytes | None:
    packet = _parsed(metadata.xmp)
    if provenance is None:
        if packet is None or metadata.xmp is None:
            return metadata.xmp
        before = packet.to_bytes()
        packet.straighten()
        return metadata.xmp if packet.to_bytes() == before else packet.to_bytes()
    packet = packet or Packet()
    packet.straighten()
    record(packet, provenance)
    return packet.to_bytes()


def _parsed(xmp: bytes | None) -> Packet | None:
    with suppress(ValueError):
        return Packet(xmp) if xmp else None
    return None


def _copy_exif(metadata: Metadata, dressed: pyvips.Image) -> None:
    """Carry EXIF as libvips knows it, the block and one field for each tag, without its thumbnail."""
    carrier = metadata.header
    if metadata.tags:
        carrier = _exif_carrier(tiff_tags.to_exif(metadata.tags))
    if carrier is None or not carrier.get_typeof(EXIF_FIELD):
        return
    _set_blob(dressed, EXIF_FIELD, carrier.get(EXIF_FIELD))
    for name in carrier.get_fields():
        if name.startswith("exif-ifd") and not name.startswith(THUMBNAIL_FIELDS):
            dressed.set_type(pyvips.GValue.gstr_type, name, carrier.get(name))


def _exif_carrier(block: bytes) -> pyvips.Image:
    """A picture of one pixel with that EXIF, since libvips only takes EXIF apart when it reads a file."""
    pixel = zlib.compress(b"\0\0")
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"eXIf", block.removeprefix(b"Exif\0\0")),
        (b"IDAT", pixel),
        (b"IEND", b""),
    )
    return pyvips.Image.pngload_buffer(
        b"\x89PNG\r\n\x1a\n" + b"".join(png_text.chunk(*each) for each in chunks)
    )


def _tags_for_tiff(metadata: Metadata, width: int, height: int) -> Directory:
    """The tags that libvips does not write into a TIFF, with the size of the upright picture."""
    tags = metadata.tags
    block = _blob(metadata.header, EXIF_FIELD) if metadata.header is not None else None
    if block and not tags:
        with suppress(ValueError):
            tags = tiff_tags.descriptive(tiff_tags.from_exif(block))
    exif = tags.get(tiff_tags.EXIF)
    if not isinstance(exif, dict):
        return tags
    sizes = {
        tag: Value(tiff_tags.LONG, 1, struct.pack("<I", size))
        for tag, size in zip(PIXEL_SIZE_TAGS, (width, height), strict=True)
        if tag in exif
    }
    return {**tags, tiff_tags.EXIF: {**exif, **sizes}}


def _check_room(dressed: pyvips.Image) -> None:
    for name, limit in JPEG_LIMITS.items():
        size = len(_blob(dressed, name) or b"")
        if size > limit:
            raise SaveError(
                f"a JPEG has room for {limit:,} bytes of {JPEG_TITLES[name]}, this photograph carries "
                f"{size:,}; save it as TIFF or PNG"
            )


def _blob(image: pyvips.Image, name: str) -> bytes | None:
    if not image.get_typeof(name):
        return None
    value = image.get(name)
    return value if isinstance(value, bytes) else None


def _set_blob(image: pyvips.Image, name: str, value: bytes | None) -> None:
    if value:
        image.set_type(pyvips.GValue.blob_type, name, value)
