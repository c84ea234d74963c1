"""A study in one file, and back, between the two kinds of database."""

import gzip
import io
import json
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from study_samples import arrive, kind_of, make_study, play_round
from tintype.errors import DataError, SaveError, StudyError
from tintype.study import migrations, records
from tintype.study.backup import backup, restore
from tintype.study.models import StudyRow
from tintype.study.service import Study


def content(study: Study) -> tuple[object, ...]:
    """All that a study knows, as far as it does not depend on the database it lies in."""
    return (
        study.protocol_text,
        records.answers(study, scored_only=False),
        records.people(study),
        records.pictures(study),
    )


def lived_in(study: Study) -> str:
    """Two people who finished, one who withdrew, and one who is in the middle; gives that one's token."""
    for _ in range(2):
        token = arrive(study)
        study.describe(token, "30-44", "normal")
        play_round(study, token)
    study.withdraw(arrive(study))
    waiting = arrive(study)
    trial = study.next_trial(waiting)
    assert trial is not None
    study.answer(waiting, trial.token, 1, 500)
    study.next_trial(waiting)
    return waiting


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_restored_study_is_the_same_and_goes_on(
    study: Study, tmp_path: Path, elsewhere: bool, request: pytest.FixtureRequest
) -> None:
    waiting = lived_in(study)
    (study.folder / "secrets.json").write_text('{"cookie_key": "k"}')
    head = backup(study.folder, tmp_path / "kept.tar.gz")
    assert head.rows == {"study": 1, "picture": 35, "image": 134, "participant": 4, "trial": 28}
    url = request.getfixturevalue("postgres").empty_database("elsewhere") if elsewhere else None
    assert restore(tmp_path / "kept.tar.gz", tmp_path / "again", url) == head
    with Study.open(tmp_path / "again") as again:
        assert again.database.is_file != elsewhere
        assert content(again) == content(study)
        assert again.next_trial(waiting) == study.next_trial(waiting)
        trial = again.next_trial(waiting)
        assert trial is not None
        file = again.image_file(waiting, trial.token)
        assert file.is_relative_to(tmp_path / "again")
        assert file.read_bytes() == study.image_file(waiting, trial.token).read_bytes()
        assert kind_of(again, waiting, trial) == kind_of(study, waiting, trial)
        play_round(again, waiting)
        play_round(again, arrive(again))
    secrets = tmp_path / "again" / "secrets.json"
    assert secrets.read_text() == '{"cookie_key": "k"}'
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "again").iterdir() if "-" not in path.name) == sorted(
        ["images", "secrets.json", "study.json"] + ([] if elsewhere else ["study.db"])
    )


def test_a_study_is_not_restored_beside_itself_in_one_server(
    tmp_path: Path, ready: Path, postgres_url: str
) -> None:
    with make_study(tmp_path / "study", postgres_url, count=30, ready=ready) as study:
        lived_in(study)
        backup(study.folder, tmp_path / "kept.tar.gz")
        with pytest.raises(StudyError, match="has people of this study already; name another database"):
            restore(tmp_path / "kept.tar.gz", tmp_path / "again", postgres_url)
        assert not (tmp_path / "again").exists()
        with study.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(StudyRow)) == 1


def test_a_backup_made_while_people_answer_is_one_state_of_the_study(study: Study, tmp_path: Path) -> None:
    stop = threading.Event()
    confirmed: list[str] = []

    def answer_on() -> None:
        while not stop.is_set():
            token = arrive(study)
            while (trial := study.next_trial(token)) is not None:
                study.answer(token, trial.token, 1, 900)
                confirmed.append(trial.token)

    people = [threading.Thread(target=answer_on) for _ in range(3)]
    for person in people:
        person.start()
    while len(confirmed) < 10:
        stop.wait(0.01)
    before = len(confirmed)
    backup(study.folder, tmp_path / "kept.tar.gz")
    after = len(confirmed)
    stop.set()
    for person in people:
        person.join()
    restore(tmp_path / "kept.tar.gz", tmp_path / "again")
    with Study.open(tmp_path / "again") as again:
        found = len(records.answers(again, scored_only=False))
        assert before <= found <= after + len(people)
        everybody = records.people(again)
        assert [person.participant for person in everybody] == list(range(1, len(everybody) + 1))


