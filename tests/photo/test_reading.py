"""What can be opened, and the one line that is said of what cannot."""

import io
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from photo_samples import color_scene, encoded, gray_scene, lightness, pillow_file, strong_chroma
from PIL import Image, PngImagePlugin

from tintype.errors import ConfigError, PhotoTooLarge, TintypeError, UnreadablePhoto, UnsupportedPhoto
from tintype.photo import FORMATS, Photo, read_provenance, reading

LOSSY = {".jpg": 1.0, ".webp": 1.5, ".avif": 2.0}


def assert_one_clear_line(error: TintypeError) -> None:
    message = str(error)
    assert message
    assert "\n" not in message
    assert ";" in message, "what to do next stands after a semicolon"
    assert "unable to call" not in message


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_format_comes_back_as_itself(suffix: str, bands: int, dtype: Any) -> None:
    if suffix == ".jpg" and bands in (2, 4):
        pytest.skip("JPEG has no alpha")
    scene = gray_scene(48, 64, dtype) if bands < 3 else color_scene(6, 8, dtype).repeat(8, 0).repeat(8, 1)
    alpha = np.broadcast_to(np.linspace(0, np.iinfo(dtype).max, 64).astype(dtype), (48, 64))
    color = scene if scene.ndim == 3 else scene[..., np.newaxis]
    samples = np.concatenate([color, alpha[..., np.newaxis]], axis=-1) if bands in (2, 4) else color
    options = {"lossless": True} if suffix == ".avif" and dtype == np.uint8 else {}
    data = encoded(samples, suffix, **options)
    photo = Photo.from_bytes(data)
    deep = dtype == np.uint16 and suffix in (".png", ".tif", ".avif")
    assert photo.format == FORMATS[suffix]
    assert (photo.width, photo.height) == (64, 48)
    assert photo.bit_depth == (16 if deep else 8)
    assert photo.has_alpha == (bands in (2, 4))

    result = pyvips.Image.new_from_buffer(photo.with_chroma(strong_chroma() / 8).to_bytes(), "")
    after = result.numpy()
    assert (result.width, result.height) == (64, 48)
    assert after.dtype == (np.uint16 if deep else np.uint8)
    assert after.shape[-1] == 3 + photo.has_alpha
    before = pyvips.Image.new_from_buffer(data, "").numpy().reshape(48, 64, -1)
    if photo.has_alpha and suffix in (".png", ".tif"):
        assert np.array_equal(after[..., 3], before[..., -1])
    seen = before[..., :3] if before.shape[-1] > 2 else before[..., :1]
    visible = slice(8, None)  # WebP forgets what is under full transparency
    error = np.abs(lightness(after[..., :3]) - lightness(seen))[:, visible]
    assert error.mean() < LOSSY.get(suffix, 0.2)


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "I;16", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_kind_of_samples_opens(kind: str, mode: str) -> None:
    if (kind, mode) == ("PNG", "CMYK"):
        pytest.skip("PNG has no CMYK")
    scene = gray_scene(40, 60, np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(scene)
    image = image if mode == "I;16" else image.convert(mode)
    photo = Photo.from_bytes(pillow_file(image, kind))
    assert photo.bit_depth == (16 if mode == "I;16" else 8)
    shown = lightness(np.asarray(image.convert("RGB")) if mode != "I;16" else scene).mean()
    allowed = 8 if mode == "CMYK" else 1.5  # Pillow turns ink into RGB without profiles
    assert abs(photo.lightness(40, 60).mean() - shown) < allowed
    assert photo.with_chroma(strong_chroma()).to_array().shape == (40, 60, 4 if mode in ("LA", "RGBA") else 3)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_gray_of_few_bits_becomes_8(bits: int) -> None:
    levels = np.arange(2**bits, dtype=np.uint8).repeat(8)
    rows = np.packbits(np.unpackbits(levels[:, np.newaxis], axis=1)[:, 8 - bits :].reshape(-1))
    body = zlib.compress((b"\0" + rows.tobytes()) * 4)
    header = struct.pack(">IIBBBBB", len(levels), 4, bits, 0, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )
    photo = Photo.from_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    assert photo.bit_depth == 8
    gray = photo.with_chroma(np.zeros((1, 1, 2), np.float32)).to_array()
    expected = (levels.astype(int) * 255 // (2**bits - 1))[np.newaxis, :, np.newaxis]
    assert np.abs(gray - expected).max() <= 1


def test_only_the_first_of_several_pages_is_taken_and_that_is_said() -> None:
    pages = [Image.fromarray(gray_scene(20, 30, seed=seed)) for seed in range(3)]
    tiff = Photo.from_bytes(pillow_file(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert tiff.notices == ("only the first of its 3 pages is colored",)
    assert (tiff.width, tiff.height) == (30, 20)
    for kind in ("GIF", "WEBP"):
        moving = Photo.from_bytes(pillow_file(pages[0], kind, save_all=True, append_images=pages[1:]))
        assert "only the first of its 3 frames is colored" in moving.notices
        assert (moving.width, moving.height) == (30, 20)


def test_a_photos_own_color_is_noticed_and_a_scans_tint_is_not() -> None:
    gray = gray_scene(60, 80)
    tinted = np.stack([gray, gray * 0.98, gray * 0.96], axis=-1).astype(np.uint8)
    assert not Photo.from_array(gray).notices
    assert not Photo.from_array(tinted).notices
    colored = Photo.from_bytes(encoded(color_scene(60, 80), ".jpg", Q=95))
    assert colored.notices == ("it has colors of its own, of which only the lightness is used",)


def test_names_with_brackets_are_names(tmp_path: Path) -> None:
    path = tmp_path / "old[page=2].tif"
    path.write_bytes(encoded(gray_scene(20, 30), ".tif"))
    assert Photo.open(path).width == 30


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    for width in (30, 40):
        path.write_bytes(encoded(gray_scene(20, width), ".png"))
        assert Photo.open(path).lightness(8, 8).shape == (8, 8)
        assert Photo.open(path).width == width


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"hello, this is not a picture", "no picture that Tintype reads"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "no picture that Tintype reads"),
        (b"P5 2 2 255 abcd", "no picture that Tintype reads"),
        (b"\xff\xd8\xff\xe0 and then nothing", "the JPEG is damaged"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "the PNG is damaged"),
        (b"II*\0\x08\0\0\0", "the TIFF is damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 xxxx", "the WebP is damaged"),
        (b"GIF89a", "the GIF is damaged"),
    ],
)
def test_what_is_no_picture_is_told_in_one_line(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "old.jpg"
    path.write_bytes(data)
    with pytest.raises(UnreadablePhoto, match=told) as caught:
        Photo.open(path)
    assert_one_clear_line(caught.value)
    assert "old.jpg" in str(caught.value)
    with pytest.raises(UnreadablePhoto, match="the given bytes"):
        Photo.from_bytes(data)


def test_missing_files_and_folders_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePhoto, match="no such file") as missing:
        Photo.open(tmp_path / "nowhere.jpg")
    with pytest.raises(UnreadablePhoto, match="a folder") as folder:
        Photo.open(tmp_path)
    with pytest.raises(UnreadablePhoto, match="nowhere"):
        read_provenance(tmp_path / "nowhere.jpg")
    assert_one_clear_line(missing.value)
    assert_one_clear_line(folder.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    path.write_bytes(encoded(gray_scene(20, 30), ".png"))
    path.chmod(0)
    with pytest.raises(UnreadablePhoto, match="not permitted") as caught:
        Photo.open(path)
    assert_one_clear_line(caught.value)


def test_heic_without_a_decoder_says_so() -> None:
    data = encoded(color_scene(32, 32), ".avif").replace(b"avif", b"heic").replace(b"av01", b"hvc1")
    with pytest.raises((UnsupportedPhoto, UnreadablePhoto)) as caught:
        Photo.from_bytes(data).lightness(8, 8)
    assert_one_clear_line(caught.value)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_half_a_picture_is_never_taken_for_a_whole(suffix: str, share: float, tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(0, 256, (160, 200, 3), dtype=np.uint8)
    whole = pillow_file(samples, "TIFF") if suffix == ".tif" else encoded(samples, suffix)
    path, out = tmp_path / f"old{suffix}", tmp_path / f"new{suffix}"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadablePhoto) as shown:
        Photo.open(path).lightness(64, 64)
    assert_one_clear_line(shown.value)
    with pytest.raises(UnreadablePhoto) as saved:
        Photo.open(path).with_chroma(strong_chroma()).save(out)
    assert_one_clear_line(saved.value)
    with pytest.raises(UnreadablePhoto):
        Photo.open(path).with_chroma(strong_chroma()).to_array()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("format", ["float", "double", "uint", "short", "complex"])
def test_samples_of_other_kinds_are_refused_with_advice(format: str) -> None:
    image = pyvips.Image.new_from_array(gray_scene(20, 30)).cast(format)
    with pytest.raises(UnsupportedPhoto, match="save it with 8 or 16") as caught:
        Photo.from_bytes(image.write_to_buffer(".tif"))
    assert_one_clear_line(caught.value)


def test_pictures_of_other_color_kinds_are_refused_with_advice() -> None:
    five = pyvips.Image.new_from_array(np.zeros((20, 30, 5), np.uint8))
    lab = pyvips.Image.new_from_array(color_scene(20, 30)).copy(interpretation="srgb").colourspace("lab")
    for image in (five, lab):
        with pytest.raises(UnsupportedPhoto) as caught:
            Photo.from_bytes(image.write_to_buffer(".tif"))
        assert_one_clear_line(caught.value)


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.zeros((4, 4, 5), np.uint8), "shape"),
        (np.zeros((4,), np.uint8), "shape"),
        (np.zeros((0, 4), np.uint8), "shape"),
        (np.zeros((4, 4), np.int32), "int32"),
        (np.zeros((4, 4), bool), "bool"),
        (np.full((4, 4), 1.5, np.float32), "0..1"),
        (np.full((4, 4), np.nan, np.float32), "0..1"),
    ],
)
def test_arrays_that_are_no_photographs_are_refused_with_advice(array: Any, told: str) -> None:
    with pytest.raises(UnsupportedPhoto, match=told) as caught:
        Photo.from_array(array)
    assert_one_clear_line(caught.value)


