"""Methods without learning, references and swatches on the command line; and hints that cannot be right."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_runs import Ended, files, photograph
from PIL import Image

import tiny_methods
from tintype.cli.exits import DONE, FAILED, MISUSED
from tintype.color import lab_to_srgb, srgb_to_lab
from tintype.engine.references import References
from tintype.photo import read_provenance
from tiny_models import contract, write_card, write_model

Tintype = Callable[..., Ended]


@pytest.fixture(autouse=True)
def methods() -> Iterator[None]:
    """Only the methods of `tiny_methods`."""
    with tiny_methods.installed():
        yield


@pytest.fixture
def desk(photos: Path) -> Path:
    """The photographs, with green.json and green.png (strokes), red.png and blue.png (references)."""
    write_hints("green.json", {"at": [30, 20], "color": {"a": -20, "b": 15}, "radius": 9})
    painting = Image.new("RGBA", (60, 40))
    painting.paste((0, 160, 0, 255), (5, 5, 30, 12))
    painting.save("green.png")
    for name, a, b in (("red.png", 40, 20), ("blue.png", 5, -30)):
        save(name, a, b)
    return photos


def save(path: str, a: float, b: float) -> None:
    """Write a picture of one color and 80×64 pixels."""
    rgb = np.round(lab_to_srgb(np.array([55.0, a, b])) * 255).astype(np.uint8)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.tile(rgb, (64, 80, 1))).save(path)


def write_hints(path: str, *hints: dict[str, Any], **more: object) -> None:
    """Write a hint file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps({"version": 1, "hints": list(hints)} | more))


def mean_ab(path: str) -> np.ndarray:
    """Mean a*b* of a picture."""
    with Image.open(path) as image:
        return srgb_to_lab(np.asarray(image.convert("RGB")) / 255)[..., 1:].mean(axis=(0, 1))


def refused(ended: Ended, code: int, message: str) -> None:
    """Assert that a command ended with one line, that line, and no result."""
    assert ended.code == code, ended.err
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    assert not [name for name in files(Path()) if ".color." in name or name.startswith("out")]


@pytest.mark.parametrize("hints", ["green.json", "green.png"])
@pytest.mark.parametrize("option", ["--method", "--model"])
def test_strokes_color_a_photograph(tintype: Tintype, desk: Path, hints: str, option: str) -> None:
    ended = tintype("colorize", "old.jpg", "--hints", hints, option, "flat", "--sidecar")
    assert ended.code == DONE, ended.err
    a, b = mean_ab("old.color.jpg")
    assert a < -10
    assert b > 5
    assert f"hints from {hints}" in ended.err
    sidecar = json.loads(Path("old.color.jpg.json").read_text())
    assert (sidecar["model"], sidecar["model_sha256"]) == ("flat", "")
    assert sidecar["settings"]["method"] == "flat"
    assert sidecar["settings"]["hints"]["count"] == 1


def test_a_reference_colors_a_photograph(tintype: Tintype, desk: Path) -> None:
    ended = tintype("colorize", "old.jpg", "--reference", "red.png", "--method", "like", "--sidecar")
    assert ended.code == DONE, ended.err
    assert mean_ab("old.color.jpg")[0] > 20
    assert ", like red.png, " in ended.err
    stored = json.loads(Path("old.color.jpg.json").read_text())["settings"]
    assert stored["references"] == {"count": 1, "sha256": References("red.png").sha256}
    found = read_provenance("old.color.jpg")
    assert found is not None
    assert found.settings == stored


