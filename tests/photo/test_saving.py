"""Files appear whole or not at all, in the format that was asked for."""

import errno
import io
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from photo_samples import color_scene, decoded, encoded, gray_scene, strong_chroma

from tintype.errors import ConfigError, SaveError
from tintype.photo import ColorPhoto, Photo, atomic, tiff_tags
from tintype.photo.atomic import new_file

HERE = Path(__file__).parent
FORMATS = {"jpeg": "jpegload", "png": "pngload", "tiff": "tiffload", "webp": "webpload", "avif": "heifload"}


def colored(height: int = 40, width: int = 60, dtype: Any = np.uint8) -> ColorPhoto:
    return Photo.from_array(gray_scene(height, width, dtype)).with_chroma(strong_chroma())


def loader(path: Path) -> str:
    name: str = pyvips.Image.new_from_file(str(path)).get("vips-loader")
    return name


@pytest.fixture(params=["unnamed file", "named file", "no links"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With and without the system's help for files without a name, and for second names."""
    if request.param != "unnamed file":
        monkeypatch.setattr(atomic, "OPEN_FILES", "/nowhere")
    if request.param == "no links":

        def refuse(*names: Any, **options: Any) -> None:
            raise OSError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", refuse)
    return str(request.param)


def test_a_new_file_appears_whole_with_usual_permissions(tmp_path: Path, each_way: str) -> None:
    path = tmp_path / "new.png"
    colored().save(path)
    assert decoded(path.read_bytes()).shape == (40, 60, 3)
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    assert [file.name for file in tmp_path.iterdir()] == ["new.png"]


def test_an_existing_file_is_left_alone_unless_asked(tmp_path: Path, each_way: str) -> None:
    path = tmp_path / "new.png"
    path.write_bytes(b"precious")
    with pytest.raises(SaveError, match="exists already"):
        colored().save(path)
    assert path.read_bytes() == b"precious"
    colored().save(path, overwrite=True)
    assert decoded(path.read_bytes()).shape == (40, 60, 3)
    assert [file.name for file in tmp_path.iterdir()] == ["new.png"]


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path: Path, each_way: str) -> None:
    path = tmp_path / "new.txt"
    with pytest.raises(SaveError, match="exists already"), new_file(path, overwrite=False) as descriptor:
        os.write(descriptor, b"late")
        path.write_bytes(b"early")
    assert path.read_bytes() == b"early"
    assert [file.name for file in tmp_path.iterdir()] == ["new.txt"]


def test_an_error_leaves_nothing_and_keeps_what_was_there(tmp_path: Path, each_way: str) -> None:
    path = tmp_path / "new.txt"
    path.write_bytes(b"precious")
    with pytest.raises(KeyboardInterrupt), new_file(path, overwrite=True) as descriptor:
        os.write(descriptor, b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"precious"
    assert [file.name for file in tmp_path.iterdir()] == ["new.txt"]


def test_a_photo_can_replace_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "old.tif"
    path.write_bytes(encoded(gray_scene(300, 400), ".tif"))
    Photo.open(path).with_chroma(strong_chroma()).save(path, overwrite=True)
    assert decoded(path.read_bytes()).shape == (300, 400, 3)


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "real.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    link.symlink_to(target)
    colored().save(link, overwrite=True)
    assert link.is_symlink()
    assert decoded(target.read_bytes()).shape == (40, 60, 3)


def test_impossible_places_are_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    for path, told in (
        (tmp_path / "nowhere" / "new.png", "no such folder"),
        (tmp_path / "file" / "new.png", "not a folder"),
        (tmp_path / "folder.png", "a folder has that name"),
        (tmp_path / ("x" * 300 + ".png"), "shorter name"),
    ):
        with pytest.raises(SaveError, match=told) as caught:
            colored().save(path, overwrite=True)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_forbidden_folder_is_told_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SaveError, match="not permitted"):
        colored().save(tmp_path / "new.png")


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(format: str, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0).integers(0, 256, (200, 300), dtype=np.uint8)
    photo = Photo.from_array(noise).with_chroma(strong_chroma())
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(SaveError) as caught:
            photo.save(tmp_path / "new.out", format=format)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in str(caught.value)
    assert "choose another folder" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import numpy as np, sys\n"
        "from tintype.photo import Photo\n"
        "gray = np.random.default_rng(0).integers(0, 65536, (3000, 3000), dtype=np.uint16)\n"
        "photo = Photo.from_array(gray).with_chroma(np.ones((9, 9, 2), np.float32))\n"
        "print('now', flush=True)\n"
        "photo.save(sys.argv[1])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "new.png")], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_an_asked_for_format_counts_more_than_the_suffix(format: str, tmp_path: Path) -> None:
    path = tmp_path / "new.xyz"
    colored().save(path, format=format)
    assert loader(path) == FORMATS[format]


def test_the_suffix_counts_more_than_the_photos_own_format(tmp_path: Path) -> None:
    photo = Photo.from_bytes(encoded(gray_scene(40, 60), ".png")).with_chroma(strong_chroma())
    for name, expected in (
        ("a.JPG", "jpegload"),
        ("a.tiff", "tiffload"),
        ("a", "pngload"),
        ("a.old", "pngload"),
    ):
        photo.save(tmp_path / name)
        assert loader(tmp_path / name) == expected


def test_quality_changes_the_size_where_a_format_loses_something() -> None:
    photo = Photo.from_array(gray_scene(200, 300)).with_chroma(strong_chroma())
    for format in ("jpeg", "webp", "avif"):
        assert len(photo.to_bytes(format=format, quality=20)) < len(photo.to_bytes(format=format, quality=95))
    assert photo.to_bytes(format="png", quality=20) == photo.to_bytes(format="png", quality=95)


@pytest.mark.parametrize("quality", [0, 101, -1])
def test_impossible_settings_are_refused(quality: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="between 1 and 100"):
        colored().save(tmp_path / "new.jpg", quality=quality)
    with pytest.raises(ConfigError, match="no picture format 'bmp'"):
        colored().save(tmp_path / "new.jpg", format="bmp")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("format", "side"), [("jpeg", 65_536), ("webp", 16_384), ("avif", 16_385)])
