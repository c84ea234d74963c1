"""The example photographs are small, described, and show what the pipeline can do."""

from pathlib import Path

import pytest
from photo_samples import decoded, lightness, strong_chroma

from tintype.photo import FORMATS, Photo

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in FORMATS)


def test_they_are_of_several_formats_and_depths_and_below_2_megabytes() -> None:
    photos = [Photo.open(path) for path in EXAMPLES]
    assert {photo.format for photo in photos} == {"jpeg", "png", "tiff", "webp"}
    assert {photo.bit_depth for photo in photos} == {8, 16}
    assert {photo.has_alpha for photo in photos} == {False, True}
    assert any(photo.notices for photo in photos)
    assert sum(path.stat().st_size for path in EXAMPLES) < 2_000_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_is_described_with_its_license(path: Path) -> None:
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if f"`{path.name}`" in line]
    assert len(rows) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_can_be_colored_and_keeps_its_lightness(path: Path) -> None:
    photo = Photo.open(path)
    after = decoded(photo.with_chroma(strong_chroma() / 8).to_bytes(format="png"))
    assert after.shape == (photo.height, photo.width, 3 + photo.has_alpha)
    seen = photo.lightness(photo.height, photo.width)
    assert abs(lightness(after[..., :3]) - seen).mean() < 0.2
