"""Finding, packing and batching pictures."""

import json
import pickle
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2lab

from tintype.data import Keep, LooseSet, PackedSet, open_dataset, pack, split
from tintype.data.batches import Cutting, TrainingBatches, ValidationBatches, cut, cut_center, load, to_lab
from tintype.data.pack import mean_chroma
from tintype.data.sources import decode, find_pictures
from tintype.errors import DataError
from training_pictures import colorful, encoded, write_folder, write_shard


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Three good pictures in a folder and a shard, and one of each kind that must not be packed."""
    folder = write_folder(tmp_path / "mixed", 2)
    small = encoded(colorful(8, 20, 90))
    write_shard(folder / "shard-0.tar", {"a.png": encoded(colorful(7)), "a.txt": b"a flower", "b.png": small})
    gray = np.repeat(colorful(9)[..., :1], 3, axis=2)
    (folder / "gray.png").write_bytes(encoded(gray))
    (folder / "broken.jpg").write_bytes(encoded(colorful(3), "JPEG")[:200])
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.md").write_text("no picture")
    return folder


def packed_set(tmp_path: Path, count: int = 6) -> PackedSet:
    return pack(write_folder(tmp_path / "pictures", count), tmp_path / "packed", processes=1)


class TestFinding:
    def test_pictures_are_found_at_any_depth_and_in_shards(self, mixed: Path) -> None:
        names = [place.name for place in find_pictures(mixed)]
        assert names == [
            "000.png",
            "broken.jpg",
            "deep/001.png",
            "empty.png",
            "gray.png",
            "shard-0.tar/a.png",
            "shard-0.tar/b.png",
        ]

    def test_a_member_of_a_shard_decodes_to_its_own_pixels(self, mixed: Path) -> None:
        (place,) = [place for place in find_pictures(mixed) if place.name == "shard-0.tar/a.png"]
        assert np.array_equal(decode(place), colorful(7))

    def test_exif_orientation_is_applied(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(colorful(1, 64, 80)).save(tmp_path / "turned.png", exif=exif)
        assert decode(find_pictures(tmp_path)[0]).shape == (80, 64, 3)

    @pytest.mark.parametrize(("name", "content"), [("nothing", None), ("text.tar", b"no tar" * 200)])
    def test_what_is_no_data_set_is_one_clear_error(
        self, tmp_path: Path, name: str, content: bytes | None
    ) -> None:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name):
            open_dataset(tmp_path / name)

    def test_an_empty_folder_is_an_error_that_names_what_was_looked_for(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"no pictures in .*\.avif.*\.tar"):
            open_dataset(tmp_path)

    def test_a_broken_loose_picture_is_named_and_packing_advised(self, mixed: Path) -> None:
        loose = open_dataset(mixed)
        assert isinstance(loose, LooseSet)
        with pytest.raises(DataError, match=r"broken\.jpg.*tintype data pack"):
            loose[1]


class TestPacking:
    def test_what_is_left_out_is_listed_by_name_and_reason(self, mixed: Path, tmp_path: Path) -> None:
        packed = pack(mixed, tmp_path / "packed", processes=1)
        assert len(packed) == 3
        reasons = {item["name"]: item["reason"].split(":")[0] for item in packed.manifest["left_out"]}
        assert reasons == {
            "broken.jpg": "unreadable",
            "empty.png": "unreadable",
            "gray.png": "near gray",
            "shard-0.tar/b.png": "too small",
        }

    def test_a_packed_set_gives_the_decoded_pixels_back(self, mixed: Path, tmp_path: Path) -> None:
        pack(mixed, tmp_path / "packed", processes=1)
        packed = open_dataset(tmp_path / "packed")
        for number, expected in enumerate((0, 1, 7)):
            assert np.array_equal(packed[number], colorful(expected))

    def test_large_pictures_are_shrunk_to_the_shorter_side(self, tmp_path: Path) -> None:
        source = tmp_path / "large"
        source.mkdir()
        (source / "x.png").write_bytes(encoded(colorful(1, 128, 200)))
        packed = pack(source, tmp_path / "packed", keep=Keep(max_side=64, min_side=8), processes=1)
        assert packed[0].shape == (64, 100, 3)

    def test_the_result_does_not_depend_on_the_number_of_processes(self, mixed: Path, tmp_path: Path) -> None:
        one = pack(mixed, tmp_path / "one", processes=1)
        two = pack(mixed, tmp_path / "two", processes=2)
        assert one.manifest == two.manifest
        assert one.content_hash == two.content_hash

    def test_excluded_shards_and_folders_are_not_used(self, mixed: Path, tmp_path: Path) -> None:
        packed = pack(mixed, tmp_path / "packed", exclude=("shard-0.tar", "deep"), processes=1)
        assert len(packed) == 1
        assert packed.manifest["exclude"] == ["shard-0.tar", "deep"]

    def test_an_existing_set_is_never_touched(self, mixed: Path, tmp_path: Path) -> None:
        (tmp_path / "packed").mkdir()
        with pytest.raises(DataError, match="exists already"):
            pack(mixed, tmp_path / "packed", processes=1)

    def test_a_failed_packing_leaves_nothing(self, mixed: Path, tmp_path: Path) -> None:
        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            pack(mixed, tmp_path / "packed", processes=1, progress=stop)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["mixed"]

    def test_nothing_usable_is_an_error_with_the_first_reason(self, tmp_path: Path) -> None:
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "bad.png").write_bytes(b"")
        with pytest.raises(DataError, match=r"no picture was usable.*bad\.png.*unreadable"):
            pack(tmp_path / "source", tmp_path / "packed", processes=1)

    @pytest.mark.parametrize("damage", ["pictures.bin", "index.npy", "manifest.json"])
    def test_a_damaged_set_is_an_error(self, tmp_path: Path, damage: str) -> None:
        folder = packed_set(tmp_path).folder
        whole = (folder / damage).read_bytes()
        (folder / damage).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DataError, match="make it again with `tintype data pack`"):
            open_dataset(folder)

    def test_a_manifest_of_another_format_is_an_error(self, tmp_path: Path) -> None:
        folder = packed_set(tmp_path).folder
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
        with pytest.raises(DataError, match="format"):
            open_dataset(folder)

    def test_a_packed_set_travels_to_processes_by_name(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        data = pickle.dumps(packed)
        assert len(data) < 1000
        assert np.array_equal(pickle.loads(data)[3], packed[3])

    def test_mean_chroma_agrees_with_scikit_image(self) -> None:
        picture = colorful(5)
        lab = rgb2lab(picture[::4, ::4])
        assert mean_chroma(picture) == pytest.approx(np.hypot(lab[..., 1], lab[..., 2]).mean(), rel=1e-3)


class TestSplitting:
    def test_every_picture_is_on_one_side(self, tmp_path: Path) -> None:
        training, held_out = split(packed_set(tmp_path), 0.34, seed=1)
        assert len(held_out) == 2
        assert sorted(training.numbers + held_out.numbers) == list(range(6))

    def test_a_single_picture_cannot_be_split(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="--val"):
            split(packed_set(tmp_path, count=1), 0.1, seed=1)


class TestBatches:
    def test_a_batch_follows_from_seed_and_step_alone(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        cutting = Cutting(16, smallest=0.4)
        straight = [TrainingBatches(packed, cutting, 2, seed=3)[step] for step in range(8)]
        again = TrainingBatches(packed, cutting, 2, seed=3)
        for step in (7, 0, 5, 4):
            assert torch.equal(again[step].pictures, straight[step].pictures)
        assert not torch.equal(TrainingBatches(packed, cutting, 2, seed=4)[0].pictures, straight[0].pictures)

    def test_an_epoch_shows_every_picture_once(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        batches = TrainingBatches(packed, Cutting(72, flip=False), 2, seed=0)
        epochs = [[int(n) for n in self.order(batches, epoch)] for epoch in (0, 1)]
        assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(6))
        assert epochs[0] != epochs[1]

    @staticmethod
    def order(batches: TrainingBatches, epoch: int) -> np.ndarray:
        batches[epoch * batches.steps_per_epoch]
        return batches._order

    def test_two_processes_share_a_batch(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        whole = TrainingBatches(packed, Cutting(16), 4, seed=0)[0].pictures
        halves = [
            TrainingBatches(packed, Cutting(16), 4, seed=0, rank=rank, world=2)[0].pictures for rank in (0, 1)
        ]
        assert torch.equal(torch.stack(halves, dim=1).flatten(0, 1), whole)

    @pytest.mark.parametrize("rank", [0, 1])
    def test_the_pictures_of_the_next_batch_are_announced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rank: int
    ) -> None:
        announced: list[list[int]] = []
        asked: list[int] = []
        packed = packed_set(tmp_path)
        monkeypatch.setattr(PackedSet, "announce", lambda _self, numbers: announced.append(list(numbers)))
        get = PackedSet.__getitem__
        monkeypatch.setattr(PackedSet, "__getitem__", lambda self, n: (asked.append(n), get(self, n))[1])
        batches = TrainingBatches(packed, Cutting(16), 2, seed=0, rank=rank, world=2)
        for step in range(3):
            batches[step]
        assert [[number] for number in asked[1:]] == announced[:2]
        assert announced[2] == []

    def test_announcing_leaves_pictures_as_they_are(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        before = [picture.copy() for picture in packed]
        packed.announce(range(6))
        part, _ = split(packed, 0.5, seed=0)
        part.announce(range(len(part)))
        assert all(np.array_equal(packed[number], picture) for number, picture in enumerate(before))

    def test_workers_give_the_same_batches_as_none(self, tmp_path: Path) -> None:
        batches = TrainingBatches(packed_set(tmp_path), Cutting(16), 2, seed=0)
        alone = list(load(batches, 1, 4, workers=0, pin_memory=False))
        helped = list(load(batches, 1, 4, workers=1, pin_memory=False))
        assert all(torch.equal(a.pictures, b.pictures) for a, b in zip(alone, helped, strict=True))
        assert len(list(islice(alone, 3))) == 3

    def test_validation_shows_all_pictures_in_order(self, tmp_path: Path) -> None:
        packed = packed_set(tmp_path)
        batches = ValidationBatches(packed, 72, batch=4)
        pictures = torch.cat([batches[number] for number in range(len(batches))])
        assert len(pictures) == 6
        assert torch.equal(pictures[5], cut_center(packed[5], 72))

    @pytest.mark.parametrize("smallest", [0.1, 0.5, 1.0])
    @pytest.mark.parametrize("shape", [(72, 80), (300, 64), (64, 300), (8, 8)])
    def test_crops_have_the_asked_for_size(self, smallest: float, shape: tuple[int, int]) -> None:
        random = np.random.default_rng(0)
        for _ in range(20):
            crop = cut(colorful(1, *shape), Cutting(24, smallest), random)
            assert crop.shape == (3, 24, 24)
            assert crop.dtype == torch.uint8

    def test_half_of_the_crops_are_mirrored(self) -> None:
        random = np.random.default_rng(0)
        picture = colorful(1, 24, 24)
        plain = torch.from_numpy(picture.copy()).permute(2, 0, 1)
        crops = [cut(picture, Cutting(24), random) for _ in range(200)]
        mirrored = sum(torch.equal(crop, plain.flip(-1)) for crop in crops)
        assert mirrored + sum(torch.equal(crop, plain) for crop in crops) == 200
        assert 70 < mirrored < 130
        assert all(torch.equal(cut(picture, Cutting(24, flip=False), random), plain) for _ in range(20))

    def test_lab_of_a_batch_agrees_with_scikit_image(self) -> None:
        batch = torch.stack([cut_center(colorful(number), 64) for number in range(3)])
        luma, chroma = to_lab(batch)
        assert luma.shape == (3, 1, 64, 64)
        assert luma.dtype == chroma.dtype == torch.float32
        expected = rgb2lab(batch.permute(0, 2, 3, 1).numpy())
        got = torch.cat([luma, chroma], dim=1).permute(0, 2, 3, 1).numpy()
        assert np.abs(got - expected).max() < 0.02
