import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from made_up_people import MODELS, answers, protocol, said
from PIL import Image

from study_samples import arrive, make_study
from tintype.cli import study_report
from tintype.cli.exits import Verbs
from tintype.study.analysis import analyze
from tintype.study.page import About, report, write
from tintype.study.records import Answer
from tintype.study.resampling import Draws
from tintype.study.service import Study

KINDS = ("truth", *MODELS)
FIGURES = ("figure-16", "figure-17", "sensitivity", "star-shares")
Run = Callable[..., tuple[int, str]]


class Page(HTMLParser):
    """What a test looks for on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += " ".join(data.split()) + " "

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def about(**given: int) -> About:
    plan = protocol()
    return replace(About(plan, plan.sha256, 34, 34, 33, 1, 0), **given)


def written(rows: list[Answer], folder: Path, **given: int) -> Page:
    folder.mkdir()
    write(analyze(rows, KINDS, Draws(resamples=200)), about(**given), folder)
    return Page((folder / "index.html").read_text())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 34 people."""
    folder = tmp_path_factory.mktemp("report") / "out"
    written(answers(34), folder)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Study]:
    with make_study(tmp_path / "study", count=15) as made:
        yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `report` or `simulate`; gives the exit code and what was said."""
    app = typer.Typer(cls=Verbs, pretty_exceptions_enable=False)
    app.command()(study_report.report)
    app.command()(study_report.simulate)

    def command(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            app([*map(str, arguments)])
        return int(end.value.code or 0), capsys.readouterr().err

    return command


def test_a_report_is_a_page_with_figures_and_tables(out: Path) -> None:
    page = Page((out / "index.html").read_text())
    assert {path.name for path in (out / "figures").iterdir()} == {
        f"{name}.{suffix}" for name in FIGURES for suffix in ("png", "pdf")
    }
    tables = {path.name for path in (out / "tables").iterdir()}
    for key in (
        "believed",
        "stars",
        "sensitivity",
        "believed-pairs",
        "stars-pairs",
        "agreement",
        "exclusions",
        "times",
    ):
        assert {f"{key}.md", f"{key}.tex", f"{key}.csv"} <= tables
    assert len(page.all("svg")) == len(FIGURES)
    for name in FIGURES:
        with Image.open(out / "figures" / f"{name}.png") as picture:
            assert picture.width == 1280
    assert protocol().sha256 in page.text
    assert "nearly half" in page.text
    assert "3.09" in page.text


def test_the_page_needs_nothing_beside_it(out: Path) -> None:
    page = Page((out / "index.html").read_text())
    for tag, attributes in page.tags:
        for name in ("src", "href", "action", "data", "poster"):
            value = attributes.get(name) or ""
            assert not value or value.startswith(("#", "data:")), (tag, name, value)
    text = (out / "index.html").read_text()
    assert not re.search(r"@import|url\((?!#)", text)
    assert page.all("script") == []


def test_the_page_is_well_formed_and_its_ids_are_unique(out: Path) -> None:
    page = Page((out / "index.html").read_text())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"] for attributes in page.all("a")}
    assert targets <= {f"#{name}" for name in ids}
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_the_same_answers_and_seed_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    written(answers(34), tmp_path / "again")
    files = sorted(path.relative_to(out) for path in out.rglob("*.*"))
    assert len(files) > 20
    for file in files:
        assert (out / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_numbers_of_tables_are_those_of_the_answers(tmp_path: Path) -> None:
    rows = [said(person, person, "truth", int(person % 4 > 0)) for person in range(40)]
    written(rows, tmp_path / "out")
    with (tmp_path / "out" / "tables" / "believed.csv").open(newline="") as file:
        found = {row["kind"]: row for row in csv.DictReader(file)}
    assert found["truth"]["believed real"] == "75.0 %"
    assert found["truth"]["answers"] == "40"
    assert " to " in found["truth"]["believed real (interval)"]
    assert found["cnn"]["believed real"] == "–"
    assert found["cnn"]["2019 report"] == "nearly half"


def test_made_up_people_and_few_people_are_said_at_the_top(tmp_path: Path) -> None:
    assert "do not exist" in written(answers(34), tmp_path / "all", made_up=34).text
    assert (
        "3 of the 34 people of this study do not exist"
        in written(answers(34), tmp_path / "some", made_up=3).text
    )
    few = written(answers(5), tmp_path / "few")
    assert "do not exist" not in few.text
    assert "5 people only" in few.text


@pytest.mark.parametrize("rows", [[], [said(1, 1, "truth", 1)], [said(1, 1, "cnn", 3, "rate")]])
def test_a_report_of_next_to_nothing_says_so(tmp_path: Path, rows: list[Answer]) -> None:
    page = written(rows, tmp_path / "out")
    told = "There are no answers yet" if not rows else "1 answer of 1 person"
    assert told in page.text
    assert "nan" not in page.text.lower().replace("finance", "")


def test_a_name_that_is_markup_is_text(tmp_path: Path) -> None:
    plan = replace(protocol(), name="<script>alert(1)</script> & more")
    (tmp_path / "out").mkdir()
    found = analyze(answers(6), KINDS, Draws(resamples=50))
    write(found, replace(about(), protocol=plan), tmp_path / "out")
    page = Page((tmp_path / "out" / "index.html").read_text())
    assert page.all("script") == []
    assert "<script>alert(1)</script> & more" in page.text


def test_a_report_holds_no_answer_of_a_single_person(tmp_path: Path) -> None:
    rows = [replace(row, age_band="75-up" if row.participant == 3 else "30-44") for row in answers(30)]
    page = written(rows, tmp_path / "out")
    assert "75-up" not in page.text


def test_simulated_people_take_part_and_their_report_is_made(run: Run, small: Study, tmp_path: Path) -> None:
    code, told = run("simulate", small.folder, "--people", 6, "--seed", 1)
    assert (code, told.splitlines()[-1]) == (0, "6 people who do not exist gave 78 answers")
    code, told = run("report", small.folder, "-o", tmp_path / "out")
    assert (code, told) == (0, f"wrote {tmp_path / 'out' / 'index.html'}\n")
    page = Page((tmp_path / "out" / "index.html").read_text())
    assert "do not exist" in page.text
    assert small.protocol_sha256 in page.text
    code, told = run("report", small.folder, "-o", tmp_path / "out")
    assert code == 2
    assert "--overwrite" in told
    assert run("report", small.folder, "-o", tmp_path / "out", "--overwrite")[0] == 0


def test_rates_of_a_file_are_taken(run: Run, small: Study, tmp_path: Path) -> None:
    rates = tmp_path / "rates.json"
    rates.write_text(json.dumps({"believed": {"cnn": 0.5}, "careless": 0}))
    assert run("simulate", small.folder, "--people", 2, "--rates", rates)[0] == 0
    rates.write_text("{}}")
    code, told = run("simulate", small.folder, "--people", 2, "--rates", rates)
    assert code == 2
    assert len(told.splitlines()) == 1


def test_simulation_among_people_is_refused_in_one_line(run: Run, small: Study) -> None:
    arrive(small)
    code, told = run("simulate", small.folder, "--people", 2)
    assert code == 1
    assert told.startswith("tintype: people take part in this study")
    assert len(told.splitlines()) == 1


def test_a_folder_that_is_no_study_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    for arguments in (("report", tmp_path, "-o", tmp_path / "out"), ("simulate", tmp_path, "--people", 2)):
        code, told = run(*arguments)
        assert code == 1
        assert len(told.splitlines()) == 1
        assert "is no study" in told
    assert not (tmp_path / "out").exists()


def test_a_folder_that_no_report_made_is_left_alone(run: Run, small: Study, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("dear")
    code, told = run("report", small.folder, "-o", tmp_path / "mine", "--overwrite")
    assert code == 2
    assert "letters.txt" in told
    assert (tmp_path / "mine" / "letters.txt").read_text() == "dear"


def test_a_study_without_answers_has_a_report(small: Study, tmp_path: Path) -> None:
    page = report(small, tmp_path / "out", Draws(resamples=50))
    assert "There are no answers yet" in page.read_text()
