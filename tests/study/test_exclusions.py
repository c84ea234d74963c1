"""Which answers an analysis leaves out."""

from tintype.study.exclusions import Given, rules
from tintype.study.protocol import Exclusions


def answers(person: int, believe: list[int], rate: list[int], response_ms: int | None = 900) -> list[Given]:
    return [Given(person, 1, "believe", "truth", value, response_ms, False) for value in believe] + [
        Given(person, 1, "rate", "truth", value, response_ms, False) for value in rate
    ]


def check(person: int, kind: str, answer: int) -> Given:
    return Given(person, 1, "rate" if kind == "gray" else "believe", kind, answer, 100, True)


def test_answers_of_somebody_who_looks_count() -> None:
    given = [*answers(1, [1, 0, 1], [4, 3, 4]), check(1, "gray", 1)]
    assert rules(Exclusions(), given) == [""] * len(given)


def test_all_answers_of_a_person_who_failed_a_check_are_left_out_and_nobody_elses() -> None:
    given = [
        *answers(1, [1, 0], [4, 3]),
        check(1, "gray", 2),
        *answers(2, [1, 0], [4, 3]),
        check(2, "rainbow", 0),
    ]
    assert rules(Exclusions(), given) == ["failed_attention"] * 5 + [""] * 5
    assert rules(Exclusions(failed_attention=2), given) == [""] * 10
    assert rules(Exclusions(failed_attention=0), given) == [""] * 10


def test_one_answer_all_along_in_both_parts_is_a_straight_line() -> None:
    straight = answers(1, [1, 1, 1], [3, 3, 3])
    assert set(rules(Exclusions(), straight)) == {"straight_lining"}
    assert set(rules(Exclusions(straight_lining=False), straight)) == {""}
    for fair in (
        answers(1, [1, 1, 1], [3, 4, 3]),
        answers(1, [1, 0, 1], [3, 3, 3]),
        answers(1, [1, 1], [3, 3]),
    ):
        assert set(rules(Exclusions(), fair)) == {""}


def test_quick_answers_are_left_out_one_by_one() -> None:
    given = answers(1, [1, 0], [4], 399) + answers(1, [1, 0], [4], 400) + answers(1, [1, 0], [4], None)
    assert rules(Exclusions(), given) == ["min_response_ms"] * 3 + [""] * 6
    assert set(rules(Exclusions(min_response_ms=0), given)) == {""}


def test_practice_is_judged_by_no_rule() -> None:
    given = [Given(1, 1, "practice", "truth", 1, 10, False), check(1, "gray", 4)]
    assert rules(Exclusions(), given) == ["", "failed_attention"]
