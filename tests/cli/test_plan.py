from collections.abc import Sequence
from pathlib import Path

import pytest

from tintype.cli.plan import COLORED_COPY, FOLDER, HIDDEN, NO_PICTURE, Plan, make_plan
from tintype.errors import ConfigError

TREE = (
    "a.jpg",
    "b.TIF",
    "b.color.TIF",
    "notes.txt",
    ".hidden.jpg",
    "trip/c.png",
    "trip/day/d.jpeg",
    ".cache/e.jpg",
    "empty/readme.md",
)


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files named like photographs, as the working folder's subfolder "photos"."""
    for name in TREE:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


def plan(*inputs: str, output: str | None = None, recursive: bool = False, format: str | None = None) -> Plan:
    return make_plan(inputs, output=output, recursive=recursive, format=format)


def pairs(made: Plan) -> list[tuple[str, str]]:
    """Sources and destinations as text, - for the standard streams."""
    return [
        tuple("-" if path is None else path.as_posix() for path in (job.source, job.destination))  # type: ignore[misc]
        for job in made.jobs
    ]


def test_a_file_becomes_its_colored_copy_beside_it(photos: Path) -> None:
    assert pairs(plan("photos/a.jpg")) == [("photos/a.jpg", "photos/a.color.jpg")]


def test_a_folder_gives_its_own_pictures_and_counts_the_rest(photos: Path) -> None:
    made = plan("photos")
    assert pairs(made) == [("photos/a.jpg", "photos/a.color.jpg"), ("photos/b.TIF", "photos/b.color.TIF")]
    assert made.left_out == {HIDDEN: 1, NO_PICTURE: 1, COLORED_COPY: 1, FOLDER: 2}


def test_a_tree_is_mirrored_under_the_output_folder(photos: Path) -> None:
    assert pairs(plan("photos", output="out", recursive=True)) == [
        ("photos/a.jpg", "out/a.jpg"),
        ("photos/b.TIF", "out/b.TIF"),
        ("photos/trip/c.png", "out/trip/c.png"),
        ("photos/trip/day/d.jpeg", "out/trip/day/d.jpeg"),
    ]


def test_a_format_brings_its_suffix(photos: Path) -> None:
    assert pairs(plan("photos", output="out", format="png")) == [
        ("photos/a.jpg", "out/a.png"),
        ("photos/b.TIF", "out/b.png"),
    ]
    assert pairs(plan("photos/a.jpg", format="tiff")) == [("photos/a.jpg", "photos/a.color.tif")]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("photos/*.jpg", ["a.jpg"]),
        ("photos/[ab].*", ["a.jpg", "b.TIF"]),
        ("photos/**/*.*", ["a.jpg", "b.TIF", "trip/c.png", "trip/day/d.jpeg"]),
        ("photos/*/?.png", ["trip/c.png"]),
    ],
)
def test_quoted_globs_are_expanded_and_mirrored_from_their_fixed_part(
    photos: Path, pattern: str, expected: list[str]
) -> None:
    assert pairs(plan(pattern, output="out")) == [(f"photos/{name}", f"out/{name}") for name in expected]


def test_an_absolute_glob_is_expanded(photos: Path) -> None:
    made = plan(f"{photos}/trip/**/*.jpeg", output="out")
    assert pairs(made) == [((photos / "trip/day/d.jpeg").as_posix(), "out/day/d.jpeg")]


def test_a_name_with_brackets_that_exists_is_a_file(photos: Path) -> None:
    (photos / "scan [1].jpg").touch()
    assert pairs(plan("photos/scan [1].jpg")) == [("photos/scan [1].jpg", "photos/scan [1].color.jpg")]


@pytest.mark.parametrize("name", ["photos/notes.txt", "photos/.hidden.jpg", "photos/b.color.TIF", "gone.jpg"])
def test_a_file_given_by_name_is_taken_whatever_its_name(photos: Path, name: str) -> None:
    assert [source for source, _ in pairs(plan(name))] == [name]


