"""Adversarial training: two players, two optimizers, exact resumption, any generator."""

import csv
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tintype.data.batches import Batch, to_lab
from tintype.errors import ConfigError
from tintype.losses import judging_generated, judging_real, mae, non_saturating
from tintype.nets.scale import chroma_to_net
from tintype.train import checkpoint, folder, pretrained
from tintype.train.adversarial import Adversarial
from tintype.train.config import TrainConfig
from tintype.train.device import make_fabric
from tintype.train.regression import Regression
from tintype.train.trainer import train
from training_pictures import colorful

TINY = ("side=32", "epochs=2", "batch=2", "log_every=1", "discriminator_width=12")


@pytest.fixture
def gan() -> TrainConfig:
    """Settings of a run of a second or two; the plain CNN is the smallest generator."""
    return TrainConfig.recommended("gan", "tiny").with_settings([*TINY, "generator=cnn", "ema=0"])


def batch(count: int = 4, side: int = 32) -> Tensor:
    """uint8 sRGB (B, 3, side, side)."""
    return torch.stack([torch.tensor(colorful(n, side, side)).permute(2, 0, 1) for n in range(count)])


def curve(out: Path) -> list[tuple[str, str, str]]:
    with (out / "curve.csv").open(newline="") as file:
        return [(row["step"], row["kind"], row["loss"]) for row in csv.DictReader(file)]


def quiet(_line: str) -> None:
    """Say nothing."""


def test_the_first_losses_are_those_of_the_equations(gan: TrainConfig) -> None:
    gan = gan.with_settings(["clip=0", "smoothing=0.1"])
    torch.manual_seed(0)
    approach = Adversarial(gan, make_fabric(gan))
    pictures = batch()
    luma, chroma = to_lab(pictures)
    real = chroma_to_net(chroma)
    judge = approach.discriminator.module
    with torch.no_grad():
        generated = approach.network.module(luma)
        cost = non_saturating(judge(luma, generated)) + 100 * mae(real, generated)
        judging = judging_real(judge(luma, real), 0.1) + judging_generated(judge(luma, generated))
    losses = approach.update(Batch(pictures), 1e-4)
    assert float(losses["generator"]) == pytest.approx(float(cost), rel=1e-4)
    assert float(losses["discriminator"]) == pytest.approx(float(judging), rel=1e-4)


def test_each_player_is_moved_by_its_own_cost_alone(gan: TrainConfig) -> None:
    gan = gan.with_settings(["pixel_weight=0"])
    approach = Adversarial(gan, make_fabric(gan))
    before = {name: value.clone() for name, value in approach.tensors().items()}
    approach.update(Batch(batch()), 1e-3)
    after = approach.tensors()
    for player in ("network", "discriminator"):
        moved = [
            name
            for name in checkpoint.part(player, before)
            if not torch.equal(before[f"{player}/{name}"], after[f"{player}/{name}"])
        ]
        assert moved, player
    assert all(weight.requires_grad for weight in approach.discriminator.parameters())


def test_the_discriminator_learns_to_tell_real_colors_from_generated_ones(gan: TrainConfig) -> None:
    torch.manual_seed(0)
    approach = Adversarial(gan, make_fabric(gan))
    losses = [float(approach.update(Batch(batch()), 5e-4)["discriminator"]) for _ in range(15)]
    assert losses[-1] < 0.7 * losses[0]


def test_the_curve_holds_both_losses_and_the_validation(
    gan: TrainConfig, packed: Path, tmp_path: Path
) -> None:
    train(gan, packed, tmp_path / "run", say=quiet)
    kinds = [kind for _, kind, _ in curve(tmp_path / "run")]
    assert kinds == (["discriminator", "generator"] * 2 + ["validation"]) * 2
    assert (tmp_path / "run" / "curve.png").stat().st_size > 0


