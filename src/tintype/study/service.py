"""A study at work: people come, see pictures, answer, and leave. No web in it.

Every method is one transaction, and safe when many threads and processes call at once.
"""

import re
import secrets
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from tintype.errors import StudyError
from tintype.study import design, records
from tintype.study.database import Database, bring_up_to_date, url_of
from tintype.study.desk import Desk, now
from tintype.study.models import ParticipantRow, StudyRow, TrialRow
from tintype.study.place import Place
from tintype.study.protocol import AGE_BANDS, COLOR_VISIONS, TRUTH, Protocol, hash_of, read_protocol
from tintype.study.states import Participant, Score, Told, Trial

__all__ = ["AGE_BANDS", "COLOR_VISIONS", "Participant", "Score", "Study", "Told", "Trial"]

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
"""A language tag such as en or pt-BR (BCP 47)."""
MOST_SEEDS: Final = 2**31
LONGEST_MS: Final = 24 * 60 * 60 * 1000
"""A response time above this is stored as this: somebody came back the next day."""
TRIES: Final = 5
"""How often a trial is drawn anew when another process was quicker."""
VALUES: Final = {"believe": (0, 1), "rate": (1, 2, 3, 4)}


class Study:
    """A study that was made by `create`."""

    def __init__(self, place: Place, database: Database, number: int) -> None:
        self.folder: Path = place.folder
        self.place = place
        self.database = database
        self.number = number
        """Of its row in the database."""
        with database.reading() as session:
            row = session.get(StudyRow, number)
            if row is None:
                raise StudyError(
                    f"the database does not hold the study of {place.folder}; see that --database is the one "
                    "that it was made with, or restore a back-up"
                )
            self.protocol: Protocol = read_protocol(row.protocol)
            self.protocol_text: str = row.protocol
            self.protocol_sha256: str = row.protocol_sha256
            if hash_of(row.protocol) != row.protocol_sha256:
                raise StudyError(
                    f"the protocol of {place.folder} was changed after the study began; restore a back-up"
                )
            self._desk = Desk(session, number, self.protocol)

    @classmethod
    def open(cls, folder: Path, database: str | None = None, *, durable: bool = True) -> Self:
        """Open the study in a folder; `database` is a URL when it lies elsewhere than `create` was told.

        An older database is brought up to date, after a back-up beside it where it is one file. With
        `durable` False nothing waits for the disk: for simulations, never for people. Raises `StudyError`.
        """
        place = Place(folder)
        settings = place.read()
        url = url_of(database or settings.database, folder)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            raise StudyError(f"{url.database}: the study's database is not there; restore a back-up")
        opened = Database(url, durable=durable)
        try:
            bring_up_to_date(opened)
            study = cls(place, opened, settings.study)
            if study.protocol_sha256 != settings.protocol_sha256:
                raise StudyError(
                    f"the database holds another study than {folder}; name the one that belongs to it"
                )
        except BaseException:
            opened.close()
            raise
        return study

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def enrol(self, language: str = "en", *, order_seed: int | None = None) -> str:
        """A new person; gives the secret token that stands for them, of which only a hash is stored.

        `order_seed`, below 2³¹, decides the orders that they see, by chance when None. Raises `StudyError`
        for a language that is no language tag, and for another seed.
        """
        if order_seed is not None and not 0 <= order_seed < MOST_SEEDS:
            raise StudyError(f"{order_seed} is no seed of a person; give a number from 0 to {MOST_SEEDS - 1}")
        if not LANGUAGE.fullmatch(language):
            raise StudyError(f"{language[:40]!r} is no language; give a tag such as en")
        token = secrets.token_urlsafe(32)
        with self.database.writing() as session:
            self._desk.alone(session)
            newest = select(func.max(ParticipantRow.number)).where(ParticipantRow.study_id == self.number)
            person = ParticipantRow(
                study_id=self.number,
                number=(session.scalar(newest) or 0) + 1,
                token_sha256=hash_of(token),
                created_at=now(),
                language=language,
                order_seed=secrets.randbelow(MOST_SEEDS) if order_seed is None else order_seed,
                round=1,
            )
            session.add(person)
        return token

    def participant(self, token: str) -> Participant | None:
        """What is known of a person; None when the token is nobody's."""
        with self.database.reading() as session:
            person = self._desk.find(session, token)
            if person is None:
                return None
            counts = session.execute(
                select(TrialRow.part, func.count())
                .where(TrialRow.participant_id == person.id, TrialRow.answered_at.is_not(None))
                .group_by(TrialRow.part)
            ).all()
            over = self._desk.waiting(session, person) is None
        answered = {row[0]: row[1] for row in counts}
        return Participant(
            number=person.number,
            language=person.language,
            consented=person.consented_at is not None,
            age_band=person.age_band,
            color_vision=person.color_vision,
            round=person.round,
            round_over=over,
            may_start_round=over and design.can_have_round(self.protocol, person.round + 1),
            finished=person.finished_at is not None,
            withdrawn=person.withdrawn_at is not None,
            answered={part: answered.get(part, 0) for part in design.PARTS},
        )

    def consent(self, token: str) -> None:
        """The person agrees to take part. Raises `StudyError` for an unknown or withdrawn one, as all do."""
        with self.database.writing() as session:
            person = self._desk.person(session, token)
            person.consented_at = person.consented_at or now()

    def describe(self, token: str, age_band: str | None, color_vision: str | None) -> None:
        """What the person told, each None for "rather not"; the last call counts.

        Raises `StudyError` for words that are not in `AGE_BANDS` and `COLOR_VISIONS`.
        """
        for word, known in ((age_band, AGE_BANDS), (color_vision, COLOR_VISIONS)):
            if word is not None and word not in known:
                raise StudyError(f"{word[:40]!r} is no answer; give one of {', '.join(known)}")
        with self.database.writing() as session:
            person = self._desk.person(session, token)
            person.age_band, person.color_vision = age_band, color_vision

    def next_trial(self, token: str) -> Trial | None:
        """The trial that waits for an answer, the same one until it has it; None when the round is over.

        Raises `StudyError` before consent.
        """
        with self.database.reading() as session:
            waiting = self._desk.waiting(session, self._desk.person(session, token, consented=True))
        if not isinstance(waiting, design.Slot):
            return waiting
        for _ in range(TRIES):
            try:
                with self.database.writing() as session:
                    self._desk.alone(session)
                    person = self._desk.person(session, token, consented=True)
                    waiting = self._desk.waiting(session, person)
                    if isinstance(waiting, design.Slot):
                        return self._desk.ask(session, person, waiting)
                    return waiting
            except IntegrityError:
                continue
        raise StudyError("too many requests at once for one person; ask again")

    def answer(self, token: str, trial_token: str, value: int, response_ms: int | None) -> bool:
        """Store an answer, on the disk when this returns. True: stored now; False: there was one already.

        The first answer stays. `response_ms` is the time from seeing to answering, None if unknown; more
        than a day is stored as a day. Raises `StudyError` for a trial that is not this person's, and for a
        value that is no answer to its question.
        """
        if response_ms is not None and response_ms < 0:
            raise StudyError("a response time cannot be negative; give milliseconds, or none")
        with self.database.writing() as session:
            person = self._desk.person(session, token)
            trial = self._desk.trial(session, person, trial_token)
            slots = self._desk.slots(person, trial.round)
            places: list[tuple[str, int]] = [(slot.part, slot.position) for slot in slots]
            at = places.index((trial.part, trial.position))
            values = VALUES[slots[at].question]
            if isinstance(value, bool) or value not in values:
                raise StudyError(f"{value!r} is no answer here; give one of {', '.join(map(str, values))}")
            changed = session.execute(
                update(TrialRow)
                .where(TrialRow.id == trial.id, TrialRow.answered_at.is_(None))
                .values(
                    answer=value,
                    answered_at=now(),
                    response_ms=None if response_ms is None else min(response_ms, LONGEST_MS),
                )
                .returning(TrialRow.id)
                .execution_options(synchronize_session=False)
            )
            stored = changed.first() is not None
            if stored and at == len(slots) - 1 and person.finished_at is None:
                person.finished_at = now()
        return stored

    def start_round(self, token: str) -> bool:
        """Begin another round; False when the present one is not over, or there can be no more."""
        with self.database.writing() as session:
            self._desk.alone(session)
            person = self._desk.person(session, token, consented=True)
            may = (self._desk.waiting(session, person) is None) and design.can_have_round(
                self.protocol, person.round + 1
            )
            if may:
                person.round += 1
        return may

    def image_file(self, token: str, trial_token: str) -> Path:
        """The PNG file of one of the person's own trials; the first call is when it was shown."""
        with self.database.reading() as session:
            trial = self._desk.trial(session, self._desk.person(session, token), trial_token)
        if trial.shown_at is None:
            with self.database.writing() as session:
                session.execute(
                    update(TrialRow)
                    .where(TrialRow.id == trial.id, TrialRow.shown_at.is_(None))
                    .values(shown_at=now())
                )
        file = self.place.image(self._desk.images.files[trial.image_id])
        if not file.is_file():
            raise StudyError(f"{file} is gone from the study; put it back, or restore a back-up")
        return file

    def practice_truth(self, token: str, trial_token: str) -> bool:
        """Whether the picture of a practice trial was real, once it is answered; else raises `StudyError`."""
        with self.database.reading() as session:
            trial = self._desk.trial(session, self._desk.person(session, token), trial_token)
        if trial.part != "practice" or trial.answered_at is None:
            raise StudyError("only of an answered practice picture can be told what it is; answer it first")
        return self._desk.images.kinds[trial.image_id] == TRUTH

    def score(self, token: str) -> Score:
        """How well the person told real from colorized, in the rounds that are over."""
        with self.database.reading() as session:
            person = self._desk.person(session, token)
            last = person.round if (self._desk.waiting(session, person) is None) else person.round - 1
            rows = session.execute(
                select(TrialRow.image_id, TrialRow.answer).where(
                    TrialRow.participant_id == person.id,
                    TrialRow.part == "believe",
                    TrialRow.attention.is_(False),
                    TrialRow.round <= last,
                    TrialRow.answered_at.is_not(None),
                )
            ).all()
        asked: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for image, answer in rows:
            kind = self._desk.images.kinds[image]
            asked[kind] += 1
            right[kind] += answer == (kind == TRUTH)
        kinds = {kind: Told(right[kind], asked[kind]) for kind in self.protocol.kinds}
        total = Told(right.total(), asked.total())
        real = kinds[TRUTH]
        return Score(
            total.right,
            total.asked,
            real,
            Told(total.right - real.right, total.asked - real.asked),
            kinds,
        )

    def withdraw(self, token: str) -> None:
        """Delete the person's answers and what they told; the number stays taken. May be called again."""
        with self.database.writing() as session:
            self._desk.alone(session)
            person = self._desk.person(session, token, withdrawn=True)
            session.execute(delete(TrialRow).where(TrialRow.participant_id == person.id))
            person.age_band = person.color_vision = person.finished_at = None
            person.withdrawn_at = person.withdrawn_at or now()

    def progress(self) -> dict[str, Any]:
        """How far the study is, for the people who run it.

        participants, consented, finished, withdrawn: numbers of people; open: trials waiting for an answer;
        answers: {part: {kind: answers}} of believe and rate, without attention checks;
        attention: {"passed": n, "failed": n}; excluded: {rule: answers that an analysis would leave out}.
        """
        return records.progress(self)
