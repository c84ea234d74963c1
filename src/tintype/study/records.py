"""What analysis and export read: flat rows, without anything that names a person."""

from dataclasses import dataclass

from tintype.study.protocol import Part
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


def answers(study: Study, scored_only: bool = True) -> list[Answer]:
    """All answers, by person, round and place; those that a rule leaves out are there and say so.

    `scored_only` leaves practice trials and attention checks out.
    """
    raise NotImplementedError
