"""Which answers an analysis leaves out: the rules of a protocol, applied to all answers at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from tintype.study.design import passed
from tintype.study.protocol import Exclusions, Part

FAILED_ATTENTION: Final = "failed_attention"
STRAIGHT_LINING: Final = "straight_lining"
TOO_FAST: Final = "min_response_ms"
RULES: Final = (FAILED_ATTENTION, STRAIGHT_LINING, TOO_FAST)
"""In the order in which they are applied; an answer carries the first that leaves it out."""
FEWEST_TO_JUDGE: Final = 3
"""Answers in each part before the same one every time says something about a person."""


class Given(NamedTuple):
    """What the rules look at of an answer."""

    participant: int
    round: int
    part: Part
    kind: str
    answer: int
    response_ms: int | None
    attention: bool


def rules(exclusions: Exclusions, given: Sequence[Given]) -> list[str]:
    """For each answer the rule that leaves it out, an empty string for one that counts.

    Failed checks and straight lines leave out all that a person answered in parts one and two, a quick answer
    itself alone. Practice and attention checks are judged by no rule but that they are a failed person's.
    """
    failed = _failed(exclusions, given)
    straight = _straight(given) if exclusions.straight_lining else set()
    return [_rule(exclusions, each, failed, straight) for each in given]


def _rule(exclusions: Exclusions, each: Given, failed: set[int], straight: set[int]) -> str:
    if each.part == "practice":
        return ""
    if each.participant in failed:
        return FAILED_ATTENTION
    if each.participant in straight:
        return STRAIGHT_LINING
    quick = each.response_ms is not None and each.response_ms < exclusions.min_response_ms
    return TOO_FAST if quick and not each.attention else ""


def _failed(exclusions: Exclusions, given: Sequence[Given]) -> set[int]:
    """People who failed as many attention checks as the rule says."""
    if not exclusions.failed_attention:
        return set()
    failures: dict[int, int] = defaultdict(int)
    for each in given:
        if each.attention and not passed(each.kind, each.answer):
            failures[each.participant] += 1
    return {person for person, count in failures.items() if count >= exclusions.failed_attention}


def _straight(given: Sequence[Given]) -> set[int]:
    """People who gave one answer throughout part one and one throughout part two."""
    said: dict[tuple[int, Part], list[int]] = defaultdict(list)
    for each in given:
        if each.part != "practice" and not each.attention:
            said[each.participant, each.part].append(each.answer)

    def one(person: int, part: Part) -> bool:
        values = said.get((person, part), [])
        return len(values) >= FEWEST_TO_JUDGE and len(set(values)) == 1

    return {person for person, _ in said if one(person, "believe") and one(person, "rate")}
