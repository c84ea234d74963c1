"""Swatches: which part of a photograph shall look like which part of a reference."""

import json
from pathlib import Path
from typing import Any

import pytest

from tintype.errors import HintError
from tintype.hints import SwatchPair, as_swatches, read_swatches
from tintype.hints.swatches import hash_of

PHOTO = (600, 400)
REFERENCES = [(300, 300), (80, 40)]
PAIR = {"photo": [10, 20, 30, 40], "reference": [0, 0, 80, 40]}


def as_json(*swatches: object, **more: object) -> bytes:
    """A file of swatches."""
    return json.dumps({"version": 1, "swatches": list(swatches)} | more).encode()


def test_swatches_written_by_hand_are_read(tmp_path: Path) -> None:
    path = tmp_path / "parts.json"
    path.write_bytes(as_json(PAIR, PAIR | {"number": 1, "photo": [0, 0, 600, 400.0]}))
    wanted = (
        SwatchPair((10, 20, 30, 40), (0, 0, 80, 40)),
        SwatchPair((0, 0, 600, 400), (0, 0, 80, 40), 1),
    )
    for source in (path, str(path), path.read_bytes(), wanted, list(wanted)):
        assert as_swatches(source, PHOTO, REFERENCES) == wanted


def test_swatches_of_smaller_copies_are_scaled_to_the_pictures() -> None:
    data = as_json(
        {"photo": [1, 2, 3, 4], "reference": [0, 0, 40, 20], "number": 1},
        {"photo": [0, 0, 60, 40], "reference": [5, 5, 10, 10], "number": 1},
        size=[60, 40],
        reference_size=[40, 20],
    )
    assert read_swatches(data, PHOTO, REFERENCES) == (
        SwatchPair((10, 20, 30, 40), (0, 0, 80, 40), 1),
        SwatchPair((0, 0, 600, 400), (10, 10, 20, 20), 1),
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "no JSON from line 1, column 2 on"),
        (b"\xff\xd8\xff", "neither JSON nor any other text"),
        (b"[]", "it must be an object like"),
        (as_json(), "it holds no swatches"),
        (as_json(PAIR, version=2), "it is of version 2, this Tintype reads 1"),
        (b'{"version": 1, "swatches": [], "swatches": []}', "the key 'swatches' twice"),
        (as_json(PAIR, sizes=[1, 2]), r"there is no key 'sizes' \(did you mean 'size'\?\)"),
        (as_json(PAIR, size=[60, 60]), "has not the ratio of the photograph, 600×400"),
        (as_json(PAIR, size=[60]), r'"size" must be \[width, height\]'),
        (as_json(PAIR, reference_size=3), r'"reference_size" must be \[width, height\]'),
        (as_json(PAIR, reference_size=[40, 20]), "has not the ratio of the reference, 300×300"),
        (as_json(PAIR, 5), "swatch 2: it must be an object"),
        (as_json({"photo": [1, 2, 3, 4]}), "swatch 1: the key 'reference' is missing"),
        (as_json(PAIR | {"photo": [1, 2, 3]}), "swatch 1: the rectangle 'photo' must be"),
        (as_json(PAIR | {"photo": [1, 2, 0, 5]}), "width and height above 0"),
        (as_json(PAIR | {"photo": "abcd"}), "swatch 1: the rectangle 'photo' must be"),
        (as_json(PAIR | {"photo": [1, 2, True, 5]}), "swatch 1: the rectangle 'photo' must be"),
        (as_json(PAIR | {"number": -1}), "swatch 1: the number of a reference must be 0 or more"),
        (as_json(PAIR | {"number": 1.5}), "swatch 1: the number of a reference must be 0 or more"),
        (as_json(PAIR, PAIR | {"number": 2}), "swatch 2 speaks of reference 2, but there are 2; count them"),
        (as_json(PAIR | {"photo": [580, 0, 21, 5]}), "swatch 1: .* outside the photograph of 600×400 pixels"),
        (as_json(PAIR | {"photo": [-1, 0, 21, 5]}), "outside the photograph of 600×400 pixels"),
        (as_json(PAIR | {"reference": [0, 290, 5, 11]}), "outside the reference of 300×300 pixels"),
        (as_json(PAIR | {"number": 1, "reference": [0, 0, 81, 9]}), "outside the reference of 80×40 pixels"),
    ],
)
def test_swatches_that_cannot_be_right_are_refused_with_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(HintError, match=told) as error:
        read_swatches(data, PHOTO, REFERENCES)
    assert str(error.value).startswith("the file of swatches: ")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(HintError, match=r"cannot read the swatches .*gone\.json .*; check the path"):
        read_swatches(tmp_path / "gone.json", PHOTO, REFERENCES)


@pytest.mark.parametrize("given", [[(1, 2, 3, 4)], [None]])
def test_only_swatch_pairs_are_taken_from_python(given: Any) -> None:
    with pytest.raises(HintError, match="must be given as SwatchPair values"):
        as_swatches(given, PHOTO, REFERENCES)


def test_the_hash_tells_swatches_apart() -> None:
    first, second = SwatchPair((1, 2, 3, 4), (1, 2, 3, 4)), SwatchPair((1, 2, 3, 4), (1, 2, 3, 4), 1)
    assert hash_of([first]) == hash_of([SwatchPair((1, 2, 3, 4), (1, 2, 3, 4))])
    assert len({hash_of([first]), hash_of([second]), hash_of([first, second]), hash_of([second, first])}) == 4
