import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tintype import color

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


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


@pytest.mark.parametrize("script", ["enlarge.py", "gamut.py"])
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
