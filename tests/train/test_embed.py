"""Class scores stored for a packed set: what they are, when they are refused, how training uses them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from torch import Tensor

from tintype.data import PackedSet, pack, split
from tintype.data.batches import Batch, Cutting, TrainingBatches, load, to_lab
from tintype.data.scores import ScoresWriter, StoredScores, open_scores
from tintype.errors import ConfigError, DataError
from tintype.nets.fusion import Classifier
from tintype.train import checkpoint, folder, regression
from tintype.train import embed as embedding
from tintype.train.approaches import APPROACHES
from tintype.train.config import TrainConfig
from tintype.train.device import make_fabric
from tintype.train.embed import embed
from tintype.train.trainer import train
from training_pictures import colorful, encoded, write_folder

Change = Callable[[PackedSet, StoredScores, dict[str, Tensor]], None]

NAME, SIZE, SIDE = "test_efficientnet", 64, 64
SETTINGS = (
    "embedded=true",
    f"classifier={NAME}",
    f"classifier_size={SIZE}",
    f"side={SIDE}",
    "epochs=1",
    "flip=false",
    "smallest_crop=1",
    "ema=0",
    "aged=0",
)


@pytest.fixture(autouse=True)
def small_classifier(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tensor]:
    """The smallest of timm's networks with random weights, which are the published ones in these tests."""
    torch.manual_seed(0)
    weights: dict[str, Tensor] = timm.create_model(NAME, pretrained=False).state_dict()
    weights["classifier.weight"] *= 1000  # of fresh weights the scores are near zero
    for module in (embedding, regression):
        monkeypatch.setattr(module, "imagenet_classifier", lambda _name: dict(weights))
    return weights


@pytest.fixture
def squares(tmp_path: Path) -> PackedSet:
    """A packed set of five pictures, all squares of the side that is trained at."""
    folder = tmp_path / "squares"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(encoded(colorful(number, SIDE, SIDE)))
    return pack(folder, tmp_path / "packed", processes=1)


def fusion(*settings: str, experiment: str = "fusion") -> TrainConfig:
    return TrainConfig.recommended(experiment, "tiny").with_settings([*SETTINGS, *settings])


def quiet(_line: str) -> None:
    """Say nothing."""


def test_stored_scores_are_those_of_the_classifier(
    squares: PackedSet, small_classifier: dict[str, Tensor]
) -> None:
    scores = embed(squares.folder, NAME, SIZE)
    classifier = Classifier(NAME, SIZE)
    classifier.network.load_state_dict(small_classifier)
    pictures = torch.stack([torch.tensor(squares[number]).permute(2, 0, 1) for number in range(5)])
    wanted = classifier(to_lab(pictures)[0]).numpy()
    got = scores[np.arange(5)]
    assert got.dtype == np.float16
    assert (np.ptp(wanted, axis=0) > 0.01).mean() > 0.9
    np.testing.assert_allclose(got, wanted, rtol=2e-3, atol=2e-3 * np.abs(wanted).max())


@pytest.mark.parametrize("experiment", ["fusion", "fusion-gan"])
def test_a_step_with_stored_scores_is_that_with_computed_ones_when_nothing_is_cut(
    squares: PackedSet, experiment: str
) -> None:
    config = fusion(experiment=experiment)
    batches = TrainingBatches(
        squares, Cutting(SIDE, flip=False), 4, 0, scores=embed(squares.folder, NAME, SIZE)
    )
    losses = []
    for batch in (batches[0], Batch(batches[0].pictures)):
        torch.manual_seed(0)
        trained = APPROACHES[config.approach](config, make_fabric(config))
        trained.begin()
        losses.append([float(loss) for loss in trained.update(batch, 1e-4).values()])
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_pictures_of_any_shape_are_shown_whole(tmp_path: Path, small_classifier: dict[str, Tensor]) -> None:
    packed = pack(write_folder(tmp_path / "pictures", 3), tmp_path / "packed", processes=1)
    scores = embed(packed.folder, NAME, SIZE)[np.arange(3)]
    classifier = Classifier(NAME, SIZE)
    classifier.network.load_state_dict(small_classifier)
    for number in range(3):
        luma, _ = to_lab(torch.tensor(packed[number]).permute(2, 0, 1)[None])
        wanted = classifier(luma)[0].numpy()
        np.testing.assert_allclose(scores[number], wanted, atol=2e-3 * np.abs(wanted).max())


