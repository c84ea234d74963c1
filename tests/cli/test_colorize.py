"""The whole command, with a tiny model."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Ended, files, is_colored, photograph
from PIL import Image

from tintype.cli import batch
from tintype.cli.colorize import share_cores
from tintype.engine.colorizer import Colorizer
from tintype.photo import read_provenance

Tintype = Callable[..., Ended]


def test_a_file_gets_its_colored_copy_beside_it(tintype: Tintype, photos: Path) -> None:
    before = Path("old.jpg").read_bytes()
    ended = tintype("colorize", "old.jpg")
    assert ended.code == 0, ended.err
    assert ended.out == b""
    assert ended.err.startswith("old.jpg → old.color.jpg (60×40, ")
    assert ended.err.count("\n") == 1
    assert is_colored(Path("old.color.jpg"))
    assert Path("old.jpg").read_bytes() == before


def test_a_tree_is_mirrored_and_the_formats_stay(tintype: Tintype, photos: Path) -> None:
    ended = tintype("colorize", "scans", "-o", "out", "--recursive")
    assert ended.code == 0, ended.err
    assert files(Path("out")) == ["a.jpg", "b.png", "deep/c.tif"]
    for name in files(Path("out")):
        assert is_colored(Path("out", name))
        with Image.open(Path("out", name)) as new, Image.open(Path("scans", name)) as old:
            assert new.format == old.format
    assert "3 colored in" in ended.err


def test_a_format_and_a_quality_can_be_asked_for(tintype: Tintype, photos: Path) -> None:
    assert tintype("colorize", "scans/b.png", "--format", "jpeg", "--quality", "20").code == 0
    assert (
        tintype("colorize", "scans/b.png", "--format", "jpeg", "--quality", "95", "-o", "big.jpg").code == 0
    )
    small, big = Path("scans/b.color.jpg").stat().st_size, Path("big.jpg").stat().st_size
    assert small < big


def test_what_exists_is_left_alone_replaced_or_skipped_as_asked(tintype: Tintype, photos: Path) -> None:
    Path("old.color.jpg").write_bytes(b"mine")
    refused = tintype("colorize", "old.jpg")
    assert refused.code == 1
    assert "old.color.jpg" in refused.err
    assert refused.err.count("\n") == 1
    skipped = tintype("colorize", "old.jpg", "--skip-existing")
    assert skipped.code == 0
    assert "1 skipped" in skipped.err
    assert Path("old.color.jpg").read_bytes() == b"mine"
    assert tintype("colorize", "old.jpg", "--overwrite").code == 0
    assert is_colored(Path("old.color.jpg"))


def test_each_bad_file_gets_one_line_and_the_others_go_on(tintype: Tintype, photos: Path) -> None:
    bad = {
        "empty.jpg": b"",
        "cut.jpg": photograph(size=(400, 300))[:2000],
        "cut.png": photograph("PNG", size=(400, 300))[:700],
        "cut.tif": photograph("TIFF")[:1000],
        "text.jpg": b"Dear diary, today there was no picture.",
    }
    for name, content in bad.items():
        Path("scans", name).write_bytes(content)
    ended = tintype("colorize", "scans", "gone.jpg", "notes.txt", "-o", "out")
    assert ended.code == 1
    assert files(Path("out")) == ["a.jpg", "b.png"]
    failures = [line for line in ended.err.splitlines() if line.startswith("tintype: ")]
    for name in [f"scans/{name}" for name in bad] + ["gone.jpg", "notes.txt"]:
        assert len([line for line in failures if line.startswith(f"tintype: {name}: ")]) == 1, name
    assert len(failures) == len(bad) + 2
    assert "Traceback" not in ended.err
    assert ended.err.splitlines()[-1].startswith("2 colored, 7 failed in ")


def test_a_huge_picture_is_refused_by_its_header(
    tintype: Tintype, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINTYPE_MAX_MEGAPIXELS", "0.001")
    ended = tintype("colorize", "old.jpg")
    assert ended.code == 1
    assert "60 x 40 pixels" in ended.err
    assert files(photos) == ["old.jpg", "scans/a.jpg", "scans/b.png", "scans/deep/c.tif"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything"
)
def test_what_may_not_be_read_or_written_gets_one_line(tintype: Tintype, photos: Path) -> None:
    Path("old.jpg").chmod(0)
    Path("scans/deep").chmod(0o500)
    ended = tintype("colorize", "old.jpg", "scans", "-r")
    assert ended.code == 1
    assert "2 colored, 2 failed" in ended.err


def test_a_folder_that_cannot_be_made_gets_one_line(tintype: Tintype, photos: Path) -> None:
    Path("out").write_bytes(b"a file in the way")
    ended = tintype("colorize", "scans", "-o", "out/deeper")
    assert ended.code == 1
    assert ended.err.count("cannot make the folder out/deeper") == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_standard_output_gets_one_line(tiny_zoo: Path, photos: Path) -> None:
    code = os.system(f"{sys.executable} -m tintype colorize old.jpg -o - --model tiny > /dev/full 2> err.txt")
    assert os.waitstatus_to_exitcode(code) == 1
    assert Path("err.txt").read_text().count("\n") == 1
    assert "standard output does not take the picture (No space left" in Path("err.txt").read_text()


@pytest.mark.skipif(os.name != "posix", reason="the shell is that of POSIX")
def test_a_reader_that_goes_away_gets_one_line(tiny_zoo: Path, photos: Path) -> None:
    Path("old.jpg").write_bytes(photograph("PNG", (2000, 1500)))
    command = f"{sys.executable} -m tintype colorize old.jpg -o - --format tiff --model tiny 2> err.txt"
    subprocess.run(
        f"({command}; echo $? > code.txt) | head -c 10", shell=True, check=True, capture_output=True
    )
    assert Path("code.txt").read_text() == "1\n"
    assert Path("err.txt").read_text().count("\n") == 1
    assert "Broken pipe" in Path("err.txt").read_text()


def test_a_full_disk_fails_each_photograph_with_its_own_line(
    tintype: Tintype, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ended = tintype("colorize", "scans", "-o", "out")
    assert ended.code == 1
    assert ended.err.count("No space left on device") == 2
    assert files(Path("out")) == []


def test_a_bug_in_one_photograph_is_reported_and_the_others_go_on(
    tintype: Tintype, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Colorizer.set_photo

    def stumble(self: Colorizer, source: Path) -> object:
        if source.name == "a.jpg":
            raise ZeroDivisionError("division\nby zero")
        return real(self, source)

    monkeypatch.setattr(Colorizer, "set_photo", stumble)
    ended = tintype("colorize", "scans")
    assert ended.code == 1
    assert "scans/a.jpg: unexpected ZeroDivisionError: division by zero; this is a bug" in ended.err
    assert "Traceback" not in ended.err
    assert Path("scans/b.color.png").exists()


def test_too_little_memory_is_told_with_what_to_do(
    tintype: Tintype, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def starve(self: Colorizer, source: Path) -> object:
        raise MemoryError

    monkeypatch.setattr(Colorizer, "set_photo", starve)
    ended = tintype("colorize", "old.jpg")
    assert ended.code == 1
    assert "give fewer --jobs" in ended.err


def test_json_gives_one_object_for_each_photograph(tintype: Tintype, photos: Path) -> None:
    Path("scans/bad.jpg").write_bytes(b"bad")
    Path("scans/b.color.png").write_bytes(b"there")
    ended = tintype("colorize", "scans", "empty*.jpg", "--json", "--skip-existing")
    assert ended.code == 1
    lines = {line["input"]: line for line in ended.lines}
    assert set(lines) == {"scans/a.jpg", "scans/b.png", "scans/bad.jpg", "empty*.jpg"}
    done = lines["scans/a.jpg"]
    assert done["seconds"] > 0
    assert done | {"seconds": 0} == {
        "input": "scans/a.jpg",
        "output": "scans/a.color.jpg",
        "status": "done",
        "error": None,
        "seconds": 0,
        "width": 60,
        "height": 40,
        "notices": [],
        "model": "tiny",
        "device": "cpu",
        "hints": None,
        "references": None,
        "swatches": None,
    }
    assert lines["scans/b.png"]["status"] == "skipped"
    assert lines["scans/bad.jpg"]["status"] == lines["empty*.jpg"]["status"] == "failed"
    assert lines["scans/bad.jpg"]["error"]
    assert lines["empty*.jpg"]["output"] is None


def test_color_that_is_ignored_is_said(tintype: Tintype, photos: Path) -> None:
    Image.new("RGB", (60, 40), (200, 80, 40)).save("red.png")
    ended = tintype("colorize", "red.png", "--json")
    assert ended.code == 0
    assert len(ended.lines[0]["notices"]) == 1
    assert ended.lines[0]["notices"][0] in ended.err


def test_the_sidecar_holds_what_the_picture_holds(tintype: Tintype, photos: Path) -> None:
    assert tintype("colorize", "old.jpg", "--sidecar", "--saturation", "1.5").code == 0
    sidecar = json.loads(Path("old.color.jpg.json").read_text())
    inside = read_provenance("old.color.jpg")
    assert inside is not None
    assert json.loads(inside.to_json()) == sidecar
    assert sidecar["model"] == "tiny"
    assert sidecar["settings"]["saturation"] == 1.5


def test_a_sidecar_that_is_still_owed_is_written_when_going_on(tintype: Tintype, photos: Path) -> None:
    tintype("colorize", "old.jpg")
    assert tintype("colorize", "old.jpg", "--sidecar", "--skip-existing").code == 0
    assert json.loads(Path("old.color.jpg.json").read_text())["model"] == "tiny"


def test_a_sidecar_is_not_replaced_unasked(tintype: Tintype, photos: Path) -> None:
    Path("old.color.jpg.json").write_text("mine")
    ended = tintype("colorize", "old.jpg", "--sidecar")
    assert ended.code == 1
    assert "old.color.jpg.json exists already" in ended.err
    assert not Path("old.color.jpg").exists()
    assert tintype("colorize", "old.jpg", "--sidecar", "--overwrite").code == 0
    assert Path("old.color.jpg.json").read_text() != "mine"


def test_a_file_can_go_to_standard_output(tintype: Tintype, photos: Path) -> None:
    ended = tintype("colorize", "old.jpg", "-o", "-")
    assert ended.code == 0
    assert is_colored(ended.out)
    assert files(photos) == ["old.jpg", "scans/a.jpg", "scans/b.png", "scans/deep/c.tif"]


def test_standard_input_goes_to_standard_output(tiny_zoo: Path, photos: Path) -> None:
    command = f"{sys.executable} -m tintype colorize - --model tiny < old.jpg > new.jpg 2> err.txt"
    assert os.system(command) == 0
    assert is_colored(Path("new.jpg"))
    assert Path("err.txt").read_text().startswith("- → - (60×40, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["colorize"], "Missing argument"),
        (["colorize", "old.jpg", "--colour"], "No such option"),
        (["colorize", "old.jpg", "--saturation", "4"], "saturation"),
        (["colorize", "old.jpg", "--saturation", "nan"], "saturation"),
        (["colorize", "old.jpg", "--quality", "0"], "quality"),
        (["colorize", "old.jpg", "--jobs", "0"], "jobs"),
        (["colorize", "old.jpg", "--format", "gif"], "choose one of: jpeg"),
        (["colorize", "old.jpg", "--skip-existing", "--overwrite"], "exclude each other"),
        (["colorize", "old.jpg", "--model", "nobody"], "no model 'nobody'"),
        (["colorize", "old.jpg", "--model", "gone.onnx"], "no model file"),
        (["colorize", "old.jpg", "--device", "abacus"], "no device 'abacus'"),
        (["colorize", "-", "old.jpg"], "only input"),
        (["colorize", "-", "--json"], "--json and a picture"),
        (["colorize", "-", "--sidecar"], "--sidecar goes with files"),
        (["colorize", "old.jpg", "-o", "old.jpg"], "would be replaced"),
        (["bleach"], "No such command"),
    ],
)
def test_a_command_that_does_not_go_together_does_nothing(
    tintype: Tintype, photos: Path, arguments: list[str], message: str
) -> None:
    before = files(photos)
    ended = tintype(*arguments)
    assert ended.code == 2
    assert message in ended.err
    assert ended.out == b""
    assert "Traceback" not in ended.err
    assert files(photos) == before


def test_a_model_that_keeps_no_contract_is_told_before_any_photograph(tintype: Tintype, photos: Path) -> None:
    Path("broken.onnx").write_bytes(b"no model")
    ended = tintype("colorize", "old.jpg", "--model", "broken.onnx")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("tintype: ")


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_any_number_of_jobs_gives_the_same_pictures(tintype: Tintype, photos: Path, jobs: int) -> None:
    for index in range(6):
        Path(f"scans/p{index}.png").write_bytes(photograph("PNG", (50 + index, 40)))
    assert tintype("colorize", "scans", "-o", "one", "--jobs", "1").code == 0
    assert tintype("colorize", "scans", "-o", "many", "--jobs", jobs).code == 0
    for name in files(Path("one")):
        assert Path("one", name).read_bytes() == Path("many", name).read_bytes()


@pytest.mark.parametrize(
    ("cores", "photographs", "jobs", "expected"),
    [
        (2, 1, None, (1, 2)),
        (2, 9, None, (2, 1)),
        (8, 9, None, (4, 2)),
        (8, 2, None, (2, 4)),
        (8, 100, 8, (8, 1)),
        (2, 100, 16, (16, 1)),
        (8, 100, 1, (1, 8)),
        (8, 0, None, (1, 8)),
    ],
)
def test_cores_are_shared_out_among_the_jobs(
    cores: int, photographs: int, jobs: int | None, expected: tuple[int, int]
) -> None:
    assert share_cores(cores, photographs, jobs) == expected


def test_work_is_handed_out_little_by_little(
    tintype: Tintype, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a hundred thousand photographs need no more memory than ten."""
    waiting: list[int] = []
    real = batch.wait

    def look(running: set[object], **options: object) -> object:
        waiting.append(len(running))
        return real(running, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "wait", look)
    for index in range(12):
        Path(f"scans/p{index}.jpg").write_bytes(photograph())
    assert tintype("colorize", "scans", "--jobs", "2").code == 0
    assert max(waiting) <= 4
