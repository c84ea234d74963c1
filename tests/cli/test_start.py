"""What is loaded before it is needed, and how the program is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tintype import __version__
from tintype.classical import METHODS, Kind

HEAVY = {"torch", "onnxruntime", "pyvips", "numpy", "onnx", "PIL", "lightning", "scipy", "skimage", "pyamg"}


def loaded_by(code: str) -> set[str]:
    """The packages among HEAVY that are loaded after some code has run."""
    script = f"import sys, atexit\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n{code}"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    return HEAVY & {name.split(".")[0] for name in ended.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["colorize", "--help"],
        ["suggest", "--help"],
        ["models", "--help"],
        ["models"],
    ],
)
def test_commands_that_color_nothing_load_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_by(f"from tintype.cli import main; main({arguments!r})") == set()


def test_a_mistyped_command_is_refused_before_anything_heavy_is_loaded() -> None:
    assert loaded_by("from tintype.cli import main; main(['colorize', '-', 'old.jpg'])") == set()
    for wrong in (
        ["--hints", "gone.json"],
        ["--reference", "gone.jpg"],
        ["--method", "levin"],
        ["--method", "welsh"],
        ["--nearest", "3"],
    ):
        words = ["colorize", "old.jpg", *wrong]
        assert loaded_by(f"from tintype.cli import main; main({words!r})") == set()


@pytest.mark.parametrize(
    "method", ["levin", "levin-multigrid", "yatziv", "luan", "welsh", "charpiat", "gupta"]
)
def test_a_missing_package_is_told_with_what_brings_it_before_any_photograph_is_read(
    method: str, tmp_path: Path
) -> None:
    missing = ["scipy", "skimage", "pyamg"]
    given = tmp_path / "given"
    given.write_bytes(b"neither hints nor a picture")
    words = ["colorize", "gone.jpg", "--method", method, "--hints", str(given), "--reference", str(given)]
    words = words[:-2] if METHODS[method].kind is Kind.STROKES else [*words[:4], *words[-2:]]
    script = (
        f"import sys\nsys.modules.update(dict.fromkeys({missing}))\n"
        f"from tintype.cli import main; main({words!r})"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith(f"tintype: the method {method} needs the package ")
    assert "pip install 'tintype[classical]'" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_coloring_loads_no_training_library(tiny_model: Path, tmp_path: Path) -> None:
    arguments = ["colorize", str(tmp_path / "gone.jpg"), "--model", str(tiny_model)]
    loaded = loaded_by(f"from tintype.cli import main; main({arguments!r})")
    assert loaded == {"onnxruntime", "pyvips", "numpy"}


def test_libvips_gets_the_cores_that_the_jobs_leave(tiny_model: Path, photos: Path) -> None:
    code = (
        "import atexit, os; atexit.register(lambda: print('threads', os.environ['VIPS_CONCURRENCY']))\n"
        "import tintype.cli.colorize as colorize; colorize.physical_cores = lambda: 6\n"
        f"from tintype.cli import main; main(['colorize', 'scans', '--model', {str(tiny_model)!r}])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "VIPS_CONCURRENCY"}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert ended.stdout == "threads 3\n"
    assert len(list(Path("scans").glob("*.color.*"))) == 2


def test_the_version_is_told() -> None:
    command = [sys.executable, "-m", "tintype", "--version"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ended.stdout == f"tintype {__version__}\n"
