"""The verbs `study …` as a person runs them."""

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from study_samples import write_ready
from tintype.cli.exits import Verbs
from tintype.cli.study import study_app


@pytest.fixture
def program() -> typer.Typer:
    """A program with these verbs alone, that ends as `tintype` does."""
    app = typer.Typer(cls=Verbs, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    app.add_typer(study_app, name="study")
    return app


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_ready(tmp_path / "ready", 20)


def test_a_study_is_made_exported_backed_up_and_restored(program: typer.Typer, ready: Path) -> None:
    run = CliRunner()
    made = run.invoke(program, ["study", "create", "pilot", "--pictures", str(ready), "--name", "Pilot"])
    assert made.exit_code == 0, made.output
    assert "made pilot: 15 pictures, each as truth, cnn, fusion, gan; 5 more for practice" in made.output
    for arguments, told in (
        (["export", "pilot", "-o", "tables"], "wrote 0 answers, 0 people, 20 pictures to tables"),
        (["backup", "pilot", "-o", "pilot.tar.gz"], "wrote pilot.tar.gz: 0 people, 0 trials, 20 pictures"),
        (["restore", "pilot.tar.gz", "-o", "again"], "restored again as it was at"),
        (["export", "again", "-o", "tables2"], "20 pictures"),
    ):
        ended = run.invoke(program, ["study", *arguments])
        assert ended.exit_code == 0, ended.output
        assert told in ended.output
    for name in os.listdir("tables"):  # noqa: PTH208
        assert Path("tables", name).read_bytes() == Path("tables2", name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["create", "pilot", "--pictures", "nowhere", "--models", "cnn"], 1, "nowhere"),
        (["create", "pilot", "--pictures", "ready", "--models", "cnn,,gan"], 2, "has an empty place"),
        (["create", "pilot", "--pictures", "ready", "--models", "tint"], 2, "has no pictures by tint"),
        (["create", "pilot", "--pictures", "ready", "--n", "100"], 1, "a study of 100 pictures needs 105"),
        (["create", "pilot", "--pictures", "ready/truth"], 2, "a study needs models; name some"),
        (["create", "ready", "--pictures", "ready"], 1, "ready exists already"),
        (["create", "pilot", "--pictures", "ready", "--database", "x"], 2, "the URL of the database"),
        (
            ["create", "pilot", "--pictures", "ready", "--part-one", "9", "--part-two", "9"],
            1,
            "a study of 18 pictures needs 23",
        ),
        (["export", "ready", "-o", "out"], 1, "ready is no study"),
        (["backup", "ready", "-o", "out"], 1, "ready is no study"),
        (["restore", "ready/pictures.json", "-o", "out"], 1, "is no back-up"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line_and_leaves_nothing(
    program: typer.Typer, ready: Path, arguments: list[str], code: int, told: str
) -> None:
    ended = CliRunner().invoke(program, ["study", *arguments])
    lines = ended.output.splitlines()
    assert ended.exit_code == code
    assert len(lines) == 1
    assert lines[0].startswith("tintype: ")
    assert told in lines[0]
    assert os.listdir() == ["ready"]  # noqa: PTH208
