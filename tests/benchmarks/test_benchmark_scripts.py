import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tintype import color, metrics
from tintype.errors import DataError
from tiny_models import write_model

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_quality_scores_baselines_and_a_model_on_a_folder_and_a_shard(pictures, shard, tiny_model, tmp_path):
    page, figures = tmp_path / "docs" / "quality.md", tmp_path / "quality.json"
    quality = importlib.import_module("quality")
    quality.main(
        [
            *("--data", str(pictures), "--data", str(shard), "--model", str(tiny_model), "--size", "32"),
            *("--json", str(figures), "--markdown", str(page)),
        ]
    )
    folder, tar = json.loads(figures.read_text())["sets"]
    assert folder["pictures"] == tar["pictures"] == 3
    assert folder["scores"] == tar["scores"]
    assert list(folder["scores"]) == ["gray", "mean a*b*", "mean a*b* by L*", "tiny"]
    for scores in folder["scores"].values():
        assert all(math.isfinite(value) for name, value in scores.items() if name != "model_sha256")
    text = page.read_text()
    assert text.count("| gray |") == text.count("| tiny |") == 2
    assert folder["scores"]["tiny"]["model_sha256"] in text
    assert str(tmp_path) not in text


def test_quality_gives_gray_no_color_and_the_mean_less_error(pictures, tmp_path):
    figures = tmp_path / "quality.json"
    quality = importlib.import_module("quality")
    quality.main(["--data", str(pictures), "--size", "40", "--json", str(figures), "--limit", "2"])
    measured = json.loads(figures.read_text())["sets"][0]
    gray, mean, table = list(measured["scores"].values())
    assert gray["colorfulness"] == 0
    assert gray["colorfulness_difference"] == measured["true_colorfulness"]
    assert gray["chroma_error"] > mean["chroma_error"] > table["chroma_error"]


def test_quality_of_true_chroma_is_perfect(pictures):
    quality, sets = importlib.import_module("quality"), importlib.import_module("pictures")
    [rgb, *_] = sets.open_set(pictures).decoded("reading")
    truth, tally = quality.truth_of(sets.resized(sets.center_square(rgb), 32)), quality.Tally()
    quality.score(truth, truth.lab[..., 1:], tally)
    summary = tally.summary(metrics.colorfulness(truth.rgb))
    assert summary["auc"] == pytest.approx(100, abs=0.01)
    assert summary["accuracy_1"] == 100
    assert summary["psnr"] > 60
    assert summary["ciede2000"] < 0.01


def test_quality_of_a_damaged_picture_is_not_guessed_but_said(pictures, capsys):
    (pictures / "damaged.png").write_bytes(b"no picture")
    importlib.import_module("quality").main(["--data", str(pictures), "--size", "16"])
    shown = capsys.readouterr()
    assert "damaged.png" in shown.err
    assert "3 pictures, 1 unreadable" in shown.out


def test_quality_of_unreadable_pictures_alone_is_refused(tmp_path):
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match="can be read"):
        importlib.import_module("quality").main(["--data", str(tmp_path), "--size", "16"])


def test_models_of_one_name_are_told_apart_by_their_hash(tiny_model, tmp_path):
    other = write_model(tmp_path / "tiny.onnx", factor=2.0)
    first, second = importlib.import_module("colorists").models([str(tiny_model), str(other)])
    assert first.name != second.name
    assert first.name == f"tiny {first.sha256[:8]}"


def test_baselines_fitted_elsewhere_say_so(pictures, shard, capsys):
    quality = importlib.import_module("quality")
    quality.main(["--data", str(pictures), "--fit", str(shard), "--size", "16", "--stretch"])
    shown = capsys.readouterr().out
    assert "3 pictures of shard.tar" in shown
    assert "stretched, 16x16" in shown


def test_enlarge_compares_all_rules_on_true_and_predicted_chroma(pictures, tiny_model, capsys):
    enlarge = importlib.import_module("enlarge")
    enlarge.main(
        ["--data", str(pictures), "--model", str(tiny_model), "--limit", "2", "--megapixels", "0.01"]
    )
    shown = capsys.readouterr().out
    for heading in ("True chroma at 1/4", "True chroma at 1/8", "Predicted (tiny) chroma at 1/8", "Time"):
        assert f"## {heading}" in shown
    assert shown.count("| guided filter, back-projected |") == 5


@pytest.mark.parametrize("rule", ["joint_bilateral", "guided", "streamed"])
def test_every_rival_rule_keeps_a_constant_and_follows_smooth_chroma(rule):
    enlarged = getattr(importlib.import_module("rules"), rule)
    y, x = np.mgrid[0:64, 0:96].astype(np.float32)
    lightness = np.random.default_rng(0).uniform(0, 100, (64, 96)).astype(np.float32)
    constant = np.tile(np.float32([12, -30]), (16, 24, 1))
    np.testing.assert_allclose(
        enlarged(constant, lightness), np.broadcast_to(constant[:1, :1], (64, 96, 2)), atol=1e-3
    )
    slope = np.stack([x / 4, -y / 4], axis=-1)
    small = np.ascontiguousarray(color.shrink(slope, (16, 24)))
    inside = (slice(12, -12), slice(12, -12))
    assert np.abs(enlarged(small, lightness) - slope)[inside].mean() < 0.2


def test_gamut_keeps_lightness_where_clipping_does_not(pictures, capsys):
    gamut = importlib.import_module("gamut")
    gamut.main(["--data", str(pictures), "--limit", "1"])
    shown = capsys.readouterr().out
    strong = shown[shown.index("Strong random color") :]
    rows = [line.strip("| ").split(" | ") for line in strong.splitlines()[4:7]]
    largest = {row[0]: float(row[2]) for row in rows}
    assert largest["gamut rule"] < 0.5 < 5 < largest["clipping"]


@pytest.mark.parametrize("script", ["quality.py", "enlarge.py", "gamut.py"])
def test_a_missing_data_set_is_one_clear_line(script, tmp_path):
    ran = subprocess.run(
        [sys.executable, BENCHMARKS / script, "--data", tmp_path / "nowhere"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode != 0
    assert ran.stderr.startswith(f"{script}: no data set at")
    assert len(ran.stderr.splitlines()) == 1