def test_pictures_longer_than_a_format_can_hold_are_refused_before_work_begins(
    format: str, side: int, tmp_path: Path
) -> None:
    photo = Photo.from_array(np.zeros((2, side), np.uint8)).with_chroma(strong_chroma(1, 8))
    with pytest.raises(SaveError, match=f"{side:,}; save it as TIFF or PNG"):
        photo.save(tmp_path / "new", format=format)
    assert not list(tmp_path.iterdir())


def test_a_gif_opens_but_asks_for_another_format(tmp_path: Path) -> None:
    photo = Photo.from_bytes(encoded(gray_scene(20, 30), ".gif")).with_chroma(strong_chroma())
    with pytest.raises(SaveError, match="ask for another format"):
        photo.to_bytes()
    assert decoded(photo.to_bytes(format="png")).shape[:2] == (20, 30)


def test_heic_without_an_encoder_says_so(tmp_path: Path) -> None:
    try:
        colored().save(tmp_path / "new.heic")
    except SaveError as error:
        assert "no HEVC encoder" in str(error)
        assert not list(tmp_path.iterdir())


def test_alpha_is_laid_on_white_where_a_format_has_none() -> None:
    samples = np.zeros((32, 32, 4), np.uint8)
    samples[:, 16:, 3] = 255
    after = decoded(
        Photo.from_array(samples).with_chroma(np.zeros((1, 1, 2), np.float32)).to_bytes(format="jpeg")
    )
    assert after[:, :12].min() > 245
    assert after[:, 20:].max() < 10


@pytest.mark.parametrize(
    ("compression", "dtype", "number"),
    [
        ("none", np.uint8, 1),
        ("none", np.uint16, 1),
        ("lzw", np.uint8, 5),
        ("lzw", np.uint16, 8),
        ("deflate", np.uint16, 8),
        ("jpeg", np.uint8, 8),
    ],
)
def test_a_tiff_stays_compressed_the_way_it_was_where_that_is_wise(
    compression: str, dtype: Any, number: int
) -> None:
    data = encoded(gray_scene(64, 80, dtype), ".tif", compression=compression)
    after = Photo.from_bytes(data).with_chroma(strong_chroma()).to_bytes()
    tags = tiff_tags.read_directory(io.BytesIO(after))
    assert tiff_tags.number(tags, tiff_tags.COMPRESSION) == number


@pytest.mark.parametrize("shape", [(5, 5, 2), (200, 3, 2), (3, 200, 2), (100, 100, 2)])
def test_chroma_of_any_size_fits(shape: tuple[int, ...]) -> None:
    chroma = np.zeros(shape, np.float32) + np.float32([20, -30])
    gray = Photo.from_array(np.full((30, 40), 128, np.uint8))
    after = gray.with_chroma(chroma).to_array()
    assert np.ptp(after.reshape(-1, 3), axis=0).max() <= 1
    twice = gray.with_chroma(chroma / 2, saturation=2).to_array()
    assert np.abs(after.astype(int) - twice).max() <= 1
    assert np.ptp(gray.with_chroma(chroma, saturation=0).to_array()[0, 0]) <= 1


@pytest.mark.parametrize("chroma", [np.zeros((4, 4)), np.zeros((4, 4, 3)), np.full((4, 4, 2), np.nan)])
def test_chroma_of_another_shape_or_not_finite_is_refused(chroma: Any) -> None:
    with pytest.raises(ValueError, match="finite numbers"):
        Photo.from_array(gray_scene(8, 8)).with_chroma(chroma)


def test_several_threads_save_at_the_same_time(tmp_path: Path) -> None:
    data = encoded(color_scene(300, 400), ".jpg")

    def work(number: int) -> None:
        Photo.from_bytes(data).with_chroma(strong_chroma(seed=1)).save(tmp_path / f"{number}.png")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({file.read_bytes() for file in tmp_path.iterdir()}) == 1
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_an_avif_keeps_its_bits(bits: int) -> None:
    data = encoded(color_scene(40, 60, np.uint16 if bits > 8 else np.uint8), ".avif", bitdepth=bits)
    after = Photo.from_bytes(data).with_chroma(strong_chroma()).to_bytes()
    assert pyvips.Image.new_from_buffer(after, "").get("bits-per-sample") == bits


def test_white_and_black_stay_so_in_an_avif_of_10_bits() -> None:
    for level in (0, 65535):
        flat = Photo.from_array(np.full((16, 16), level, np.uint16))
        after = decoded(
            flat.with_chroma(np.zeros((1, 1, 2), np.float32)).to_bytes(format="avif", quality=100)
        )
        assert np.abs(after.astype(int) - level).max() < 200
