"""Training of the three networks of 2015 and 2016: each its own way, every setting, exact resumption."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tintype.color import bins, rgb_to_yuv
from tintype.data import PackedSet
from tintype.data.batches import Batch, cut_center, to_lab
from tintype.errors import ConfigError, DataError
from tintype.losses import class_cross_entropy, mse
from tintype.nets.scale import chroma_from_net, chroma_to_net
from tintype.train import checkpoint
from tintype.train.approach import Fitting
from tintype.train.approaches import APPROACHES
from tintype.train.config import CHOICES, TrainConfig
from tintype.train.device import make_fabric
from tintype.train.embed import embed
from tintype.train.rarity import nearest_shares
from tintype.train.trainer import train

NAMES = ("zhang", "iizuka", "cheng")
TINY = ("side=32", "epochs=2", "batch=2", "log_every=1", "ema=0.9")


def settings(name: str, *more: str) -> TrainConfig:
    """Those of a run of a second or two."""
    return TrainConfig.recommended(name, "tiny").with_settings([*TINY, *more])


def quiet(_line: str) -> None:
    """Say nothing."""


def batch(*colors: tuple[int, int, int], side: int = 32) -> Tensor:
    """Pictures (2, 3, side, side), uint8 sRGB, of two colors each: the left and the right half; mirrored."""
    left, right = (torch.tensor(color, dtype=torch.uint8)[:, None, None] for color in colors)
    picture = torch.cat([left.expand(3, side, side // 2), right.expand(3, side, side // 2)], dim=2)
    return torch.stack([picture, picture.flip(-1)])


def approach_of(config: TrainConfig) -> Fitting:
    torch.manual_seed(0)
    approach = APPROACHES[config.approach](config, make_fabric(config))
    assert isinstance(approach, Fitting)
    return approach


def curve(out: Path) -> list[tuple[str, str, str]]:
    with (out / "curve.csv").open(newline="") as file:
        return [(row["step"], row["kind"], row["loss"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="session")
def scored(packed: Path) -> Path:
    """The packed set, with class scores."""
    for teacher in CHOICES["teacher"]:
        embed(packed, teacher, 32)
    return packed


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("zhang", "loss=cross-entropy"),
        ("zhang", "color_weight=0.1"),
        ("zhang", "aged=1"),
        ("zhang", "precision=bf16-mixed"),
        *(("iizuka", f"teacher={teacher}") for teacher in CHOICES["teacher"]),
        ("iizuka", "loss=mae"),
        ("iizuka", "global_size=96"),
        ("iizuka", "aged=1"),
        ("iizuka", "precision=bf16-mixed"),
        ("cheng", "loss=mae"),
        ("cheng", "samples=5"),
        ("cheng", "hidden=48"),
        ("cheng", "aged=1"),
        ("cheng", "precision=bf16-mixed"),
    ],
)
def test_every_setting_of_its_own_trains(scored: Path, tmp_path: Path, name: str, setting: str) -> None:
    more = ("class_weight=0.01", "teacher_size=32") if name == "iizuka" else ()
    config = settings(name, "epochs=1", *more, setting)
    assert train(config, scored, tmp_path / "run", say=quiet).step == 2
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert ("scores" in record["data"]) is (name == "iizuka")


@pytest.mark.parametrize("name", NAMES)
def test_an_interrupted_run_resumes_with_the_losses_of_an_uninterrupted_one(
    scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    more = ("class_weight=0.01", "teacher_size=32") if name == "iizuka" else ()
    config = settings(name, "checkpoint_minutes=0", "aged=0.6", *more)
    train(config, scored, tmp_path / "straight", say=quiet)
    update = Fitting.update

    def dying(self: Fitting, given: Batch, rate: float) -> dict[str, Tensor]:
        if self.updates == 3:
            raise KeyboardInterrupt
        return update(self, given, rate)

    with monkeypatch.context() as patch:
        patch.setattr(Fitting, "update", dying)
        with pytest.raises(KeyboardInterrupt):
            train(config, scored, tmp_path / "killed", say=quiet)
    torch.manual_seed(99)
    train(config, scored, tmp_path / "killed", say=quiet, resume=True)
    assert curve(tmp_path / "killed") == curve(tmp_path / "straight")
    killed, straight = (
        checkpoint.load(tmp_path / place / "last.safetensors")[0] for place in ("killed", "straight")
    )
    assert all(torch.equal(killed[key], straight[key]) for key in straight if key != "random")


@pytest.mark.parametrize(
    ("name", "rate", "steps"), [("zhang", 3e-3, 60), ("iizuka", 3e-3, 60), ("cheng", 1e-2, 60)]
)
def test_a_picture_of_two_tones_that_is_learned_by_heart_comes_out_in_its_colors(
    packed: Path, name: str, rate: float, steps: int
) -> None:
    config = settings(name, "ema=0", "clip=1", "loss=cross-entropy" if name == "zhang" else "loss=mse")
    approach = approach_of(config)
    approach.begin()
    pictures = batch((200, 60, 50), (30, 70, 150))
    for _ in range(steps):
        approach.update(Batch(pictures), rate)
    luma, truth = to_lab(pictures)
    predicted = chroma_from_net(approach.predict(luma))
    stride = approach.stride
    for column in (6, 24):
        found = predicted[0, :, 16 // stride, column // stride]
        assert float((found - truth[0, :, 16, column]).norm()) < 12, column


def test_the_loss_of_zhang_weighs_colors_by_how_rare_they_are_in_the_training_pictures(packed: Path) -> None:
    config = settings("zhang")
    approach = approach_of(config)
    approach.study(PackedSet(packed))
    shares = nearest_shares(PackedSet(packed), config.side, 4)
    assert torch.allclose(approach.rarity, torch.tensor(bins.rarity_weights(shares)).float())  # type: ignore[attr-defined]
    assert float(approach.rarity.std()) > 0.1  # type: ignore[attr-defined]


def test_shares_of_colors_are_counted_in_cells(packed: Path) -> None:
    pictures = PackedSet(packed)
    counts = np.zeros(226)
    for number in range(len(pictures)):
        _, chroma = to_lab(cut_center(pictures[number], 16)[None])
        cells = chroma[0].reshape(2, 4, 4, 4, 4).mean(dim=(2, 4)).flatten(1).numpy()
        for cell in cells.T:
            counts[np.linalg.norm(bins.centers() - cell, axis=1).argmin()] += 1
    assert np.allclose(nearest_shares(pictures, 16, 4), counts / counts.sum())


def test_the_loss_of_iizuka_is_that_of_the_colors_and_alpha_times_that_of_the_classes() -> None:
    config = settings("iizuka", "class_weight=0.01", "ema=0")
    approach = approach_of(config)
    pictures = batch((200, 60, 50), (30, 70, 150))
    known = torch.randn(2, 1000).half()
    luma, chroma = to_lab(pictures)
    with torch.no_grad():
        colors, scores = approach.network.module.with_classes(luma)
    truth = chroma_to_net(torch.nn.functional.avg_pool2d(chroma, 2))
    expected = mse(truth, colors) + 0.01 * class_cross_entropy(known, scores)
    assert float(approach.update(Batch(pictures, known), 0.0)["train"]) == pytest.approx(
        float(expected), rel=1e-4
    )


def test_without_stored_scores_iizuka_says_how_to_make_them(packed: Path, tmp_path: Path) -> None:
    config = settings("iizuka", "class_weight=0.01", "teacher_size=48")
    with pytest.raises(DataError, match=r"tintype data embed .* --classifier lite2 --size 48"):
        train(config, packed, tmp_path / "run", say=quiet)


def test_the_loss_of_cheng_is_that_of_u_and_v_of_some_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings("cheng", "samples=7", "ema=0")
    approach = approach_of(config)
    pictures = batch((200, 60, 50), (30, 70, 150))
    asked: list[Tensor] = []
    honest = approach.network.module.at

    def at(luma: Tensor, places: Tensor) -> Tensor:
        asked.append(places)
        uv: Tensor = honest(luma, places)
        return uv

    monkeypatch.setattr(approach.network.module, "at", at)
    with torch.no_grad():
        loss = approach._loss(Batch(pictures))
    [places] = asked
    assert places.shape == (2, 7)
    truth = rgb_to_yuv(pictures.double() / 255, axis=-3)[:, 1:].flatten(2)
    with torch.no_grad():
        uv = honest(to_lab(pictures)[0], places)[..., 0]
    squares = [
        float((truth[number, :, place] - uv[number, :, index]).square().sum() / 2)
        for number in range(2)
        for index, place in enumerate(places[number])
    ]
    assert float(loss) == pytest.approx(np.mean(squares), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "setting", "message"),
    [
        ("zhang", "loss=mse", "cross-entropy or rebalanced-cross-entropy"),
        ("zhang", "hinted=0.5", "takes no hints"),
        ("iizuka", "loss=cross-entropy", "mse or mae"),
        ("iizuka", "teacher=resnet50", "lite0, lite2"),
        ("iizuka", "teacher_size=8", "at least 32"),
        ("iizuka", "class_weight=-1", "0 or more"),
        ("iizuka", "embedded=true", "no classifier"),
        ("cheng", "samples=0", "at least 1"),
        ("cheng", "side=72", "a multiple of 16"),
        ("cnn", "samples=4", "sampled training only"),
        ("cheng", "class_weight=0.5", "joint training only"),
    ],
)
def test_settings_that_do_not_go_with_the_network_are_refused(name: str, setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        TrainConfig.recommended(name).with_settings([setting])
