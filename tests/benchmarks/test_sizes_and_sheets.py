import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from stand_ins import write_stand_in

from tintype.errors import ConfigError, DataError

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_sizes_are_compared_for_each_photograph_and_with_its_own_colors(pictures, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    model = write_stand_in(tmp_path / "small.onnx")
    importlib.import_module("sizes").main(
        [
            *("skimage:coffee", str(EXAMPLES / "chelsea.webp"), "--data", str(pictures), "--limit", "1"),
            *("--model", str(model), "--vivid", "1", "--megapixels", "0.02", "0.05", "0.1"),
            *("--json", str(figures), "--markdown", str(page)),
        ]
    )
    measured = json.loads(figures.read_text())
    assert measured["pairs"] == ["0.02 and 0.05 MP", "0.02 and 0.1 MP", "0.05 and 0.1 MP"]
    assert list(measured["models"]) == ["small", "own colors"]
    for rows in measured["models"].values():
        assert list(rows) == ["coffee", "chelsea.webp", "pictures 0"]
        assert all(0 < value < 5 for row in rows.values() for value in row)
    assert "| largest |" in page.read_text()


def test_photographs_above_the_goal_are_named():
    verdict = importlib.import_module("sizes").verdict
    assert verdict({"a": [0.5, 1.9], "b": [0.1, 2.5]}) == "Not below 2: b.\n"
    assert verdict({"a": [0.5, 1.9]}) == "Every photograph stays below 2.\n"


def test_one_size_alone_is_refused(capsys):
    with pytest.raises(SystemExit):
        importlib.import_module("sizes").main(["--megapixels", "1"])
    assert "two sizes or more" in capsys.readouterr().err


def test_a_sheet_has_a_column_for_each_vividness_between_gray_and_the_truth(tiny_model, tmp_path, capsys):
    model, output = write_stand_in(tmp_path / "small.onnx"), tmp_path / "new" / "sheet.png"
    importlib.import_module("sheet").main(
        [
            *("skimage:coffee", str(EXAMPLES / "chelsea.webp"), "--output", str(output), "--side", "48"),
            *("--model", str(model), "--model", str(tiny_model), "--vivid", "0", "--vivid", "1"),
        ]
    )
    titles = "gray | small (vivid 0) | small (vivid 1) | tiny | its own colors"
    assert capsys.readouterr().out.strip().endswith(titles)
    with Image.open(output) as sheet:
        pixels = np.asarray(sheet).astype(int)
    assert pixels.shape == (20 + 2 * 48 + 6, 5 * 54 - 6, 3)
    columns = [pixels[20:68, x * 54 : x * 54 + 48] for x in range(5)]
    spread = [float(np.ptp(column, axis=-1).mean()) for column in columns]
    assert spread[0] < 0.05
    assert 1 < spread[1] < spread[2]


def test_whole_photographs_keep_their_ratio_on_a_sheet(tiny_model, tmp_path):
    output = tmp_path / "sheet.png"
    importlib.import_module("sheet").main(
        ["skimage:coffee", "-o", str(output), "--model", str(tiny_model), "--side", "60", "--whole"]
    )
    with Image.open(output) as sheet:
        assert sheet.size == (3 * 66 - 6, 20 + 40)


def test_photographs_that_are_not_there_are_refused_in_one_line(tmp_path):
    read = importlib.import_module("photographs").read
    with pytest.raises(DataError, match="choose one of them"):
        read("skimage:nothing")
    with pytest.raises(DataError, match="give another file"):
        read(str(tmp_path / "nothing.jpg"))


def test_a_sheet_that_cannot_be_written_is_refused_in_one_line(tiny_model, tmp_path):
    with pytest.raises(ConfigError, match=r"name a \.jpg or \.png"):
        importlib.import_module("sheet").main(
            ["skimage:coffee", "-o", str(tmp_path / "sheet.doc"), "--model", str(tiny_model), "--side", "32"]
        )


def test_a_vividness_that_no_column_takes_is_refused(tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="leave --vivid out"):
        importlib.import_module("sheet").main(
            ["skimage:coffee", "-o", str(tmp_path / "s.png"), "--model", str(tiny_model), "--vivid", "1"]
        )
