import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from report_samples import SHA, Outline, made_up, made_up_told

from tintype.evaluate.measures import BY_KEY
from tintype.evaluate.results import PictureRow, Protocol, Results, merge
from tintype.report import comparisons, drawings, labels, leaderboard, page, scores, sections, style, wording
from tintype.report.cards import update_cards
from tintype.report.gallery import Gallery, SheetRow
from tiny_models import write_card

AUTOMATIC = ["gray", "cnn", "tint (vivid 0)", "tint (vivid 1)"]


def names(results: Results) -> list[str]:
    return [entry.name for entry in sections.ordered(results)]


def test_entries_that_were_told_the_same_stand_together_beside_the_same_models_without() -> None:
    assert names(sections.automatic(made_up_told())) == AUTOMATIC
    strokes, reference = sections.told(made_up_told())
    assert (strokes.key, reference.key) == ("strokes-10", "reference")
    assert strokes.title == "Told by 10 strokes"
    assert reference.title == "Told by a reference photograph"
    assert names(strokes.results) == [
        *("gray", "closest stroke (10 strokes)", "tint (vivid 0)", "tint (vivid 1)"),
        *("tint (vivid 0, 10 strokes)", "levin (10 strokes)"),
    ]
    assert names(reference.results) == [
        *("gray", "tint (vivid 0)", "tint (vivid 1)"),
        *("tint (vivid 0, nearest)", "welsh (nearest)"),
    ]


def test_a_section_says_what_was_given_and_that_numbers_do_not_compare() -> None:
    for section in sections.told(made_up_told()):
        assert "do not compare with those of automatic entries" in section.about
    strokes, reference = sections.told(made_up_told())
    assert "10 strokes of the true colors" in strokes.about
    assert "most like each in gray" in reference.about
    facts = dict(sections.what_was_given(made_up_told()))
    assert "10 for each picture" in facts["Strokes"]
    assert "80 of 90 pictures of ground (9 gray, 1 unreadable)" in facts["References"]
    assert "for 6 pictures the same one was passed over" in facts["References"]
    assert SHA["ground"] in facts["References"]


def test_results_without_told_entries_are_as_they_were() -> None:
    assert sections.automatic(made_up()) == made_up()
    assert sections.told(made_up()) == []
    assert sections.what_was_given(made_up()) == []


def test_the_best_is_found_among_those_that_were_told_alone() -> None:
    results = made_up_told()
    table = scores.score_tables(results)[0]
    assert [row.name for row in table.rows] == [*AUTOMATIC, "truth"]
    assert [row.name for row in table.rows if row.cells[0].best] == ["tint (vivid 0)"]
    strokes, reference = sections.told(results)
    best = {}
    for section in (strokes, reference):
        table = scores.told_tables(section)[0]
        best[section.key] = [row.name for row in table.rows if row.cells[0].best]
        assert table.notes[0] == scores.TOLD_NOTE
    assert best == {
        "strokes-10": ["tint (vivid 0, 10 strokes)"],
        "reference": ["tint (vivid 0, nearest)"],
    }


def test_what_stands_beside_is_told_from_what_competes() -> None:
    strokes = sections.told(made_up_told())[0]
    kinds = [row.kind for row in scores.told_tables(strokes)[0].rows]
    assert kinds == ["baseline"] * 2 + ["beside"] * 2 + ["model"] * 2 + ["truth"]


def test_tables_and_figures_of_sections_have_names_of_their_own() -> None:
    results = made_up_told(22)
    tables = page.tables(results)
    keys = [table.key for table in tables]
    assert len(keys) == len(set(keys))
    assert {"scores", "scores-strokes-10", "errors-reference", "comparisons-auc-strokes-10"} <= set(keys)
    drawn = [drawing.key for drawing in drawings.drawings(results)]
    assert len(drawn) == len(set(drawn))
    assert {"trade-off", "trade-off-strokes-10", "trade-off-reference"} <= set(drawn)


def test_kinds_and_comparisons_of_automatic_entries_know_nothing_of_told_ones() -> None:
    own = sections.automatic(made_up_told(22))
    for table in (*labels.label_tables(own), comparisons.matrix(own, BY_KEY["auc"])):
        words = [column.title for column in table.columns] + [row.name for row in table.rows]
        assert not any("strokes" in word or "nearest" in word for word in words)
    verdict = comparisons.verdict(sections.told(made_up_told())[0].results, BY_KEY["auc"])
    assert verdict.startswith("tint (vivid 0, 10 strokes)")


