"""Small color pictures to run the benchmarks on, and the way to their scripts."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def importable_benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests import the scripts as they import one another."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of three pictures with a vivid disc each, none of them square."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    y, x = np.mgrid[0:40, 0:56]
    for number in range(3):
        picture = np.stack([3 * x, 4 * y, 60 + 40 * np.ones_like(x)], axis=-1)
        picture[(x - 28) ** 2 + (y - 20) ** 2 < 150] = np.roll((230, 40, 60), number)
        Image.fromarray(picture.astype(np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def shard(pictures: Path, tmp_path: Path) -> Path:
    """The same pictures in a tar shard."""
    path = tmp_path / "shard.tar"
    with tarfile.open(path, "w") as archive:
        for picture in sorted(pictures.iterdir()):
            archive.add(picture, picture.name)
    return path
