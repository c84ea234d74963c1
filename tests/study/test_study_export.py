"""A study's answers for other programs."""

import csv
import json
from pathlib import Path

import pytest

from study_samples import MODELS, arrive, attentive, make_study, play_round
from tintype.errors import DataError, StudyError
from tintype.study import records
from tintype.study.export import TABLES, cell, export
from tintype.study.service import Study

FILES = [
    *(f"{table}.{kind}" for table in ("answers", "people", "pictures") for kind in ("csv", "json")),
    "data-dictionary.json",
    "data-dictionary.md",
    "study.json",
]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def exported(study: Study, tmp_path: Path) -> Path:
    """Of one who finished, one who failed the check and is quick, and one who withdrew."""
    token = arrive(study)
    study.describe(token, "60-74", "unsure")
    play_round(study, token)
    hasty = arrive(study)
    while (trial := study.next_trial(hasty)) is not None:
        right = attentive(study, hasty, trial)
        study.answer(hasty, trial.token, 2 if trial.question == "rate" else 1 - right, 100)
    study.withdraw(arrive(study))
    export(study.folder, tmp_path / "out")
    return tmp_path / "out"


def test_every_column_of_every_table_is_described_and_nothing_else(exported: Path) -> None:
    assert sorted(path.name for path in exported.iterdir()) == sorted(FILES)
    dictionary = json.loads((exported / "data-dictionary.json").read_text())
    text = (exported / "data-dictionary.md").read_text()
    assert set(dictionary) == set(TABLES)
    for name, table in dictionary.items():
        described = [column["name"] for column in table["columns"]]
        with (exported / f"{name}.csv").open() as file:
            assert next(csv.reader(file)) == described
        for row in json.loads((exported / f"{name}.json").read_text())[name]:
            assert list(row) == described
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        for column in table["columns"]:
            assert f"| `{column['name']}` | {column['type']} | {column['meaning']} |" in section
            assert column["meaning"].endswith(".")


def test_cells_have_the_type_that_the_dictionary_says(exported: Path) -> None:
    types = {"integer": int, "number": float | int, "text": str, "boolean": bool}
    for name, table in json.loads((exported / "data-dictionary.json").read_text()).items():
        for row in json.loads((exported / f"{name}.json").read_text())[name]:
            for column in table["columns"]:
                value = row[column["name"]]
                assert value is None or isinstance(value, types[column["type"]]), (name, column)
                assert isinstance(value, bool) == (column["type"] == "boolean")


def test_answers_are_those_of_the_records_and_say_which_rule_leaves_them_out(
    exported: Path, study: Study
) -> None:
    rows = read_csv(exported / "answers.csv")
    known = records.answers(study, scored_only=False)
    assert len(rows) == len(known) == 26
    for row, answer in zip(rows, known, strict=True):
        for name, text in row.items():
            assert text == cell(getattr(answer, name))
    assert {row["excluded"] for row in rows if row["participant"] == "1"} == {""}
    assert {row["excluded"] for row in rows if row["participant"] == "2" and row["part"] != "practice"} == {
        "failed_attention"
    }
    assert {row["kind"] for row in rows} <= {"truth", *MODELS, "gray", "rainbow"}


def test_people_are_numbers_and_no_table_holds_a_token(exported: Path, study: Study) -> None:
    people = read_csv(exported / "people.csv")
    assert [row["participant"] for row in people] == ["1", "2", "3"]
    assert [row["withdrawn"] for row in people] == ["false", "false", "true"]
    assert [row["finished"] for row in people] == ["true", "true", "false"]
    assert [row["answers"] for row in people] == ["10", "10", "0"]
    assert people[0]["age_band"] == "60-74"
    with study.database.reading() as session:
        connection = session.connection()
        secret = [row[0] for row in connection.exec_driver_sql("SELECT token FROM trial")]
        secret += [row[0] for row in connection.exec_driver_sql("SELECT token_sha256 FROM participant")]
    written = "".join(path.read_text() for path in exported.iterdir())
    assert not [token for token in secret if token in written]


def test_the_protocol_comes_with_its_hash(exported: Path, study: Study) -> None:
    told = json.loads((exported / "study.json").read_text())
    assert told["protocol_sha256"] == study.protocol_sha256
    assert told["protocol"] == json.loads(study.protocol.text())


def test_names_of_pictures_are_no_formulas(tmp_path: Path) -> None:
    make_study(tmp_path / "study").close()
    ready = tmp_path / "study-ready" / "pictures.json"
    listed = json.loads(ready.read_text())
    listed["pictures"][0]["name"] = '=HYPERLINK("http://x","y").jpg'
    ready.write_text(json.dumps(listed))
    with make_study(tmp_path / "other", ready=ready.parent) as study:
        export(study.folder, tmp_path / "out")
    names = [row["name"] for row in read_csv(tmp_path / "out" / "pictures.csv")]
    assert '\'=HYPERLINK("http://x","y").jpg' in names
    assert not [name for name in names if name[0] in "=+-@"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        ("-3", "'-3"),
        ("@a", "'@a"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        (1.5, "1.5"),
    ],
)
def test_cells_of_csv(value: str | int | float | None, text: str) -> None:
    assert cell(value) == text


def test_an_export_replaces_nothing(file_study: Study, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="exists already"):
        export(file_study.folder, tmp_path)
    with pytest.raises(StudyError, match="is no study"):
        export(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
