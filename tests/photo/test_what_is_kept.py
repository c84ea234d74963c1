"""EXIF, XMP, IPTC, texts and resolution come through coloring, whatever the formats on either side."""

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from photo_samples import color_scene, decoded, encoded, gray_scene, pillow_file, strong_chroma
from PIL import Image, IptcImagePlugin, PngImagePlugin

from tintype.errors import SaveError
from tintype.photo import Photo, Provenance, tiff_tags
from tintype.photo.iptc import Iptc
from tintype.photo.png_text import read_texts
from tintype.photo.xmp import Packet

SUFFIXES = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp", "avif": ".avif"}
PROVENANCE = Provenance("tintype", "1.0", "cnn", "ab" * 32, {"saturation": 1.0})

MAKE, MODEL, ORIENTATION, DATE, ARTIST, COPYRIGHT = 0x010F, 0x0110, 0x0112, 0x0132, 0x013B, 0x8298
EXIF, GPS, EXPOSURE, TAKEN, COMMENT, MAKER_NOTE, WIDE, HIGH = (
    0x8769,
    0x8825,
    0x829A,
    0x9003,
    0x9286,
    0x927C,
    0xA002,
    0xA003,
)
ARTIST_BYTES = "Dorothea Lange, Żół".encode()

DC = "http://purl.org/dc/elements/1.1/"
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="a scanner"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!-- by hand -->'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"><dc:title><rdf:Alt>'
    '<rdf:li xml:lang="x-default">Nipomo, Żółw &amp; 1936</rdf:li></rdf:Alt></dc:title></rdf:Description>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()

IPTC_RECORDS = b"".join(
    b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text
    for number, text in (
        (5, b"Migrant Mother"),
        (25, b"portrait"),
        (25, b"1936"),
        (120, b"Nipomo, California"),
    )
)


def exif_block(orientation: int = 1) -> bytes:
    """EXIF of a camera with a thumbnail-free first directory, GPS and a maker's note; Pillow writes it."""
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[DATE] = "Graflex", "Series D", "1936:03:09 12:00:00"
    exif[ARTIST], exif[COPYRIGHT], exif[ORIENTATION] = "Dorothea Lange, ZZZZZZ", "none", orientation
    below = exif.get_ifd(EXIF)
    below[EXPOSURE] = (1.0 / 60,)
    below[TAKEN] = "1936:03:09 12:00:00"
    below[COMMENT] = b"ASCII\0\0\0from the back"
    below[MAKER_NOTE] = b"a note of the maker" * 3
    below[WIDE], below[HIGH] = 60, 40
    place = exif.get_ifd(GPS)
    place[1], place[2] = "N", (35.0, 2.0, 33.0)
    return exif.tobytes().replace(b"ZZZZZZ", "Żół".encode())


def source(kind: str, **metadata: Any) -> bytes:
    """A gray photograph of 60 x 40 pixels with that metadata, by Pillow."""
    samples = gray_scene(40, 60)
    if kind == "tiff" and "exif" in metadata:
        exif = Image.Exif()
        exif.load(metadata.pop("exif"))
        metadata["exif"] = exif
    if kind == "tiff" and "xmp" in metadata:
        metadata["tiffinfo"] = {700: metadata.pop("xmp")}
    if kind in ("webp", "avif"):
        samples = np.repeat(samples[..., np.newaxis], 3, axis=-1)
    return pillow_file(samples, kind.upper(), **metadata)


def colored(data: bytes, **options: Any) -> bytes:
    return Photo.from_bytes(data).with_chroma(strong_chroma() / 4).to_bytes(**options)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("to", SUFFIXES)
@pytest.mark.parametrize("kind", SUFFIXES)
def test_exif_is_kept_from_any_format_to_any_format(kind: str, to: str) -> None:
    exif = opened(colored(source(kind, exif=exif_block()), format=to)).getexif()
    assert (exif[MAKE], exif[MODEL], exif[DATE]) == ("Graflex", "Series D", "1936:03:09 12:00:00")
    below = exif.get_ifd(EXIF)
    exposure = below[EXPOSURE]
    assert float(exposure[0] if isinstance(exposure, tuple) else exposure) == pytest.approx(1 / 60, rel=1e-3)
    assert below[TAKEN] == "1936:03:09 12:00:00"
    assert below[COMMENT] == b"ASCII\0\0\0from the back"
    assert below[MAKER_NOTE] == b"a note of the maker" * 3
    assert exif.get_ifd(GPS)[1] == "N"
    assert tuple(map(float, exif.get_ifd(GPS)[2])) == (35.0, 2.0, 33.0)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("to", SUFFIXES)
