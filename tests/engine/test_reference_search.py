"""The photographs of a folder that resemble another, by the features of the shipped model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from tintype.color import shrink, srgb_to_lab
from tintype.engine.predictors import OnnxPredictor
from tintype.engine.references import Folder
from tintype.engine.search import Embedder, Index, default_embedder
from tintype.errors import ConfigError, DataError, UnusableReference
from tiny_models import contract, write_model

FloatArray = NDArray[np.float32]
PICTURES = ("astronaut", "chelsea", "coffee", "rocket")


def lightness(picture: NDArray[np.uint8]) -> FloatArray:
    lab: FloatArray = srgb_to_lab(picture.astype(np.float32) / 255)
    return np.ascontiguousarray(lab[..., 0])


@pytest.fixture(scope="module")
def pictures() -> dict[str, NDArray[np.uint8]]:
    return {name: getattr(data, name)() for name in PICTURES}


@pytest.fixture(scope="module")
def index(pictures: dict[str, NDArray[np.uint8]]) -> Index:
    return Index.build((name, lightness(picture)) for name, picture in pictures.items())


@pytest.mark.parametrize("name", PICTURES)
def test_the_mirrored_picture_finds_the_one_that_it_was(
    index: Index, pictures: dict[str, NDArray[np.uint8]], name: str
) -> None:
    mirrored = lightness(pictures[name][:, ::-1])
    found = index.nearest(mirrored, 4)
    assert found[0].name == name
    assert index.names[found[0].number] == name
    assert [each.distance for each in found] == sorted(each.distance for each in found)
    assert found[0].distance < 0.2 < found[1].distance


def test_a_part_of_a_picture_in_another_light_finds_it(
    index: Index, pictures: dict[str, NDArray[np.uint8]]
) -> None:
    for name, picture in pictures.items():
        part = 100 * (lightness(picture)[20:-40, 30:-10] / 100) ** 1.3
        assert index.nearest(part.astype(np.float32))[0].name == name


@pytest.mark.parametrize("side", [16, 90, 300])
def test_a_picture_is_never_its_own_neighbor_in_whatever_size(
    index: Index, pictures: dict[str, NDArray[np.uint8]], side: int
) -> None:
    for name, picture in pictures.items():
        small = shrink(lightness(picture), (side, side), axes=(0, 1))
        found = index.nearest(small, 10)
        assert len(found) == len(PICTURES) - 1
        assert name not in [each.name for each in found]


def test_an_index_comes_back_from_its_file(
    index: Index, pictures: dict[str, NDArray[np.uint8]], tmp_path: Path
) -> None:
    index.save(tmp_path / "index.npz")
    again = Index.load(tmp_path / "index.npz")
    mirrored = lightness(pictures["chelsea"][:, ::-1])
    assert again.nearest(mirrored, 4) == index.nearest(mirrored, 4)


def test_an_index_of_another_model_or_none_is_refused(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    index.save(path)
    other = Embedder(default_embedder().predictor, "0" * 64)
    with pytest.raises(ConfigError, match="another model"):
        Index.load(path, other)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="make it again"):
        Index.load(path)
    with pytest.raises(DataError, match="make it again"):
        Index.load(tmp_path / "none.npz")


def test_an_empty_index_has_no_neighbors() -> None:
    assert Index.empty().nearest(np.zeros((64, 64), np.float32)) == []


def test_a_model_without_features_cannot_embed(tmp_path: Path) -> None:
    plain = OnnxPredictor(write_model(tmp_path / "plain.onnx"))
    with pytest.raises(ConfigError, match="no features"):
        Embedder(plain, "").embed(np.zeros((64, 64), np.float32))


def test_a_tiny_model_embeds_by_its_features(tmp_path: Path) -> None:
    promise = contract(features=True, features_stride=8)
    tiny = OnnxPredictor(write_model(tmp_path / "tiny.onnx", promise))
    vector = Embedder(tiny, "").embed(np.full((50, 70), 80, np.float32))
    np.testing.assert_allclose(vector, [0.8, 0.47, 0.14], atol=1e-5)


@pytest.fixture
def folder(pictures: dict[str, NDArray[np.uint8]], tmp_path: Path) -> Path:
    for name, picture in pictures.items():
        (tmp_path / name).mkdir()
        Image.fromarray(picture).save(tmp_path / name / f"{name}.jpg", quality=90)
    Image.fromarray(np.full((64, 64), 90, np.uint8)).save(tmp_path / "gray.png")
    Image.fromarray(pictures["coffee"]).save(tmp_path / "coffee.color.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"broken")
    return tmp_path


def test_a_folder_gives_each_photograph_its_nearest(
    folder: Path, pictures: dict[str, NDArray[np.uint8]]
) -> None:
    source = Folder(folder, 2)
    for name in ("chelsea", "coffee"):
        references = source.for_photo(lightness(pictures[name][:, ::-1]))
        assert references.count == 2
        assert references.names[0] == str(folder / name / f"{name}.jpg")
        assert references is source.for_photo(lightness(pictures[name][:, ::-1]))
        itself = source.for_photo(lightness(pictures[name]))
        assert str(folder / name / f"{name}.jpg") not in itself.names
    assert [notice.split(": ")[1].split(" (")[0] for notice in source.notices] == [
        "no picture that Tintype reads; save it as JPEG, PNG, TIFF, WebP or AVIF",
        "it is gray",
    ]


def test_threads_read_a_folder_once(folder: Path, pictures: dict[str, NDArray[np.uint8]]) -> None:
    source = Folder(folder)
    mirrored = lightness(pictures["rocket"][:, ::-1])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: source.for_photo(mirrored), range(8)))
    assert len({id(each) for each in found}) == 1
    assert len(source.notices) == 2


def test_a_folder_of_unusable_pictures_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((64, 64), 90, np.uint8)).save(tmp_path / "gray.png")
    with pytest.raises(UnusableReference, match=r"none of the 1 pictures .* it is gray"):
        Folder(tmp_path).for_photo(np.zeros((64, 64), np.float32))


def test_a_folder_of_the_photograph_alone_is_refused(
    tmp_path: Path, pictures: dict[str, NDArray[np.uint8]]
) -> None:
    Image.fromarray(pictures["coffee"]).save(tmp_path / "coffee.png")
    with pytest.raises(UnusableReference, match="no other photograph"):
        Folder(tmp_path).for_photo(lightness(pictures["coffee"]))
