"""What may be a reference, and what is seen of it."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from tintype.color import srgb_to_lab
from tintype.engine.references import Folder, References, as_references
from tintype.errors import ConfigError, UnusableReference


@pytest.fixture(scope="module")
def coffee() -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = data.coffee()
    return picture


def flat(color: tuple[int, int, int], height: int = 48, width: int = 64) -> NDArray[np.uint8]:
    return np.broadcast_to(np.array(color, np.uint8), (height, width, 3)).copy()


def test_one_reference_may_be_a_path_bytes_an_array_or_an_image(
    tmp_path: Path, coffee: NDArray[np.uint8]
) -> None:
    path = tmp_path / "coffee.png"
    Image.fromarray(coffee).save(path)
    given = [path, str(path), path.read_bytes(), coffee, Image.fromarray(coffee)]
    seen = [as_references(each) for each in given]
    for each in seen:
        assert isinstance(each, References)
        assert each.count == 1
        assert each.sizes == ((600, 400),)
        np.testing.assert_allclose(each.lab(96)[0], seen[0].lab(96)[0], atol=1e-4)  # type: ignore[union-attr]
    together = References(given)
    assert together.count == len(given)
    assert together.names == (str(path), str(path), "reference 3", "reference 4", "reference 5")


def test_colors_are_the_true_ones_at_the_asked_for_area(coffee: NDArray[np.uint8]) -> None:
    (lab,) = References(coffee).lab(128)
    assert lab.dtype == np.float32
    assert abs(lab.shape[1] / lab.shape[0] - 1.5) < 0.02
    assert abs(lab.shape[0] * lab.shape[1] / 128**2 - 1) < 0.02
    truth = srgb_to_lab(coffee.astype(np.float32) / 255)
    np.testing.assert_allclose(lab.mean(axis=(0, 1)), truth.mean(axis=(0, 1)), atol=0.6)
    (rounded,) = References(coffee).lab(128, 32)
    assert rounded.shape[0] % 32 == rounded.shape[1] % 32 == 0


def test_an_even_color_is_told_exactly() -> None:
    (lab,) = References(flat((200, 60, 40))).lab(64)
    truth = srgb_to_lab(np.array([200, 60, 40], np.float32) / 255)
    np.testing.assert_allclose(lab, np.broadcast_to(truth, lab.shape), atol=0.02)


def test_the_profile_of_a_reference_is_honored(tmp_path: Path) -> None:
    profile = pyvips.Operation.call("profile_load", "p3")
    image = pyvips.Image.new_from_array(flat((200, 60, 40))).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    path = tmp_path / "wide.png"
    image.write_to_file(str(path))
    wide, plain = References(path).lab(64)[0], References(flat((200, 60, 40))).lab(64)[0]
    chroma = [float(np.hypot(lab[..., 1], lab[..., 2]).mean()) for lab in (wide, plain)]
    assert chroma[0] > chroma[1] + 5  # the same numbers mean a stronger red in Display P3


def test_a_reference_is_seen_upright(tmp_path: Path, coffee: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    Image.fromarray(np.rot90(coffee)).save(path, exif=exif)
    turned = References(path)
    assert turned.sizes == ((600, 400),)
    np.testing.assert_allclose(turned.lab(96)[0], References(coffee).lab(96)[0], atol=0.5)


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (flat((120, 120, 120)), "it is gray"),
        (flat((124, 120, 118)), "it is gray"),
        (flat((200, 60, 40))[..., 0], "it is gray"),
        (flat((200, 60, 40), 31, 300), "31 pixels are too few"),
        (b"no picture", "no picture that Tintype reads"),
        (np.zeros((64, 64, 3), np.int64), "int64"),
    ],
)
def test_pictures_without_colors_to_take_are_refused(picture: object, told: str) -> None:
    with pytest.raises(UnusableReference, match=rf"^cannot take colors from .*{told}.*; \w"):
        as_references(picture)  # type: ignore[arg-type]


def test_a_small_colored_thing_is_color_enough() -> None:
    picture = flat((128, 128, 128))
    picture[:12, :20] = (220, 30, 40)
    assert as_references(picture).for_photo(np.zeros((8, 8), np.float32)).count == 1


def test_an_unusable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gray.png"
    Image.fromarray(flat((90, 90, 90))).save(path)
    with pytest.raises(UnusableReference, match=r"gray\.png: it is gray"):
        References([flat((200, 60, 40)), path])
    with pytest.raises(UnusableReference, match=r"none\.jpg: no such file"):
        References(tmp_path / "none.jpg")


def test_no_references_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least one"):
        References([])


def test_what_is_seen_is_computed_once_and_not_to_be_changed(coffee: NDArray[np.uint8]) -> None:
    references = References(coffee)
    first, second = references.lab(64)[0], references.lab(64)[0]
    assert first is second
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


def test_threads_share_what_is_seen(coffee: NDArray[np.uint8]) -> None:
    references = References([coffee, data.astronaut()])
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    def ask(number: int) -> tuple[int, int]:
        return id(references.lab(64 + number % 3)[0]), references.keep("something", make)

    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(ask, range(24)))
    assert {kept for _, kept in asked} == {1}
    assert len({each for each, _ in asked}) == 3


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.fromarray(flat((200, 60, 40))).save(path)
    own = sha256(path.read_bytes()).hexdigest()
    assert References(path).sha256 == References(path.read_bytes()).sha256 == own
    two = References([path, flat((30, 90, 200))]).sha256
    assert two not in (own, References([flat((30, 90, 200)), path]).sha256)
    assert References(flat((1, 90, 200))).sha256 != References(flat((2, 90, 200))).sha256


def test_nearest_goes_with_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        as_references(flat((200, 60, 40)), nearest=2)
    Image.fromarray(flat((200, 60, 40))).save(tmp_path / "red.png")
    folder = as_references(tmp_path, nearest=2)
    assert isinstance(folder, Folder)
    assert folder.nearest == 2
    for impossible in (0, 17):
        with pytest.raises(ConfigError, match="between 1 and 16"):
            Folder(tmp_path, impossible)


def test_a_folder_without_picture_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("none here")
    with pytest.raises(UnusableReference, match="no picture files"):
        as_references(tmp_path)
    with pytest.raises(UnusableReference, match="no such folder"):
        Folder(tmp_path / "elsewhere")
