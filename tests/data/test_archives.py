"""Archives as sources: read without unpacking, and harmless whatever they hold."""

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tintype.data import archives, open_dataset, pack
from tintype.data.archives import clean, is_archive, stream
from tintype.data.sources import decode
from tintype.errors import DataError
from training_pictures import colorful, encoded, write_compressed_tar, write_zip

MEMBERS = {
    "a/0.png": encoded(colorful(0)),
    "notes.txt": b"no picture",
    "a/1.JPG": encoded(colorful(1), "JPEG"),
    "2.webp": encoded(colorful(2), "WEBP"),
}
NAMES = ["a/0.png", "a/1.JPG", "2.webp"]


def write(path: Path, members: dict[str, bytes]) -> Path:
    return (write_zip if path.suffix == ".zip" else write_compressed_tar)(path, members)


def names(path: Path) -> list[str]:
    return [place.name for place in stream(path, "x")]


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tgz", "x.tar.bz2", "x.tar.xz", "X.ZIP"])
def test_an_archive_gives_its_pictures_in_order(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name.lower(), MEMBERS).rename(tmp_path / name)
    assert is_archive(path)
    places = list(stream(path, "label"))
    assert [place.name for place in places] == [f"label/{each}" for each in NAMES]
    assert np.array_equal(decode(places[0]), colorful(0))


def test_packing_an_archive_leaves_nothing_but_the_set(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "pictures.zip", MEMBERS | {"bad.png": b"no picture"})
    packed = pack(archive, tmp_path / "packed", processes=1)
    assert len(packed) == 3
    assert [item["name"] for item in packed.manifest["left_out"]] == ["pictures.zip/bad.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["packed", "pictures.zip"]


def test_archives_inside_folders_are_read_too(tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    (folder / "deep").mkdir(parents=True)
    (folder / "z.png").write_bytes(encoded(colorful(7)))
    write_zip(folder / "deep" / "a.zip", {"0.png": encoded(colorful(0))})
    packed = pack(folder, tmp_path / "packed", processes=1)
    assert np.array_equal(packed[0], colorful(7))
    assert np.array_equal(packed[1], colorful(0))


def test_training_from_an_archive_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="tintype data prepare"):
        open_dataset(write_zip(tmp_path / "pictures.zip", MEMBERS))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "etc/passwd.png"),
        ("/root/x.png", "root/x.png"),
        ("./a//b.png", "a/b.png"),
        ("line\nbreak\t\x1b[2J.png", r"line\nbreak\t\x1b[2J.png"),
        ("caf\udce9.png", r"caf\udce9.png"),
        ("фото.png", "фото.png"),
    ],
)
def test_names_of_members_never_lead_anywhere_and_can_be_printed(name: str, shown: str) -> None:
    assert clean(name) == shown


def test_path_tricks_and_links_write_and_read_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(encoded(colorful(9)))
    inner = tmp_path / "inner"
    inner.mkdir()
    path = inner / "x.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for kind, name in (
            (tarfile.SYMTYPE, "link.png"),
            (tarfile.LNKTYPE, "hard.png"),
            (tarfile.FIFOTYPE, "f.png"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "../secret.png"
            archive.addfile(member)
        member = tarfile.TarInfo("../../evil.png")
        member.size = len(MEMBERS["a/0.png"])
        archive.addfile(member, io.BytesIO(MEMBERS["a/0.png"]))
    packed = pack(path, inner / "packed", processes=1)
    assert len(packed) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inner", "secret.png"]


def test_a_picture_too_large_unpacked_is_left_out_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST_PICTURE", 1000)
    for name in ("x.zip", "x.tar.gz"):
        places = list(stream(write(tmp_path / name, {"big.png": bytes(1001), "small.png": b"1"}), "x"))
        with pytest.raises(DataError, match="takes 0 MB unpacked"):
            places[0].read()
        assert places[1].read() == b"1"


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_an_archive_that_swells_beyond_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(archives, "ALWAYS_ALLOWED", 10_000)
    path = write(tmp_path / name, {"notes.txt": bytes(3_000_000), "a.png": MEMBERS["a/0.png"]})
    with pytest.raises(DataError, match="swells to more than 200 times"):
        names(path)


def test_a_tar_header_that_swells_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 2**32
    path = tmp_path / "x.tar.gz"
    with gzip.open(path, "wb") as file:
        file.write(header.tobuf(tarfile.PAX_FORMAT))
        file.write(bytes(4 * 2**20))
    with pytest.raises(DataError, match="header of more than 1 MB"):
        names(path)


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_a_cut_off_archive_is_an_error_and_not_half_a_set(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = write(tmp_path / name, {f"{number}.png": encoded(noise) for number in range(4)})
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(DataError, match="no whole archive"):
        pack(path, tmp_path / "packed", processes=1)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_what_has_only_the_name_of_an_archive_is_an_error(tmp_path: Path) -> None:
    for name in ("x.zip", "x.tar.gz"):
        (tmp_path / name).write_bytes(b"something else entirely" * 100)
        with pytest.raises(DataError, match="no whole archive"):
            names(tmp_path / name)


def test_a_damaged_and_an_encrypted_member_are_left_out_by_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("damaged.png", MEMBERS["a/0.png"])
        archive.writestr("locked.png", MEMBERS["a/0.png"])
        archive.writestr("good.png", MEMBERS["a/0.png"])
        offset = archive.getinfo("damaged.png").header_offset
        locked = archive.getinfo("locked.png").header_offset
    data = bytearray(path.read_bytes())
    data[offset + 200] ^= 0xFF
    data[locked + 6] |= 1
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<H", data, central + 8, 1)
    path.write_bytes(data)
    packed = pack(path, tmp_path / "packed", processes=1)
    assert len(packed) == 1
    assert [item["name"] for item in packed.manifest["left_out"]] == ["x.zip/damaged.png", "x.zip/locked.png"]
