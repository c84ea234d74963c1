import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from tintype.color import lab_to_srgb, srgb_to_lab
from tintype.color.lab import linear_to_srgb, srgb_to_linear
from tintype.web import plates

# What people see who lack L cones, and who lack M cones: Machado, Oliveira and Fernandes 2009, severity 1.
PROTAN = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTAN = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
RED_GREEN = [plates.RED_GREEN, plates.GREEN_RED]


def seen(lab: tuple[float, float, float], missing: np.ndarray | None) -> np.ndarray:
    """A color in L*a*b* as somebody sees it."""
    linear = srgb_to_linear(lab_to_srgb(np.array(lab, dtype=float)))
    if missing is not None:
        linear = np.clip(linear @ missing.T, 0, 1)
    return np.asarray(srgb_to_lab(linear_to_srgb(linear)))


def apart(scheme: plates.Scheme, missing: np.ndarray | None) -> np.ndarray:
    """How far number and ground are apart, in L*, a*, b*."""
    return np.abs(seen(scheme.figure, missing) - seen(scheme.ground, missing))


@pytest.mark.parametrize("scheme", RED_GREEN)
def test_number_and_ground_have_one_lightness(scheme: plates.Scheme) -> None:
    assert scheme.figure[0] == scheme.ground[0]


@pytest.mark.parametrize("scheme", RED_GREEN)
@pytest.mark.parametrize("missing", [PROTAN, DEUTAN], ids=["protan", "deutan"])
def test_the_dots_differ_more_than_the_number_for_who_confuses_red_and_green(
    scheme: plates.Scheme, missing: np.ndarray
) -> None:
    lightness, a, b = apart(scheme, missing)
    assert lightness < scheme.lightness_spread
    assert np.hypot(a, b) < 2 * scheme.b_spread
    assert np.hypot(*apart(scheme, None)[1:]) > 50


@pytest.mark.parametrize("missing", [None, PROTAN, DEUTAN], ids=["normal", "protan", "deutan"])
def test_everybody_reads_the_control(missing: np.ndarray | None) -> None:
    assert apart(plates.CONTROL, missing)[0] > 4 * plates.CONTROL.lightness_spread


def test_the_colors_of_all_dots_are_in_srgb() -> None:
    for scheme in plates.SCHEMES:
        for color in (scheme.figure, scheme.ground):
            for up in (-1, 1):
                for side in (-1, 1):
                    away = (up * scheme.lightness_spread, 0, side * scheme.b_spread)
                    rgb = lab_to_srgb(np.add(color, away))
                    assert rgb.min() > -0.02 and rgb.max() < 1.02


def test_dots_do_not_touch() -> None:
    dots = plates._dots(0)
    gaps = np.hypot(dots[:, None, 0] - dots[:, 0], dots[:, None, 1] - dots[:, 1])
    gaps -= dots[:, None, 2] + dots[:, 2]
    assert gaps[~np.eye(len(dots), dtype=bool)].min() > 0 and len(dots) > 600


@pytest.mark.parametrize("number", [7, 42])
def test_a_plate_shows_its_number_in_red(number: int) -> None:
    with Image.open(io.BytesIO(plates.draw(number, plates.RED_GREEN, 1))) as image:
        assert image.size == (plates.SIDE, plates.SIDE) and not image.info
        pixels = np.asarray(image).astype(int)
    red = pixels[..., 0] - pixels[..., 1] > 40
    inside = plates._stencil(number)
    assert red[inside].mean() > 0.45 > 0.1 > red[~inside].mean()


def test_a_person_has_the_same_numbers_each_time_and_another_person_others() -> None:
    people = [plates.numbers(b"key", name) for name in ("a", "b", "c")]
    assert plates.numbers(b"key", "a") == people[0] != plates.numbers(b"other", "a")
    assert all(first != second for first, second in pairwise(people))
    assert all(len(set(numbers)) == len(plates.SCHEMES) for numbers in people)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("5", "42", "7", "24"), "normal"),
        ((" 5 ", "42", "7", "24 "), "normal"),
        (("5", "", "", ""), "deficient"),
        (("5", "42", "", "71"), "deficient"),
        (("5", "42", "7", ""), "unsure"),
        (("", "42", "7", "24"), "unsure"),
    ],
)
def test_what_is_read_says_how_colors_are_seen(given: tuple[str, ...], found: str) -> None:
    assert plates.judge(given, (5, 42, 7, 24)) == found


def test_where_word_and_plates_differ_nothing_is_sure() -> None:
    assert plates.together("normal", "deficient") == "unsure"
    assert plates.together("deficient", "unsure") == "deficient"
    assert plates.together("unsure", "normal") == plates.together(None, "normal") == "normal"
