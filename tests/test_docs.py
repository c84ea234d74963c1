"""The documentation is held against the program: commands are run, options are compared.

In README.md and docs/, a fenced block of the kind `console` shows a terminal. Each of its lines that begins
with "$ tintype" is run, in a folder with the pictures that the documents speak of; what the block shows as
output is not compared. Training commands take hours: of them, and of those in blocks of the kind `sh`, only
verbs and options are held against the program. Blocks of the kind `python` are run, those of a document as
one script.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import typer
from PIL import Image

from tintype.cli.app import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = {"colorize", "suggest", "models", "evaluate", "report", "--version", "--help"}
"""Commands that are run; of the others only the options are held against the program."""
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def blocks(document: Path, kind: str) -> list[str]:
    """The fenced blocks of one kind."""
    text = document.read_text(encoding="utf-8") if document.exists() else ""
    return [content for found, content in FENCE.findall(text) if found == kind]


def commands(document: Path, kind: str) -> list[str]:
    """The tintype commands in fenced blocks of one kind, in order, as the shell would get them."""
    lines = [line.removeprefix("$ ") for block in blocks(document, kind) for line in block.splitlines()]
    return [line for line in lines if line.startswith("tintype ")]


def click_commands() -> dict[str, object]:
    """All verbs of the program, those of groups as "group verb"."""
    found: dict[str, object] = {}

    def collect(prefix: str, command: object) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            found[f"{prefix}{name}"] = inner
            collect(f"{prefix}{name} ", inner)

    collect("", typer.main.get_command(app))
    return found


def options_of(command: object) -> set[str]:
    """All spellings of a command's options."""
    return {
        spelling
        for parameter in command.params  # type: ignore[attr-defined]
        for spelling in (*parameter.opts, *parameter.secondary_opts)
        if spelling.startswith("-")
    }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pictures that the documents speak of."""
    ramp = Image.fromarray(np.tile(np.arange(240, dtype=np.uint8), (180, 1)))
    for name in ("old.jpg", "photo.jpg", "scans/a.jpg", "scans/deep/b.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ramp.save(path)
    hints = {"version": 1, "hints": [{"at": [120, 80], "color": "#d04030"}]}
    painted = Image.new("RGBA", (240, 180))
    painted.paste((46, 92, 40, 255), (30, 100, 90, 110))
    for name in ("painted.png", "strokes.png"):
        painted.save(tmp_path / name)
    for name in ("old.json", "strokes.json", "hints/a.json", "hints/b.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(hints))
    pair = {"photo": [0, 0, 120, 90], "reference": [100, 20, 60, 60]}
    (tmp_path / "swatches.json").write_text(json.dumps({"version": 1, "swatches": [pair]}))
    for name, photograph in (("other.jpg", "astronaut"), ("another.jpg", "coffee")):
        Image.fromarray(getattr(skimage.data, photograph)()).resize((240, 180)).save(tmp_path / name)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "photographs").mkdir()
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        photograph = Image.fromarray(getattr(skimage.data, name)())
        photograph.resize((96, 80)).save(tmp_path / "photographs" / f"{name}.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_shown_works(document: Path, desk: Path) -> None:
    for command in commands(document, "console"):
        if command.split()[1] in RUN:
            ended = subprocess.run(command, shell=True, check=False, capture_output=True, text=True)
            assert ended.returncode == 0, f"{command}: {ended.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_option_shown_exists(document: Path) -> None:
    verbs = click_commands()
    for command in (*commands(document, "console"), *commands(document, "sh")):
        words = shlex.split(command, comments=True)[1:]
        if words[0].startswith("-"):
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in verbs else words[0]
        assert name in verbs, command
        shown = {word.split("=")[0] for word in words if OPTION.match(word)}
        assert shown <= options_of(verbs[name]) | {"--help", "-h"}, command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_python_block_runs(document: Path, desk: Path) -> None:
    script = "\n".join(blocks(document, "python"))
    if script:
        subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("verb", sorted(click_commands()))
def test_every_option_is_described(verb: str) -> None:
    command = click_commands()[verb]
    if getattr(command, "commands", None):
        return
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"## `tintype {verb}`" in text
    section = text.split(f"## `tintype {verb}`")[1].split("\n## ")[0]
    missing = options_of(command) - {"--help", "-h"} - set(OPTION.findall(section))
    assert not missing, f"docs/cli.md does not describe {sorted(missing)} of tintype {verb}"


@pytest.mark.parametrize("verb", sorted(click_commands()))
def test_every_option_and_command_has_help(verb: str) -> None:
    command = click_commands()[verb]
    assert command.help  # type: ignore[attr-defined]
    for parameter in command.params:  # type: ignore[attr-defined]
        assert getattr(parameter, "help", "x"), f"{verb}: {parameter.name}"


def test_every_picture_suffix_and_format_is_described() -> None:
    from tintype.engine.naming import FORMAT_OF_SUFFIX, SUFFIX_OF_FORMAT

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert all(suffix in text for suffix in FORMAT_OF_SUFFIX)
    assert all(f"`{format}`" in text for format in SUFFIX_OF_FORMAT)


def test_every_device_is_described() -> None:
    from tintype.engine.devices import AUTO, DEVICES

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in (AUTO, *DEVICES))
    assert all(device.package in text for device in DEVICES.values())


def test_every_card_field_is_described() -> None:
    from dataclasses import fields

    from tintype.zoo import Card

    text = (ROOT / "docs" / "models" / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{field.name}` |" in text for field in fields(Card))


SCORES = ("auc", "auc_rebalanced", "accuracy_2", "psnr", "ciede2000", "colorfulness")
DECIMALS = (2, 2, 1, 2, 2, 1)
HEADING = "| | AuC raw | AuC rebalanced | within 2 % | PSNR | CIEDE2000 | colorfulness |"
ENTRIES = {
    "gray": "gray",
    "mean color of each lightness": "mean a*b* by L*",
    "`tint`, vividness 0": "tint (vivid 0)",
    "`tint`, vividness 0.5, the default": "tint (vivid 0.5)",
    "`tint`, vividness 1": "tint (vivid 1)",
    **{f"`{name}`": name for name in ("cheng", "iizuka", "zhang", "cnn", "fusion", "gan", "fusion-gan")},
}
"""What the documents call the entries of the leaderboard."""


@pytest.mark.parametrize(
    "document", ["README.md", "docs/models/tint.md", "docs/models/report.md", "docs/models/earlier.md"]
)
def test_scores_in_documents_are_those_of_the_leaderboard(document: str) -> None:
    stored = json.loads((ROOT / "docs" / "leaderboard.json").read_text(encoding="utf-8"))
    sets = [each for each in stored["sets"] if each["protocol"]["limit"] is None]
    [val] = [each for each in sets if each["data"]["name"] == "val"]
    sums = {entry["name"]: entry["sum"] for entry in val["entries"]}
    text = (ROOT / document).read_text(encoding="utf-8")
    assert f"on {val['data']['pictures']} photographs" in text.lower()
    table = text.split(HEADING)[1].split("\n\n")[0].strip().splitlines()[1:]
    assert len(table) >= 7
    for line in table:
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if name == "the truth":
            assert cells[-1] == f"{val['truth']['colorfulness']['value']:.1f}"
            continue
        shown = [
            f"{sums[ENTRIES[name]][key]['value']:.{digits}f}"
            for key, digits in zip(SCORES, DECIMALS, strict=True)
        ]
        assert cells == shown, name