def test_references_may_be_given_often(tintype: Tintype, desk: Path) -> None:
    both = ["--reference", "red.png", "--reference", "blue.png"]
    ended = tintype("colorize", "old.jpg", *both, "--method", "like", "--json")
    assert ended.code == DONE, ended.err
    np.testing.assert_allclose(mean_ab("old.color.jpg"), (22.5, -5), atol=4)
    (line,) = ended.lines
    assert line["references"] == ["red.png", "blue.png"]
    assert (line["model"], line["device"], line["hints"], line["swatches"]) == ("like", "cpu", None, None)
    refused_words = ("colorize", "scans", *both, "--method", "like-one", "-o", "out")
    ended = tintype(*refused_words)
    assert ended.code == FAILED
    assert "like-one uses one reference, and there are 2" in ended.err


def test_a_batch_reads_its_reference_once(
    tintype: Tintype, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[References] = []
    real = References.__init__

    def count(self: References, *given: object) -> None:
        made.append(self)
        real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(References, "__init__", count)
    words = ["colorize", "scans", "-r", "-o", "out", "--reference", "red.png", "--method", "like"]
    ended = tintype(*words, "--jobs", "3", "--json")
    assert ended.code == DONE, ended.err
    assert len(made) == 1
    assert files(Path("out")) == ["a.jpg", "b.png", "deep/c.tif"]
    assert all(mean_ab(f"out/{name}")[0] > 20 for name in files(Path("out")))
    assert [line["references"] for line in ended.lines] == [["red.png"]] * 3


def test_swatches_say_which_part_looks_like_which(tintype: Tintype, desk: Path) -> None:
    pair = {"photo": [30, 0, 30, 40], "reference": [0, 0, 80, 64], "number": 1}
    Path("parts.json").write_text(json.dumps({"version": 1, "swatches": [pair]}))
    words = ["--reference", "red.png", "--reference", "blue.png", "--swatches", "parts.json"]
    ended = tintype("colorize", "old.jpg", "-o", "new.png", *words, "--method", "like", "--json")
    assert ended.code == DONE, ended.err
    with Image.open("new.png") as image:
        colored = srgb_to_lab(np.asarray(image) / 255)[..., 1:]
    assert colored[:, 35:50, 1].mean() < -15
    assert colored[:, 5:20, 1].mean() > -10
    assert ended.lines[0]["swatches"] == "parts.json"
    Path("parts.json").write_text(json.dumps({"version": 1, "swatches": [pair | {"number": 2}]}))
    ended = tintype("colorize", "old.jpg", *words, "--method", "like")
    refused(ended, FAILED, "parts.json: swatch 1 speaks of reference 2, but there are 2")


def test_a_photograph_without_strokes_fails_alone(tintype: Tintype, desk: Path) -> None:
    for name in ("a", "c"):
        write_hints(f"known/{name}.json", {"at": [30, 20], "color": "green"})
    ended = tintype("colorize", "scans", "-r", "-o", "out", "--hints", "known", "--method", "flat")
    assert ended.code == FAILED
    assert files(Path("out")) == ["a.jpg", "deep/c.tif"]
    (told,) = [line for line in ended.err.splitlines() if line.startswith("tintype: ")]
    assert told.startswith(
        "tintype: scans/b.png: flat colors only by strokes, and there are none; give hints"
    )


def test_each_photograph_takes_the_colors_of_those_in_a_folder_most_like_it(
    tintype: Tintype, desk: Path
) -> None:
    for name, a, b in (("1.png", 40, 20), ("2.png", 40, 21), ("3.png", 40, 22)):
        save(f"album/{name}", a, b)
    Path("album/gray.png").write_bytes(photograph("PNG"))
    words = ["colorize", "scans", "-r", "-o", "out", "--reference", "album", "--nearest", "2"]
    ended = tintype(*words, "--method", "like", "--json")
    assert ended.code == DONE, ended.err
    assert all(mean_ab(f"out/{name}")[0] > 20 for name in files(Path("out")))
    for line in ended.lines:
        assert len(line["references"]) == 2
        assert {Path(name).parent.name for name in line["references"]} == {"album"}
    assert "left out of the references: " in ended.err
    assert "gray.png" in ended.err


def test_a_model_takes_a_reference_and_hints_together(tintype: Tintype, tiny_zoo: Path, desk: Path) -> None:
    promise = contract(name="matching", hints=True, features=True, features_stride=8)
    write_card(write_model(tiny_zoo / "matching.onnx", promise))
    words = ["--hints", "green.json", "--reference", "red.png", "--model", "matching", "--json"]
    ended = tintype("colorize", "old.jpg", *words)
    assert ended.code == DONE, ended.err
    (line,) = ended.lines
    assert (line["model"], line["hints"], line["references"]) == ("matching", "green.json", ["red.png"])
    found = read_provenance("old.color.jpg")
    assert found is not None
    assert found.settings["hints"]["count"] == found.settings["references"]["count"] == 1
    assert found.model_sha256


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--method", "flat"], "the method flat colors only by strokes; add --hints FILE"),
        (["--method", "like"], "the method like takes its colors from a photograph; add --reference FILE"),
        (
            ["--method", "flat", "--hints", "green.json", "--reference", "red.png"],
            "the method 'flat' takes no reference; choose one that does: ",
        ),
        (["--method", "like", "--hints", "green.json", "--reference", "red.png"], "'like' takes no hints"),
        (["--method", "flat", "--hints", "green.json", "--vivid", "1"], "'flat' takes no vividness"),
        (["--model", "tiny", "--reference", "red.png"], "the model 'tiny' takes no reference; choose one "),
        (["--model", "tiny", "--method", "flat"], "--model and --method both say what shall color"),
        (["--method", "flet", "--hints", "green.json"], "(did you mean 'flat'?)"),
        (["--method", "absent", "--hints", "green.json"], "pip install 'tintype[classical]' brings it"),
        (["--method", "like", "--reference", "gone.png"], "there is no reference gone.png"),
        (["--method", "like", "--reference", "red.png", "--nearest", "2"], "--nearest chooses from a folder"),
        (["--method", "flat", "--hints", "green.json", "--nearest", "2"], "--nearest goes with a folder"),
        (["--method", "like", "--reference", ".", "--reference", "red.png"], "must be the only --reference"),
        (
            ["--method", "like", "--reference", "red.png", "--swatches", "gone.json"],
            "no file of swatches gone",
        ),
        (["--model", "tiny", "--swatches", "green.json"], "add --reference FILE"),
        (
            ["--method", "like-one", "--reference", "red.png", "--swatches", "green.json"],
            "the method 'like-one' takes no swatches; choose one that does: like",
        ),
        (["--method", "flat", "--hints", "green.json", "--device", "cuda"], "computes on the CPU alone"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_photograph_is_read(
    tintype: Tintype, desk: Path, words: list[str], message: str
) -> None:
    Path("old.jpg").write_bytes(b"no picture")
    refused(tintype("colorize", "old.jpg", *words), MISUSED, message)


def test_swatches_go_with_one_photograph(tintype: Tintype, desk: Path) -> None:
    words = ["--reference", "red.png", "--swatches", "green.json", "--method", "like", "-o", "out"]
    refused(tintype("colorize", "scans", *words), MISUSED, "go with one photograph, not with 2")


@pytest.mark.parametrize(
    ("reference", "message"),
    [("gray.png", "gray.png"), ("tiny.png", "tiny.png"), ("broken.png", "broken.png"), ("empty", "empty")],
)
def test_an_unusable_reference_is_told_before_any_photograph_is_read(
    tintype: Tintype, desk: Path, reference: str, message: str
) -> None:
    Path("gray.png").write_bytes(photograph("PNG"))
    Image.new("RGB", (31, 90), "red").save("tiny.png")
    Path("broken.png").write_bytes(b"broken")
    Path("empty").mkdir()
    Path("old.jpg").write_bytes(b"no picture")
    ended = tintype("colorize", "old.jpg", "--reference", reference, "--method", "like")
    refused(ended, FAILED, message)


def test_a_method_suggests_no_colors(tintype: Tintype, desk: Path) -> None:
    ended = tintype("suggest", "old.jpg", "3", "4", "--model", "flat")
    refused(ended, MISUSED, "the method 'flat' suggests no colors; choose one that does: ")


# Hints that cannot be right


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"version": 1, "hints": [', "no JSON from line 1, column 26 on"),
        ('{"version": 1, "hints": [], "hints": []}', "it has the key 'hints' twice in one object"),
        (
            '{"version": 1, "hints": [{"at": [1, 2], "color": "red", "color": "blue"}]}',
            'it has the key \'color\' twice in one object, with "red" and "blue"; keep one of them',
        ),
        ('{"version": 1, "hints": [{"at": [61, 2], "color": "red"}]}', "outside the picture of 60×40 pixels"),
        ('{"version": 1, "size": [60, 50], "hints": [{"at": [6, 2], "color": "red"}]}', "not the ratio"),
        (
            '{"version": 1, "hints": [{"at": [6, 2], "color": "red"}, {"at": [9, 2], "color": "red"}, '
            '{"at": [6, 2], "color": "blue"}]}',
            "hints 1 and 3 contradict each other: both are at (6, 2), with different colors; remove one",
        ),
        (
            '{"version": 1, "hints": [{"stroke": [[1, 2], [8, 9]], "color": "red"}, '
            '{"stroke": [[8, 9], [1, 2]], "color": "blue"}]}',
            "hints 1 and 2 contradict each other",
        ),
        ("[]", "it must be an object"),
        ('{"version": 1, "hints": [{"at": [NaN, 2], "color": "red"}]}', "it holds the number NaN"),
        ('{"version": 1, "hints": []}', "it holds no hints"),
        ("\x89PNG", "neither a JSON nor a PNG"),
    ],
)
@pytest.mark.parametrize("name", ["flat", "guided"])
def test_hints_that_cannot_be_right_get_one_clear_line(
    tintype: Tintype, tiny_zoo: Path, desk: Path, name: str, text: str, message: str
) -> None:
    if name == "guided":
        write_card(write_model(tiny_zoo / "guided.onnx", contract(name="guided", hints=True)))
    Path("bad.json").write_bytes(text.encode("latin-1" if "x89" in ascii(text) else "utf-8"))
    ended = tintype("colorize", "old.jpg", "--hints", "bad.json", "--model", name)
    refused(ended, FAILED, message)
    assert ended.err.startswith("tintype: old.jpg: bad.json: ")


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (
            Image.new("RGBA", (40, 60), (0, 0, 0, 0)),
            "not the ratio of the photograph, 60×40; turn it upright",
        ),
        (Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "nothing is painted there"),
        (Image.new("RGBA", (60, 40), "red"), "painted everywhere"),
        (Image.new("RGB", (60, 40), "red"), "no transparency"),
    ],
)
def test_paintings_that_cannot_be_right_get_one_clear_line(
    tintype: Tintype, desk: Path, image: Image.Image, message: str
) -> None:
    if image.size == (40, 60):
        image.putpixel((3, 3), (255, 0, 0, 255))
    image.save("bad.png")
    refused(tintype("colorize", "old.jpg", "--hints", "bad.png", "--method", "flat"), FAILED, message)


def test_strokes_that_overlap_are_fine_and_the_later_counts(tintype: Tintype, desk: Path) -> None:
    write_hints(
        "over.json",
        {"at": [30, 20], "color": "red", "radius": 12},
        {"at": [30, 20], "color": "blue", "radius": 4},
        {"stroke": [[0, 0], [60, 40]], "color": "green", "radius": 2},
        {"stroke": [[0, 0], [60, 40]], "color": "green", "radius": 3},
    )
    ended = tintype("colorize", "old.jpg", "--hints", "over.json", "--method", "flat")
    assert ended.code == DONE, ended.err