def test_names_beyond_ascii_survive_in_exif(kind: str, to: str) -> None:
    block = exif_block()
    assert ARTIST_BYTES in block
    assert ARTIST_BYTES in colored(source(kind, exif=block), format=to)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "tiff", "png", "webp"])
def test_orientation_is_applied_once(kind: str, orientation: int) -> None:
    data = source(kind, exif=exif_block(orientation), **({"xmp": XMP} if kind == "jpeg" else {}))
    result = opened(colored(data))
    exif = result.getexif()
    assert exif.get(ORIENTATION, 1) == 1
    assert result.size == ((40, 60) if orientation >= 5 else (60, 40))
    assert (exif.get_ifd(EXIF)[WIDE], exif.get_ifd(EXIF)[HIGH]) == result.size
    if kind == "jpeg":
        packet = Packet(pyvips.Image.new_from_buffer(colored(data), "").get("xmp-data"))
        assert packet.get("http://ns.adobe.com/tiff/1.0/", "Orientation") == "1"


@pytest.mark.parametrize("kind", SUFFIXES)
def test_xmp_is_kept_and_the_record_added(kind: str) -> None:
    options = {"xmp": XMP} if kind != "png" else {"pnginfo": _png_text("XML:com.adobe.xmp", XMP.decode())}
    data = colored(source(kind, **options), provenance=PROVENANCE)
    xmp = pyvips.Image.new_from_buffer(data, "").get("xmp-data")
    assert "Nipomo, Żółw &amp; 1936".encode() in xmp
    assert b"<!-- by hand -->" in xmp
    assert b'x:xmptk="a scanner"' in xmp
    assert Packet(xmp).get("urn:x-tintype:provenance:1#", "Provenance") == PROVENANCE.to_json()


@pytest.mark.parametrize("to", ["jpeg", "tiff", "png"])
@pytest.mark.parametrize("kind", ["jpeg", "tiff", "png"])
def test_iptc_is_kept_between_the_formats_that_have_it(kind: str, to: str) -> None:
    iptc = Iptc(IPTC_RECORDS)
    if kind == "jpeg":
        data = _jpeg_with_segment(source("jpeg"), 0xED, iptc.to_jpeg())
    elif kind == "tiff":
        data = source("tiff", tiffinfo={33723: IPTC_RECORDS})
    else:
        text = iptc.to_png()
        data = source("png", pnginfo=_png_chunk(b"zTXt", text))
    result = colored(data, format=to)
    if to == "png":
        texts = [chunk for chunk in _chunks(result) if chunk.startswith(b"Raw profile type iptc")]
        assert [Iptc.from_png(text).records for text in texts] == [IPTC_RECORDS]
        return
    info = IptcImagePlugin.getiptcinfo(opened(result))
    assert info is not None
    assert info[(2, 5)] == b"Migrant Mother"
    assert info[(2, 25)] == [b"portrait", b"1936"]
    assert info[(2, 120)] == b"Nipomo, California"


def test_other_photoshop_resources_stay_and_stale_thumbnails_go() -> None:
    block = Iptc(
        IPTC_RECORDS, ((0x03ED, b"\0\0", b"resolution info!"), (0x0BB7, b"\4path\0", b"odd"))
    ).to_jpeg()
    stale = b"8BIM\x04\x0c\0\0" + (5).to_bytes(4, "big") + b"thumb\0"
    kept = Iptc.from_jpeg(block + stale)
    assert kept.to_jpeg() == block
    assert b"thumb" not in colored(_jpeg_with_segment(source("jpeg"), 0xED, block + stale))


def test_png_texts_are_kept_byte_for_byte() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Creation Time", "9 March 1936")
    texts.add_text("Comment", "compressed " * 40, zip=True)
    texts.add_itxt("Title", "Żółw", lang="pl", tkey="Tytuł")
    texts.add_text("Größe".encode("latin-1"), "13 x 18")
    before = source("png", pnginfo=texts)
    after = colored(before)
    assert _chunks(after) == _chunks(before)
    result = opened(after)
    result.load()
    assert result.text["Creation Time"] == "9 March 1936"


def test_descriptive_tags_of_a_tiff_are_kept() -> None:
    told = {
        269: "Box 7",
        270: "A mother",
        271: "Creo",
        285: "left",
        305: "a scanner",
        316: "an archive",
        315: "Lange",
    }
    result = opened(colored(source("tiff", tiffinfo=told)))
    assert {tag: result.tag_v2[tag] for tag in told} == told
    assert result.n_frames == 1


