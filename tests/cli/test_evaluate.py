import json

import numpy as np
import pytest
from PIL import Image

from training_pictures import colorful


@pytest.fixture
def colors(tmp_path, monkeypatch):
    """The working folder, with a folder of five pictures in color."""
    folder = tmp_path / "place" / "colors"
    folder.mkdir(parents=True)
    for number in range(5):
        Image.fromarray(colorful(number, 40, 48)).save(folder / f"{number}.png")
    monkeypatch.chdir(folder.parent)
    return folder


def test_models_are_scored_into_a_file(tintype, colors):
    ended = tintype("evaluate", "tiny", "--data", "colors", "--size", "32")
    assert ended.code == 0, ended.err
    found = json.loads((colors.parent / "results.json").read_text())
    assert [entry["name"] for entry in found["entries"]][-1] == "tiny"
    assert "scored 4 entries on 5 of 5 pictures; wrote results.json" in ended.err
    assert "5 of 5 pictures looked at" in ended.err
    assert ended.out == b""


def test_pictures_that_are_left_out_are_named(tintype, colors):
    Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(colors / "gray.png")
    ended = tintype("evaluate", "--data", "colors", "--size", "32", "-o", "found.json")
    assert ended.code == 0
    assert "left out gray.png: gray, mean chroma 0.0" in ended.err
    assert "on 5 of 6 pictures (1 gray)" in ended.err
    kept = tintype("evaluate", "--data", "colors", "--size", "32", "-o", "kept.json", "--keep", "gray")
    assert "on 6 of 6 pictures (1 gray)" in kept.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--data", "nowhere"], 1, "no data set at nowhere"),
        (["nothing", "--data", "colors"], 2, "choose one of"),
        (["--data", "colors", "--keep", "ugly"], 2, "--keep ugly is unknown"),
        (["--data", "colors", "--also", "taste"], 2, "--also taste is unknown"),
        (["tiny", "--data", "colors", "--vivid", "1"], 2, "leave --vivid out"),
        (["tiny", "--data", "colors", "--strokes", "3"], 2, "nothing here takes strokes"),
        (["levin", "--data", "colors"], 2, "add --strokes 10"),
        (["welsh", "--data", "colors"], 2, "add --references DIR"),
        (["welsh", "--data", "colors", "--references", "nowhere"], 1, "no data set at nowhere"),
        (["tiny", "--data", "colors", "--references", "colors"], 2, "nothing here takes a reference"),
        (["--data", "colors", "--size", "512"], 1, "give a smaller --size"),
        (["--data", "colors", "--labels", "nowhere.tsv"], 1, "cannot read the labels"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tintype, colors, arguments, code, said):
    ended = tintype("evaluate", *arguments)
    assert ended.code == code
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert sorted(path.name for path in colors.parent.iterdir()) == ["colors"]


def test_results_that_exist_stay_unless_they_may_be_replaced(tintype, colors):
    assert tintype("evaluate", "--data", "colors", "--size", "32").code == 0
    again = tintype("evaluate", "--data", "colors", "--size", "32")
    assert again.code == 2
    assert "add --overwrite" in again.err
    assert tintype("evaluate", "--data", "colors", "--size", "32", "--overwrite").code == 0


def test_an_interrupted_evaluation_says_how_to_go_on(tintype, colors, monkeypatch):
    from tintype.evaluate import run

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "evaluate", interrupt)
    ended = tintype("evaluate", "--data", "colors", "--size", "32")
    assert ended.code == 130
    assert ended.err.splitlines() == ["the same command goes on from here", "tintype: stopped"]
