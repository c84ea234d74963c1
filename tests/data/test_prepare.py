"""From photographs as they lie about to a split without duplicates."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.data import Keep, PackedSet, Prepared, Shares, open_dataset, pack, prepare, supply
from tintype.data import writing as writing_module
from tintype.data.sources import Held, Place
from tintype.errors import ConfigError, DataError
from training_pictures import colorful, encoded, write_folder, write_shard, write_zip

HALVES = Shares(val=0.3, test=0.2)


def names(prepared: Prepared, side: str) -> list[str]:
    rows = (prepared.folder / side / "pictures.tsv").read_text("utf-8").splitlines()[1:]
    return [row.split("\t")[1] for row in rows]


def sides(prepared: Prepared) -> dict[str, str]:
    """The side of each picture, by its name without folders."""
    return {name.split("/")[-1]: side for side in prepared.manifest["sets"] for name in names(prepared, side)}


def run(sources: list[Path], out: Path, **options: object) -> Prepared:
    return prepare(sources, out, **({"shares": HALVES, "processes": 1} | options))  # type: ignore[arg-type]


def test_folders_archives_and_shards_become_one_split(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 10)
    archive = write_zip(tmp_path / "a.zip", {f"{n}.png": encoded(colorful(n)) for n in range(20, 30)})
    shard = write_shard(tmp_path / "s.tar", {f"{n}.png": encoded(colorful(n)) for n in range(40, 50)})
    prepared = run([folder, archive, shard], tmp_path / "out")
    assert set(prepared.manifest["sets"]) == {"train", "val", "test"}
    assert prepared.manifest["counts"] == {"found": 30, "kept": 30}
    assert prepared.manifest["sources"] == ["folder", "a.zip", "s.tar"]
    found = [name for side in ("train", "val", "test") for name in names(prepared, side)]
    assert {"folder/000.png", "folder/deep/001.png", "a.zip/20.png", "s.tar/40.png"} <= set(found)
    assert len(found) == len(set(found)) == 30


def test_the_table_of_a_set_names_its_pictures_in_order(tmp_path: Path) -> None:
    prepared = run([write_folder(tmp_path / "folder", 12)], tmp_path / "out")
    training = prepared["train"]
    assert isinstance(open_dataset(tmp_path / "out" / "train"), PackedSet)
    for number, name in enumerate(names(prepared, "train")):
        assert np.array_equal(training[number], colorful(int(Path(name).stem)))


def test_shares_are_about_those_asked_for() -> None:
    shares = Shares(val=0.2, test=0.1)
    drawn = [shares.side(f"{number:064x}") for number in range(4000)]
    assert drawn.count("val") == pytest.approx(800, abs=100)
    assert drawn.count("test") == pytest.approx(400, abs=80)


def test_adding_pictures_and_shares_does_not_move_others(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 20)
    before = sides(run([folder], tmp_path / "before"))
    write_folder(folder, 12, first=20)
    after = sides(run([folder], tmp_path / "after"))
    assert {name: after[name] for name in before} == before
    assert len(after) == 32
    larger = sides(run([folder], tmp_path / "larger", shares=Shares(val=0.5, test=0.2)))
    assert all(larger[name] == side for name, side in after.items() if side != "train")
    other = sides(run([folder], tmp_path / "other", shares=Shares(val=0.3, test=0.2, seed=1)))
    assert other != after


def test_duplicates_are_left_out_and_named_wherever_they_come_from(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 3)
    picture = colorful(0, 288, 320)
    (folder / "a.png").write_bytes(encoded(picture))
    (folder / "b.png").write_bytes(encoded(picture))
    Image.fromarray(picture).save(folder / "c.png", compress_level=1)
    Image.fromarray(picture).resize((160, 144)).save(folder / "d.jpg", quality=60)
    (folder / "e.png").write_bytes(encoded(np.ascontiguousarray(picture[:, ::-1])))
    (folder / "000.png").unlink()
    prepared = run([folder], tmp_path / "out")
    reasons = {item["name"]: item["reason"] for item in prepared.manifest["left_out"]}
    assert reasons["b.png"] == reasons["c.png"] == "duplicate: of a.png"
    assert reasons["d.jpg"].startswith("near-duplicate: of a.png")
    assert reasons["e.png"].endswith("mirrored)")
    assert prepared.manifest["counts"] == {"found": 7, "kept": 3, "duplicate": 2, "near-duplicate": 2}


def test_without_bits_only_exact_duplicates_are_left_out(tmp_path: Path) -> None:
    picture = colorful(0, 128, 160)
    folder = tmp_path / "folder"
    folder.mkdir()
    Image.fromarray(picture).save(folder / "a.png")
    Image.fromarray(picture).save(folder / "b.jpg")
    Image.fromarray(picture).save(folder / "c.bmp")
    prepared = run([folder], tmp_path / "out", near_bits=0, shares=Shares(0, 0))
    assert prepared.manifest["counts"] == {"found": 3, "kept": 2, "duplicate": 1}


def test_what_cannot_be_used_is_counted_and_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 4)
    (folder / "broken.jpg").write_bytes(encoded(colorful(3), "JPEG")[:200])
    (folder / "tiny.png").write_bytes(encoded(colorful(3, 20, 20)))
    (folder / "gray.png").write_bytes(encoded(np.repeat(colorful(9)[..., :1], 3, axis=2)))
    prepared = run([folder], tmp_path / "out")
    assert prepared.manifest["counts"] == {
        "found": 7,
        "kept": 4,
        "near gray": 1,
        "too small": 1,
        "unreadable": 1,
    }
    assert {item["name"] for item in prepared.manifest["left_out"]} == {"broken.jpg", "tiny.png", "gray.png"}


def test_the_result_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 8)
    write_zip(folder / "more.zip", {"x.png": encoded(colorful(99)), "bad.png": b""})
    one = run([folder], tmp_path / "one")
    two = run([folder], tmp_path / "two", processes=2)
    assert one.manifest == two.manifest


def test_the_hash_of_all_changes_with_the_pictures_alone(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 6)
    hashes = [run([folder], tmp_path / name).manifest["sha256"] for name in ("a", "b")]
    write_folder(folder, 1, first=6)
    hashes.append(run([folder], tmp_path / "c").manifest["sha256"])
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_prepared_folder_itself_is_no_set_and_says_which_are(tmp_path: Path) -> None:
    run([write_folder(tmp_path / "folder", 12)], tmp_path / "out")
    with pytest.raises(DataError, match=r"name one of them: .*out/test, .*out/train, .*out/val"):
        open_dataset(tmp_path / "out")


def test_sources_of_one_name_are_told_apart(tmp_path: Path) -> None:
    sources = [write_folder(tmp_path / "a" / "x", 2), write_folder(tmp_path / "b" / "x", 2, first=2)]
    prepared = run(sources, tmp_path / "out", shares=Shares(0, 0))
    assert names(prepared, "train")[0] == f"{tmp_path.as_posix()}/a/x/000.png"


@pytest.mark.parametrize("shares", [(-0.1, 0.0), (0.5, 0.5), (float("nan"), 0.1)])
def test_impossible_shares_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match="leave something for training"):
        Shares(*shares)


def test_impossible_distances_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give 0 to 11"):
        prepare([tmp_path], tmp_path / "out", near_bits=12)


def test_nothing_usable_says_what_to_set(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.png").write_bytes(encoded(colorful(1, 30, 30)))
    with pytest.raises(DataError, match=r"a\.png \(too small: 30×30\).*lower --min-side"):
        run([folder], tmp_path / "out")
    with pytest.raises(DataError, match="smaller shares"):
        run([folder], tmp_path / "out", keep=Keep(min_side=8), shares=Shares(0.0, 0.999999))


def test_a_damaged_shard_in_a_folder_with_archives_is_no_silent_loss(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 2)
    write_zip(folder / "a.zip", {"x.png": encoded(colorful(5))})
    (folder / "bad.tar").write_bytes(b"no tar" * 200)
    with pytest.raises(DataError, match=r"bad\.tar"):
        run([folder], tmp_path / "out")


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _picture: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing_module.SetWriter, "add", full)
    folder = write_folder(tmp_path / "folder", 2)
    with pytest.raises(DataError, match=r"cannot write .*No space left.*free some space"):
        run([folder], tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_killed_preparation_leaves_nothing_that_looks_whole_and_says_what_to_do(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 3)
    script = (
        "import sys, time; from pathlib import Path; from tintype.data import prepare, pack; "
        "from tintype.data.prepare import Sorting; take = Sorting.take\n"
        "def slow(self, result): take(self, result); print('took', flush=True); time.sleep(60)\n"
        "Sorting.take = slow\n"
        "prepare([Path(sys.argv[1])], Path(sys.argv[2]), processes=1)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(tmp_path / "out")], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()
    assert not (tmp_path / "out").exists()
    [left] = [path for path in tmp_path.iterdir() if path.name.startswith(".out.")]
    for again in (lambda: run([folder], tmp_path / "out"), lambda: pack(folder, tmp_path / "out")):
        with pytest.raises(DataError, match=f"{left.name}.*delete that folder"):
            again()
    with pytest.raises(DataError):
        open_dataset(left)


def exit_hard(_place: Place) -> int:
    os._exit(9)


def parent_of(_place: Place) -> int:
    return os.getpid()


def test_a_decoding_process_that_is_killed_is_one_clear_error() -> None:
    places: Iterator[Place] = iter([Held("a", b""), Held("b", b"")])
    with pytest.raises(DataError, match="fewer --jobs"):
        list(supply.spread(exit_hard, places, 2))


def test_decoding_processes_end_with_the_one_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, time; from tintype.data.supply import spread; from tintype.data.sources import Held\n"
        "from operator import attrgetter\n"
        "if __name__ == '__main__':\n"
        "    import multiprocessing\n"
        "    results = spread(attrgetter('name'), iter([Held('a', b'')] * 300), 2)\n"
        "    next(results)\n"
        "    print(*[each.pid for each in multiprocessing.active_children()], flush=True)\n"
        "    time.sleep(60)\n"
    )
    (tmp_path / "script.py").write_text(script)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    children = [int(word) for word in process.stdout.readline().split()]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert children
    for _ in range(200):
        if not any(alive(child) for child in children):
            return
        time.sleep(0.1)
    raise AssertionError("a decoding process outlived the one that gave it work")


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and that nobody has asked for counts as ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_manifest_is_plain_json_even_for_names_that_are_no_unicode(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", 2)
    buffer = io.BytesIO()
    Image.fromarray(colorful(5)).save(buffer, "PNG")
    try:
        (folder / "caf\udce9.png").write_bytes(buffer.getvalue())
        (folder / "bad\udce9.png").write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes Unicode names alone")
    prepared = run([folder], tmp_path / "out", shares=Shares(0, 0))
    assert len(names(prepared, "train")) == 3
    stored = json.loads((tmp_path / "out" / "prepared.json").read_text("utf-8"))
    assert stored["left_out"][0]["name"].startswith("bad")
