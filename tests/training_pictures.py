"""Small synthetic photographs, and data sets of them, for tests of the training side."""

import io
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

SMALL = ("side=16", "batch=2", "epochs=2", "log_every=1", "workers=0", "device=cpu")
"""Settings of a run of two epochs, with two steps each when there are four pictures to train on."""


def colorful(number: int, height: int = 72, width: int = 80) -> np.ndarray:
    """A smooth, saturated picture, uint8 [H, W, 3], another one for each number."""
    random = np.random.default_rng(number)
    coarse = Image.fromarray(random.integers(0, 256, (5, 5, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


def encoded(picture: np.ndarray, kind: str = "PNG") -> bytes:
    """The picture as a file's bytes."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind)
    return buffer.getvalue()


def write_folder(folder: Path, count: int, first: int = 0) -> Path:
    """A folder of `count` PNG pictures, half of them one level deeper."""
    for number in range(first, first + count):
        place = folder / "deep" if number % 2 else folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:03d}.png").write_bytes(encoded(colorful(number)))
    return folder


def write_shard(path: Path, members: dict[str, bytes]) -> Path:
    """A tar shard with these members."""
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path
