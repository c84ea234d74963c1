import importlib
import json

import numpy as np
import pytest
from stand_ins import write_stand_in

from tintype.errors import ConfigError


def measured(arguments, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    importlib.import_module("hint_curve").main(
        [*arguments, "--size", "64", "--json", str(figures), "--markdown", str(page)]
    )
    return json.loads(figures.read_text())["sets"], page.read_text()


def test_more_hints_score_better_with_a_model_that_spreads_them(pictures, shard, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    sets, page = measured(["--data", str(pictures), "--data", str(shard), "--model", str(model)], tmp_path)
    assert [each["pictures"] for each in sets] == [3, 3]
    assert sets[0]["models"] == sets[1]["models"]
    curve = sets[0]["models"]["small"]["curve"]
    assert [point["hints"] for point in curve] == [0, 1, 5, 10, 20, 50, 100]
    assert curve[0]["psnr"] < curve[3]["psnr"] < curve[-1]["psnr"]
    assert curve[0]["chroma_error"] > curve[3]["chroma_error"] > curve[-1]["chroma_error"]
    assert page.count("\n| 100 |") == 2


def test_a_single_hint_is_seen_to_be_honored_and_not_to_reach_beyond(pictures, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    sets, page = measured(["--data", str(pictures), "--model", str(model), "--singles", "6"], tmp_path)
    inside, *rings = sets[0]["models"]["small"]["single"]
    assert inside["within"] == 0
    assert inside["all"]["pixels"] == 3 * 6 * 49
    assert inside["like"]["error_after"] < inside["like"]["error_before"]
    assert rings[-1]["within"] is None
    assert rings[-1]["all"]["moved"] == 0 < rings[0]["all"]["moved"]
    assert "| inside |" in page


def test_every_vividness_is_a_row_and_processes_change_nothing(pictures, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    arguments = ["--data", str(pictures), "--model", str(model), "--vivid", "0", "--vivid", "1"]
    arguments += ["--counts", "3", "12"]
    alone, page = measured(arguments, tmp_path)
    together, _ = measured([*arguments, "--jobs", "2"], tmp_path)
    assert alone == together
    assert list(alone[0]["models"]) == ["small (vivid 0)", "small (vivid 1)"]
    assert [point["hints"] for point in alone[0]["models"]["small (vivid 1)"]["curve"]] == [0, 3, 12]
    assert "### small (vivid 0)" in page


def test_a_curve_that_falls_is_said_to_fall():
    rises = importlib.import_module("hint_curve").rises
    curve = [{"hints": n, "psnr": psnr} for n, psnr in ((0, 20.0), (1, 21.0), (5, 20.9), (10, 22.0))]
    assert rises(curve) == "PSNR does **not** rise from 1 to 5 hints."
    assert rises(curve[:2]) == "PSNR rises at every step."


def test_few_hints_are_the_first_of_many():
    revealed = importlib.import_module("revealed")
    chroma = np.random.default_rng(1).normal(0, 20, (32, 48, 2))
    few, many = (revealed.draw(chroma, count, 7, np.random.default_rng(5)) for count in (4, 30))
    np.testing.assert_array_equal(few.corners, many.corners[:4])
    np.testing.assert_array_equal(few.colors, many.colors[:4])


def test_a_hint_marks_its_square_with_the_mean_true_color():
    revealed = importlib.import_module("revealed")
    chroma = np.random.default_rng(1).normal(0, 20, (32, 48, 2))
    square = revealed.draw(chroma, 1, 5, np.random.default_rng(2))
    planes = square.planes((32, 48), slice(1))
    inside = square.distances((32, 48), 0) == 0
    np.testing.assert_array_equal(planes[..., 2] == 1, inside)
    assert inside.sum() == 25
    np.testing.assert_allclose(planes[inside][0, :2], chroma[inside].mean(axis=0), rtol=1e-6)
    assert not planes[~inside].any()


def test_a_model_without_hints_is_refused(pictures, tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="hints"):
        measured(["--data", str(pictures), "--model", str(tiny_model)], tmp_path)


def test_a_hint_larger_than_the_picture_is_refused(pictures, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    with pytest.raises(ConfigError, match="lower --side"):
        measured(["--data", str(pictures), "--model", str(model), "--side", "65"], tmp_path)
