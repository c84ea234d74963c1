import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tintype.web.pictures import STEP, common_length, disguised


def png(pixels: np.ndarray, **settings: object) -> bytes:
    """A PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **settings)
    return file.getvalue()


NOISE = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
PLAIN = np.full((80, 80, 3), 90, dtype=np.uint8)


def test_all_pictures_of_a_folder_get_one_length(tmp_path: Path) -> None:
    for name, pixels in (("noise", NOISE), ("plain", PLAIN)):
        (tmp_path / f"{name}.png").write_bytes(png(pixels))
    length = common_length(tmp_path)
    found = {len(disguised(file.read_bytes(), length)) for file in tmp_path.iterdir()}
    assert found == {length} and length % STEP == 0


@pytest.mark.parametrize("pixels", [NOISE, PLAIN, NOISE[..., 0]], ids=["noise", "plain", "gray"])
def test_the_disguise_changes_no_pixel(pixels: np.ndarray) -> None:
    with Image.open(io.BytesIO(disguised(png(pixels), 2 * STEP))) as image:
        image.load()
        assert image.mode == "RGB" and not image.info
        expected = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
        assert (np.asarray(image) == expected).all()


def test_metadata_does_not_pass() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Model", "tint")
    sent = disguised(png(PLAIN, pnginfo=notes, dpi=(72, 72), icc_profile=b"x" * 200), STEP)
    assert b"tint" not in sent and b"iCCP" not in sent and b"pHYs" not in sent


def test_what_is_no_png_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="restore the folder from a back-up"):
        disguised(b"GIF89a", STEP)


def test_a_picture_longer_than_the_rest_is_filled_to_the_next_step() -> None:
    assert len(disguised(png(NOISE), 0)) % STEP == 0
