"""What is left when a batch is stopped, politely or not."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_runs import files, photograph
from PIL import Image

COUNT = 16
COMMAND = [sys.executable, "-m", "tintype", "colorize", "scans", "-o", "out", "--model", "tiny", "--json"]


@pytest.fixture
def scans(tmp_path: Path, tiny_zoo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enough photographs that a batch is never done before it is stopped."""
    place = tmp_path / "place"
    (place / "scans").mkdir(parents=True)
    picture = photograph("TIFF", (1200, 800))
    for index in range(COUNT):
        (place / "scans" / f"{index:02}.tif").write_bytes(picture)
    monkeypatch.chdir(place)
    return place


def stop_after_first_result(*signals: int) -> tuple[int, list[str]]:
    """Start the batch, send the signals once one photograph is done; gives exit code and results."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        for number in signals:
            process.send_signal(number)
        lines += process.stdout.readlines()
        code = process.wait()
    return code, [json.loads(line)["output"] for line in lines if line.endswith("}\n")]


def check_whole(names: list[str]) -> None:
    """Every file can be read to its end."""
    for name in names:
        with Image.open(Path("out", name)) as image:
            image.load()
            assert image.size == (1200, 800)


def go_on() -> None:
    """The same command with --skip-existing finishes the batch and leaves what was done."""
    before = {name: Path("out", name).stat().st_mtime_ns for name in files(Path("out"))}
    ended = subprocess.run([*COMMAND, "--skip-existing"], check=True, capture_output=True, text=True)
    statuses = [json.loads(line)["status"] for line in ended.stdout.splitlines()]
    assert statuses.count("skipped") == len(before)
    assert statuses.count("done") == COUNT - len(before)
    assert files(Path("out")) == [f"{index:02}.tif" for index in range(COUNT)]
    for name, time in before.items():
        assert Path("out", name).stat().st_mtime_ns == time


@pytest.mark.skipif(os.name != "posix", reason="signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_batch_finishes_what_is_in_work_and_can_go_on(scans: Path, number: int) -> None:
    code, finished = stop_after_first_result(number)
    assert code == 128 + number
    assert 1 <= len(finished) < COUNT
    names = files(Path("out"))
    assert sorted(f"out/{name}" for name in names) == sorted(finished)
    check_whole(names)
    go_on()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files without a name are of Linux")
def test_a_killed_batch_leaves_nothing_half_written_and_can_go_on(scans: Path) -> None:
    code, finished = stop_after_first_result(signal.SIGKILL)
    assert code == -signal.SIGKILL
    names = files(Path("out"))
    assert set(finished) <= {f"out/{name}" for name in names}
    assert all(name.endswith(".tif") and not name.startswith(".") for name in names)
    assert len(names) < COUNT
    check_whole(names)
    go_on()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files without a name are of Linux")
def test_a_second_request_stops_at_once(scans: Path) -> None:
    code, _ = stop_after_first_result(signal.SIGINT, signal.SIGTERM)
    assert code in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    check_whole(files(Path("out")))