def test_a_single_file_may_be_given_a_file_or_a_folder(photos: Path) -> None:
    assert pairs(plan("photos/a.jpg", output="new.jpg")) == [("photos/a.jpg", "new.jpg")]
    assert pairs(plan("photos/a.jpg", output="new")) == [("photos/a.jpg", "new/a.jpg")]
    assert pairs(plan("photos/a.jpg", output="v1.2/")) == [("photos/a.jpg", "v1.2/a.jpg")]
    Path("v1.3").mkdir()
    assert pairs(plan("photos/a.jpg", output="v1.3")) == [("photos/a.jpg", "v1.3/a.jpg")]


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (["-"], None, ("-", "-")),
        (["-"], "-", ("-", "-")),
        (["-"], "new.jpg", ("-", "new.jpg")),
        (["photos/a.jpg"], "-", ("photos/a.jpg", "-")),
    ],
)
def test_standard_streams_are_named_by_a_dash(
    photos: Path, inputs: list[str], output: str | None, expected: tuple[str, str]
) -> None:
    assert pairs(plan(*inputs, output=output)) == [expected]


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        (["-", "photos/a.jpg"], {}, "only input"),
        (["-"], {"output": "photos"}, "is a folder"),
        (["photos"], {"output": "-"}, "only one file"),
        (["photos/a.jpg", "photos/b.TIF"], {"output": "-"}, "only one file"),
        (["photos/a.jpg", "photos/b.TIF"], {"output": "new.jpg"}, "give -o a folder"),
        (["photos"], {"output": "photos/notes.txt"}, "give -o a folder"),
        (["photos/a.jpg"], {"output": "new.png", "format": "jpeg"}, "does not go with --format"),
        (["photos/a.jpg"], {"output": "photos"}, "would be replaced"),
        (["photos"], {"output": "photos"}, "would be replaced"),
        (["photos/a.jpg"], {"output": "photos/../photos/a.jpg"}, "would be replaced"),
        (["photos/a.jpg", "photos/b.TIF"], {"output": "photos/", "format": "jpeg"}, "would be replaced"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_work(
    photos: Path, inputs: Sequence[str], options: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        plan(*inputs, **options)  # type: ignore[arg-type]


def test_two_photographs_that_would_become_one_file_are_refused(photos: Path) -> None:
    (photos / "a.png").touch()
    with pytest.raises(ConfigError, match=r"a\.jpg and .*a\.png would both become .*a\.color\.png"):
        plan("photos", format="png")
    (photos / "trip" / "a.jpg").touch()
    with pytest.raises(ConfigError, match="would both become"):
        plan("photos/a.jpg", "photos/trip/a.jpg", output="out")
    with pytest.raises(ConfigError, match="would both become"):
        plan("photos", "photos/trip", output="out")


def test_a_result_never_lands_on_its_source_through_a_link(photos: Path) -> None:
    Path("linked").symlink_to(photos, target_is_directory=True)
    with pytest.raises(ConfigError, match="would be replaced"):
        plan("photos/a.jpg", output="linked/")
    Path("same.jpg").hardlink_to(photos / "a.jpg")
    with pytest.raises(ConfigError, match="would be replaced"):
        plan("photos/a.jpg", output="same.jpg")


def test_a_photograph_named_twice_is_colored_once(photos: Path) -> None:
    assert len(plan("photos/a.jpg", "photos", "photos/../photos/a.jpg").jobs) == 2


def test_results_of_the_same_command_are_not_taken_for_inputs(photos: Path) -> None:
    """The shell expands `*.jpg` to the colored copies of an earlier run as well."""
    (photos / "a.color.jpg").touch()
    made = plan("photos/a.color.jpg", "photos/a.jpg")
    assert pairs(made) == [("photos/a.jpg", "photos/a.color.jpg")]
    assert made.left_out == {COLORED_COPY: 1}


@pytest.mark.parametrize("given", ["photos", "photos/**/*.*"])
def test_an_output_folder_inside_the_input_is_not_scanned(photos: Path, given: str) -> None:
    before = pairs(plan(given, output="photos/out", recursive=True))
    (photos / "out" / "trip").mkdir(parents=True)
    (photos / "out" / "trip" / "c.png").touch()
    made = plan(given, output="photos/out", recursive=True)
    assert pairs(made) == before
    assert made.left_out[COLORED_COPY] == 2


def test_an_input_that_holds_nothing_is_told_and_the_others_go_on(photos: Path) -> None:
    made = plan("photos/empty", "none*.jpg", "photos/a.jpg")
    assert [problem.source for problem in made.problems] == ["photos/empty", "none*.jpg"]
    assert "holds no pictures" in made.problems[0].message
    assert "no picture matches" in made.problems[1].message
    assert len(made.jobs) == 1


def test_links_to_folders_are_not_followed(photos: Path) -> None:
    (photos / "trip" / "loop").symlink_to(photos, target_is_directory=True)
    assert len(plan("photos", output="out", recursive=True).jobs) == 4


def test_nothing_is_written_while_planning(photos: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    plan("photos", output="out", recursive=True)
    assert sorted(tmp_path.rglob("*")) == before
