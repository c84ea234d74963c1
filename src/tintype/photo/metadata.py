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
REPLACED_FIELDS: Final = ("orientation", "exif-ifd0-Orientation", "exif-ifd1-", "jpeg-thumbnail-data")
"""How the picture was turned, and the thumbnail, which shows it without color."""

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
    bits: int | None = None
    """Bits of a sample in the file, such as 10 or 12, where libvips tells."""

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
        iptc=_iptc(header, tags, texts),
        texts=tuple(text for text in texts if png_text.is_comment(text[1])),
        tags=tiff_tags.descriptive(tags),
        compression=tiff_tags.number(tags, tiff_tags.COMPRESSION),
        bits=header.get("bits-per-sample") if header.get_typeof("bits-per-sample") else None,
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
    dressed = _undressed(image)
    _set_blob(dressed, ICC_FIELD, icc)
    _set_blob(dressed, XMP_FIELD, _new_xmp(metadata, provenance))
    if target is not TIFF:
        _copy_exif(metadata, dressed)
    if target is JPEG and (metadata.iptc.records or metadata.iptc.resources):
        _set_blob(dressed, IPTC_FIELD, metadata.iptc.to_jpeg())
    if target is JPEG:
        _check_room(dressed)
    return _with_resolution(dressed, metadata)


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


def _iptc(header: pyvips.Image, tags: Directory, texts: Iterable[tuple[bytes, bytes]]) -> Iptc:
    if tags:
        records, photoshop = (tags.get(tag) for tag in (tiff_tags.IPTC, tiff_tags.PHOTOSHOP))
        return Iptc.from_tiff(
            records.data if isinstance(records, Value) else b"",
            photoshop.data if isinstance(photoshop, Value) else b"",
        )
    for _, data in texts:
        with suppress(ValueError, zlib.error):
            return Iptc.from_png(data)
    return Iptc.from_jpeg(_blob(header, IPTC_FIELD) or b"")


def _undressed(image: pyvips.Image) -> pyvips.Image:
    """A copy without any metadata."""
    bare = image.copy()
    for name in bare.get_fields():
        if name not in HEADER_FIELDS:
            bare.remove(name)
    return bare


def _with_resolution(image: pyvips.Image, metadata: Metadata) -> pyvips.Image:
    """A copy with the source's resolution, which turns with the picture."""
    header = metadata.header
    x, y = (header.xres, header.yres) if header is not None else (UNKNOWN_DENSITY, UNKNOWN_DENSITY)
    if x == y == UNKNOWN_DENSITY:
        x = y = USUAL_DENSITY
    if metadata.orientation >= SIDEWAYS:
        x, y = y, x
    copy = image.copy(xres=x, yres=y)
    if header is not None and header.get_typeof("resolution-unit"):
        copy.set_type(pyvips.GValue.gstr_type, "resolution-unit", header.get("resolution-unit"))
    return copy


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
    """Carry EXIF without its thumbnail; libvips takes the block apart when it is set, and writes it anew."""
    block = tiff_tags.to_exif(metadata.tags) if metadata.tags else _blob(metadata.header, EXIF_FIELD)
    if block is None:
        return
    with suppress(ValueError):
        _set_blob(dressed, EXIF_FIELD, tiff_tags.without_thumbnail(block))
    for name in dressed.get_fields():
        if name.startswith(REPLACED_FIELDS):
            dressed.remove(name)


def _tags_for_tiff(metadata: Metadata, width: int, height: int) -> Directory:
    """The tags that libvips does not write into a TIFF, with the size of the upright picture."""
    tags = metadata.tags
    block = _blob(metadata.header, EXIF_FIELD)
    if block and not tags:
        with suppress(ValueError):
            tags = tiff_tags.descriptive(tiff_tags.from_exif(block))
    tags = {**tags, **_iptc_tags(metadata.iptc)}
    exif = tags.get(tiff_tags.EXIF)
    if not isinstance(exif, dict):
        return tags
    sizes = {
        tag: Value(tiff_tags.LONG, 1, struct.pack("<I", size))
        for tag, size in zip(PIXEL_SIZE_TAGS, (width, height), strict=True)
        if tag in exif
    }
    return {**tags, tiff_tags.EXIF: {**exif, **sizes}}


def _iptc_tags(iptc: Iptc) -> Directory:
    """IPTC for a TIFF; libvips would write only the first quarter of the records."""
    photoshop = iptc.to_photoshop() if iptc.resources else b""
    found = {tiff_tags.IPTC: iptc.records, tiff_tags.PHOTOSHOP: photoshop}
    return {tag: Value(tiff_tags.UNDEFINED, len(data), data) for tag, data in found.items() if data}


def _check_room(dressed: pyvips.Image) -> None:
    for name, limit in JPEG_LIMITS.items():
        size = len(_blob(dressed, name) or b"")
        if size > limit:
            raise SaveError(
                f"a JPEG has room for {limit:,} bytes of {JPEG_TITLES[name]}, this photograph carries "
                f"{size:,}; save it as TIFF or PNG"
            )


def _blob(image: pyvips.Image | None, name: str) -> bytes | None:
    if image is None or not image.get_typeof(name):
        return None
    value = image.get(name)
    return value if isinstance(value, bytes) else None


def _set_blob(image: pyvips.Image, name: str, value: bytes | None) -> None:
    if value:
        image.set_type(pyvips.GValue.blob_type, name, value)
