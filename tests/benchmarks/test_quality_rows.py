import importlib
import json

import numpy as np
import pytest
from stand_ins import everything, write_stand_in

from tintype import metrics
from tintype.errors import ConfigError


def rows(arguments, tmp_path):
    figures = tmp_path / "figures.json"
    importlib.import_module("quality").main(
        [*arguments, "--size", "64", "--json", str(figures), "--markdown", str(tmp_path / "page.md")]
    )
    return json.loads(figures.read_text())["sets"][0]["scores"]


def test_nearest_bins_by_grid_are_those_that_a_search_finds():
    quality = importlib.import_module("quality")
    colors = np.random.default_rng(0).uniform(-134, 134, (40_000, 2)).astype(np.float32)
    np.testing.assert_array_equal(quality.classes_of(colors), metrics.color_classes(colors))


def test_several_processes_give_the_same_figures(pictures, tiny_model, tmp_path):
    arguments = ["--data", str(pictures), "--model", str(tiny_model)]
    assert rows(arguments, tmp_path) == rows([*arguments, "--jobs", "2"], tmp_path)


def test_a_model_is_scored_at_each_vividness_asked_for(pictures, tiny_model, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    asked = ["--vivid", "0", "--vivid", "0.5", "--vivid", "1"]
    named = ["--data", str(pictures), "--model", str(model), "--model", str(tiny_model)]
    scores, default = rows([*named, *asked], tmp_path), rows(named, tmp_path)
    assert list(scores)[3:] == ["small (vivid 0)", "small (vivid 0.5)", "small (vivid 1)", "tiny"]
    assert list(default)[3:] == ["small", "tiny"]
    assert scores["small (vivid 0.5)"] == default["small"]
    assert scores["tiny"] == default["tiny"]
    assert scores["small (vivid 0)"]["colorfulness"] < scores["small (vivid 1)"]["colorfulness"]


def test_vividness_that_no_model_takes_is_refused(pictures, tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="leave --vivid out"):
        rows(["--data", str(pictures), "--model", str(tiny_model), "--vivid", "1"], tmp_path)
    pale = write_stand_in(tmp_path / "pale.onnx", everything(vivid=None, distribution=False))
    with pytest.raises(ConfigError, match="leave --vivid out"):
        rows(["--data", str(pictures), "--model", str(pale), "--vivid", "1"], tmp_path)


@pytest.mark.parametrize("wrong", [["--vivid", "1.5"], ["--limit", "0"], ["--jobs", "two"], ["--size", "-4"]])
def test_numbers_out_of_range_are_refused_by_name(pictures, wrong, capsys):
    with pytest.raises(SystemExit):
        importlib.import_module("quality").main(["--data", str(pictures), *wrong])
    assert f"argument {wrong[0]}: {wrong[1]!r} must be" in capsys.readouterr().err
