"""The picture formats, as data: names, suffixes, how their files begin, and what they can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tintype.errors import ConfigError


@dataclass(frozen=True)
class Format:
    """What must be known of one picture format."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    loader: str
    """libvips' operation that reads it, without the ending for the kind of source."""
    saver: str | None
    """libvips' operation that writes it; None where a color photograph would not keep its lightness."""
    max_side: int | None = None
    """Most pixels on a side that its files can have."""
    deep: bool = False
    """Whether it holds more than 8 bits a sample."""
    alpha: bool = True
    quality: int | None = None
    """Quality (1..100) unless asked otherwise; None where nothing is lost."""


JPEG: Final = Format(
    "jpeg",
    "JPEG",
    (".jpg", ".jpeg", ".jpe", ".jfif"),
    "jpegload",
    "jpegsave",
    65_535,
    alpha=False,
    quality=92,
)
PNG: Final = Format("png", "PNG", (".png",), "pngload", "pngsave", deep=True)
TIFF: Final = Format("tiff", "TIFF", (".tif", ".tiff"), "tiffload", "tiffsave", deep=True)
WEBP: Final = Format("webp", "WebP", (".webp",), "webpload", "webpsave", 16_383, quality=90)
AVIF: Final = Format("avif", "AVIF", (".avif",), "heifload", "heifsave", 16_384, deep=True, quality=80)
HEIC: Final = Format(
    "heic", "HEIC", (".heic", ".heif"), "heifload", "heifsave", 16_384, deep=True, quality=80
)
GIF: Final = Format("gif", "GIF", (".gif",), "gifload", None)

BY_NAME: Final[Mapping[str, Format]] = {
    entry.name: entry for entry in (JPEG, PNG, TIFF, WEBP, AVIF, HEIC, GIF)
}

FORMATS: Final[Mapping[str, str]] = {
    suffix: entry.name for entry in BY_NAME.values() if entry.saver for suffix in entry.suffixes
}
"""Suffix (small letters, with its dot) of each format that is both read and written, to the format's name."""

HEAD_SIZE: Final = 32
"""Bytes at the beginning of a file that `sniff` looks at."""

HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
AVIF_BRANDS: Final = {b"avif", b"avis"}


def sniff(head: bytes) -> Format | None:
    """Tell a picture's format from the first `HEAD_SIZE` bytes of its file; None when it is none of ours.

    Names and suffixes are not looked at, and no other reader of libvips is ever let near a file.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return TIFF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[4:8] == b"ftyp":
        brands = {head[8:12], head[16:20], head[20:24], head[24:28]}
        if brands & AVIF_BRANDS:
            return AVIF
        if brands & HEIC_BRANDS:
            return HEIC
    return None


def named(name: str) -> Format:
    """The format of that name that can be written; raises `ConfigError` when there is none."""
    entry = BY_NAME.get(name.lower().removeprefix("."), None) or BY_NAME.get(
        FORMATS.get(f".{name.lower()}", "")
    )
    if entry is None:
        names = ", ".join(known for known in BY_NAME if BY_NAME[known].saver)
        raise ConfigError(f"there is no picture format {name!r}; take one of {names}")
    return entry
