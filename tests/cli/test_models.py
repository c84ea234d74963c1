import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Ended

from tintype.cli.models import describe
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
    assert [line["name"] for line in ended.lines] == [card.name for card in list_models()]
    stored = json.loads((tiny_zoo / "tiny.json").read_text())
    assert {name: ended.lines[-1][name] for name in stored} == stored


@pytest.mark.parametrize("width", [60, 80, 110])
def test_cards_keep_to_the_width_of_the_terminal(tiny_zoo: Path, width: int) -> None:
    card = Card.read(write_card(tiny_zoo / "tiny.onnx", data="word " * 100))
    assert max(map(len, describe(card, width).splitlines())) <= width


def test_a_broken_card_is_told_in_one_line(tintype: Tintype, tiny_zoo: Path) -> None:
    (tiny_zoo / "tiny.json").write_text("{")
    ended = tintype("models")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("tintype: cannot read the model card")
