"""Hints, vividness and suggestions on the command line."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from command_runs import Ended, files, is_colored, photograph
from PIL import Image

from tintype.color import bins
from tintype.photo import read_provenance
from tiny_models import contract, write_card, write_model

Tintype = Callable[..., Ended]

GREEN = json.dumps({"version": 1, "hints": [{"at": [30, 20], "color": {"a": -100, "b": 90}, "radius": 60}]})
"""Hints that turn a whole photograph of 60×40 pixels green."""


@pytest.fixture
def guided(tiny_zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model "guided", which takes hints and vividness and suggests colors, beside "tiny" alone."""
    likely = np.zeros(len(bins.centers()))
    for a, b, share in ((30, 40, 0.7), (0, -40, 0.3)):
        likely[np.flatnonzero((bins.centers() == (a, b)).all(axis=1))] = share
    promise = contract(name="guided", hints=True, vivid=0.5, distribution=True)
    write_card(write_model(tiny_zoo / "guided.onnx", promise, likely=likely))
    monkeypatch.setattr("tintype.zoo.find.BUNDLED", tiny_zoo)


def is_green(path: Path) -> bool:
    """Whether a picture has the color of `GREEN`."""
    with Image.open(path) as image:
        red, green, blue = (np.asarray(image.convert("RGB"))[..., index].mean() for index in range(3))
    return bool(red < green > blue)


def write_hints(*names: str) -> None:
    """Make hint files, painted ones for names that end in .png."""
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".png":
            image = Image.new("RGBA", (60, 40), (0, 200, 0, 255))
            image.putpixel((0, 0), (0, 0, 0, 0))
            image.save(path)
        else:
            path.write_text(GREEN)


@pytest.mark.parametrize("name", ["hints.json", "hints.png", "no.suffix"])
def test_a_photograph_takes_the_hints_of_a_file(
    tintype: Tintype, photos: Path, guided: None, name: str
) -> None:
    write_hints(name)
    ended = tintype("colorize", "old.jpg", "--hints", name, "--model", "guided")
    assert ended.code == 0, ended.err
    assert is_green(Path("old.color.jpg"))
    assert f", hints from {name}, " in ended.err
    found = read_provenance(Path("old.color.jpg"))
    assert found is not None
    assert found.settings["hints"]["count"] == 1


def test_a_folder_gives_each_photograph_the_hints_of_its_name(
    tintype: Tintype, photos: Path, guided: None
) -> None:
    write_hints("known/a.png", "known/c.json", "known/typo.json")
    ended = tintype("colorize", "scans", "-r", "-o", "out", "--hints", "known", "--model", "guided", "--json")
    assert ended.code == 0, ended.err
    assert files(Path("out")) == ["a.jpg", "b.png", "deep/c.tif"]
    assert [is_green(Path("out", name)) for name in files(Path("out"))] == [True, False, True]
    assert is_colored(Path("out/b.png"))
    told = {line["input"]: line["hints"] for line in ended.lines}
    assert told == {"scans/a.jpg": "known/a.png", "scans/b.png": None, "scans/deep/c.tif": "known/c.json"}
    assert "1 × hint file without its photograph" in ended.err


def test_hints_may_lie_beside_the_photographs(tintype: Tintype, photos: Path, guided: None) -> None:
    write_hints("scans/a.json", "scans/b.json")
    ended = tintype("colorize", "scans", "--hints", "scans", "--model", "guided")
    assert ended.code == 0, ended.err
    assert is_green(Path("scans/a.color.jpg"))
    assert is_green(Path("scans/b.color.png"))
    assert "without its photograph" not in ended.err