def test_each_picture_of_a_batch_comes_with_its_own_scores(squares: PackedSet) -> None:
    stored = embed(squares.folder, NAME, SIZE)
    training, _ = split(squares, 0.2, seed=1)
    batches = TrainingBatches(training, Cutting(16), 4, 0, scores=stored.of(training.numbers))
    alone = list(load(batches, 0, 2, workers=0, pin_memory=False))
    for step, batch in enumerate(alone):
        batches[step]
        numbers = [training.numbers[position] for position in batches._order]
        assert torch.equal(batch.scores, torch.from_numpy(stored[np.array(numbers)]))
    helped = list(load(batches, 0, 2, workers=1, pin_memory=False))
    assert all(torch.equal(a.scores, b.scores) for a, b in zip(alone, helped, strict=True))


def test_parts_of_a_batch_keep_pictures_and_scores_together() -> None:
    batch = Batch(torch.arange(5), torch.arange(5) * 10)
    parts = list(batch.parts(2))
    assert [len(part.pictures) for part in parts] == [3, 2]
    assert all(torch.equal(part.pictures * 10, part.scores) for part in parts)
    assert [part.scores for part in Batch(torch.arange(5)).parts(2)] == [None, None]


def test_an_interrupted_attempt_is_gone_on_with(squares: PackedSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "STEP", 2)
    add = ScoresWriter.add
    classified: list[int] = []

    def dying(self: ScoresWriter, scores: np.ndarray) -> None:
        if self.done == 2:
            self._file.write(b"half a row")
            raise KeyboardInterrupt
        add(self, scores)

    def counting(self: ScoresWriter, scores: np.ndarray) -> None:
        classified.append(len(scores))
        add(self, scores)

    with monkeypatch.context() as patch:
        patch.setattr(ScoresWriter, "add", dying)
        with pytest.raises(KeyboardInterrupt):
            embed(squares.folder, NAME, SIZE)
    with pytest.raises(DataError, match="tintype data embed"):
        open_scores(squares, NAME, SIZE)
    monkeypatch.setattr(ScoresWriter, "add", counting)
    resumed = embed(squares.folder, NAME, SIZE)
    assert classified == [2, 1]
    resumed.folder.rename(squares.folder / "elsewhere")
    assert embed(squares.folder, NAME, SIZE).sha256 == resumed.sha256
    assert not list(squares.folder.glob(".*"))


def test_what_was_begun_with_other_weights_is_begun_anew(
    squares: PackedSet, small_classifier: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "STEP", 2)
    with monkeypatch.context() as patch:
        patch.setattr(ScoresWriter, "finish", lambda _self: None)
        embed(squares.folder, NAME, SIZE)
    small_classifier["classifier.bias"] += 1
    scores = embed(squares.folder, NAME, SIZE)
    assert scores.origin.weights == embedding.weights_hash(small_classifier)
    assert scores[np.arange(5)].mean() > 0.5


def test_complete_scores_are_not_computed_again(squares: PackedSet, monkeypatch: pytest.MonkeyPatch) -> None:
    first = embed(squares.folder, NAME, SIZE)
    monkeypatch.setattr(embedding, "_compute", None)
    assert embed(squares.folder, NAME, SIZE).sha256 == first.sha256


def damage_scores(squares: PackedSet, scores: StoredScores, _weights: dict[str, Tensor]) -> None:
    data = bytearray((scores.folder / "scores.bin").read_bytes())
    data[7] ^= 1
    (scores.folder / "scores.bin").write_bytes(data)


def shorten_scores(squares: PackedSet, scores: StoredScores, _weights: dict[str, Tensor]) -> None:
    data = (scores.folder / "scores.bin").read_bytes()
    (scores.folder / "scores.bin").write_bytes(data[:-2])


def change_pictures(squares: PackedSet, scores: StoredScores, _weights: dict[str, Tensor]) -> None:
    data = bytearray((squares.folder / "pictures.bin").read_bytes())
    data[7] ^= 1
    (squares.folder / "pictures.bin").write_bytes(data)


