"""From a colored picture to the bytes of a file, each format with the options that suit photographs."""

import os
from dataclasses import dataclass
from typing import Any, Final

import pyvips

from tintype.errors import ConfigError, PhotoError, SaveError
from tintype.photo.atomic import ADVICE, cannot_save
from tintype.photo.formats import AVIF, HEIC, JPEG, PNG, TIFF, WEBP, Format
from tintype.photo.metadata import Metadata, dress, finish
from tintype.photo.originals import Original
from tintype.photo.provenance import Provenance
from tintype.photo.reading import one_line, told_by

KEPT_IN_PNG: Final = 1 | 2 | 8
"""EXIF, XMP and ICC, as libvips numbers them; texts are carried byte for byte by `png_text`."""
ENCODING: Final[dict[Format, dict[str, Any]]] = {
    JPEG: {},
    PNG: {"filter": "up", "compression": 3, "keep": KEPT_IN_PNG},
    TIFF: {"predictor": "horizontal", "level": 4},
    WEBP: {"effort": 2},
    AVIF: {"effort": 2, "compression": "av1"},
    HEIC: {"effort": 2, "compression": "hevc"},
}
"""Measured on a grainy photograph (docs/photos.md). Beside libvips' defaults a PNG of 8 bits becomes 40 %
smaller in less time; WebP takes a third and AVIF a tenth of the time, for about the same size and losses."""
TIFF_COMPRESSION: Final = {1: "none", 5: "lzw", 8: "deflate", 32946: "deflate"}
"""Lossless ways that a TIFF may be compressed, by the number in its tag; the result keeps them."""
BIG_TIFF_BYTES: Final = 3_500_000_000
"""Samples beyond this need BigTIFF, since offsets in a plain TIFF end at 4 GB."""
HIGH_BITS: Final = 10
"""Bits of an AVIF that holds more than 8, unless its source is one of 12; each reader has 10, few have 12."""


@dataclass(frozen=True)
class Order:
    """What is asked of a file."""

    target: Format
    name: str
    """What messages call it."""
    quality: int | None = None
    """1..100, None for the format's usual one."""
    provenance: Provenance | None = None


def check_order(original: Original, order: Order) -> None:
    """Raise `SaveError` when the format cannot hold the photograph, `ConfigError` for a wrong quality."""
    target = order.target
    if order.quality is not None and not 1 <= order.quality <= 100:
        raise ConfigError(f"quality must lie between 1 and 100, not {order.quality}")
    if target.saver is None:
        raise SaveError(
            f"{original.name}: a {target.title} has too few colors; ask for another format, such as PNG"
        )
    longest = max(original.width, original.height)
    if target.max_side is not None and longest > target.max_side:
        raise SaveError(
            f"{original.name}: a {target.title} can be {target.max_side:,} pixels long, this photograph is "
            f"{longest:,}; save it as TIFF or PNG"
        )


def write(
    descriptor: int, original: Original, lab: pyvips.Image, alpha: pyvips.Image | None, order: Order
) -> None:
    """Compute the picture and write it, with the original's metadata, to an empty file open for both ways.

    Raises `SaveError`, or what the original says when it cannot be read.
    """
    target = order.target
    depth = 16 if target.deep and original.dtype.itemsize > 1 else 8
    try:
        metadata = original.metadata()
        samples = join_alpha(original.profile.from_lab(lab, depth), alpha, depth)
        fitted = _fitted(samples, target, metadata)
        image = dress(fitted, metadata, target, original.profile.embedded, order.provenance)
        sink = pyvips.Target.new_to_descriptor(descriptor)
        options = _options(image, target, order.quality, metadata)
        pyvips.Operation.call(f"{target.saver}_target", image, sink, **options)
        finish(descriptor, metadata, target, image.width, image.height)
    except pyvips.Error as error:
        raise _explained(error, original, target, order.name) from error
    except OSError as error:
        raise cannot_save(order.name, error) from error


def join_alpha(rgb: pyvips.Image, alpha: pyvips.Image | None, depth: int) -> pyvips.Image:
    """Color with alpha beside it, where there is any, as samples of that depth."""
    if alpha is None:
        return rgb
    largest = {"uchar": 255, "ushort": 65535, "float": 1}[alpha.format]
    if largest == 2**depth - 1:
        return rgb.bandjoin(alpha)
    scaled = (alpha * ((2**depth - 1) / largest) + 0.5).cast("uchar" if depth == 8 else "ushort")
    return rgb.bandjoin(scaled)


def _fitted(samples: pyvips.Image, target: Format, metadata: Metadata) -> pyvips.Image:
    """What the format cannot hold is laid on white, or rounded where libvips would cut it off."""
    if samples.bands == 4 and not target.alpha:
        return samples.flatten(background=[255, 255, 255])
    if target in (AVIF, HEIC) and samples.format == "ushort":
        return (samples + 2 ** (15 - _high_bits(metadata))).cast("ushort")
    return samples


def _high_bits(metadata: Metadata) -> int:
    return metadata.bits if metadata.bits == 12 else HIGH_BITS


def _options(image: pyvips.Image, target: Format, quality: int | None, metadata: Metadata) -> dict[str, Any]:
    options = dict(ENCODING[target])
    deep = image.format == "ushort"
    if target.quality is not None:
        options["Q"] = quality or target.quality
    if target is PNG:
        options["bitdepth"] = 16 if deep else 8
    if target in (AVIF, HEIC):
        options["bitdepth"] = _high_bits(metadata) if deep else 8
    if target is TIFF:
        size = image.width * image.height * image.bands * (2 if deep else 1)
        options["bigtiff"] = size > BIG_TIFF_BYTES
        options["compression"] = _tiff_compression(metadata.compression, deep)
    return options


def _tiff_compression(number: int | None, deep: bool) -> str:
    """The source's own where that loses nothing; LZW makes grain of 16 bits larger instead of smaller."""
    known = TIFF_COMPRESSION.get(number or 0, "deflate")
    return "deflate" if deep and known == "lzw" else known


def _explained(error: pyvips.Error, original: Original, target: Format, name: str) -> PhotoError:
    """Tell apart a disk that takes no more, a picture that cannot be encoded and one that cannot be read."""
    text = str(error)
    if "write error" in text or "write failed" in text:
        number = next((number for number in ADVICE if os.strerror(number) in text), None)
        return cannot_save(name, OSError(number, one_line(error)) if number else OSError(one_line(error)))
    if target is HEIC and "compression" in text:
        return SaveError(
            f"{name}: this libvips has no HEVC encoder for HEIC; ask for another format, such as AVIF"
        )
    if told_by(error).endswith("save"):
        return SaveError(f"{name}: not saved ({one_line(error)}); ask for another format")
    return original.failed(error)
