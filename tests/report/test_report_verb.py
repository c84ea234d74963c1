import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from report_samples import Outline, made_up

from tintype.cli.comparison import report
from tintype.cli.exits import Verbs
from tintype.evaluate.results import Protocol, Results

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `tintype report`; gives its exit code and what it said."""
    app = typer.Typer(cls=Verbs, pretty_exceptions_enable=False)
    app.command()(report)
    app.callback()(lambda: None)

    def command(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            app(["report", *map(str, arguments)])
        return int(end.value.code or 0), capsys.readouterr().err

    return command


def stored(results: Results, path: Path) -> Path:
    results.write(path)
    return path


def test_a_page_with_pictures_is_made_of_what_evaluate_wrote(run: Run, bench: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(
        bench / "results.json", "-o", out, "--data", bench / "photos", "--models", bench / "vivid.onnx"
    )
    assert code == 0, said
    assert said.endswith(f"wrote {out / 'index.html'}\n")
    outline = Outline((out / "index.html").read_text())
    assert len(outline.all("img")) == 11 * 4 + 2 * 9 * 3
    assert {"sheet.png", "sheet.pdf", "examples-vivid-vivid-0.png"} <= {
        path.name for path in (out / "figures").iterdir()
    }
    assert "broken.png" in outline.text
    assert "1 unreadable" in outline.text


def test_a_model_that_is_not_at_hand_is_named_by_its_hash_and_the_rest_is_done(
    run: Run, bench: Path, tmp_path: Path
) -> None:
    code, said = run(bench / "results.json", "-o", tmp_path / "out", "--data", bench / "photos")
    sha = json.loads((bench / "results.json").read_text())["entries"][-1]["sha256"]
    assert code == 0
    assert f"no pictures of vivid (vivid 1): no model with the sha256 {sha} is at hand; name it with" in said
    assert (tmp_path / "out" / "index.html").is_file()


def test_other_photographs_are_refused_and_nothing_is_written(run: Run, bench: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes((bench / "photos/birds/00.png").read_bytes())
    code, said = run(bench / "results.json", "-o", tmp_path / "out", "--data", tmp_path / "photos")
    assert code == 1
    assert said.count("\n") == 1
    assert "give the folder that was evaluated" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


def test_results_of_one_set_become_one_page(run: Run, tmp_path: Path) -> None:
    results = made_up()
    parts = [
        stored(replace(results, entries=results.entries[:2], comparisons=[]), tmp_path / "a.json"),
        stored(replace(results, entries=results.entries[2:], comparisons=[]), tmp_path / "b.json"),
    ]
    code, said = run(*parts, "-o", tmp_path / "out", "--title", "Both")
    assert code == 0, said
    page = (tmp_path / "out" / "index.html").read_text()
    assert "<h1>Both</h1>" in page
    assert all(f'<th scope="row">{name}</th>' in page for name in results.names)


def test_results_of_several_sets_make_no_page_by_themselves(run: Run, tmp_path: Path) -> None:
    parts = [
        stored(made_up(), tmp_path / "a.json"),
        stored(made_up(protocol=Protocol(size=64)), tmp_path / "b.json"),
    ]
    code, said = run(*parts, "-o", tmp_path / "out")
    assert (code, said.count("\n")) == (2, 1)
    assert "cannot be set side by side" in said
    assert not (tmp_path / "out").exists()


def test_with_a_leaderboard_each_set_has_a_page_of_its_own(run: Run, tmp_path: Path) -> None:
    parts = [
        stored(made_up(), tmp_path / "a.json"),
        stored(made_up(protocol=Protocol(size=64)), tmp_path / "b.json"),
    ]
    code, said = run(*parts, "-o", tmp_path / "out", "--leaderboard", tmp_path / "board.md")
    assert code == 0, said
    index = Outline((tmp_path / "out" / "index.html").read_text())
    links = [str(each["href"]) for each in index.all("a")]
    assert len(links) == 2
    assert all((tmp_path / "out" / link).is_file() for link in links)
    assert (tmp_path / "board.md").is_file()
    code, said = run(*parts, "-o", tmp_path / "out", "--leaderboard", tmp_path / "board.md", "--overwrite")
    assert code == 0, said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing is to be written"),
        (["--leaderboard", "board.txt"], "ends in .md"),
        (["--leaderboard", "board.md", "--data", "."], "name its folder with -o"),
        (["-o", "taken"], "exists and is left as it is"),
        (["-o", "out", "--cards", "."], "no card in"),
    ],
)
def test_requests_that_do_not_go_together_do_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    stored(made_up(), tmp_path / "cards" / "a.json")
    (tmp_path / "taken").mkdir()
    code, said = run("cards/a.json", *arguments)
    assert (code, said.count("\n")) == (2, 1), said
    assert message in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards", "taken"]


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 2}', "[1", "\x00"])
def test_what_is_no_results_file_is_told_in_one_line(run: Run, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    code, said = run(tmp_path / "a.json", "-o", tmp_path / "out")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("tintype: ")
    assert not (tmp_path / "out").exists()
