import importlib
import json

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tintype.data import Keep, pack
from tintype.errors import ConfigError
from tintype.nets import NETWORKS
from tintype.train.presets import EXPERIMENTS

TINY = ("--preset", "tiny", "--steps", "1", "--rounds", "1")


def measured(arguments, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    importlib.import_module("train").main(
        [*TINY, *arguments, "--json", str(figures), "--markdown", str(page)]
    )
    return json.loads(figures.read_text()), page.read_text()


def test_every_experiment_is_timed_on_made_up_pictures(tmp_path):
    settings = ("--pictures", "4", "--side", "32", "--set", "ema=0")
    figures, page = measured(settings, tmp_path)
    assert list(figures["experiments"]) == list(EXPERIMENTS)
    for name, speed in figures["experiments"].items():
        assert speed["pictures_per_step"] == 2
        assert speed["settings"]["side"] == 32
        assert speed["pictures_per_second"] > 0
        assert speed["pictures_per_second_with_data_at_hand"] > 0
        assert speed["pictures_per_second_of_data_alone"] > 0
        assert speed["share_lost_to_data"] < 1
        assert f"| {name} | 32 | 2 | 32-true |" in page
    assert "4 pictures of noise" in page
    assert "share of peak" not in page


def test_a_packed_set_is_timed_with_settings_and_a_peak_of_choice(pictures, tmp_path):
    packed = pack(pictures, tmp_path / "packed", keep=Keep(min_side=32), processes=1).folder
    words = ("--experiment", "cnn", "--data", str(packed), "--batch", "1", "--precision", "bf16-mixed")
    figures, page = measured([*words, "--workers", "1", "--peak", "2"], tmp_path)
    assert figures["peaks"] == {"bf16-mixed": 2e12}
    assert list(figures["experiments"]) == ["cnn"]
    share = figures["experiments"]["cnn"]["flops_per_second"] / 2e12
    assert f"{100 * share:.1f} % |" in page
    assert "pictures of packed" in page
    assert str(tmp_path) not in page


def test_operations_are_counted_forward_and_backward(tmp_path):
    words = ("--experiment", "cnn", "--pictures", "4", "--side", "32", "--set", "ema=0")
    speed = measured(words, tmp_path)[0]["experiments"]["cnn"]
    with FlopCounterMode(display=False) as forward:
        NETWORKS["cnn"].make(speed["settings"]["options"])(torch.rand(2, 1, 32, 32))
    # backward there are two for each: gradients of weights and of inputs, but for the first layer's inputs
    assert 2.9 < speed["flops_per_step"] / forward.get_total_flops() < 3


def test_the_time_lost_to_data_is_what_steps_take_longer_with_it():
    speed = importlib.import_module("train").Speed(8, [1, 2, 1], [2, 2.5, 4], [0.5, 0.5, 1], 100)
    assert speed.lost() == 0.5
    assert speed.rate(speed.loaded) == 8 / 2.5
    assert speed.rate(speed.loading) == 16
    assert speed.reached() == 40


def test_what_no_experiment_can_have_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="multiple of 32"):
        measured(["--experiment", "tint", "--side", "40"], tmp_path)
