import importlib
import json

import numpy as np
import pytest
from PIL import Image
from stand_ins import write_stand_in

from tintype.errors import ConfigError


@pytest.fixture
def ramps(tmp_path):
    """A folder of twelve gray ramps, each lighter than the one before."""
    folder = tmp_path / "ramps"
    folder.mkdir()
    for number in range(12):
        ramp = np.tile(np.linspace(8 * number, 150 + 8 * number, 64), (64, 1))
        Image.fromarray(ramp.astype(np.uint8)).save(folder / f"{number:02}.png")
    return folder


def measured(arguments, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    importlib.import_module("confidence").main(
        [*arguments, "--size", "64", "--json", str(figures), "--markdown", str(page)]
    )
    return json.loads(figures.read_text())["sets"][0], page.read_text()


def test_confidence_that_means_something_is_said_to(ramps, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    result, page = measured(["--data", str(ramps), "--model", str(model)], tmp_path)
    for way in ("cells", "within", "pictures"):
        table = result["models"]["small"]["deciles"][way]
        assert len(table) == 10
        assert all(np.diff([part["confidence"] for part in table]) > 0)
        assert all(np.diff([part["chroma_error"] for part in table]) < 0)
    assert page.count("The error falls from each decile to the next.") == 3


def test_confidence_that_means_the_opposite_is_said_to(ramps, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx", sure_of_dark=False)
    _, page = measured(["--data", str(ramps), "--model", str(model)], tmp_path)
    assert page.count("does **not** fall from 1 to 2, from 2 to 3") == 3


def test_the_error_of_a_cell_is_the_distance_to_its_mean_true_color(ramps, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    result, _ = measured(["--data", str(ramps), "--model", str(model), "--vivid", "0"], tmp_path)
    for part in result["models"]["small (vivid 0)"]["deciles"]["cells"]:
        lightness = 100 * (1 - part["confidence"])
        assert part["chroma_error"] == pytest.approx(np.hypot(0.3, 0.2) * lightness, rel=1e-3)


def test_every_vividness_is_a_row_and_processes_change_nothing(ramps, tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    arguments = ["--data", str(ramps), "--model", str(model), "--vivid", "0", "--vivid", "1", "--limit", "3"]
    alone, page = measured(arguments, tmp_path)
    together, _ = measured([*arguments, "--jobs", "2"], tmp_path)
    assert alone == together
    assert list(alone["models"]) == ["small (vivid 0)", "small (vivid 1)"]
    assert "Fewer than 10." in page


def test_a_model_without_confidence_is_refused(ramps, tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="no confidence"):
        measured(["--data", str(ramps), "--model", str(tiny_model)], tmp_path)
