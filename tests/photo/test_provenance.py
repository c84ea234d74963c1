"""How a photograph was colored is written into it, and read back."""

import json
from pathlib import Path

import pytest
import pyvips
from photo_samples import gray_scene, pillow_file, strong_chroma

from tintype.errors import SaveError, UnreadablePhoto
from tintype.photo import FORMATS, Photo, Provenance, read_provenance, write_sidecar
from tintype.photo.provenance import ENHANCED, IPTC_NAMESPACE, NAMESPACE, record
from tintype.photo.xmp import Packet

RECORD = Provenance(
    "tintype",
    "0.1.0",
    "cnn",
    "0f" * 32,
    {"saturation": 1.2, "device": "cpu", "note": 'Żółw "<&>"', "size": [1, 2]},
)
SUFFIXES = sorted(set(FORMATS) - {".heic", ".heif"})


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_a_record_comes_back_from_every_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"new{suffix}"
    Photo.from_array(gray_scene(20, 30)).with_chroma(strong_chroma()).save(path, provenance=RECORD)
    assert read_provenance(path) == RECORD


def test_a_file_without_a_record_has_none(tmp_path: Path) -> None:
    path = tmp_path / "new.jpg"
    Photo.from_array(gray_scene(20, 30)).with_chroma(strong_chroma()).save(path)
    assert read_provenance(path) is None
    path.write_bytes(b"text")
    with pytest.raises(UnreadablePhoto):
        read_provenance(path)


def test_coloring_again_replaces_the_record(tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    again = Provenance("tintype", "9.9", "gan", "1e" * 32, {})
    Photo.from_array(gray_scene(20, 30)).with_chroma(strong_chroma()).save(first, provenance=RECORD)
    Photo.open(first).with_chroma(strong_chroma()).save(second, provenance=again)
    assert read_provenance(second) == again
    xmp = pyvips.Image.new_from_file(str(second)).get("xmp-data")
    assert xmp.count(b"tintype:Provenance") == 2, "one element, opened and closed"
    assert xmp.count(b"<rdf:Description") == 2, "one for the record, one for the mark"


def test_the_press_mark_for_enhanced_pictures_is_set_and_a_former_one_kept() -> None:
    packet = Packet()
    record(packet, RECORD)
    assert packet.get(IPTC_NAMESPACE, "DigitalSourceType") == ENHANCED
    assert ENHANCED == "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"

    film = "http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm"
    scanned = Packet()
    scanned.set(IPTC_NAMESPACE, "Iptc4xmpExt", "DigitalSourceType", film)
    for _ in range(2):
        record(scanned, RECORD)
    assert scanned.get(IPTC_NAMESPACE, "DigitalSourceType") == ENHANCED
    assert scanned.get(NAMESPACE, "FormerDigitalSourceType") == film


def test_a_property_written_as_an_attribute_is_found_and_replaced() -> None:
    text = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<r:Description r:about="uuid:1" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        b'e:DigitalSourceType="film" e:Event="a march"/></r:RDF></x:xmpmeta>'
    )
    packet = Packet(text)
    assert packet.get(IPTC_NAMESPACE, "DigitalSourceType") == "film"
    record(packet, RECORD)
    written = Packet(packet.to_bytes())
    assert written.get(IPTC_NAMESPACE, "DigitalSourceType") == ENHANCED
    assert written.get(IPTC_NAMESPACE, "Event") == "a march"
    assert b"film" in packet.to_bytes()
    assert packet.to_bytes().count(b'r:about="uuid:1"') == packet.to_bytes().count(b"<r:Description")


@pytest.mark.parametrize(
    "damaged",
    [
        b"<x:xmpmeta",
        b"not XML",
        b"<a/>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_damaged_xmp_gives_way_to_the_record_and_that_is_said(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="XM"):
        Packet(damaged)
    photo = Photo.from_bytes(pillow_file(gray_scene(20, 30), "JPEG", xmp=damaged))
    assert photo.notices == ("its damaged XMP metadata gives way to the record of the coloring",)
    colored = photo.with_chroma(strong_chroma())
    kept = pyvips.Image.new_from_buffer(colored.to_bytes(), "").get("xmp-data")
    assert kept == damaged
    written = pyvips.Image.new_from_buffer(colored.to_bytes(provenance=RECORD), "").get("xmp-data")
    assert Packet(written).get(NAMESPACE, "Provenance") == RECORD.to_json()


def test_the_record_of_someone_else_is_no_record(tmp_path: Path) -> None:
    packet = Packet()
    packet.set(NAMESPACE, "tintype", "Provenance", '{"tool": "another"}')
    path = tmp_path / "other.jpg"
    path.write_bytes(pillow_file(gray_scene(20, 30), "JPEG", xmp=packet.to_bytes()))
    assert read_provenance(path) is None


def test_a_sidecar_lies_beside_the_photograph(tmp_path: Path) -> None:
    photo = tmp_path / "old.color.jpg"
    path = write_sidecar(photo, RECORD)
    assert path == tmp_path / "old.color.jpg.json"
    assert Provenance.from_json(path.read_text(encoding="utf-8")) == RECORD
    assert json.loads(path.read_text(encoding="utf-8"))["model"] == "cnn"
    with pytest.raises(SaveError, match="exists already"):
        write_sidecar(photo, RECORD)
    write_sidecar(photo, RECORD, overwrite=True)
