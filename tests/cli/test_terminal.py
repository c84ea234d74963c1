"""What a person at a terminal sees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_runs import files, photograph

pty = pytest.importorskip("pty", reason="terminals are of POSIX")


def at_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run a command whose three streams are a terminal; gives exit code and what the terminal got."""
    terminal, streams = pty.openpty()
    command = [sys.executable, "-m", "tintype", *arguments]
    environment = os.environ | {"COLUMNS": "120", "TERM": "xterm"}
    seen = b""
    with subprocess.Popen(command, stdin=streams, stdout=streams, stderr=streams, env=environment) as process:
        os.close(streams)
        while part := read(terminal):
            seen += part
    os.close(terminal)
    return process.returncode, seen.decode()


def read(terminal: int) -> bytes:
    """What came next; nothing once the program has ended, which Linux tells by an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_terminal_shows_a_bar_and_a_line_for_each_photograph(tiny_zoo: Path, photos: Path) -> None:
    for index in range(6):
        Path(f"scans/p{index}.jpg").write_bytes(photograph())
    Path("scans/bad.jpg").write_bytes(b"bad")
    code, seen = at_a_terminal("colorize", "scans", "-o", "out", "--model", "tiny")
    assert code == 1
    assert "━" in seen
    assert "9/9" in seen
    assert "left" in seen
    assert seen.count("→") == 8
    assert "tintype: scans/bad.jpg: " in seen
    assert "8 colored, 1 failed in " in seen
    assert len(files(Path("out"))) == 8


def test_a_picture_is_not_written_to_a_terminal(tiny_zoo: Path, photos: Path) -> None:
    code, seen = at_a_terminal("colorize", "old.jpg", "-o", "-", "--model", "tiny")
    assert code == 2
    assert "will not be written to a terminal" in seen


def test_a_picture_is_not_read_from_a_terminal(tiny_zoo: Path, photos: Path) -> None:
    code, seen = at_a_terminal("colorize", "-", "-o", "new.jpg", "--model", "tiny")
    assert code == 2
    assert "standard input is a terminal" in seen


def test_without_a_terminal_there_is_no_bar(tintype: object, photos: Path) -> None:
    ended = tintype("colorize", "scans", "-o", "out")  # type: ignore[operator]
    assert "━" not in ended.err
    assert "\x1b" not in ended.err
