"""Which image a person sees next."""

from collections import Counter

import numpy as np
import pytest

from tintype.study.design import Candidate, Person, can_have_round, part_kinds, passed, pick, round_slots
from tintype.study.protocol import Protocol, StudyModel


def protocol(models: int = 3, **changes: object) -> Protocol:
    named = tuple(StudyModel(f"model {number}", "0" * 64) for number in range(models))
    return Protocol(**({"name": "A study", "pictures": 100, "models": named} | changes))  # type: ignore[arg-type]


def people(count: int) -> list[Person]:
    seeds = np.random.default_rng(5).integers(2**31, size=count)
    return [Person(number, int(seed)) for number, seed in enumerate(seeds, start=1)]


@pytest.mark.parametrize("length", [1, 3, 4, 5, 10])
@pytest.mark.parametrize("models", [1, 3, 4])
@pytest.mark.parametrize("part", ["believe", "rate"])
def test_kinds_of_a_part_are_as_even_as_they_can_be(length: int, models: int, part: str) -> None:
    settings = protocol(models, part_one=length, part_two=length)
    for person in people(20):
        for round_number in (1, 2, 3):
            counts = Counter(part_kinds(settings, person, round_number, part))  # type: ignore[arg-type]
            shares = [counts[kind] for kind in settings.kinds]
            assert sum(shares) == length
            assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("length", [3, 5, 10])
@pytest.mark.parametrize("part", ["believe", "rate"])
def test_kinds_that_come_once_more_take_turns_over_people_and_over_rounds(length: int, part: str) -> None:
    settings = protocol(part_one=length, part_two=length)
    kinds = settings.kinds
    person = people(1)[0]
    over_people = Counter(kind for each in people(len(kinds)) for kind in part_kinds(settings, each, 1, part))  # type: ignore[arg-type]
    over_rounds = Counter(
        kind for number in range(1, 5) for kind in part_kinds(settings, person, number, part)
    )  # type: ignore[arg-type]
    assert set(over_people.values()) == set(over_rounds.values()) == {length}


def test_a_round_has_its_parts_in_order_and_every_place_once() -> None:
    settings = protocol()
    for person in people(50):
        first, second = round_slots(settings, person, 1), round_slots(settings, person, 2)
        assert [slot.part for slot in first[:2]] == ["practice", "practice"]
        assert {slot.part for slot in second} == {"believe", "rate"}
        for slots in (first, second):
            places = [(slot.part, slot.position) for slot in slots]
            assert len(set(places)) == len(places)
            for part in ("practice", "believe", "rate"):
                own = [slot for slot in slots if slot.part == part]
                assert [slot.position for slot in own] == list(range(len(own)))
                assert {slot.of for slot in own} <= {len(own)}


def test_orders_are_the_same_for_the_same_person_and_differ_between_people_rounds_and_studies() -> None:
    settings = protocol(part_one=12, part_two=12)
    one, other = people(2)

    def kinds(settings: Protocol, person: Person, number: int) -> list[str]:
        return [slot.kind for slot in round_slots(settings, person, number) if slot.role == "scored"]

    assert kinds(settings, one, 1) == kinds(settings, one, 1)
    assert kinds(settings, one, 1) != kinds(settings, other, 1)
    assert kinds(settings, one, 1) != kinds(settings, one, 2)
    assert kinds(settings, one, 1) != kinds(protocol(part_one=12, part_two=12, seed=1), one, 1)


def test_kinds_come_at_every_place_of_a_part_alike() -> None:
    settings = protocol(part_one=4, attention_every=0)
    counts = Counter(
        (slot.position, slot.kind)
        for person in people(2000)
        for slot in round_slots(settings, person, 1)
        if slot.part == "believe"
    )
    # 2000 people at 4 places: each of the 4 kinds 500 times, give or take 20 (one standard deviation).
    assert len(counts) == 16
    assert all(abs(count - 500) < 100 for count in counts.values())


def test_attention_checks_come_as_often_as_the_protocol_says_and_never_first() -> None:
    for person in people(50):
        for every in (0, 1, 2):
            settings = protocol(attention_every=every, max_rounds=4)
            rounds = [round_slots(settings, person, number) for number in (1, 2, 3, 4)]
            checks = [[slot for slot in slots if slot.attention] for slots in rounds]
            expected = {0: [0, 0, 0, 0], 1: [1, 1, 1, 1], 2: [1, 0, 1, 0]}[every]
            assert [len(each) for each in checks] == expected
            assert settings.checks == sum(expected)
            assert all(slot.position >= 1 for each in checks for slot in each)
            assert all(
                (slot.part, slot.kind) in {("believe", "rainbow"), ("rate", "gray")}
                for each in checks
                for slot in each
            )
        turns = [slots[0].part for slots in checks if slots]
        assert len(set(turns)) == 2


def test_what_passes_an_attention_check() -> None:
    assert passed("gray", 1)
    assert not passed("gray", 2)
    assert passed("rainbow", 0)
    assert not passed("rainbow", 1)


def test_the_image_that_was_asked_about_least_comes_next_then_the_picture() -> None:
    settings = protocol()
    person = people(1)[0]
    candidates = [Candidate(1, 1, 2, 2), Candidate(2, 2, 1, 9), Candidate(3, 3, 1, 4), Candidate(4, 4, 1, 4)]
    assert pick(settings, person, 0, candidates) in candidates[2:]
    assert pick(settings, person, 0, []) is None


def test_ties_are_broken_by_the_person_and_not_by_the_order_of_candidates() -> None:
    settings = protocol()
    candidates = [Candidate(number, number, 0, 0) for number in range(50)]
    chosen = [pick(settings, person, 0, candidates) for person in people(40)]
    again = [pick(settings, person, 0, reversed(candidates)) for person in people(40)]
    assert chosen == again
    assert len(set(chosen)) > 20


def test_images_stay_even_when_many_people_are_simulated() -> None:
    settings = protocol(pictures=20)
    shown: Counter[tuple[str, str, int]] = Counter()
    by_picture: Counter[int] = Counter()
    for person in people(200):
        seen: set[int] = set()
        for slot in round_slots(settings, person, 1):
            if slot.role != "scored":
                continue
            left = [
                Candidate(picture, picture, shown[slot.part, slot.kind, picture], by_picture[picture])
                for picture in range(20)
                if picture not in seen
            ]
            chosen = pick(settings, person, len(seen), left)
            assert chosen is not None
            seen.add(chosen.picture)
            shown[slot.part, slot.kind, chosen.picture] += 1
            by_picture[chosen.picture] += 1
    # 200 people give each of 4 kinds × 20 pictures 12.5 answers in each part.
    assert len(shown) == 2 * 4 * 20
    assert max(shown.values()) - min(shown.values()) <= 2
    assert max(by_picture.values()) - min(by_picture.values()) <= 4


def test_there_are_as_many_rounds_as_pictures_and_protocol_allow() -> None:
    assert [can_have_round(protocol(pictures=25), number) for number in (1, 2, 3)] == [True, True, False]
    assert [can_have_round(protocol(max_rounds=1), number) for number in (1, 2)] == [True, False]
