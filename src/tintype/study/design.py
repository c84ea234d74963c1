"""Which image a person sees next: pure functions of the protocol, the person's seed, and counts.

Within a person the kinds of each part are as even as they can be; over people the odd ones take turns, and of
a kind the image that was asked about least comes next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tintype.study.protocol import GRAY, RAINBOW, TRUTH, Part, Protocol, Question

PARTS: Final[tuple[Part, ...]] = ("practice", "believe", "rate")
QUESTIONS: Final[tuple[Question, ...]] = ("believe", "rate")
_ROUND, _PRACTICE, _CHECK, _PICK = range(4)
"""What a chance is drawn for; keeps the draws of one person apart."""


@dataclass(frozen=True)
class Person:
    """What decides the orders that a person sees."""

    number: int
    """Running number, from 1."""
    seed: int


@dataclass(frozen=True)
class Slot:
    """A place in a round, before it is known which picture fills it."""

    part: Part
    position: int
    """From 0 in its part."""
    of: int
    """Places in the part."""
    question: Question
    kind: str
    attention: bool = False

    @property
    def role(self) -> str:
        """Which pictures may fill it."""
        if self.attention:
            return "attention"
        return "practice" if self.part == "practice" else "scored"


@dataclass(frozen=True)
class Candidate:
    """An image that could be shown, with how often it was."""

    image: int
    """Any number that names it."""
    picture: int
    """Number of its picture in the study."""
    shown: int
    """How often the image was asked about in this part, by anybody."""
    picture_shown: int
    """How often its picture was, in any kind and part."""


def round_slots(protocol: Protocol, person: Person, round_number: int) -> list[Slot]:
    """The places of a round (from 1), in order: practice in the first, part one, part two."""
    slots = _practice(protocol, person) if round_number == 1 else []
    check = _check(protocol, person, round_number)
    for part in QUESTIONS:
        kinds = part_kinds(protocol, person, round_number, part)
        order = _chance(protocol, person, _ROUND, round_number, PARTS.index(part)).permutation(len(kinds))
        row = [kinds[place] for place in order]
        at = check.position if check is not None and check.part == part else None
        if check is not None and at is not None:
            row.insert(at, check.kind)
        slots += [Slot(part, place, len(row), part, kind, place == at) for place, kind in enumerate(row)]
    return slots


def part_kinds(protocol: Protocol, person: Person, round_number: int, part: Question) -> list[str]:
    """The kinds of a part, not yet in order: each as often as any other, or once more.

    Which ones come once more takes turns over rounds and people.
    """
    kinds = protocol.kinds
    length = protocol.part_one if part == "believe" else protocol.part_two
    each, odd = divmod(length, len(kinds))
    turn = (person.number - 1 + round_number - 1) * odd + (len(kinds) // 2 if part == "rate" else 0)
    more = [kinds[(turn + place) % len(kinds)] for place in range(odd)]
    return list(kinds) * each + more


def pick(protocol: Protocol, person: Person, place: int, candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate to show: asked about least, of the picture asked about least; ties by the person's seed.

    `place` is how many trials the person had before. None when there is no candidate.
    """
    ordered = sorted(candidates, key=lambda each: each.image)
    if not ordered:
        return None
    draws = _chance(protocol, person, _PICK, place).random(len(ordered))
    keys = [(each.shown, each.picture_shown, draw) for each, draw in zip(ordered, draws, strict=True)]
    return ordered[min(range(len(ordered)), key=keys.__getitem__)]


def can_have_round(protocol: Protocol, round_number: int) -> bool:
    """Whether there are pictures that a person has not seen for a round (from 1)."""
    needed = round_number * (protocol.part_one + protocol.part_two)
    return round_number <= protocol.max_rounds and needed <= protocol.pictures


def passed(kind: str, answer: int) -> bool:
    """Whether the answer to an attention check is that of somebody who looks."""
    return answer == {GRAY: 1, RAINBOW: 0}[kind]


def _practice(protocol: Protocol, person: Person) -> list[Slot]:
    """Half of them as in part one, the rest as in part two; the truth and models in turn, begun by chance."""
    count = protocol.practice
    models = protocol.kinds[1:]
    begins = int(_chance(protocol, person, _PRACTICE).integers(2))
    return [
        Slot(
            "practice",
            place,
            count,
            "believe" if place < (count + 1) // 2 else "rate",
            TRUTH if (place + begins) % 2 else models[(person.number + place) % len(models)],
        )
        for place in range(count)
    ]


def _check(protocol: Protocol, person: Person, round_number: int) -> Slot | None:
    """Where a round has its attention check, part one and part two in turn; None for a round without.

    It is not the first of its part: it shall not be how a person learns the question.
    """
    every = protocol.attention_every
    if not every or (round_number - 1) % every:
        return None
    chance = _chance(protocol, person, _CHECK, round_number)
    if (person.number + (round_number - 1) // every) % 2:
        length = protocol.part_one
        return Slot("believe", 1 + int(chance.integers(length)), length + 1, "believe", RAINBOW, True)
    length = protocol.part_two
    return Slot("rate", 1 + int(chance.integers(length)), length + 1, "rate", GRAY, True)


def _chance(protocol: Protocol, person: Person, *what: int) -> np.random.Generator:
    """Draws that depend on nothing but the study's seed, the person's, and what they are for."""
    return np.random.default_rng([protocol.seed, person.seed, *what])