def test_a_backup_is_private_and_never_replaces_a_file(file_study: Study, tmp_path: Path) -> None:
    backup(file_study.folder, tmp_path / "kept.tar.gz")
    assert stat.S_IMODE((tmp_path / "kept.tar.gz").stat().st_mode) == 0o600
    with pytest.raises(SaveError, match="exists already"):
        backup(file_study.folder, tmp_path / "kept.tar.gz")
    with pytest.raises(SaveError, match="no such folder"):
        backup(file_study.folder, tmp_path / "nowhere" / "kept.tar.gz")


def test_a_study_without_some_image_is_not_backed_up(file_study: Study, tmp_path: Path) -> None:
    next((file_study.folder / "images").rglob("*.png")).unlink()
    with pytest.raises(StudyError, match="is gone from the study"):
        backup(file_study.folder, tmp_path / "kept.tar.gz")
    assert not (tmp_path / "kept.tar.gz").exists()


def test_nothing_is_restored_over_what_exists(file_study: Study, tmp_path: Path) -> None:
    backup(file_study.folder, tmp_path / "kept.tar.gz")
    with pytest.raises(DataError, match="exists already"):
        restore(tmp_path / "kept.tar.gz", file_study.folder)


def parts_of(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def pack(file: Path, parts: dict[str, bytes]) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for name, data in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


FAULTS = ("row", "image", "gone", "escape", "newer", "count", "rows", "head", "first")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_backup_with_a_fault_is_refused_and_leaves_nothing(
    file_study: Study, tmp_path: Path, fault: str
) -> None:
    lived_in(file_study)
    backup(file_study.folder, tmp_path / "kept.tar.gz")
    parts = parts_of(tmp_path / "kept.tar.gz")
    head = json.loads(parts["backup.json"])
    image = next(name for name in parts if name.startswith("images/"))
    if fault == "row":
        parts["rows/trial.jsonl"] = parts["rows/trial.jsonl"].replace(b'"answer": 1', b'"answer": 0')
    elif fault == "image":
        parts[image] += b"more"
    elif fault == "gone":
        del parts[image]
    elif fault == "escape":
        parts["../escaped"] = b"out"
    elif fault == "newer":
        head["revision"] = "9999"
    elif fault == "count":
        head["rows"]["trial"] += 1
    elif fault == "rows":
        from hashlib import sha256

        parts["rows/trial.jsonl"] = parts["rows/trial.jsonl"].replace(b'"part": "rate"', b'"part": "lunch"')
        head["files"]["rows/trial.jsonl"] = sha256(parts["rows/trial.jsonl"]).hexdigest()
    elif fault == "head":
        head["surprise"] = True
    parts["backup.json"] = json.dumps(head).encode()
    if fault == "first":
        parts["backup.json"] = parts.pop("backup.json")
    pack(tmp_path / "bad.tar.gz", parts)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StudyError) as caught:
        restore(tmp_path / "bad.tar.gz", tmp_path / "again")
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_cut_off_or_none_at_all_is_refused(file_study: Study, tmp_path: Path) -> None:
    backup(file_study.folder, tmp_path / "kept.tar.gz")
    whole = (tmp_path / "kept.tar.gz").read_bytes()
    bad = tmp_path / "bad.tar.gz"
    before = sorted([*tmp_path.iterdir(), bad])
    for data in (whole[: len(whole) // 2], whole[:100], b"", b"text", gzip.compress(b"text")):
        bad.write_bytes(data)
        with pytest.raises(StudyError, match="take another one"):
            restore(bad, tmp_path / "again")
        assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(StudyError, match="No such file"):
        restore(tmp_path / "nothing", tmp_path / "again")


def test_a_backup_of_an_older_program_is_brought_up_to_date(
    file_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from test_database import with_step

    lived_in(file_study)
    before = content(file_study)
    backup(file_study.folder, tmp_path / "kept.tar.gz")
    steps = with_step(tmp_path / "steps")
    for function in (migrations.head, migrations.known, migrations.upgrade, migrations.check_known):
        defaults = tuple(
            steps if value == migrations.FOLDER else value for value in function.__defaults__ or ()
        )
        monkeypatch.setattr(function, "__defaults__", defaults)
    from tintype.study import database

    monkeypatch.setattr(database.bring_up_to_date, "__defaults__", (steps,))
    restore(tmp_path / "kept.tar.gz", tmp_path / "again")
    with Study.open(tmp_path / "again") as again:
        assert content(again) == before
        with again.database.reading() as session:
            assert migrations.current(session.connection()) == "9999"
    assert not list((tmp_path / "again").glob("*.before-upgrade-*"))
