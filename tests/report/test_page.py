import json
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from report_samples import Outline, made_up

from tintype.evaluate.results import Results, read
from tintype.evaluate.revisit import Revisit
from tintype.report import gallery, page
from tintype.report.drawings import drawings
from tintype.report.gallery import Example, Gallery, SheetRow, ranked, spread


def painted(results: Results) -> Gallery:
    """A gallery of plain pictures."""
    square = np.full((16, 16, 3), 90, np.uint8)
    rows = tuple(SheetRow(row.name, (square,) * 3) for row in results.pictures[:2])
    example = Example("0003.webp", "worst", 12.345, square, square, square)
    return Gallery(("gray", "cnn", "truth"), rows, {"cnn": (example,)}, (results.entries[2],))


def rendered(results: Results, shown: Gallery | None = None, title: str | None = None) -> str:
    """A page without its figures, which take most of the time."""
    return page.render(results, [], shown, title)


@pytest.fixture(scope="module")
def text() -> str:
    results = made_up(22)
    return page.render(results, drawings(results), painted(results))


def test_a_page_is_well_formed_and_its_ids_are_unique(text: str) -> None:
    outline = Outline(text)
    assert len(outline.ids) == len(set(outline.ids))
    targets = {str(each["href"])[1:] for each in outline.all("a")}
    assert targets
    assert targets <= set(outline.ids)


def test_a_page_needs_nothing_beside_it(text: str) -> None:
    outline = Outline(text)
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in re.sub(r"url\(#", "", text)
    assert "@import" not in text
    for tag, attributes in outline.tags:
        for name in ("src", "href", "srcset", "poster", "data", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, value)
    assert not outline.all("iframe")
    policy = next(each for each in outline.all("meta") if each.get("http-equiv"))
    assert str(policy["content"]).startswith("default-src 'none'")


def test_a_page_can_be_read_without_seeing_it(text: str) -> None:
    outline = Outline(text)
    assert outline.all("html")[0]["lang"] == "en"
    assert all(each.get("alt") for each in outline.all("img"))
    assert all(each.get("scope") in ("col", "row") for each in outline.all("th"))
    assert all(each.get("aria-label") for each in outline.all("div") if each.get("role"))
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert text.count("<caption>") == len(outline.all("table"))


def test_a_page_says_what_was_compared(text: str) -> None:
    words = Outline(text).text
    for part in (
        "2 models in 3 settings and 1 trivial baseline on 22 photographs.",
        "the largest square of the middle, 256×256 pixels",
        "val: 22 of 23 found",
        "a" * 64,
        "b" * 64,
        "10.80",
        "1 gray",
        "mean chroma 2.8",
        "tintype 0.1.0",
        "Labels are from labels.tsv",
    ):
        assert part in words


def test_a_page_says_which_model_is_not_at_hand(text: str) -> None:
    assert f"tint (vivid 0) is left out: no model with the sha256 {'b' * 64} is at hand; name it" in text


def test_without_photographs_the_page_says_how_to_get_pictures() -> None:
    text = rendered(made_up())
    assert not Outline(text).all("img")
    assert "tintype report RESULTS.json -o OUT --data DIR" in text


def test_without_labels_or_comparisons_the_page_has_no_part_for_them() -> None:
    results = made_up()
    rows = [replace(row, label=None) for row in results.pictures]
    text = rendered(replace(results, pictures=rows, comparisons=[]))
    assert {"kinds", "comparisons"}.isdisjoint(Outline(text).ids)


def test_names_cannot_break_out_of_the_page() -> None:
    wild = '"><script>alert(1)</script>'
    results = made_up()
    entries = [
        replace(entry, name=f"{wild}{number}", model=entry.model and wild)
        for number, entry in enumerate(results.entries)
    ]
    data = replace(results.data, name=wild, labels=wild)
    rows = [replace(row, name=wild, label=wild) for row in results.pictures]
    results = replace(results, entries=entries, data=data, pictures=rows, comparisons=[])
    text = rendered(results, painted(replace(results, entries=made_up().entries)), title=wild)
    assert len(Outline(text).all("script")) == 1
    assert f"<title>{wild}</title>" in unescape(text)


def test_a_title_replaces_the_one_that_comes_by_itself() -> None:
    assert "<h1>Mine</h1>" in rendered(made_up(), title="Mine")
    assert "<h1>Colorization compared on val</h1>" in rendered(made_up())


def test_the_sheet_spreads_over_the_whole_set() -> None:
    assert spread(4, 100) == [12, 37, 62, 87]
    assert spread(16, 3) == [0, 1, 2]
    assert spread(16, 0) == []
    assert len(set(spread(16, 17))) == 16


def test_best_median_and_worst_are_those_of_the_error() -> None:
    entry = replace(made_up().entries[0], pictures={"chroma_error": [*map(float, range(19, -1, -1)), None]})
    assert ranked(entry) == [
        *(("best", number) for number in (19, 18, 17)),
        *(("median", number) for number in (11, 10, 9)),
        *(("worst", number) for number in (2, 1, 0)),
    ]


@pytest.mark.parametrize("count", range(8))
def test_of_few_pictures_none_is_shown_twice(count: int) -> None:
    entry = replace(made_up().entries[0], pictures={"chroma_error": [float(n) for n in range(count)]})
    numbers = [number for _, number in ranked(entry)]
    assert len(numbers) == len(set(numbers)) == min(count, 3 * max(1, count // 3), 9)


def test_pictures_are_painted_as_they_were_scored(bench: Path) -> None:
    results = read(bench / "results.json")
    told: list[tuple[int, int | None]] = []
    shown = gallery.paint(
        results, Revisit(results, bench / "photos", [bench]), lambda done, total: told.append((done, total))
    )
    assert shown.titles == ("gray", "vivid (vivid 0)", "vivid (vivid 1)", "truth")
    assert [row.name for row in shown.rows] == [row.name for row in results.pictures]
    assert all(len(row.pictures) == 4 for row in shown.rows)
    assert [example.rank for example in shown.examples["vivid (vivid 1)"]] == sorted(
        example.rank for example in shown.examples["vivid (vivid 1)"]
    )
    assert told[-1][0] == told[-1][1] == len(told)
    assert shown.missing == ()
    assert shown.sheet().width == 4 * 32 + 3 * 6
    assert shown.example_sheet("vivid (vivid 0)").height > 9 * 32


def test_without_the_model_its_pictures_are_missing(bench: Path) -> None:
    results = read(bench / "results.json")
    shown = gallery.paint(results, Revisit(results, bench / "photos"), lambda done, total: None)
    assert shown.titles == ("gray", "truth")
    assert [entry.name for entry in shown.missing] == ["vivid (vivid 0)", "vivid (vivid 1)"]
    outline = Outline(rendered(results, shown))
    assert len(outline.all("img")) == 2 * len(results.pictures)


def test_results_that_were_read_again_give_the_same_page(tmp_path: Path) -> None:
    made_up().write(tmp_path / "results.json")
    again = read(tmp_path / "results.json")
    assert json.loads((tmp_path / "results.json").read_text()) == again.to_dict()
    assert rendered(again) == rendered(read(tmp_path / "results.json"))
