import json
import os
from pathlib import Path

import pytest

from tintype.errors import ModelError, UnknownModel
from tintype.zoo import Card, find_model, list_models, model_folders
from tintype.zoo.find import BUNDLED, DEFAULT_MODEL
from tiny_models import write_card, write_model

BUNDLED_CARDS = sorted(BUNDLED.glob("*.json"))


@pytest.mark.parametrize("path", BUNDLED_CARDS, ids=lambda path: path.stem)
def test_every_bundled_model_is_what_its_card_says(path: Path) -> None:
    card = Card.read(path)
    model = find_model(card.name)
    assert model.card == card
    assert model.sha256 == card.sha256
    assert model.path.parent == BUNDLED
    assert model.path.stat().st_size / 1e6 == pytest.approx(card.size_mb, rel=0.1)


def test_every_bundled_model_has_a_card() -> None:
    assert {path.stem for path in BUNDLED.glob("*.onnx")} == {path.stem for path in BUNDLED_CARDS}


def test_the_models_of_the_package_stay_small() -> None:
    sizes = {path.stem: path.stat().st_size / 1e6 for path in BUNDLED.glob("*.onnx")}
    assert sum(sizes.values()) < 40
    assert sizes[DEFAULT_MODEL] < 16


def test_a_folder_of_the_environment_adds_models(tiny_zoo: Path) -> None:
    assert model_folders() == (BUNDLED, tiny_zoo)
    assert "tiny" in [card.name for card in list_models()]
    model = find_model("tiny")
    assert model.path == tiny_zoo / "tiny.onnx"
    assert model.card is not None
    assert model.card.summary == "A model for tests."


def test_of_two_models_with_one_name_the_first_folder_counts(
    tiny_zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "others"
    other.mkdir()
    write_card(write_model(other / "tiny.onnx", factor=2.0), summary="Another.")
    monkeypatch.setenv("TINTYPE_MODELS", f"{tiny_zoo}{os.pathsep}{other}")
    assert [card.summary for card in list_models() if card.name == "tiny"] == ["A model for tests."]
    assert find_model("tiny").path.parent == tiny_zoo


def test_a_model_is_found_by_path_and_has_no_card(tiny_model: Path) -> None:
    for given in (tiny_model, str(tiny_model)):
        model = find_model(given)
        assert (model.name, model.path, model.card) == ("tiny", tiny_model, None)
        assert len(model.sha256) == 64


def test_an_unknown_name_is_answered_with_the_names_there_are(tiny_zoo: Path) -> None:
    with pytest.raises(
        UnknownModel, match=r"no model 'tinny' \(did you mean 'tiny'\?\); choose one of: .*tiny"
    ):
        find_model("tinny")


def test_an_unknown_path_is_answered_with_the_names_there_are(tiny_zoo: Path) -> None:
    with pytest.raises(UnknownModel, match=r"no model file gone.onnx; .*tiny"):
        find_model("gone.onnx")


def test_an_altered_model_is_refused(tiny_zoo: Path) -> None:
    with (tiny_zoo / "tiny.onnx").open("ab") as file:
        file.write(b"!")
    with pytest.raises(ModelError, match="damaged or altered"):
        find_model("tiny")


def test_a_card_without_its_model_is_told(tiny_zoo: Path) -> None:
    (tiny_zoo / "tiny.onnx").unlink()
    with pytest.raises(ModelError, match="cannot read the model file"):
        find_model("tiny")


def test_a_folder_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_MODELS", "/nowhere/models")
    with pytest.raises(ModelError, match="/nowhere/models, which is not there"):
        list_models()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown fields"),
        ({"parameters": "many"}, "whole number"),
        ({"parameters": True}, "whole number"),
        ({"size_mb": "small"}, "a number"),
        ({"known_failures": "skies"}, "list of strings"),
        ({"known_failures": [1]}, "list of strings"),
        ({"scores": []}, "an object"),
        ({"summary": None}, "a string"),
        ({"sha256": "abc"}, "64 lowercase"),
        ({"name": "else"}, "name it else.json"),
    ],
)
def test_a_card_with_a_wrong_field_is_refused(
    tiny_zoo: Path, changes: dict[str, object], message: str
) -> None:
    write_card(tiny_zoo / "tiny.onnx", **changes)
    with pytest.raises(ModelError, match=message):
        list_models()


def test_a_card_that_is_no_card_is_refused(tiny_zoo: Path) -> None:
    card = tiny_zoo / "tiny.json"
    for text, message in (
        ("{", "cannot read"),
        ("[]", "not a JSON object"),
        ("{}", "missing or unknown fields"),
    ):
        card.write_text(text)
        with pytest.raises(ModelError, match=message):
            Card.read(card)


def test_a_card_comes_back_from_its_dictionary(tiny_zoo: Path) -> None:
    path = write_card(
        tiny_zoo / "tiny.onnx", size_mb=3, known_failures=["skies"], scores={"val": {"ciede2000": 9.5}}
    )
    card = Card.read(path)
    path.write_text(json.dumps(card.to_dict()))
    assert Card.read(path) == card
