"""CIFAR-10's binary version, from a synthetic archive of its layout to a network that trains on it."""

from pathlib import Path

import numpy as np
import pytest

from tintype.data import Keep, Shares, cifar, open_dataset, pack, prepare
from tintype.data.sources import Held, decode, find_pictures
from tintype.errors import DataError
from tintype.train.config import TrainConfig
from tintype.train.trainer import train
from training_pictures import cifar_batch, colorful, write_cifar, write_compressed_tar, write_zip

KEEP = Keep(min_side=32, min_chroma=0)


def test_a_record_decodes_to_the_pixels_it_was_made_of() -> None:
    record = cifar_batch(range(3, 4))
    assert len(record) == cifar.RECORD == 3073
    assert np.array_equal(decode(Held("one", cifar.as_ppm(record))), colorful(3, 32, 32))


def test_an_archive_gives_its_pictures_by_name_and_number(tmp_path: Path) -> None:
    archive = write_cifar(tmp_path / "cifar-10-binary.tar.gz", 2)
    packed = pack(archive, tmp_path / "packed", keep=KEEP, processes=1)
    assert len(packed) == 12
    for number in range(12):
        assert np.array_equal(packed[number], colorful(number, 32, 32))


def test_an_unpacked_folder_gives_the_same_as_the_archive(tmp_path: Path) -> None:
    archive = write_cifar(tmp_path / "cifar-10-binary.tar.gz", 1)
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for number in range(1, 6):
        (folder / f"data_batch_{number}.bin").write_bytes(cifar_batch(range(number - 1, number)))
    (folder / "test_batch.bin").write_bytes(cifar_batch(range(5, 6)))
    assert find_pictures(folder)[0].name == "data_batch_1.bin/00000"
    hashes = [
        pack(source, tmp_path / name, keep=KEEP, processes=1).content_hash
        for source, name in ((archive, "a"), (folder, "b"))
    ]
    assert hashes[0] == hashes[1]
    assert np.array_equal(open_dataset(folder)[5], colorful(5, 32, 32))
    assert len(find_pictures(folder / "test_batch.bin")) == 1


def test_the_published_test_pictures_can_be_kept_apart(tmp_path: Path) -> None:
    archive = write_cifar(tmp_path / "cifar-10-binary.tar.gz", 1)
    packed = pack(archive, tmp_path / "packed", keep=KEEP, exclude=("test_batch.bin",), processes=1)
    assert len(packed) == 5


@pytest.mark.parametrize("min_side", [33, 64])
def test_a_least_side_above_32_is_refused_at_once_with_the_one_to_set(tmp_path: Path, min_side: int) -> None:
    archive = write_cifar(tmp_path / "cifar-10-binary.tar.gz", 1)
    for make in (
        lambda: pack(archive, tmp_path / "out", keep=Keep(min_side=min_side), processes=1),
        lambda: prepare([archive], tmp_path / "out", keep=Keep(min_side=min_side), processes=1),
    ):
        with pytest.raises(DataError, match=r"--min-side 32.*side=32"):
            make()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("member", ["data_batch_1", "batches.meta", "test_batch", "data_batch_2.mat"])
def test_pickles_are_refused_and_the_binary_version_named(tmp_path: Path, member: str) -> None:
    members = {f"cifar-10-batches-py/{member}": b"cos\nsystem\n", "a.png": b""}
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / member).write_bytes(b"cos\nsystem\n")
    tar = write_compressed_tar(tmp_path / "cifar-10-python.tar.gz", members)
    for source in (tar, write_zip(tmp_path / "cifar.zip", members), folder):
        with pytest.raises(DataError, match=r"take the binary version, cifar-10-binary\.tar\.gz"):
            prepare([source], tmp_path / "out", keep=KEEP, processes=1)


def test_a_cut_off_file_and_a_file_of_something_else_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(cifar_batch(range(2))[:-1])
    with pytest.raises(DataError, match="no whole file of CIFAR-10"):
        find_pictures(tmp_path)
    other = write_compressed_tar(tmp_path / "other.tar.gz", {"data_batch_1.bin": bytes([77]) * 3073})
    with pytest.raises(DataError, match="no record of CIFAR-10"):
        pack(other, tmp_path / "out", keep=KEEP, processes=1)


def test_a_network_trains_on_it_at_side_32(tmp_path: Path) -> None:
    archive = write_cifar(tmp_path / "cifar-10-binary.tar.gz", 3)
    shares = Shares(val=0.3, test=0)
    prepared = prepare([archive], tmp_path / "cifar", keep=KEEP, shares=shares, near_bits=0, processes=1)
    assert list(prepared.manifest["sets"]) == ["train", "val"]
    config = TrainConfig().with_settings(["side=32", "batch=4", "epochs=1", "log_every=1", "device=cpu"])
    folder = prepared.folder
    progress = train(
        config, folder / "train", tmp_path / "run", validation=folder / "val", say=lambda _line: None
    )
    assert progress.ended == "epochs"
    assert progress.step == len(prepared["train"]) // 4 >= 2
    assert progress.best_loss > 0
