"""What analysis and export read: flat rows, without anything that names a person."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tintype.study.design import QUESTIONS, passed
from tintype.study.exclusions import Given, rules
from tintype.study.models import ImageRow, ParticipantRow, PictureRow, TrialRow
from tintype.study.protocol import Part

if TYPE_CHECKING:
    from tintype.study.service import Study


@dataclass(frozen=True)
class Answer:
    """One answered trial."""

    participant: int
    """Running number of the person, from 1."""
    round: int
    """From 1."""
    part: Part
    position: int
    """Place in the part, from 0."""
    picture: int
    """Running number of the picture, from 1."""
    kind: str
    """truth, the name of a model, or of an attention check: gray, rainbow."""
    answer: int
    """believe: 1 real, 0 colorized; rate: 1 to 4 stars."""
    response_ms: int | None
    attention: bool
    age_band: str | None
    color_vision: str | None
    excluded: str
    """The rule of `protocol.Exclusions` that leaves it out; empty for one that counts."""


@dataclass(frozen=True)
class Person:
    """One who takes part."""

    participant: int
    """Running number, from 1."""
    language: str
    age_band: str | None
    color_vision: str | None
    consented: bool
    rounds: int
    """The round that the person is in or ended with."""
    finished: bool
    """Whether a whole round was answered."""
    withdrawn: bool
    answers: int
    """Answers of parts one and two that are there, without attention checks."""
    minutes: float | None
    """From agreeing to the newest answer; None without one."""


@dataclass(frozen=True)
class Picture:
    """One photograph of the study."""

    picture: int
    """Running number, from 1."""
    role: str
    """scored, practice or attention."""
    name: str
    sha256: str
    """Of the photograph's file; of its pixels when it comes from a packed set."""
    width: int
    height: int
    images: dict[str, str]
    """sha256 of the image file, by kind."""


def answers(study: "Study", scored_only: bool = True) -> list[Answer]:
    """All answers, by person, round and place; those that a rule leaves out are there and say so.

    `scored_only` leaves practice trials and attention checks out.
    """
    query = (
        select(
            ParticipantRow.number,
            TrialRow.round,
            TrialRow.part,
            TrialRow.position,
            PictureRow.number,
            ImageRow.kind,
            TrialRow.answer,
            TrialRow.response_ms,
            TrialRow.attention,
            ParticipantRow.age_band,
            ParticipantRow.color_vision,
        )
        .join(TrialRow, TrialRow.participant_id == ParticipantRow.id)
        .join(ImageRow, ImageRow.id == TrialRow.image_id)
        .join(PictureRow, PictureRow.id == ImageRow.picture_id)
        .where(ParticipantRow.study_id == study.number, TrialRow.answered_at.is_not(None))
        .order_by(ParticipantRow.number, TrialRow.id)
    )
    with study.database.reading() as session:
        found = [tuple(row) for row in session.execute(query)]
    excluded = rules(study.protocol.exclusions, [Given(*row[:3], *row[5:9]) for row in found])
    rows = [Answer(*(*row, rule)) for row, rule in zip(found, excluded, strict=True)]
    return [row for row in rows if not scored_only or (row.part != "practice" and not row.attention)]


def people(study: "Study") -> list[Person]:
    """All who ever began, by number."""
    with study.database.reading() as session:
        rows = session.scalars(
            select(ParticipantRow)
            .where(ParticipantRow.study_id == study.number)
            .order_by(ParticipantRow.number)
        ).all()
        given = session.execute(
            select(TrialRow.participant_id, TrialRow.part, TrialRow.attention, TrialRow.answered_at)
            .join(ParticipantRow, ParticipantRow.id == TrialRow.participant_id)
            .where(ParticipantRow.study_id == study.number, TrialRow.answered_at.is_not(None))
        ).all()
    counts: dict[int, int] = {}
    newest: dict[int, datetime] = {}
    for person, part, attention, at in given:
        if at is not None:
            newest[person] = max(at, newest.get(person, at))
        if part != "practice" and not attention:
            counts[person] = counts.get(person, 0) + 1
    return [
        Person(
            participant=row.number,
            language=row.language,
            age_band=row.age_band,
            color_vision=row.color_vision,
            consented=row.consented_at is not None,
            rounds=row.round,
            finished=row.finished_at is not None,
            withdrawn=row.withdrawn_at is not None,
            answers=counts.get(row.id, 0),
            minutes=_minutes(row.consented_at, newest.get(row.id)),
        )
        for row in rows
    ]


def pictures(study: "Study") -> list[Picture]:
    """All photographs, by number, with the images of each."""
    with study.database.reading() as session:
        rows = session.scalars(
            select(PictureRow).where(PictureRow.study_id == study.number).order_by(PictureRow.number)
        ).all()
        images: dict[int, dict[str, str]] = {row.id: {} for row in rows}
        for image in session.scalars(
            select(ImageRow)
            .join(PictureRow, PictureRow.id == ImageRow.picture_id)
            .where(PictureRow.study_id == study.number)
            .order_by(ImageRow.id)
        ):
            images[image.picture_id][image.kind] = image.file_sha256
    return [
        Picture(row.number, row.role, row.name, row.sha256, row.width, row.height, images[row.id])
        for row in rows
    ]


def progress(study: "Study") -> dict[str, Any]:
    """See `service.Study.progress`."""
    with study.database.reading() as session:
        counts = session.execute(
            select(
                func.count(),
                func.count(ParticipantRow.consented_at),
                func.count(ParticipantRow.finished_at),
                func.count(ParticipantRow.withdrawn_at),
            ).where(ParticipantRow.study_id == study.number)
        ).one()
        waiting = session.scalar(
            select(func.count())
            .select_from(TrialRow)
            .join(ParticipantRow, ParticipantRow.id == TrialRow.participant_id)
            .where(ParticipantRow.study_id == study.number, TrialRow.answered_at.is_(None))
        )
    rows = answers(study, scored_only=False)
    given = Counter((row.part, row.kind) for row in rows if not row.attention)
    checks = Counter(passed(row.kind, row.answer) for row in rows if row.attention)
    return {
        **dict(zip(("participants", "consented", "finished", "withdrawn"), counts, strict=True)),
        "open": waiting or 0,
        "answers": {part: {kind: given[part, kind] for kind in study.protocol.kinds} for part in QUESTIONS},
        "attention": {"passed": checks[True], "failed": checks[False]},
        "excluded": dict(Counter(row.excluded for row in rows if row.excluded and not row.attention)),
    }


def _minutes(begun: datetime | None, ended: datetime | None) -> float | None:
    if begun is None or ended is None:
        return None
    return round((ended - begun).total_seconds() / 60, 1)
