import math
from dataclasses import replace

import numpy as np
import pytest
from made_up_people import MODELS, answers, protocol, said

from tintype.study import people, reported, words
from tintype.study.analysis import Analysis, analyze
from tintype.study.intervals import log_linear, sensitivity
from tintype.study.records import Answer
from tintype.study.resampling import Draws

KINDS = ("truth", *MODELS)
FEW = Draws(resamples=200)


def analysis_of(rows: list[Answer]) -> Analysis:
    return analyze(rows, KINDS, FEW)


def test_shares_are_those_of_the_answers() -> None:
    rows = [said(person, person, "truth", int(person % 4 > 0)) for person in range(1, 41)]
    rows += [said(person, 50 + person, "cnn", int(person % 2)) for person in range(1, 41)]
    found = analysis_of(rows).believed
    assert found.shares["truth"].estimate.value == pytest.approx(0.75)
    assert found.shares["cnn"].estimate.value == pytest.approx(0.5)
    assert found.right.estimate.value == pytest.approx((30 + 20) / 80)
    assert found.detection["cnn"].sensitivity.value == pytest.approx(
        float(
            sensitivity(
                log_linear(np.array(30.0), np.array(40.0)), log_linear(np.array(20.0), np.array(40.0))
            )
        )
    )
    shares = found.shares["truth"]
    assert shares.worth == pytest.approx(39, rel=0.25)
    assert shares.estimate.low is not None and shares.naive is not None
    assert shares.estimate.low < shares.naive[0] + 0.05


def test_mean_stars_and_their_shares_are_those_of_the_answers() -> None:
    given = [1, 2, 3, 4, 4, 4]
    rows = [said(person, person, "gan", star, "rate") for person, star in enumerate(given)]
    found = analysis_of(rows).stars
    assert found.means["gan"].value == pytest.approx(3)
    assert found.shares["gan"] == pytest.approx((1 / 6, 1 / 6, 1 / 6, 1 / 2))
    assert found.shares["cnn"] is None
    low, high = found.means["gan"].low, found.means["gan"].high
    assert low is not None and high is not None
    assert 1 <= low < 3 < high <= 4


def test_differences_are_first_minus_second_and_their_p_are_adjusted() -> None:
    found = analysis_of(answers(60)).believed
    pairs = {(each.first, each.second): each for each in found.comparisons}
    assert len(pairs) == 6
    shares = {kind: each.estimate.value or 0 for kind, each in found.shares.items()}
    for (first, second), each in pairs.items():
        assert each.difference == pytest.approx(shares[first] - shares[second])
        assert each.p is not None and each.p_adjusted is not None
        assert each.p <= each.p_adjusted <= 1
        assert (each.low > 0 or each.high < 0) == (each.p < 0.05) or abs(each.p - 0.05) < 0.03


def test_what_a_rule_excludes_is_counted_and_left_out() -> None:
    rows = answers(20)
    spoiled = [
        replace(row, excluded="failed_attention", answer=1 if row.part == "believe" else 4)
        if row.participant <= 5
        else row
        for row in rows
    ]
    found = analysis_of(spoiled)
    without = analysis_of([row for row in rows if row.participant > 5])
    assert found.believed.shares == without.believed.shares
    assert found.stars.means == without.stars.means
    assert found.counts.people == 20
    assert found.counts.people_kept == 15
    assert found.counts.answers == {"believe": 100, "rate": 100}
    assert found.counts.answers_kept == {"believe": 75, "rate": 75}
    assert found.counts.excluded == [people.Excluded("failed_attention", 50, 5)]
    assert found.unfiltered_stars["gan"] != found.stars.means["gan"].value