def take_those_of_other_pictures(
    squares: PackedSet, scores: StoredScores, _weights: dict[str, Tensor]
) -> None:
    manifest = json.loads((scores.folder / "scores.json").read_text())
    manifest["origin"]["pictures"] = "0" * 64
    (scores.folder / "scores.json").write_text(json.dumps(manifest))


def change_weights(squares: PackedSet, scores: StoredScores, weights: dict[str, Tensor]) -> None:
    weights["classifier.bias"] += 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (damage_scores, "hash does not match"),
        (shorten_scores, "no whole scores"),
        (change_pictures, "changed or damaged"),
        (take_those_of_other_pictures, "of other pictures"),
        (change_weights, "other weights"),
    ],
)
def test_scores_that_do_not_belong_to_pictures_and_classifier_are_refused(
    squares: PackedSet, small_classifier: dict[str, Tensor], change: Change, message: str
) -> None:
    change(squares, embed(squares.folder, NAME, SIZE), small_classifier)
    with pytest.raises(DataError, match=message):
        embed(squares.folder, NAME, SIZE)


def test_training_refuses_scores_of_other_weights(
    squares: PackedSet, small_classifier: dict[str, Tensor], tmp_path: Path
) -> None:
    embed(squares.folder, NAME, SIZE)
    small_classifier["classifier.bias"] += 1
    with pytest.raises(DataError, match="other weights"):
        train(fusion(), squares.folder, tmp_path / "run", say=quiet)


def test_scores_that_float16_cannot_hold_are_refused(
    squares: PackedSet, small_classifier: dict[str, Tensor]
) -> None:
    small_classifier["classifier.bias"] += 1e6
    with pytest.raises(DataError, match="float16"):
        embed(squares.folder, NAME, SIZE)


@pytest.mark.parametrize("experiment", ["fusion", "fusion-gan"])
def test_training_leaves_the_classifier_to_validation(
    squares: PackedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, experiment: str
) -> None:
    embed(squares.folder, NAME, SIZE)
    seen: list[int] = []
    forward = Classifier.forward

    def counting(self: Classifier, luma: Tensor) -> Tensor:
        seen.append(len(luma))
        return forward(self, luma)

    monkeypatch.setattr(Classifier, "forward", counting)
    out = tmp_path / "run"
    assert train(fusion(experiment=experiment), squares.folder, out, say=quiet).step == 2
    assert seen == [1, 1]  # the picture that is held out: its loss, and its sheet
    record = folder.read_record(out)
    assert record["data"]["scores"] == open_scores(squares, NAME, SIZE).sha256


def test_a_run_with_stored_scores_resumes_with_the_losses_of_an_uninterrupted_one(
    squares: PackedSet, tmp_path: Path
) -> None:
    embed(squares.folder, NAME, SIZE)
    train(fusion("epochs=2", "schedule=constant"), squares.folder, tmp_path / "straight", say=quiet)
    for epochs in (1, 2):
        config = fusion(f"epochs={epochs}", "schedule=constant")
        train(config, squares.folder, tmp_path / "resumed", say=quiet, resume=True)
    straight, resumed = (
        checkpoint.load(tmp_path / place / "last.safetensors")[0] for place in ("straight", "resumed")
    )
    assert all(torch.equal(straight[name], resumed[name]) for name in straight if name != "random")


def test_without_stored_scores_training_says_how_to_make_them(squares: PackedSet, tmp_path: Path) -> None:
    advice = f"tintype data embed {squares.folder} --classifier {NAME} --size {SIZE}"
    with pytest.raises(DataError, match=re.escape(advice)):
        train(fusion(), squares.folder, tmp_path / "run", say=quiet)
    loose = write_folder(tmp_path / "pictures", 3)
    with pytest.raises(DataError, match="no packed set"):
        train(fusion(), loose, tmp_path / "run", say=quiet)
    assert not (tmp_path / "run").exists()


def test_stored_scores_are_for_clean_pictures_and_networks_with_a_classifier() -> None:
    with pytest.raises(ConfigError, match="embedded=true"):
        fusion("aged=0.1")
    with pytest.raises(ConfigError, match="no classifier"):
        TrainConfig.recommended("cnn").with_settings(["embedded=true"])


def test_an_unknown_classifier_is_refused(squares: PackedSet) -> None:
    with pytest.raises(ConfigError, match="lite0, lite2 or"):
        embed(squares.folder, "lite1")
