from pathlib import Path

import pytest
from report_samples import made_up

from tintype.errors import ConfigError, SaveError
from tintype.report import page
from tintype.report.folder import new_folder
from tintype.report.make import write_pages


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write(folder: Path, title: str, overwrite: bool = False) -> None:
    """A report that is but a page, with the mark of one."""
    with new_folder(folder, overwrite) as new:
        (new / "index.html").write_text(page.render(made_up(), [], None, title))
        (new / "figures").mkdir()


def test_a_report_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_folder(tmp_path / "deep" / "out", False) as folder:
        (folder / "index.html").write_text("half")
        assert not (tmp_path / "deep" / "out").exists()
        raise RuntimeError
    assert files(tmp_path) == []
    write(tmp_path / "out", "Whole")
    assert files(tmp_path) == ["out/index.html"]


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ConfigError, match=r"exists and is left as it is; .* --overwrite"):
        write(tmp_path / "out", "New")


def test_what_appears_meanwhile_is_left_as_it_is_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="exists"), new_folder(tmp_path / "out", False):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine").write_text("mine")
    assert files(tmp_path) == ["out/mine"]


def test_an_older_report_is_replaced_on_purpose_and_stays_after_an_error(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "Old")
    with pytest.raises(RuntimeError), new_folder(out, True):
        raise RuntimeError
    assert "<h1>Old</h1>" in (out / "index.html").read_text()
    write(out, "New", overwrite=True)
    assert "<h1>New</h1>" in (out / "index.html").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["thesis.tex", "photos/a.jpg", "index.html"])
def test_a_folder_with_other_things_is_never_replaced(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if name != "index.html":
        write(out, "Old")
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    with pytest.raises(ConfigError, match=f"{name.split('/')[0]}, which no report wrote"):
        write(out, "New", overwrite=True)
    assert (out / name).read_text() == "mine"


def test_a_file_or_link_is_never_replaced_by_a_report(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    write(tmp_path / "old", "Old")
    (tmp_path / "link").symlink_to(tmp_path / "old")
    for name in ("file", "link"):
        with pytest.raises(ConfigError, match="is no folder"):
            write(tmp_path / name, "New", overwrite=True)
    assert (tmp_path / "file").read_text() == "mine"
    assert "<h1>Old</h1>" in (tmp_path / "link" / "index.html").read_text()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="part of the path is not a folder"):
        write(tmp_path / "file" / "out", "New")


def test_figures_and_tables_lie_beside_the_page_and_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pages([made_up(22)], [None], tmp_path / name)
    found = files(tmp_path / "a")
    for stem in ("accuracy", "trade-off", "distribution", "kinds"):
        assert {f"figures/{stem}.png", f"figures/{stem}.pdf"} <= set(found)
    for stem in ("scores", "accuracy", "errors", "models", "kinds-auc", "comparisons-auc"):
        assert {f"tables/{stem}.md", f"tables/{stem}.tex"} <= set(found)
    assert found == files(tmp_path / "b")
    for name in found:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