def test_practice_and_attention_checks_are_no_answers_but_are_counted() -> None:
    rows = answers(10)
    more = [said(1, 200, "truth", 0, "practice"), said(1, 201, "rainbow", 1, attention=True)]
    more += [said(2, 202, "gray", 1, "rate", attention=True)]
    found, plain = analysis_of([*more, *rows]), analysis_of(rows)
    assert found.believed == plain.believed
    assert found.stars == plain.stars
    assert (found.counts.practice, found.counts.checks, found.counts.failed) == (1, 2, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [said(1, 1, "truth", 1)],
        [said(1, 1, "cnn", 0), said(1, 2, "truth", 1)],
        [said(1, number, KINDS[number % 4], number % 2) for number in range(8)],
        [said(number, 1, KINDS[number % 4], number % 2) for number in range(8)],
        [said(number, number, KINDS[number % 4], 1) for number in range(20)],
        [said(number, number, "truth", 0) for number in range(20)],
        [said(number, number, KINDS[number % 4], 4, "rate") for number in range(20)],
        [said(number, number // 2, "gan", number % 4 + 1, "rate") for number in range(20)],
        [said(1, 1, "truth", 1, excluded="min_response_ms")],
    ],
    ids=[
        "nobody",
        "one answer",
        "two answers",
        "one person",
        "one picture",
        "all believed",
        "one kind alone",
        "all perfect",
        "one kind in stars",
        "all excluded",
    ],
)
def test_however_few_or_alike_answers_are_numbers_are_finite_and_words_are_found(rows: list[Answer]) -> None:
    found = analysis_of(rows)
    numbers = [share.estimate for share in (*found.believed.shares.values(), found.believed.right)]
    numbers += [found.believed.balanced, *found.stars.means.values()]
    numbers += [each.sensitivity for each in found.believed.detection.values()]
    numbers += [each.bias for each in found.believed.detection.values()]
    numbers += [found.believed.agreement.alpha, found.stars.agreement.alpha]
    for each in numbers:
        assert all(value is None or math.isfinite(value) for value in (each.value, each.low, each.high))
        assert (each.low is None) == (each.high is None)
        if each.low is not None and each.high is not None and each.value is not None:
            assert each.low <= each.value <= each.high
    sentences = words.findings(found)
    assert sentences
    assert not any("nan" in sentence for sentence in sentences)


def test_when_all_are_believed_the_interval_still_says_how_few_there_were() -> None:
    few = analysis_of([said(number, number, "truth", 1) for number in range(5)])
    many = analysis_of([said(number, number, "truth", 1) for number in range(50)])
    lows = [each.believed.shares["truth"].estimate.low or 0 for each in (few, many)]
    assert 0.2 < lows[0] < 0.6
    assert 0.9 < lows[1] < 1
    assert few.believed.detection["cnn"].sensitivity.value is None


def test_one_person_tells_nothing_of_others() -> None:
    found = analysis_of([said(1, number, KINDS[number % 4], number % 3 % 2) for number in range(40)])
    share = found.believed.shares["truth"]
    assert share.estimate.value is not None
    assert share.estimate.low is None
    assert share.worth is None
    assert found.believed.comparisons == []


def test_the_same_seed_gives_the_same_numbers_and_rows_in_any_order_do() -> None:
    rows = answers(30)
    assert analysis_of(rows) == analysis_of(rows)
    shuffled = [rows[place] for place in np.random.default_rng(0).permutation(len(rows))]
    mine, theirs = analysis_of(rows), analysis_of(shuffled)
    for kind in KINDS:
        assert mine.stars.means[kind].value == pytest.approx(theirs.stars.means[kind].value or 0)


def test_groups_of_few_people_are_not_shown() -> None:
    ages = {1: "18-29", 2: "18-29", 3: "30-44"}
    rows = [replace(row, age_band=ages.get(row.participant % 4)) for row in answers(24)]
    found = {group.name: group.people for group in people.groups(rows) if group.by == people.AGE}
    assert found == {"18-29": 12, "30-44": 6, people.UNTOLD: 6}
    fewer = [row for row in rows if row.participant % 4 != 3 or row.participant < 12]
    shown = {group.name: group.people for group in people.groups(fewer) if group.by == people.AGE}
    assert "30-44" not in shown


def test_a_small_group_cannot_be_found_by_subtraction() -> None:
    def age(person: int) -> str:
        return "75-up" if person == 1 else "18-29" if person < 9 else "30-44"

    rows = [replace(row, age_band=age(row.participant)) for row in answers(30)]
    assert [group for group in people.groups(rows) if group.by == people.AGE] == []


def test_response_times_are_by_kind_and_answer_without_practice() -> None:
    rows = [said(number, number, "cnn", 1, response_ms=1000 * number) for number in (1, 2, 3, 4, 5)]
    rows += [said(9, 9, "cnn", 1, "practice", response_ms=60_000), said(9, 8, "cnn", 0, response_ms=None)]
    (times,) = people.times(rows, KINDS)
    assert (times.part, times.kind, times.answer, times.answers) == ("believe", "cnn", 1, 5)
    assert times.quartiles == (2.0, 3.0, 4.0)


def test_words_claim_nothing_where_an_interval_holds_nothing() -> None:
    rows = [said(person, person, "truth", person % 2) for person in range(40)]
    rows += [said(person, 50 + person, "cnn", person // 2 % 2) for person in range(40)]
    sentences = " ".join(words.findings(analysis_of(rows)))
    assert "These answers do not show that people tell its pictures from real ones" in sentences
    assert "more often than" not in sentences
    assert "fusion: nobody was asked." in sentences


def test_words_say_what_stands_out() -> None:
    rows = [said(person, person, "cnn", int(person % 10 == 0)) for person in range(60)]
    rows += [said(person, 100 + person, "gan", int(person % 10 > 0)) for person in range(60)]
    rows += [said(person, 200 + person, "truth", int(person % 10 > 0)) for person in range(60)]
    sentences = " ".join(words.findings(analysis_of(rows)))
    assert "gan is believed more often than cnn" in sentences
    assert "People tell its pictures from real ones" in sentences


def test_the_reports_numbers_are_those_of_its_text() -> None:
    assert reported.PEOPLE == 34
    assert reported.STARS["truth"].value == 3.8
    assert reported.STARS["fusion"].value == 3.09
    assert reported.STARS["gan"].value == 2.72
    assert 1 - reported.BELIEVED["truth"].value == pytest.approx(0.13)
    assert not reported.BELIEVED["cnn"].exact


def test_rules_are_said_as_the_protocol_has_them() -> None:
    exclusions = protocol().exclusions
    assert words.rules(exclusions) == [
        "all answers of a person who failed 1 attention check or more",
        "all answers of a person who said the same all through both parts",
        "single answers that came faster than 400 ms",
    ]
    none = replace(exclusions, min_response_ms=0, failed_attention=0, straight_lining=False)
    assert words.rules(none) == []