def test_an_interrupted_run_resumes_with_the_losses_of_an_uninterrupted_one(
    gan: TrainConfig, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = gan.with_settings(
        ["checkpoint_minutes=0", "log_every=2", "generator=unet", "ema=0.9", "side=64"]
    )
    train(config, packed, tmp_path / "straight", say=quiet)
    update = Adversarial.update

    def dying(self: Adversarial, batch: Batch, rate: float) -> dict[str, Tensor]:
        if self.updates == 3:
            raise KeyboardInterrupt
        return update(self, batch, rate)

    with monkeypatch.context() as patch:
        patch.setattr(Adversarial, "update", dying)
        with pytest.raises(KeyboardInterrupt):
            train(config, packed, tmp_path / "killed", say=quiet)
    torch.manual_seed(99)
    train(config, packed, tmp_path / "killed", say=quiet, resume=True)
    assert curve(tmp_path / "killed") == curve(tmp_path / "straight")
    killed, straight = (
        checkpoint.load(tmp_path / place / "last.safetensors")[0] for place in ("killed", "straight")
    )
    assert all(torch.equal(killed[key], straight[key]) for key in straight if key != "random")


@pytest.mark.parametrize(
    "setting",
    [
        "deception=saturating",
        "conditional=true",
        "smoothing=0.1",
        "aged=1",
        "accumulate=2",
        "schedule=plateau",
    ],
)
def test_every_setting_of_its_own_trains(
    gan: TrainConfig, packed: Path, tmp_path: Path, setting: str
) -> None:
    config = gan.with_settings(["epochs=1", setting])
    assert train(config, packed, tmp_path / "run", say=quiet).step in (1, 2)


def test_a_fusion_network_is_a_generator_and_may_begin_with_a_plain_run_of_it(
    packed: Path, tmp_path: Path
) -> None:
    options = ["side=32", "epochs=1", "ema=0"]
    plain = TrainConfig.recommended("fusion", "tiny").with_settings(options)
    train(plain, packed, tmp_path / "plain", say=quiet)
    config = TrainConfig.recommended("fusion-gan", "tiny").with_settings([*options, "rate=1e-9"])
    train(config, packed, tmp_path / "run", start=tmp_path / "plain", say=quiet)
    begun, ended = (folder.read_weights(tmp_path / place)[1] for place in ("plain", "run"))
    assert all(torch.allclose(begun[name], ended[name], atol=1e-5) for name in begun)


def test_the_newest_weights_are_exported(gan: TrainConfig, packed: Path, tmp_path: Path) -> None:
    train(gan, packed, tmp_path / "run", say=quiet)
    newest = checkpoint.part("network", checkpoint.load(tmp_path / "run" / "last.safetensors")[0])
    other = {name: value + 1 for name, value in newest.items()}
    checkpoint.save(tmp_path / "run" / "best.safetensors", other, {"config": gan.to_dict()})
    exported = folder.read_weights(tmp_path / "run")[1]
    assert all(torch.equal(exported[name], newest[name]) for name in newest)


def test_accumulated_batches_move_the_weights_like_one_large_batch() -> None:
    large = TrainConfig.recommended("cnn", "tiny").with_settings(["batch=6", "ema=0"])
    moved = []
    for settings in (["batch=6"], ["batch=2", "accumulate=3"]):
        config = large.with_settings(settings)
        torch.manual_seed(0)
        approach = Regression(config, make_fabric(config))
        losses = [approach.update(Batch(batch(6)), 1e-4)["train"] for _ in range(2)]
        moved.append((torch.stack(losses), approach.weights()))
    assert torch.allclose(moved[0][0], moved[1][0], rtol=1e-4)
    for name, value in moved[0][1].items():
        assert torch.allclose(value, moved[1][1][name], atol=2e-6), name


def test_a_classifier_whose_weights_cannot_be_had_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(_name: str, **_arguments: bool) -> None:
        raise FileNotFoundError("no connection")

    monkeypatch.setattr(pretrained.timm, "create_model", offline)
    with pytest.raises(ConfigError, match="classifier=lite2"):
        pretrained.imagenet_classifier("inception_resnet_v2")
