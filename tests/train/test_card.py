"""Cards: what a run measured and what a person says, together."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tintype.contract import Contract
from tintype.errors import ConfigError, ModelError, TrainingError
from tintype.nets import NETWORKS
from tintype.train.card import check_name, read_description, training_record, write_card
from tintype.train.config import TrainConfig
from tintype.train.folder import read_record, thinned
from tintype.train.trainer import train
from tintype.zoo import find_model

SAID: dict[str, Any] = {"summary": "for a test", "license": "Apache-2.0", "data": "made up"}


def quiet(_line: str) -> None:
    pass


@pytest.fixture
def run(small: TrainConfig, packed: Path, tmp_path: Path) -> Path:
    """A run that began with the weights of another."""
    train(small, packed, tmp_path / "first", say=quiet)
    train(small, packed, tmp_path / "second", start=tmp_path / "first", say=quiet)
    return tmp_path / "second"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "zoo").mkdir()
    path = tmp_path / "zoo" / "mine.onnx"
    path.write_bytes(b"not looked into")
    return path


def test_a_card_tells_what_the_run_measured_and_what_was_said(
    run: Path, model: Path, small: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = SAID | {"known_failures": ["blue skin"], "training": {"machine": "a laptop", "steps": -1}}
    written = write_card(model, Contract("mine", 64, 8, 1), run, said)
    monkeypatch.setenv("TINTYPE_MODELS", str(model.parent))
    card = find_model("mine").card
    assert card == written
    assert card is not None
    assert (card.summary, card.known_failures, card.network) == ("for a test", ("blue skin",), "cnn")
    weights = NETWORKS["cnn"].make(small.options).parameters()
    assert card.parameters == sum(weight.numel() for weight in weights)
    training = card.training
    assert training["machine"] == "a laptop"
    assert (training["steps"], training["pictures_seen"], training["epochs"]) == (8, 16, 4)
    assert training["weights_of_step"] == read_record(run)["progress"]["best_step"]
    newest = write_card(model, Contract("mine", 64, 8, 1), run / "last.safetensors", said)
    assert newest.training["weights_of_step"] == 4
    assert [stage["settings"] for stage in training["stages"]] == [small.to_dict()] * 2
    assert training["stages"][0]["losses"] == read_record(run.with_name("first"))["losses"]


def test_the_record_thins_every_loss_but_validation_to_means_of_equal_parts() -> None:
    rows = [{"step": str(step), "kind": "train", "loss": str(step)} for step in range(1, 201)]
    rows += [{"step": "9", "kind": "validation", "loss": "1"}, {"step": "3", "kind": "other", "loss": "7"}]
    losses = thinned(rows)
    assert losses.keys() == {"train", "other"}
    assert losses["other"] == [(3, 7.0)]
    assert losses["train"][:2] == [(4, 2.5), (8, 6.5)]
    assert len(losses["train"]) == 50


def test_parameters_are_those_that_were_trained(
    tmp_path: Path, packed: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tintype.train.regression.imagenet_classifier",
        lambda name: NETWORKS["fusion"].make({"classifier": name}).classifier.network.state_dict(),
    )
    options = ["classifier=test_resnet", "epochs=1", "ema=0.9"]
    config = TrainConfig.recommended("fusion", "tiny").with_settings(options)
    train(config, packed, tmp_path / "run", say=quiet)
    network = NETWORKS["fusion"].make(config.options)
    trained = [*network.encoder.parameters(), *network.decoder.parameters()]
    card = write_card(model, Contract("mine", 64, 8, 1), tmp_path / "run", SAID)
    assert card.parameters == sum(torch.numel(weight) for weight in trained)


def test_a_run_without_a_record_has_no_training() -> None:
    assert training_record({}) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the description"),
        ("{", "cannot read the description"),
        ("[]", "lacks summary, license, data"),
        ('{"summary": "x", "license": 1, "data": "y"}', "lacks license;"),
    ],
)
def test_a_description_that_says_too_little_is_refused(
    tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "said.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_description(path)


def test_failures_that_are_no_sentences_are_refused(run: Path, model: Path) -> None:
    with pytest.raises(ModelError, match="known_failures must be a list of strings"):
        write_card(model, Contract("mine", 64, 8, 1), run, SAID | {"known_failures": [1]})
    assert not model.with_suffix(".json").exists()


def test_a_card_has_the_name_of_its_models_file(tmp_path: Path) -> None:
    assert check_name(tmp_path / "mine.onnx", None) == "mine"
    assert check_name(tmp_path / "mine.onnx", "mine") == "mine"
    with pytest.raises(ConfigError, match=r"write other\.onnx, not mine\.onnx"):
        check_name(tmp_path / "mine.onnx", "other")


def test_a_card_that_cannot_be_written_is_one_clear_error(
    run: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tintype.train.checkpoint.os.fsync", full)
    with pytest.raises(TrainingError, match="No space left"):
        write_card(model, Contract("mine", 64, 8, 1), run, SAID)
    assert not model.with_suffix(".json").exists()


def test_an_older_card_is_a_description(run: Path, model: Path) -> None:
    contract = Contract("mine", 64, 8, 1)
    first = write_card(model, contract, run, SAID | {"training": {"machine": "a laptop"}})
    again = write_card(model, contract, run, read_description(model.with_suffix(".json")))
    assert json.dumps(again.to_dict()) == json.dumps(first.to_dict())
