"""Settings: the report's defaults, and clear refusal of anything else."""

import dataclasses
import re
from pathlib import Path

import pytest

from tintype.errors import ConfigError
from tintype.nets import NETWORKS
from tintype.train.config import CHOICES, TrainConfig
from tintype.train.presets import EXPERIMENTS, PRESETS, RECOMMENDED, SMALL, TINY


def test_the_defaults_are_the_reports_settings() -> None:
    config = TrainConfig()
    assert (config.network, config.loss, config.rate, config.batch) == ("cnn", "mse", 1e-3, 50)
    assert (config.side, config.epochs, config.patience, config.schedule) == (256, 25, 3, "constant")


def test_settings_are_read_by_the_type_of_their_field() -> None:
    config = TrainConfig().with_settings(
        ["side=64", "rate=2e-4", "flip=False", "loss=mae", "encoder_layers=8"]
    )
    assert (config.side, config.rate, config.flip, config.loss) == (64, 2e-4, False, "mae")
    assert config.options == {"encoder_layers": 8}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("lerning_rate=1", "unknown setting 'lerning_rate'"),
        ("epoch=3", "did you mean 'epochs'"),
        ("encoder_layer=8", "did you mean 'encoder_layers'"),
        ("network=cnn", "unknown setting 'network'"),
        ("options=1", "unknown setting 'options'"),
        ("batch", "write key=value"),
        ("batch=many", "a whole number"),
        ("batch=1.5", "a whole number"),
        ("rate=fast", "a number"),
        ("flip=1", "true or false"),
        ("batch=0", "at least 1"),
        ("rate=0", "above 0"),
        ("rate=nan", "above 0"),
        ("side=100", "a multiple of 8"),
        ("smallest_crop=1.5", "at most 1"),
        ("ema=1", "below 1"),
        ("held_out=0", "between 0 and 1"),
        ("patience=-1", "0 or more"),
        ("loss=l2", "mse, mae"),
        ("precision=bf16", "32-true, bf16-mixed, 16-mixed"),
        ("encoder_layers=9", "one of 7, 8"),
    ],
)
def test_what_is_unknown_or_impossible_is_refused_in_one_line(setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        TrainConfig().with_settings([setting])
    assert "\n" not in str(caught.value)


def test_settings_survive_json() -> None:
    config = TrainConfig().with_settings(["encoder_layers=8", "ema=0.99"])
    assert TrainConfig.from_dict(config.to_dict()) == config


def test_a_stored_setting_that_is_unknown_is_refused() -> None:
    with pytest.raises(ConfigError, match="momentum"):
        TrainConfig.from_dict(TrainConfig().to_dict() | {"momentum": 0.9})


def test_every_choice_is_a_field() -> None:
    assert set(CHOICES) <= {item.name for item in dataclasses.fields(TrainConfig)}


def test_the_manual_names_every_setting_with_its_default() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", manual, re.MULTILINE))
    defaults = {item.name: item.default for item in dataclasses.fields(TrainConfig)}
    del defaults["network"], defaults["approach"], defaults["options"]
    for spec in NETWORKS.values():
        defaults |= {name: values[0] for name, values in spec.options.items()}
    for name, default in defaults.items():
        kind = type(default)
        documented = rows[name].capitalize() == "True" if kind is bool else kind(rows[name])
        assert documented == default, name


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("experiment", list(EXPERIMENTS))
def test_every_experiment_has_settings_to_train_with(experiment: str, preset: str) -> None:
    config = TrainConfig.recommended(experiment, preset)
    assert config.title == experiment
    assert TrainConfig.from_dict(config.to_dict()) == config


def test_the_presets_of_the_report_are_its_settings() -> None:
    assert TrainConfig.recommended("cnn") == TrainConfig()
    fusion, gan = TrainConfig.recommended("fusion"), TrainConfig.recommended("gan")
    assert (fusion.loss, fusion.rate, fusion.batch, fusion.epochs, fusion.side) == ("mse", 1e-3, 50, 100, 256)
    assert (gan.loss, gan.pixel_weight, gan.rate, gan.batch, gan.epochs) == ("mae", 100, 2e-4, 16, 20)
    assert (gan.side, gan.schedule, gan.deception, gan.conditional) == (
        256,
        "plateau",
        "non-saturating",
        False,
    )


def test_settings_given_by_hand_override_the_preset() -> None:
    config = TrainConfig.recommended("fusion", "small").with_settings(["width=25", "epochs=3"])
    assert config.options == {"width": 25, "classifier": "lite2", "classifier_size": 160}
    assert (config.epochs, config.side) == (3, 96)


def test_another_network_may_be_the_generator() -> None:
    config = TrainConfig.recommended("gan", "tiny").with_settings(["generator=cnn", "encoder_layers=8"])
    assert (config.network, config.approach, config.title) == ("cnn", "adversarial", "cnn-gan")
    assert config.options == {"encoder_layers": 8, "width": 12}


def test_a_run_stored_before_there_were_approaches_is_read() -> None:
    for experiment in ("cnn", "tint"):
        config = TrainConfig.recommended(experiment)
        stored = config.to_dict()
        for name in ("approach", "accumulate", "plateau", "pixel_weight", "smoothing"):
            del stored[name]
        assert TrainConfig.from_dict(stored) == config


@pytest.mark.parametrize(
    ("experiment", "setting", "message"),
    [
        ("cnn", "generator=fusion", "no generator"),
        ("gan", "generator=tint", "one of cnn, fusion, unet"),
        ("cnn", "smoothing=0.1", "adversarial training only"),
        ("cnn", "conditional=true", "adversarial training only"),
        ("gan", "deception=wasserstein", "non-saturating, saturating"),
        ("gan", "smoothing=2", "between 0 and 1"),
        ("gan", "side=72", "a multiple of 32"),
        ("gan", "discriminator_width=99", "one of 100"),
        ("fusion", "classifier=inception_resnet", "a classifier of timm's"),
        ("fusion", "classifier_size=100", "one of 0, 64"),
        ("cnn", "accumulate=0", "at least 1"),
    ],
)
def test_settings_that_do_not_go_with_the_experiment_are_refused(
    experiment: str, setting: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        TrainConfig.recommended(experiment).with_settings([setting])


def test_the_manual_names_what_every_preset_changes() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    section = manual.split("\n## Presets")[1].split("\n## ")[0]
    for settings in (*RECOMMENDED.values(), *SMALL.values(), *TINY.values()):
        for name, value in settings.items():
            shown = f"{name}={str(value).lower() if isinstance(value, bool) else value}"
            assert f"`{shown}`" in manual.split("\n## `tint`")[1] or f"`{shown}`" in section, shown


def test_the_manual_names_all_settings_that_tint_begins_with() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    section = manual.split("\n## `tint`")[1].split("\n## ")[0]
    for name, value in RECOMMENDED["tint"].items():
        assert f"`{name}={value}`" in section, name


def test_a_network_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="cnn, fusion, gan, fusion-gan, tint"):
        TrainConfig.recommended("tints")
