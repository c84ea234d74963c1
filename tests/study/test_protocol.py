"""What a study asks, as settled when it is made."""

from hashlib import sha256

import pytest

from tintype.errors import ConfigError, StudyError
from tintype.study.protocol import Protocol, StudyModel, read_protocol

MODELS = (StudyModel("cnn", "0" * 64), StudyModel("tint (vivid 0.5)", "1" * 64, 0.5))


def test_a_protocol_comes_back_from_its_text_the_same() -> None:
    protocol = Protocol("Which ones? — ¿Cuáles?", 40, MODELS, seed=2**40, part_one=7)
    assert read_protocol(protocol.text()) == protocol
    assert protocol.sha256 == sha256(protocol.text().encode()).hexdigest()


def test_every_setting_changes_the_hash() -> None:
    settings = {"name": "A study", "pictures": 40, "models": MODELS}
    changes: list[dict[str, object]] = [
        {},
        {"name": "B"},
        {"pictures": 41},
        {"models": MODELS[:1]},
        {"seed": 1},
    ]
    changes += [{"part_one": 6}, {"ask_age": False}, {"practice": 0}, {"drawn_from": "elsewhere"}]
    hashes = {Protocol(**(settings | change)).sha256 for change in changes}  # type: ignore[arg-type]
    assert len(hashes) == len(changes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"models": ()}, "needs models"),
        ({"models": MODELS[:1] * 2}, "each once"),
        ({"models": (StudyModel("truth", "0" * 64),)}, "truth is a name"),
        ({"models": (StudyModel("gray", "0" * 64),)}, "gray is a name"),
        ({"pictures": 9}, "more pictures, or shorter parts"),
        ({"part_one": 0}, "part one: 0"),
        ({"practice": -1}, "practice: -1"),
        ({"max_rounds": 0}, "rounds: 0"),
        ({"size": 8}, "size: 8"),
        ({"seed": -1}, "seed: -1"),
        ({"name": " "}, "1 to 200 letters"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Protocol(**({"name": "A study", "pictures": 40, "models": MODELS} | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{}", '{"name": 1}', "[]"])
def test_what_is_no_protocol_is_refused(text: str) -> None:
    with pytest.raises(StudyError, match="restore a back-up"):
        read_protocol(text)
