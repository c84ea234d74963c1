from dataclasses import replace

import pytest
from report_samples import made_up

from tintype.evaluate.measures import BY_KEY
from tintype.report import comparisons


def cell(key: str, row: str, column: str) -> tuple[str, str, bool]:
    table = comparisons.matrix(made_up(), BY_KEY[key])
    names = [each.title for each in table.columns]
    found = next(each for each in table.rows if each.name == row).cells[names.index(column)]
    return found.text, found.detail, found.best


def test_each_model_is_held_against_every_entry_but_itself() -> None:
    table = comparisons.matrix(made_up(), BY_KEY["auc"])
    assert [column.title for column in table.columns] == ["gray", "cnn", "tint (vivid 0)", "tint (vivid 1)"]
    assert [row.name for row in table.rows] == ["cnn", "tint (vivid 0)", "tint (vivid 1)"]
    assert [row.cells[number + 1].text for number, row in enumerate(table.rows)] == ["", "", ""]


def test_a_difference_turns_its_sign_and_its_interval_with_its_direction() -> None:
    assert cell("auc", "tint (vivid 0)", "cnn") == ("+2.50 ▲", "1.30 to 3.70; p < 0.001", True)
    assert cell("auc", "cnn", "tint (vivid 0)") == ("−2.50 ▼", "−3.70 to −1.30; p < 0.001", True)


def test_lower_is_better_where_it_is() -> None:
    assert cell("ciede2000", "tint (vivid 0)", "cnn")[0] == "−5.00 ▲"


def test_what_is_not_told_apart_has_no_sign() -> None:
    assert cell("auc", "tint (vivid 0)", "tint (vivid 1)") == ("+1.00", "−0.20 to 2.20; p = 0.400", False)


def test_where_there_is_no_p_the_interval_decides() -> None:
    assert cell("auc_rebalanced", "tint (vivid 0)", "cnn")[0] == "+2.50 ▲"
    assert cell("auc_rebalanced", "tint (vivid 0)", "tint (vivid 1)")[0] == "+1.00"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "auc",
            "has the best mean, but is not told apart from tint (vivid 1): it is ahead by 1.00",
        ),
        (
            "ciede2000",
            "is ahead of the next, tint (vivid 1), by 2.00 (95 % interval 0.80 to 3.20",
        ),
    ],
)
def test_the_verdict_says_in_words_who_is_ahead(key: str, words: str) -> None:
    verdict = comparisons.verdict(made_up(), BY_KEY[key])
    assert verdict.startswith(f"tint (vivid 0) {words}")
    assert verdict.endswith(" pairs are told apart." if key == "ciede2000" else "1 of 3 pairs is told apart.")


def test_a_pair_that_no_file_compared_is_left_empty() -> None:
    results = made_up()
    kept = [each for each in results.comparisons if {each.first, each.second} != {"cnn", "tint (vivid 0)"}]
    results = replace(results, comparisons=kept)
    table = comparisons.matrix(results, BY_KEY["auc"])
    assert table.rows[0].cells[2].text == ""
    assert "of 2 pairs" in comparisons.verdict(results, BY_KEY["auc"])


def test_without_comparisons_there_is_nothing_to_show() -> None:
    assert comparisons.compared(replace(made_up(), comparisons=[])) == ()
    assert comparisons.verdict(replace(made_up(), comparisons=[]), BY_KEY["auc"]) == ""
