import runpy
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("script", "arguments", "advice"),
    [
        ("hint_curve.py", ["--data", "nowhere", "--model", "cnn"], "takes no hints"),
        ("confidence.py", ["--data", "nowhere", "--model", "cnn"], "gives no confidence"),
        ("sizes.py", ["skimage:nothing"], "choose one of"),
        ("sizes.py", ["--data", "nowhere"], "no data set at nowhere"),
        ("speed.py", ["--model", "nothing.onnx"], "no model file"),
        ("train.py", ["--experiment", "cnn", "--data", "nowhere"], "no data set at nowhere"),
        ("train.py", ["--experiment", "cnn", "--set", "width=7"], "must be one of"),
        ("sheet.py", ["nowhere.jpg", "--output", "sheet.jpg"], "give another file"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(script, arguments, advice, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(BENCHMARKS / script), run_name="__main__")
    message = ended.value.code
    assert message.startswith(f"{script}: ")
    assert advice in message
    assert "\n" not in message
    assert not list(tmp_path.iterdir())