def test_huge_pictures_are_refused_by_their_header_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    )
    with pytest.raises(PhotoTooLarge, match=r"1000 megapixels.*TINTYPE_MAX_MEGAPIXELS") as caught:
        Photo.from_bytes(bomb)
    assert_one_clear_line(caught.value)
    small = encoded(gray_scene(200, 300), ".png")
    monkeypatch.setenv("TINTYPE_MAX_MEGAPIXELS", "0.05")
    with pytest.raises(PhotoTooLarge, match="300 x 200"):
        Photo.from_bytes(small)
    with pytest.raises(PhotoTooLarge):
        Photo.from_array(gray_scene(200, 300))
    monkeypatch.setenv("TINTYPE_MAX_MEGAPIXELS", "0.06")
    assert Photo.from_bytes(small).width == 300
    monkeypatch.setenv("TINTYPE_MAX_MEGAPIXELS", "many")
    with pytest.raises(ConfigError, match="TINTYPE_MAX_MEGAPIXELS"):
        Photo.from_bytes(small)


def test_alpha_is_kept_in_arrays_of_every_kind() -> None:
    for dtype, largest in ((np.uint8, 255), (np.uint16, 65535), (np.float32, 1)):
        alpha = (np.linspace(0, 1, 60 * 40).reshape(40, 60) * largest).astype(dtype)
        gray = (np.linspace(1, 0, 60 * 40).reshape(40, 60) * largest).astype(dtype)
        after = (
            Photo.from_array(np.stack([gray, gray, gray, alpha], axis=-1))
            .with_chroma(strong_chroma())
            .to_array()
        )
        assert np.array_equal(after[..., 3], alpha)
        two = Photo.from_array(np.stack([gray, alpha], axis=-1)).with_chroma(strong_chroma()).to_array()
        assert np.array_equal(two[..., 3], alpha)


