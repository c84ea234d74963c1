"""Many people, many processes, two tabs, and a process that is killed: no answer is lost or comes twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from study_samples import arrive, play_round
from tintype.study import records
from tintype.study.models import ImageRow, TrialRow
from tintype.study.service import Study, Trial

THREADS = 20


def take_part(study: Study) -> list[str]:
    """Enrol and answer a round with the first possible answer; gives the tokens of the answered trials."""
    token = arrive(study)
    answered = []
    while (trial := study.next_trial(token)) is not None:
        assert study.answer(token, trial.token, 1, 900)
        answered.append(trial.token)
    return answered


def take_part_elsewhere(folder: Path, people: int) -> list[str]:
    """The same for several people one after another, in a process of its own."""
    with Study.open(folder) as study:
        return [token for _ in range(people) for token in take_part(study)]


def stored(study: Study) -> list[str]:
    """Tokens of all answered trials in the database."""
    with study.database.reading() as session:
        return list(session.scalars(select(TrialRow.token).where(TrialRow.answered_at.is_not(None))))


def assert_balanced(study: Study, people: int) -> None:
    """Numbers have no gaps, every answer is there once, no image was asked about much more than others."""
    rows = records.answers(study)
    assert sorted({row.participant for row in rows}) == list(range(1, people + 1))
    assert len(rows) == 10 * people
    for part in ("believe", "rate"):
        counts = Counter((row.kind, row.picture) for row in rows if row.part == part)
        every = [counts[kind, picture] for kind in study.protocol.kinds for picture in range(1, 31)]
        assert max(every) - min(every) <= 2
        kinds = Counter(row.kind for row in rows if row.part == part)
        assert max(kinds.values()) - min(kinds.values()) <= 2


def test_twenty_people_at_once_lose_no_answer_and_stay_balanced(study: Study) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        confirmed = [
            token for tokens in pool.map(lambda _: take_part(study), range(THREADS)) for token in tokens
        ]
    assert sorted(confirmed) == sorted(stored(study))
    assert_balanced(study, THREADS)


def test_several_processes_lose_no_answer_and_stay_balanced(study: Study) -> None:
    with get_context("spawn").Pool(4) as pool:
        done = pool.starmap(take_part_elsewhere, [(study.folder, 3)] * 4)
    assert sorted(token for tokens in done for token in tokens) == sorted(stored(study))
    assert_balanced(study, 12)


def test_tabs_of_one_person_that_ask_at_once_get_the_same_trial(study: Study) -> None:
    token = arrive(study)
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            trials: list[Trial | None] = list(pool.map(lambda _: study.next_trial(token), range(THREADS)))
            assert len(set(trials)) == 1
            if trials[0] is None:
                break
            trial = trials[0]
            given = [(token, trial.token, 1 + number % 4, number) for number in range(THREADS)]
            if trial.question == "believe":
                given = [(*each[:2], each[2] % 2, each[3]) for each in given]
            stores = list(pool.map(lambda each: study.answer(*each), given))
            assert stores.count(True) == 1
    assert len(stored(study)) == 13


def test_tabs_that_begin_another_round_at_once_begin_one(study: Study) -> None:
    token = arrive(study)
    play_round(study, token)
    with ThreadPoolExecutor(THREADS) as pool:
        begun = list(pool.map(lambda _: study.start_round(token), range(THREADS)))
    assert begun.count(True) == 1
    assert study.participant(token).round == 2  # type: ignore[union-attr]


def test_answers_that_meet_a_withdrawal_leave_nothing_behind(study: Study) -> None:
    from tintype.errors import StudyError

    def answer_on(token: str) -> None:
        try:
            while (trial := study.next_trial(token)) is not None:
                study.answer(token, trial.token, 1, 900)
        except StudyError:
            return

    tokens = [arrive(study) for _ in range(5)]
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [pool.submit(answer_on, token) for token in tokens]
        jobs += [pool.submit(study.withdraw, token) for token in tokens]
        for job in jobs:
            job.result()
    assert records.answers(study, scored_only=False) == []
    assert study.progress()["open"] == 0


def test_the_database_itself_refuses_what_must_not_be(study: Study) -> None:
    token = arrive(study)
    play_round(study, token)
    columns = [column for column in TrialRow.__table__.columns if column.name != "id"]
    with study.database.reading() as session:
        rows = session.execute(select(*columns).order_by(TrialRow.id)).mappings()
        first, second, *_ = [dict(row) for row in rows]
        unseen = select(ImageRow.id, ImageRow.picture_id).where(
            ImageRow.picture_id.not_in(select(TrialRow.picture_id))
        )
        image, picture = session.execute(unseen).first()  # type: ignore[misc]
    good = second | {"token": "new", "position": 99, "image_id": image, "picture_id": picture}
    with pytest.raises(ZeroDivisionError), study.database.writing() as session:
        session.execute(insert(TrialRow), good)
        raise ZeroDivisionError  # undoes it
    for wrong in (
        {"picture_id": first["picture_id"], "image_id": first["image_id"]},  # a picture twice
        {"picture_id": first["picture_id"]},  # an image of another picture
        {"position": second["position"]},  # a place twice
        {"token": first["token"]},
        {"part": "rate", "answer": 5},
        {"part": "rate", "answer": 0},
        {"part": "believe", "answer": 2},
        {"part": "lunch"},
        {"answered_at": None},  # an answer without its time
        {"answer": None},  # a time without its answer
        {"response_ms": -1},
        {"participant_id": 10**6},
    ):
        with pytest.raises(IntegrityError), study.database.writing() as session:
            session.execute(insert(TrialRow), good | wrong)
    study.start_round(token)
    study.next_trial(token)
    with pytest.raises(IntegrityError), study.database.writing() as session:
        session.execute(insert(TrialRow), good | {"answered_at": None, "answer": None})  # a second open one


KILLED_AFTER_AN_ANSWER = """
import os, signal, sys
from pathlib import Path
from tintype.study.service import Study
study = Study.open(Path(sys.argv[1]))
token = study.enrol()
study.consent(token)
for _ in range(3):
    trial = study.next_trial(token)
    assert study.answer(token, trial.token, 1, 900)
    print(trial.token, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_right_after_an_answer_has_stored_it(study: Study) -> None:
    environment = os.environ | {"PYTHONWARNINGS": "error"}
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_AN_ANSWER, study.folder],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert sorted(stored(study)) == sorted(ended.stdout.split())
    assert len(stored(study)) == 3


def test_answers_wait_for_the_disk(file_study: Study) -> None:
    with file_study.database.writing() as session:
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
