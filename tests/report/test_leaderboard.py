import json
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import SHA, made_up

from tintype.errors import ConfigError, DataError
from tintype.evaluate.results import Estimate, Protocol
from tintype.report import leaderboard
from tintype.zoo import Card
from tintype.zoo.find import BUNDLED

DOCS = Path(__file__).parent.parent.parent / "docs"
COMMITTED = DOCS / "leaderboard.json"


def committed() -> dict[str, object]:
    assert COMMITTED.is_file(), "docs/leaderboard.json is missing; make it by `tintype report --leaderboard`"
    found: dict[str, object] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return found


def test_the_committed_page_is_made_from_the_committed_data() -> None:
    made = leaderboard.render(committed())
    assert (DOCS / "leaderboard.md").read_text(encoding="utf-8") == made, (
        "docs/leaderboard.md is not what docs/leaderboard.json gives; make both by `tintype report`"
    )


@pytest.mark.parametrize("card", sorted(BUNDLED.glob("*.json")), ids=lambda path: path.stem)
def test_every_bundled_model_is_on_the_leaderboard_as_it_is_shipped(card: Path) -> None:
    shipped = Card.read(card)
    sets = leaderboard.read_summary(committed())
    assert sets
    for results in sets:
        if any(entry.told for entry in results.entries):
            continue  # they are there for those that were told something
        hashes = {entry.sha256 for entry in results.entries}
        assert shipped.sha256 in hashes, (
            f"{shipped.name} as shipped was not scored on {results.data.name}; evaluate it and make the "
            "leaderboard anew"
        )


def test_the_page_names_what_it_stands_on() -> None:
    page = leaderboard.render(leaderboard.summary([made_up(), made_up(name="more")]))
    for part in (
        "## val",
        "## more",
        SHA["tint"],
        SHA["cnn"],
        SHA["data"],
        "tint (vivid 0)",
        "| gray |",
        "10.80",
    ):
        assert part in page
    assert "the largest square of the middle, 256×256 pixels" in page
    assert "45.00** (44.00 to 46.00)" in page


def test_the_page_is_made_from_the_data_alone(tmp_path: Path) -> None:
    written = leaderboard.write([made_up()], tmp_path / "board.md")
    assert [path.name for path in written] == ["board.md", "board.json"]
    data = json.loads((tmp_path / "board.json").read_text())
    assert leaderboard.render(data, "board.json") == (tmp_path / "board.md").read_text()
    assert "0003.webp" not in (tmp_path / "board.json").read_text()


def test_the_page_tells_the_commands_that_make_it() -> None:
    results = made_up()
    protocol = Protocol(
        size=64, shape="stretch", limit=7, kept=["gray"], fit="2000 pictures of ground", seed=3
    )
    entries = [
        replace(entry, sum=entry.sum | {"lpips": Estimate(0.1, 0.0, 0.2, 7)}) for entry in results.entries
    ]
    page = leaderboard.render(
        leaderboard.summary([results, replace(results, protocol=protocol, entries=entries)])
    )
    commands = page.split("```")[1].splitlines()[1:]
    assert commands == [
        "tintype evaluate --data val cnn tint --vivid 0 --vivid 1 --labels labels.tsv -o 0-val.json",
        "tintype evaluate --data val cnn tint --vivid 0 --vivid 1 --size 64 --stretch --limit 7 "
        "--labels labels.tsv --fit ground --keep gray --seed 3 --also lpips -o 1-val.json",
        "tintype report 0-val.json 1-val.json --leaderboard leaderboard.md --overwrite",
    ]


def test_a_leaderboard_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    (tmp_path / "board.json").write_text("mine")
    with pytest.raises(ConfigError, match=r"board.json exists .* --overwrite"):
        leaderboard.write([made_up()], tmp_path / "board.md")
    assert not (tmp_path / "board.md").exists()
    leaderboard.write([made_up()], tmp_path / "board.md", overwrite=True)
    assert (tmp_path / "board.md").exists()


def test_a_leaderboard_must_be_called_as_markdown_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ends in \.md"):
        leaderboard.write([made_up()], tmp_path / "board.json")


@pytest.mark.parametrize("data", [{}, {"format": 2, "sets": []}, {"format": 1, "sets": [{}]}])
def test_other_data_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(DataError, match="no data of a leaderboard"):
        leaderboard.render(data)
