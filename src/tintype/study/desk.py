"""What `service.Study` does within a transaction: who is this, what is due, which image comes next."""

import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tintype.errors import StudyError
from tintype.study import design
from tintype.study.models import ImageRow, ParticipantRow, PictureRow, StudyRow, TrialRow
from tintype.study.protocol import Protocol, hash_of
from tintype.study.states import Trial

BY_TOKEN: Final = select(ParticipantRow).where(
    ParticipantRow.study_id == bindparam("study"), ParticipantRow.token_sha256 == bindparam("token")
)
OWN_TRIAL: Final = select(TrialRow).where(
    TrialRow.participant_id == bindparam("person"), TrialRow.token == bindparam("token")
)
IN_ROUND: Final = (
    select(TrialRow)
    .where(TrialRow.participant_id == bindparam("person"), TrialRow.round == bindparam("round"))
    .order_by(TrialRow.id)
)
SEEN: Final = select(TrialRow.picture_id).where(TrialRow.participant_id == bindparam("person"))
COUNTS: Final = select(TrialRow.image_id, TrialRow.part, func.count()).group_by(
    TrialRow.image_id, TrialRow.part
)
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a trial's token looks like; nothing else is asked of the database."""
ROUNDS_KEPT: Final = 1024
"""Rounds whose slots are remembered; they are computed anew when needed."""


class Images:
    """All images of a study, which never change: read once."""

    def __init__(self, session: Session, study: int) -> None:
        self.kinds: dict[int, str] = {}
        self.files: dict[int, str] = {}
        self._pictures: dict[int, int] = {}
        self._for: dict[tuple[str, str], list[int]] = defaultdict(list)
        """Images by role and kind."""
        for image, picture, kind, role, sha256 in session.execute(
            select(ImageRow.id, ImageRow.picture_id, ImageRow.kind, PictureRow.role, ImageRow.file_sha256)
            .join(PictureRow, PictureRow.id == ImageRow.picture_id)
            .where(PictureRow.study_id == study)
            .order_by(PictureRow.number, ImageRow.id)
        ):
            self.kinds[image], self.files[image], self._pictures[image] = kind, sha256, picture
            self._for[role, kind].append(image)

    def candidates(self, slot: design.Slot, seen: set[int], counts: Iterable[Any]) -> list[design.Candidate]:
        """The images that may fill a slot, with how often each and its picture were asked about."""
        shown: Counter[int] = Counter()
        by_picture: Counter[int] = Counter()
        for image, part, count in counts:
            if image in self._pictures:
                by_picture[self._pictures[image]] += count
                if part == slot.part:
                    shown[image] += count
        return [
            design.Candidate(image, picture, shown[image], by_picture[picture])
            for image in self._for[slot.role, slot.kind]
            if (picture := self._pictures[image]) not in seen
        ]


class Desk:
    """One study, seen from within a transaction."""

    def __init__(self, session: Session, study: int, protocol: Protocol) -> None:
        self.study = study
        """Of its row in the database."""
        self.protocol = protocol
        self.images = Images(session, study)
        self._round_slots = lru_cache(ROUNDS_KEPT)(self._compute_slots)

    def alone(self, session: Session) -> None:
        """Wait until no other transaction hands out numbers or trials of this study."""
        session.execute(
            select(StudyRow.id).where(StudyRow.id == self.study).with_for_update(key_share=True)
        ).one()

    def find(self, session: Session, token: str) -> ParticipantRow | None:
        """The row of a person; None when the token is nobody's."""
        return session.scalars(BY_TOKEN, {"study": self.study, "token": hash_of(token)}).one_or_none()

    def person(
        self, session: Session, token: str, *, consented: bool = False, withdrawn: bool = False
    ) -> ParticipantRow:
        """The row of a person. Raises `StudyError` for one who is unknown or may not do this."""
        person = self.find(session, token)
        if person is None:
            raise StudyError("nobody with this token takes part; begin anew")
        if person.withdrawn_at is not None and not withdrawn:
            raise StudyError("this person has withdrawn; begin anew to take part")
        if consented and person.consented_at is None:
            raise StudyError("this person has not agreed to take part; ask for consent first")
        return person

    def trial(self, session: Session, person: ParticipantRow, trial_token: str) -> TrialRow:
        """One of a person's own trials. Raises `StudyError` for any other."""
        given = {"person": person.id, "token": trial_token}
        trial = session.scalars(OWN_TRIAL, given).one_or_none() if TOKEN.fullmatch(trial_token) else None
        if trial is None:
            raise StudyError("there is no such picture for this person; ask for the next one")
        return trial

    def slots(self, person: ParticipantRow, round_number: int) -> tuple[design.Slot, ...]:
        """The places of a person's round."""
        return self._round_slots(orders(person), round_number)

    def _compute_slots(self, person: design.Person, round_number: int) -> tuple[design.Slot, ...]:
        return tuple(design.round_slots(self.protocol, person, round_number))

    def waiting(self, session: Session, person: ParticipantRow) -> Trial | design.Slot | None:
        """The open trial, or the slot that is to be filled next, or None when the round is over."""
        slots = self.slots(person, person.round)
        trials = session.scalars(IN_ROUND, {"person": person.id, "round": person.round}).all()
        if trials and trials[-1].answered_at is None:
            return shown(trials[-1], slots[len(trials) - 1])
        return slots[len(trials)] if len(trials) < len(slots) else None

    def ask(self, session: Session, person: ParticipantRow, slot: design.Slot) -> Trial:
        """Fill a slot with the image that is due, and store the trial."""
        seen = set(session.scalars(SEEN, {"person": person.id}))
        counts = session.execute(COUNTS)
        candidates = self.images.candidates(slot, seen, counts)
        chosen = design.pick(self.protocol, orders(person), len(seen), candidates)
        if chosen is None:
            raise StudyError(
                "the study has no picture left for this person; restore a back-up, some are gone"
            )
        trial = TrialRow(
            participant_id=person.id,
            round=person.round,
            part=slot.part,
            position=slot.position,
            image_id=chosen.image,
            picture_id=chosen.picture,
            attention=slot.attention,
            token=secrets.token_urlsafe(24),
            created_at=now(),
        )
        session.add(trial)
        session.flush()
        return shown(trial, slot)


def orders(person: ParticipantRow) -> design.Person:
    """What decides the orders that a person sees."""
    return design.Person(person.number, person.order_seed)


def shown(trial: TrialRow, slot: design.Slot) -> Trial:
    """What may be told of a trial."""
    return Trial(trial.token, trial.round, slot.part, slot.position, slot.of, slot.question)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
