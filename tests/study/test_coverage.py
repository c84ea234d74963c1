"""Do 95 % intervals hold the truth in 95 of 100 studies? Studies of people whose rates are known say so."""

from collections import defaultdict

import numpy as np
import pytest
from made_up_people import answers, careful, protocol

from tintype.evaluate.results import Comparison
from tintype.study.analysis import Believed, Stars, believed, stars
from tintype.study.crowd import Crowd
from tintype.study.estimates import Estimate
from tintype.study.intervals import probit
from tintype.study.resampling import Draws
from tintype.study.sample import sample_of

STUDIES = 240
PEOPLE, PICTURES = 34, 60
KINDS = protocol().kinds
Held = dict[str, list[bool]]


def holds(each: Estimate | Comparison, truth: float) -> bool:
    return each.low is not None and each.high is not None and each.low <= truth <= each.high


def of_part_one(found: Believed, crowd: Crowd, held: Held) -> None:
    rates = {kind: crowd.believed_rate(kind) for kind in KINDS}
    normal = dict(zip(KINDS, probit(np.array(list(rates.values()))), strict=True))
    for kind in KINDS:
        held["share"].append(holds(found.shares[kind].estimate, rates[kind]))
        low, high = found.shares[kind].naive or (1, 0)
        held["naive"].append(low <= rates[kind] <= high)
    for model, detection in found.detection.items():
        if detection.sensitivity.low is not None:
            held["d"].append(holds(detection.sensitivity, normal["truth"] - normal[model]))
            held["c"].append(holds(detection.bias, -(normal["truth"] + normal[model]) / 2))
    fooled = float(np.mean([rates[model] for model in KINDS[1:]]))
    held["balanced"].append(holds(found.balanced, (rates["truth"] + 1 - fooled) / 2))
    of_differences(found.comparisons, rates, "share difference", held)


def of_part_two(found: Stars, crowd: Crowd, held: Held) -> None:
    means = {kind: crowd.mean_stars(kind) for kind in KINDS}
    for kind in KINDS:
        if found.means[kind].low is not None:
            held["stars"].append(holds(found.means[kind], means[kind]))
    of_differences(found.comparisons, means, "stars difference", held)


def of_differences(comparisons: list[Comparison], truth: dict[str, float], what: str, held: Held) -> None:
    for each in comparisons:
        held[what].append(holds(each, truth[each.first] - truth[each.second]))
        if truth[each.first] == truth[each.second] and each.p is not None:
            held["found where nothing is"].append(each.p < 0.05)


@pytest.fixture(scope="module")
def held() -> dict[str, float]:
    """How often intervals hold the truth, over studies as large as the report's."""
    crowd, found = careful(), defaultdict(list)
    for seed in range(STUDIES):
        rows, draws = answers(PEOPLE, PICTURES, seed), Draws(400, seed)
        of_part_one(believed(sample_of(rows, "believe", KINDS), draws), crowd, found)
        of_part_two(stars(sample_of(rows, "rate", KINDS), draws), crowd, found)
    assert len(found["d"]) > 0.9 * STUDIES * len(KINDS[1:])
    return {what: float(np.mean(each)) for what, each in found.items()}


# Measured: share 0.965, balanced 0.954, d′ 0.965, c 0.946, stars 0.932, differences 0.965 and 0.960. Had each
# number of a study its own chance, their standard errors would be 0.006 to 0.014.
@pytest.mark.parametrize(
    ("what", "least", "most"),
    [
        ("share", 0.93, 0.99),
        ("balanced", 0.91, 0.995),
        ("d", 0.93, 0.995),
        ("c", 0.93, 0.995),
        ("stars", 0.92, 0.98),
        ("share difference", 0.93, 0.99),
        ("stars difference", 0.93, 0.99),
    ],
)
def test_intervals_hold_the_truth_about_as_often_as_they_say(
    held: dict[str, float], what: str, least: float, most: float
) -> None:
    assert least <= held[what] <= most


def test_differences_are_found_where_nothing_is_no_more_often_than_they_may(held: dict[str, float]) -> None:
    assert held.get("found where nothing is", 0.0) <= 0.08


def test_intervals_that_take_answers_for_independent_are_wrong_where_pictures_differ() -> None:
    differing = {"leaning": 0.8, "picture": 1.2, "image": 0.8}
    held: Held = defaultdict(list)
    for seed in range(50):
        rows = answers(200, 15, seed, **differing)
        of_part_one(believed(sample_of(rows, "believe", KINDS), Draws(200, seed)), careful(**differing), held)
    assert np.mean(held["naive"]) < 0.8
    assert np.mean(held["share"]) > 0.9
