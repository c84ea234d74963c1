"""A study at work: people come, see pictures, answer, and leave. No web in it.

Every method is one transaction, and safe when many threads and processes call at once.
"""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tintype.study.protocol import AGE_BANDS, COLOR_VISIONS, Protocol
from tintype.study.states import Participant, Score, Told, Trial

__all__ = ["AGE_BANDS", "COLOR_VISIONS", "Participant", "Score", "Study", "Told", "Trial"]


class Study:
    """A study that was made by `create`."""

    folder: Path
    protocol: Protocol
    protocol_sha256: str

    @classmethod
    def open(cls, folder: Path, database: str | None = None, *, durable: bool = True) -> Self:
        """Open the study in a folder; `database` is a URL when it lies elsewhere than `create` was told.

        An older database is brought up to date, after a back-up beside it where it is one file. With
        `durable` False nothing waits for the disk: for simulations, never for people. Raises `StudyError`.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Give the connections back."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def enrol(self, language: str = "en", *, order_seed: int | None = None) -> str:
        """A new person; gives the secret token that stands for them, of which only a hash is stored.

        `order_seed` decides the orders that they see, by chance when None.
        """
        raise NotImplementedError

    def participant(self, token: str) -> Participant | None:
        """What is known of a person; None when the token is nobody's."""
        raise NotImplementedError

    def consent(self, token: str) -> None:
        """The person agrees to take part. Raises `StudyError` for an unknown or withdrawn one (so do all below)."""
        raise NotImplementedError

    def describe(self, token: str, age_band: str | None, color_vision: str | None) -> None:
        """What the person told, each None for "rather not"; the last call counts.

        Raises `StudyError` for words that are not in `AGE_BANDS` and `COLOR_VISIONS`.
        """
        raise NotImplementedError

    def next_trial(self, token: str) -> Trial | None:
        """The trial that waits for an answer, the same one until it has it; None when the round is over.

        Raises `StudyError` before consent.
        """
        raise NotImplementedError

    def answer(self, token: str, trial_token: str, value: int, response_ms: int | None) -> bool:
        """Store an answer: it is on the disk when this returns. True: stored now; False: there was one already.

        The first answer stays. `response_ms` is the time from seeing to answering, None if unknown; more than a
        day is stored as a day. Raises `StudyError` for a trial that is not this person's, and for a value that is
        no answer to its question.
        """
        raise NotImplementedError

    def start_round(self, token: str) -> bool:
        """Begin another round; False when the present one is not over, or there can be no more."""
        raise NotImplementedError

    def image_file(self, token: str, trial_token: str) -> Path:
        """The PNG file of one of the person's own trials; the first call is the time at which it was shown."""
        raise NotImplementedError

    def practice_truth(self, token: str, trial_token: str) -> bool:
        """Whether the picture of a practice trial was real, once it is answered; else raises `StudyError`."""
        raise NotImplementedError

    def score(self, token: str) -> Score:
        """How well the person told real from colorized, in the rounds that are over."""
        raise NotImplementedError

    def withdraw(self, token: str) -> None:
        """Delete the person's answers and what they told; the number stays taken. May be called again."""
        raise NotImplementedError

    def progress(self) -> dict[str, Any]:
        """How far the study is, for the people who run it.

        participants, consented, finished, withdrawn: numbers of people; open: trials waiting for an answer;
        answers: {part: {kind: answers}} of believe and rate, without attention checks;
        attention: {"passed": n, "failed": n}; excluded: {rule: answers that an analysis would leave out}.
        """
        raise NotImplementedError