@pytest.fixture(scope="module")
def text() -> str:
    results = made_up_told(22)
    square = np.full((16, 16, 3), 90, np.uint8)

    def sheet(*titles: str) -> Gallery:
        rows = tuple(SheetRow(row.name, (square,) * len(titles)) for row in results.pictures[:2])
        return Gallery(titles, rows, {}, ())

    shown = replace(
        sheet("gray", "cnn", "truth"),
        told={"strokes-10": sheet("gray", "strokes", "levin (10 strokes)", "truth")},
        missing=(results.entry("welsh (nearest)"),),
        reasons={"welsh (nearest)": "its references are not at hand; name their folder with --references"},
    )
    return page.render(results, drawings.drawings(results), shown)


def test_a_page_has_a_part_for_each_section(text: str) -> None:
    outline = Outline(text)
    assert len(outline.ids) == len(set(outline.ids))
    targets = {str(each["href"])[1:] for each in outline.all("a")}
    assert {"told-strokes-10", "told-reference"} <= targets <= set(outline.ids)
    assert {"figure-trade-off-strokes-10", "table-sheet-strokes-10"} <= set(outline.ids)
    assert "2 models in 5 settings, 2 methods without learning and 2 trivial baselines" in outline.text
    assert "do not compare with those of automatic entries" in outline.text
    assert "welsh (nearest) is left out: its references are not at hand" in outline.text
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1


def test_the_leaderboard_has_a_part_for_each_section() -> None:
    small = made_up_told(protocol=Protocol(limit=12, fit="the scored pictures"))
    text = leaderboard.render(json.loads(json.dumps(leaderboard.summary([made_up(24), small]))))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[1] == "## val, 24 pictures"
    assert "## val, 12 pictures" in headings
    assert "### Told by 10 strokes" in headings
    assert "#### Scores on val, told by a reference photograph" in headings
    assert "- references: the nearest of 80 of 90 pictures of ground" in text
    assert (
        "tintype evaluate --data val cnn tint levin welsh --vivid 0 --vivid 1 --strokes 10 "
        "--references ground --limit 12 --labels labels.tsv -o 1-val.json"
    ) in text


def test_on_the_leaderboard_automatic_entries_stand_once_where_all_stand_beside_others() -> None:
    results = made_up_told()
    without = [entry for entry in results.entries if entry.model != "cnn"]
    text = leaderboard.render(leaderboard.summary([replace(results, entries=without)]))
    assert "### Scores on val\n" not in text
    assert "| gray |" in text


def test_sets_of_one_name_are_told_apart_by_what_differs() -> None:
    small, other = made_up(name="val", protocol=Protocol(limit=12)), made_up(20, name="more")
    assert wording.set_names([made_up(24), small, other]) == ["val, 24 pictures", "val, 12 pictures", "more"]
    stretched = made_up(protocol=Protocol(size=64))
    assert wording.set_names([made_up(24), stretched]) == [
        "val, 24 pictures",
        "val, the largest square of the middle, 64×64 pixels",
    ]


def test_cards_keep_the_scores_of_automatic_entries_alone(tmp_path: Path) -> None:
    model = tmp_path / "tint.onnx"
    model.write_bytes(b"tint")
    card = write_card(model)
    sha = hashlib.sha256(b"tint").hexdigest()

    def own(results: Results) -> Results:
        entries = [replace(each, sha256=sha) if each.model == "tint" else each for each in results.entries]
        return replace(results, entries=entries)

    small = own(made_up_told(protocol=Protocol(limit=12)))
    for sets in ([small], [own(made_up(24)), small]):
        update_cards(sets, tmp_path)
        val = json.loads(card.read_text())["scores"]["val"]
        assert val["vivid 0"]["auc"] == 45.0
        assert val["pictures"] == sets[0].data.pictures
        assert set(val) == {"protocol", "pictures", "sha256", "colorfulness_of_truth", "vivid 0", "vivid 1"}


def test_told_and_automatic_results_of_the_same_pictures_stand_in_one_set() -> None:
    told = made_up_told()
    automatic = replace(told, entries=made_up().entries[:3], references=[])
    assert names(merge([automatic, told])) == [
        name for name in names(replace(told, entries=told.entries)) if name in told.names
    ]


def test_twenty_families_are_told_apart_by_color_and_marker() -> None:
    entry = made_up().entries[1]
    entries = [replace(entry, name=f"model {number}", model=f"model {number}") for number in range(20)]
    colors, markers = style.colors(entries), style.markers(entries)
    assert len({(colors[name], markers[name]) for name in colors}) == 20
    picture = PictureRow("a", "b", None, 1.0, None)
    drawings.drawings(replace(made_up(), entries=entries, pictures=[picture] * 12))


def test_a_model_that_was_told_something_is_a_family_of_its_own() -> None:
    families = [style.family(entry) for entry in made_up_told().entries]
    assert families[2:4] == ["tint", "tint"]
    assert families[5:] == [
        *("tint (10 strokes)", "levin (10 strokes)", "tint (nearest)", "welsh (nearest)"),
    ]