@pytest.mark.parametrize(
    ("hints", "arguments", "message"),
    [
        ([], ["old.jpg", "--hints", "gone.json"], "there is no hint file gone.json"),
        (["h.json"], ["scans", "--hints", "h.json"], "go with one photograph, not with 3"),
        (["h/other.json"], ["scans", "--hints", "h"], "that of old.jpg is old.json or old.png"),
        (["h/a.json", "h/a.png"], ["scans", "--hints", "h"], "both hints of scans/a.jpg"),
        (["scans/a.png"], ["scans", "--hints", "scans"], "both a photograph to color and the hints"),
        (["h/a.json"], ["scans", "copy", "--hints", "h", "-o", "out"], "would both take the hints h/a.json"),
        (["h/a.json"], ["-", "--hints", "h"], "standard input has no name"),
    ],
)
def test_hints_that_do_not_go_with_the_photographs_stop_all_before_any_work(
    tintype: Tintype,
    photos: Path,
    guided: None,
    hints: list[str],
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_hints(*hints)
    Path("copy/deep").mkdir(parents=True)
    Path("copy/deep/a.jpg").write_bytes(photograph())
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    ended = tintype("colorize", *arguments, "-r", "--model", "guided")
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert not [name for name in files(photos) if ".color." in name or name.startswith("out")]


def test_bad_hints_fail_their_photograph_alone(tintype: Tintype, photos: Path, guided: None) -> None:
    write_hints("known/a.json", "known/b.json")
    Path("known/a.json").write_text(GREEN.replace("[30, 20]", "[30, 50]"))
    ended = tintype("colorize", "scans", "--hints", "known", "--model", "guided")
    assert ended.code == 1
    assert "tintype: scans/a.jpg: known/a.json: hint 1 lies at (30, 50), outside" in ended.err
    assert is_green(Path("scans/b.color.png"))
    assert not Path("scans/a.color.jpg").exists()


def test_vividness_makes_colors_stronger(tintype: Tintype, photos: Path, guided: None) -> None:
    chroma = {}
    for vivid in ("0", "0.5", "1"):
        result = Path(f"{vivid}.png")
        assert tintype("colorize", "old.jpg", "-o", result, "--vivid", vivid, "--model", "guided").code == 0
        chroma[vivid] = np.ptp(np.asarray(Image.open(result)).astype(float), axis=-1).mean()
        found = read_provenance(result)
        assert found is not None
        assert found.settings["vivid"] == float(vivid)
    assert chroma["0"] < chroma["0.5"] < chroma["1"]


@pytest.mark.parametrize("value", ["-0.1", "1.1", "much"])
def test_vividness_out_of_range_is_refused(tintype: Tintype, photos: Path, guided: None, value: str) -> None:
    assert tintype("colorize", "old.jpg", f"--vivid={value}", "--model", "guided").code == 2
    assert not Path("old.color.jpg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hints", "h.json"], "takes no hints; choose one that does: guided"),
        (["--vivid", "0.5"], "takes no vividness; choose one that does: guided"),
    ],
)
def test_a_model_without_them_refuses_hints_and_vividness_before_any_work(
    tintype: Tintype, photos: Path, guided: None, arguments: list[str], message: str
) -> None:
    write_hints("h.json")
    ended = tintype("colorize", "old.jpg", *arguments, "--model", "tiny")
    assert ended.code == 2
    assert ended.err.startswith("tintype: the model 'tiny' " + message)
    assert ended.err.count("\n") == 1
    assert not Path("old.color.jpg").exists()


def test_likely_colors_are_shown_with_their_weights(tintype: Tintype, photos: Path, guided: None) -> None:
    ended = tintype("suggest", "old.jpg", "30", "20.5", "--model", "guided")
    assert ended.code == 0, ended.err
    lines = ended.out.decode().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("#")
    assert lines[0].endswith("   70%  a*   30.0  b*   40.0")
    assert lines[1].endswith("   30%  a*    0.0  b*  -40.0")


def test_likely_colors_come_as_json_for_programs(tintype: Tintype, photos: Path, guided: None) -> None:
    ended = tintype("suggest", "old.jpg", "30", "20", "--json", "--count", "1", "--model", "guided")
    (line,) = ended.lines
    assert line.keys() == {"color", "weight", "a", "b"}
    assert (line["a"], line["b"]) == (30, 40)
    assert line["weight"] == pytest.approx(0.7)
    write_hints("h.json")
    hinted = tintype("suggest", "old.jpg", "30", "20", "--json", "--hints", "h.json", "--model", "guided")
    assert len(hinted.lines) == 5
    assert hinted.lines[0] != line


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["old.jpg", "61", "5"], 2, "outside the picture of 60×40 pixels"),
        (["gone.jpg", "1", "1"], 1, "gone.jpg"),
        (["old.jpg", "1", "1", "--model", "tiny"], 2, "suggests no colors; choose one that does: guided"),
        (["old.jpg", "1", "1", "--hints", "gone.json"], 1, "cannot read the hints gone.json"),
        (["old.jpg", "1", "y"], 2, "Invalid value for 'Y'"),
    ],
)
def test_a_point_of_which_nothing_can_be_said_gets_one_clear_answer(
    tintype: Tintype, photos: Path, guided: None, arguments: list[str], code: int, message: str
) -> None:
    model = [] if "--model" in arguments else ["--model", "guided"]
    ended = tintype("suggest", *arguments, *model)
    assert ended.code == code
    assert message in ended.err
    assert ended.out == b""
    assert "Traceback" not in ended.err


def test_the_photograph_may_come_from_standard_input(
    tintype: Tintype, photos: Path, guided: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(photograph())))
    assert tintype("suggest", "-", "3", "4", "--model", "guided").code == 0
