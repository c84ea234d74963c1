"""What a study tells of a person and of a trial: nothing that gives away which picture is real."""

from dataclasses import dataclass, field

from tintype.study.protocol import Part, Question


@dataclass(frozen=True)
class Participant:
    """What is known of a person who takes part."""

    number: int
    """Running number in the study, from 1."""
    language: str
    consented: bool
    age_band: str | None
    """One of `protocol.AGE_BANDS`; None when not asked or not told."""
    color_vision: str | None
    """One of `protocol.COLOR_VISIONS`; None when not asked or not told."""
    round: int
    """The round that the person is in, from 1."""
    round_over: bool
    """Whether every trial of it is answered."""
    may_start_round: bool
    """Whether `Study.start_round` would begin another one now."""
    finished: bool
    """Whether a whole round was answered, so that the person may leave with thanks."""
    withdrawn: bool
    answered: dict[Part, int] = field(default_factory=dict)
    """Answered trials by part, over all rounds, attention checks among them."""


@dataclass(frozen=True)
class Trial:
    """A picture and a question about it."""

    token: str
    """Opaque; names the picture in its URL and the trial in the answer."""
    round: int
    part: Part
    position: int
    """Place in the part, from 0."""
    of: int
    """How many trials the part has in this round."""
    question: Question
    """`believe`: 1 real or 0 colorized; `rate`: 1 to 4 stars. Practice has both."""


@dataclass(frozen=True)
class Told:
    """Of how many pictures a person told rightly what they are."""

    right: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Score:
    """How a person did in part one, in the rounds that are over; attention checks do not count."""

    right: int
    asked: int
    real: Told
    """Of the real photographs."""
    colorized: Told
    """Of the colorized ones."""
    kinds: dict[str, Told] = field(default_factory=dict)
    """By kind: truth, and each model."""