def test_a_file_that_vanishes_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    path.write_bytes(encoded(gray_scene(20, 30), ".png"))
    colored = Photo.open(path).with_chroma(strong_chroma())
    path.unlink()
    with pytest.raises(UnreadablePhoto) as caught:
        colored.save(tmp_path / "new.png")
    assert_one_clear_line(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_with_odd_bytes_does_not_harm_the_next_one() -> None:
    whole = encoded(gray_scene(40, 60), ".png")
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment".encode("latin-1"), b"\xff\xfe".decode("latin-1"))
    photo = Photo.from_bytes(whole)
    for cut in range(0, len(whole), 97):
        damaged = bytearray(pillow_file(gray_scene(40, 60), "PNG", pnginfo=texts))
        damaged[cut % len(damaged) : cut % len(damaged) + 9] = bytes(range(0x95, 0x9E))
        with suppress(TintypeError):
            Photo.from_bytes(bytes(damaged)).lightness(8, 8)
        assert photo.lightness(8, 8).shape == (8, 8)


def test_texts_that_are_not_utf8_are_read_as_well_as_can_be() -> None:
    reading.prepare_libvips()
    assert pyvips.error._to_string(pyvips.ffi.new("char[]", b"bad \x95 byte")) == "bad \ufffd byte"
    assert pyvips.error._to_string(pyvips.ffi.NULL) == "NULL"


def test_bytes_are_not_held_on_to_by_the_library() -> None:
    file = io.BytesIO(encoded(gray_scene(300, 400), ".png"))
    Photo.from_bytes(file.getvalue()).lightness(16, 16)
    assert pyvips.cache_get_size() == 0