def test_tags_fit_into_a_bigtiff() -> None:
    image = pyvips.Image.new_from_array(color_scene(30, 40))
    file = io.BytesIO(image.tiffsave_buffer(bigtiff=True))
    with tempfile.TemporaryFile() as temporary:
        temporary.write(file.getvalue())
        temporary.flush()
        block = tiff_tags.from_exif(exif_block())
        tiff_tags.append_tags(temporary.fileno(), tiff_tags.descriptive(block))
        temporary.seek(0)
        found = tiff_tags.read_directory(temporary)
        temporary.seek(0)
        assert np.array_equal(decoded(temporary.read()), color_scene(30, 40))
    assert tiff_tags.descriptive(found) == tiff_tags.descriptive(block)


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff"])
def test_resolution_is_kept_and_turns_with_the_picture(kind: str) -> None:
    def density(data: bytes) -> tuple[int, int]:
        image = pyvips.Image.new_from_buffer(data, "")
        return round(image.xres * 25.4), round(image.yres * 25.4)

    options = {"dpi": (300, 150)}
    assert density(colored(source(kind, **options))) == (300, 150)
    turned = source(kind, exif=exif_block(6), **options)
    assert density(colored(turned)) == (150, 300)


def test_the_stale_thumbnail_inside_exif_is_dropped() -> None:
    thumbnail = pillow_file(gray_scene(8, 12), "JPEG")
    block = _with_thumbnail(thumbnail)
    data = colored(source("jpeg", exif=block))
    assert thumbnail in block
    assert thumbnail not in data
    assert opened(data).getexif()[MAKE] == "Graflex"
    assert not opened(data).getexif().get_ifd(1)


def test_thumbnails_inside_xmp_are_dropped_and_xmp_is_untouched_otherwise() -> None:
    thumbs = (
        b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:Thumbnails><rdf:Alt>'
        b"<rdf:li>OLD</rdf:li></rdf:Alt></xmp:Thumbnails></rdf:Description></rdf:RDF>"
    )
    packet = XMP.replace(b'tiff:Orientation="6"', b"")
    assert _xmp_of(colored(source("jpeg", xmp=packet))) == packet
    assert b"OLD" not in _xmp_of(colored(source("jpeg", xmp=packet.replace(b"</rdf:RDF>", thumbs))))


def test_metadata_that_a_jpeg_has_no_room_for_is_refused_not_lost() -> None:
    large = XMP.replace(b"1936", b"1936 " * 16_000)
    photo = Photo.from_bytes(source("tiff", xmp=large)).with_chroma(strong_chroma())
    with pytest.raises(SaveError, match=r"XMP.*save it as TIFF or PNG"):
        photo.to_bytes(format="jpeg")
    assert large in photo.to_bytes(format="png") or b"1936 1936" in _xmp_of(photo.to_bytes(format="png"))


@pytest.mark.parametrize(
    "junk", [b"Exif\0\0junk", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"]
)
@pytest.mark.parametrize("to", ["jpeg", "tiff"])
def test_damaged_exif_does_not_stop_the_work(junk: bytes, to: str) -> None:
    data = _jpeg_with_segment(source("jpeg"), 0xE1, junk)
    assert decoded(colored(data, format=to)).shape == (40, 60, 3)


def test_the_result_carries_nothing_that_the_photo_did_not(tmp_path: Path) -> None:
    data = colored(encoded(gray_scene(40, 60), ".png"))
    fields = pyvips.Image.new_from_buffer(data, "").get_fields()
    assert not {"xmp-data", "iptc-data", "icc-profile-data"} & set(fields)


def _xmp_of(data: bytes) -> bytes:
    xmp: bytes = pyvips.Image.new_from_buffer(data, "").get("xmp-data")
    return xmp


def _jpeg_with_segment(data: bytes, marker: int, block: bytes) -> bytes:
    return data[:2] + bytes([0xFF, marker]) + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


def _png_text(key: str, text: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_itxt(key, text)
    return info


def _png_chunk(kind: bytes, data: bytes) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add(kind, data)
    return info


def _chunks(data: bytes) -> list[bytes]:
    return [text for _, text in read_texts(io.BytesIO(data))]


def _with_thumbnail(thumbnail: bytes) -> bytes:
    """EXIF of a maker's name and a second directory with a thumbnail, laid out by hand (EXIF 2.32, 4.5.4)."""
    first = b"\1\0" + _entry(MAKE, 2, 8, 38) + (46).to_bytes(4, "little")
    second = b"\2\0" + _entry(0x0201, 4, 1, 76) + _entry(0x0202, 4, 1, len(thumbnail)) + bytes(4)
    body = b"II*\0\x08\0\0\0" + first.ljust(30, b"\0") + b"Graflex\0" + second
    assert len(body) == 76
    return b"Exif\0\0" + body + thumbnail


def _entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return b"".join(
        (number.to_bytes(size, "little") for number, size in ((tag, 2), (kind, 2), (count, 4), (value, 4)))
    )
