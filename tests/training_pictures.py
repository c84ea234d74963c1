"""Small synthetic photographs, and data sets of them, for tests of the training side."""

import io
import tarfile
import zipfile
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


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    """A zip archive with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_compressed_tar(path: Path, members: dict[str, bytes]) -> Path:
    """A tar.gz, tar.bz2 or tar.xz archive, by its name, with these members."""
    kind = path.suffix.removeprefix(".").replace("tgz", "gz")
    with tarfile.open(path, f"w:{kind}") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def cifar_batch(numbers: range) -> bytes:
    """A file of CIFAR-10's binary version with `colorful` pictures of these numbers."""
    records = []
    for number in numbers:
        planes = colorful(number, 32, 32).transpose(2, 0, 1)
        records.append(bytes([number % 10]) + planes.tobytes())
    return b"".join(records)


def write_cifar(path: Path, count: int) -> Path:
    """An archive laid out as cifar-10-binary.tar.gz is: six files of `count` records, the last to test."""
    folder = "cifar-10-batches-bin"
    batches = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    members = {f"{folder}/batches.meta.txt": b"airplane\nautomobile\n", f"{folder}/readme.html": b"<html>"}
    for position, name in enumerate(batches):
        members[f"{folder}/{name}"] = cifar_batch(range(position * count, (position + 1) * count))
    return write_compressed_tar(path, members)
