"""Who answered: how many, who was left out and why, how fast, and groups of people."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tintype.study.design import passed
from tintype.study.estimates import Estimate, Share
from tintype.study.records import Answer
from tintype.study.sample import kept, scored

FEWEST: Final = 5
"""People below which a group is not shown, since it might tell who they are."""
QUARTERS: Final = (25, 50, 75)
"""Percent."""
AGE: Final = "age"
COLOR_VISION: Final = "color vision"
UNTOLD: Final = "not told"


@dataclass(frozen=True)
class Excluded:
    """What a rule left out."""

    rule: str
    answers: int
    people: int
    """Who lost an answer by it."""


@dataclass(frozen=True)
class Counts:
    """How much there is."""

    people: int
    """Who gave an answer that is neither practice nor an attention check."""
    people_kept: int
    answers: dict[str, int]
    """By part, practice and attention checks apart."""
    answers_kept: dict[str, int]
    excluded: list[Excluded]
    practice: int
    checks: int
    """Attention checks that were answered,"""
    failed: int
    """and of these those that were answered wrongly."""


@dataclass(frozen=True)
class Times:
    """How long people took for one answer to a kind."""

    part: str
    kind: str
    answer: int
    answers: int
    quartiles: tuple[float, float, float]
    """Seconds."""


@dataclass(frozen=True)
class Group:
    """Answers of some of the people."""

    by: str
    name: str
    rows: list[Answer]
    people: int


@dataclass(frozen=True)
class GroupFound:
    """What a group believes and how many stars it gives, by kind."""

    by: str
    name: str
    people: int
    believed: dict[str, Share]
    stars: dict[str, Estimate]


def counts(rows: Sequence[Answer]) -> Counts:
    """Everything that can be counted of all answers, practice and attention checks among them."""
    counting, left = scored(rows), kept(rows)
    rules = dict.fromkeys(row.excluded for row in counting if row.excluded)
    checks = [row for row in rows if row.attention and row.part != "practice"]
    return Counts(
        _people(counting),
        _people(left),
        _by_part(counting),
        _by_part(left),
        [
            Excluded(rule, len(own), _people(own))
            for rule in sorted(rules)
            for own in [[row for row in counting if row.excluded == rule]]
        ],
        sum(row.part == "practice" for row in rows),
        len(checks),
        sum(not passed(row.kind, row.answer) for row in checks),
    )


def times(rows: Sequence[Answer], kinds: Sequence[str]) -> list[Times]:
    """Quartiles of the response times of kept answers, by part, kind and answer; not of fewer than five."""
    found = []
    for part in ("believe", "rate"):
        for kind in kinds:
            own = [
                row
                for row in kept(rows)
                if row.part == part and row.kind == kind and row.response_ms is not None
            ]
            for answer in sorted({row.answer for row in own}):
                seconds = [(row.response_ms or 0) / 1000 for row in own if row.answer == answer]
                if len(seconds) < FEWEST:
                    continue
                low, middle, high = (float(each) for each in np.percentile(seconds, QUARTERS))
                found.append(Times(part, kind, answer, len(seconds), (low, middle, high)))
    return found


def groups(rows: Sequence[Answer]) -> list[Group]:
    """Kept answers by age and by color vision: only groups of so many people that they tell of nobody.

    When those that are not shown would be few together, their numbers could be found by subtraction; then the
    smallest group that might be shown is not shown either.
    """
    found: list[Group] = []
    for by, key in ((AGE, _age), (COLOR_VISION, _color_vision)):
        found += _shown(by, kept(rows), key)
    return found


def _shown(by: str, rows: Sequence[Answer], key: Callable[[Answer], str]) -> list[Group]:
    names = sorted({key(row) for row in rows}, key=lambda name: (name == UNTOLD, name))
    all_ = [
        Group(by, name, own, _people(own))
        for name in names
        for own in [[row for row in rows if key(row) == name]]
    ]
    shown = [group for group in all_ if group.people >= FEWEST]
    hidden = sum(group.people for group in all_) - sum(group.people for group in shown)
    if 0 < hidden < FEWEST and shown:
        shown.remove(min(shown, key=lambda group: group.people))
    return shown if len(shown) > 1 else []


def _age(row: Answer) -> str:
    return row.age_band or UNTOLD


def _color_vision(row: Answer) -> str:
    return row.color_vision or UNTOLD


def _people(rows: Sequence[Answer]) -> int:
    return len({row.participant for row in rows})


def _by_part(rows: Sequence[Answer]) -> dict[str, int]:
    found = Counter(row.part for row in rows)
    return {part: found[part] for part in ("believe", "rate")}
