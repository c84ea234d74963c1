import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Ended

from tintype.classical import METHODS
from tintype.cli.models import describe, describe_method
from tintype.zoo import Card, list_models
from tiny_models import write_card

Tintype = Callable[..., Ended]


def test_every_card_is_listed_with_what_a_person_should_know(tintype: Tintype, tiny_zoo: Path) -> None:
    write_card(
        tiny_zoo / "tiny.onnx",
        scores={
            "val": {
                "pictures": 12,
                "sha256": "ab" * 32,
                "psnr": 22.5,
                "vivid 0": {"ciede2000": 9.5, "psnr": 23},
            }
        },
        known_failures=["Skies.", "Coats."],
    )
    ended = tintype("models")
    assert ended.code == 0
    listed = ended.out.decode()
    for text in ("tiny: A model for tests.", "CC0-1.0", "Nothing.", "Skies.", "Coats."):
        assert text in listed
    assert "val: pictures 12, psnr 22.5\n" in listed
    assert "val, vivid 0: ciede2000 9.5, psnr 23\n" in listed
    assert listed.count("used unless --model says otherwise") == 1


def test_cards_come_as_json(tintype: Tintype, tiny_zoo: Path) -> None:
    ended = tintype("models", "--json")
    cards = [line for line in ended.lines if "kind" not in line]
    assert [line["name"] for line in cards] == [card.name for card in list_models()]
    stored = json.loads((tiny_zoo / "tiny.json").read_text())
    assert {name: cards[-1][name] for name in stored} == stored


def test_methods_are_listed_apart_with_what_they_take_colors_from(tintype: Tintype) -> None:
    listed = tintype("models").out.decode()
    cards, methods = listed.split("Methods without learning")
    assert "pip install 'tintype[classical]'" in " ".join(methods.split())
    for name, method in METHODS.items():
        assert f"\n{name}: " in methods
        assert f"\n{name}: " not in cards
        assert method.summary in " ".join(methods.split())


def test_methods_come_as_json_after_the_cards(tintype: Tintype) -> None:
    lines = tintype("models", "--json").lines[-len(METHODS) :]
    assert [line["name"] for line in lines] == list(METHODS)
    by_name = {line["name"]: line for line in lines}
    assert by_name["levin"]["kind"] == "strokes"
    assert by_name["welsh"]["kind"] == "reference"
    assert by_name["welsh"]["swatches"]


@pytest.mark.parametrize("width", [60, 80, 110])
def test_cards_keep_to_the_width_of_the_terminal(tiny_zoo: Path, width: int) -> None:
    card = Card.read(write_card(tiny_zoo / "tiny.onnx", data="word " * 100))
    assert max(map(len, describe(card, width).splitlines())) <= width
    for name, method in METHODS.items():
        assert max(map(len, describe_method(name, method, width).splitlines())) <= width


def test_a_broken_card_is_told_in_one_line(tintype: Tintype, tiny_zoo: Path) -> None:
    (tiny_zoo / "tiny.json").write_text("{")
    ended = tintype("models")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("tintype: cannot read the model card")
