from dataclasses import replace

import pytest
from report_samples import estimate, made_up

from tintype.evaluate.measures import BY_KEY, MEASURES
from tintype.evaluate.results import Results
from tintype.report import labels, scores, wording
from tintype.report.tables import Cell, Column, Row, Table, latex, latex_text, markdown


def cells(table: Table, row: str) -> dict[str, Cell]:
    found = next(each for each in table.rows if each.name == row)
    return dict(zip([column.title for column in table.columns], found.cells, strict=True))


def changed(results: Results, name: str, key: str, value: float | None) -> Results:
    entries = [
        replace(entry, sum=entry.sum | {key: replace(estimate(0.0), value=value)})
        if entry.name == name
        else entry
        for entry in results.entries
    ]
    return replace(results, entries=entries)


def test_every_measure_of_the_results_is_in_some_table() -> None:
    results = made_up()
    shown = {column.title for table in scores.score_tables(results) for column in table.columns}
    measured = {key for entry in results.entries for key in entry.sum}
    assert shown == {wording.heading(measure) for measure in MEASURES if measure.key in measured}


def test_baselines_come_first_and_the_truth_last() -> None:
    kinds = [row.kind for row in scores.score_tables(made_up())[0].rows]
    assert kinds == ["baseline", "model", "model", "model", "truth"]


@pytest.mark.parametrize(
    ("key", "best"),
    [("auc", "tint (vivid 0)"), ("ciede2000", "tint (vivid 0)"), ("colorfulness", "tint (vivid 1)")],
)
def test_the_best_model_stands_out_whichever_way_is_better(key: str, best: str) -> None:
    table = scores.score_table(made_up(), "x", "x", [BY_KEY[key]])
    assert [row.name for row in table.rows if row.cells[0].best] == [best]


def test_models_that_are_alike_as_shown_all_stand_out() -> None:
    results = changed(changed(made_up(), "cnn", "auc", 91.0001), "tint (vivid 0)", "auc", 91.0002)
    assert scores.best_models(results, BY_KEY["auc"]) == ["cnn", "tint (vivid 0)"]


def test_a_baseline_is_never_best_but_marked_where_it_beats_every_model() -> None:
    table = scores.score_table(made_up(), "x", "x", [BY_KEY["accuracy_1"], BY_KEY["auc"]])
    gray = table.rows[0].cells
    assert [(cell.best, cell.mark) for cell in gray] == [(False, scores.BEATS_ALL), (False, "")]
    assert scores.BASELINE_NOTE in table.notes


def test_without_models_the_best_baseline_stands_out() -> None:
    results = made_up()
    results = replace(results, entries=[entry for entry in results.entries if entry.kind == "baseline"])
    assert scores.best_models(results, BY_KEY["auc"]) == ["gray"]


def test_a_measure_without_a_value_is_a_dash_and_never_best() -> None:
    results = made_up()
    for name in results.names:
        results = changed(results, name, "leakage", None)
    table = scores.score_table(results, "x", "x", [BY_KEY["leakage"]])
    assert [row.cells[0].text for row in table.rows[:-1]] == [wording.NOTHING] * 4
    assert not any(row.cells[0].best for row in table.rows)


def test_models_are_listed_once_whatever_their_vividness() -> None:
    table = scores.model_table([made_up(), made_up(name="other")])
    assert [row.name for row in table.rows] == ["cnn", "tint"]


def test_markdown_has_as_many_cells_in_each_line_and_no_bare_signs() -> None:
    table = Table("t", "c", "a|b", (Column("x*y"),), (Row("n_1 <b>", (Cell("1|2", "0 to 3", best=True),)),))
    lines = markdown(table).splitlines()
    assert lines[0] == r"| a\|b | x\*y |"
    assert lines[1] == "| --- | ---: |"
    assert lines[2] == r"| n\_1 \<b\> | **1\|2** (0 to 3) |"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (
            "50 % & 3_4 #1 $x$ {y} a~b^c",
            r"50 \% \& 3\_4 \#1 \$x\$ \{y\} a\textasciitilde{}b\textasciicircum{}c",
        ),
        ("a\\b <c> d|e", r"a\textbackslash{}b \textless{}c\textgreater{} d\textbar{}e"),
        ("−0.5 Δ × †", r"$-$0.5 $\Delta$ $\times$ \textdagger{}"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_means_itself_in_latex(text: str, escaped: str) -> None:
    assert latex_text(text) == escaped


def test_latex_tables_are_whole() -> None:
    for table in scores.score_tables(made_up()):
        text = latex(table)
        assert text.count(r"\begin{") == text.count(r"\end{") == 2
        assert text.count("{") == text.count("}")
        assert all(text.count(rule) == 1 for rule in (r"\toprule", r"\bottomrule"))
        body = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert len(body) == 1 + len(table.rows)
        assert all(line.replace(r"\&", "").count("&") == len(table.columns) for line in body)
        assert "−" not in text


def test_kinds_of_few_pictures_are_others_and_all_pictures_are_counted() -> None:
    kinds = labels.by_label(made_up(22))
    assert {label: len(indices) for label, indices in kinds.items()} == {
        "people": 11,
        "birds": 5,
        "others": 1,
        "without a label": 5,
    }
    assert sorted(index for indices in kinds.values() for index in indices) == list(range(22))


def test_without_labels_there_are_no_kinds() -> None:
    results = made_up()
    results = replace(results, pictures=[replace(row, label=None) for row in results.pictures])
    assert labels.by_label(results) == {}
    assert labels.label_tables(results) == []


def test_means_by_kind_leave_out_pictures_without_a_value() -> None:
    results = made_up()
    entry = replace(results.entries[0], pictures={"edge_error": [1.0, None, 3.0]})
    assert labels.mean(entry, BY_KEY["edge_error"], [0, 1, 2]) == 2.0
    assert labels.mean(entry, BY_KEY["edge_error"], [1]) is None


def test_tables_by_kind_show_the_number_of_pictures_and_the_best_model() -> None:
    people = cells(labels.label_table(made_up(22), BY_KEY["auc"]), "people")
    assert people["pictures"].text == "11"
    assert [name for name, cell in people.items() if cell.best] == ["tint (vivid 0)"]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-0.001, 2, "0.00"), (-1.5, 1, "−1.5"), (None, 1, "–"), (0.1234, 3, "0.123")],
)
def test_numbers_are_never_minus_zero(value: float | None, decimals: int, text: str) -> None:
    assert wording.number(value, decimals) == text


def test_slugs_of_names_differ() -> None:
    assert list(wording.slugs(["tint (vivid 0.5)", "tint vivid 0 5", "…"]).values()) == [
        "tint-vivid-0-5",
        "tint-vivid-0-5-2",
        "x",
    ]
