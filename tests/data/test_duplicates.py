"""Perceptual hashes and the search among them."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.data.duplicates import MOST_BITS, Nearby, distance, perceptual_hashes
from training_pictures import colorful

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("astronaut.jpg", "c2924c5532bdddca"),
        ("camera.png", "bff1c1c0434e8cbc"),
        ("chelsea-oval.png", "b15fe6465121175e"),
        ("chelsea.webp", "b15fe6465121175e"),
        ("rocket-sepia.jpg", "946a55d538aa6f92"),
    ],
)
def test_the_hash_is_that_of_the_package_imagehash(name: str, expected: str) -> None:
    """The expected ones are those of `imagehash.phash`, version 4.3.2."""
    picture = np.asarray(Image.open(EXAMPLES / name).convert("RGB"))
    assert distance(perceptual_hashes(picture)[0], int(expected, 16)) <= 2


def test_a_mirrored_picture_has_the_hash_that_was_foretold() -> None:
    for number in range(5):
        picture = colorful(number, 96, 128)
        own, mirrored = perceptual_hashes(picture)
        other = perceptual_hashes(np.ascontiguousarray(picture[:, ::-1]))
        assert distance(other[0], mirrored) <= 2  # scaling to 32 pixels rounds to whole samples
        assert distance(other[1], own) <= 2


def test_scaled_and_compressed_pictures_stay_near_and_others_far() -> None:
    codes = []
    for number in range(8):
        picture = colorful(number, 128, 160)
        small = np.asarray(Image.fromarray(picture).resize((80, 64), Image.Resampling.BICUBIC))
        codes.append(perceptual_hashes(picture)[0])
        assert distance(codes[-1], perceptual_hashes(small)[0]) <= 4
    assert min(distance(a, b) for a in codes for b in codes if a is not b) > 10


@pytest.mark.parametrize("most", [0, 3, 4, 6, 8, MOST_BITS])
def test_the_search_finds_what_comparing_all_pairs_finds(most: int) -> None:
    drawn = random.Random(most)
    known = [drawn.getrandbits(64) for _ in range(300)]
    nearby = Nearby(most)
    for number, code in enumerate(known):
        nearby.add(code, str(number))
    for _ in range(300):
        code = drawn.choice(known)
        for bit in drawn.sample(range(64), drawn.randint(0, most + 3)):
            code ^= 1 << bit
        nearest = min((distance(code, other), number) for number, other in enumerate(known))
        expected = (str(nearest[1]), nearest[0]) if nearest[0] <= most else None
        assert nearby.find(code) == expected


def test_few_hashes_are_compared_in_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    from tintype.data import duplicates

    drawn = random.Random(0)
    nearby = Nearby(6)
    for number in range(4000):
        nearby.add(drawn.getrandbits(64), str(number))
    compared = 0

    def counting(one: int, other: int) -> int:
        nonlocal compared
        compared += 1
        return distance(one, other)

    monkeypatch.setattr(duplicates, "distance", counting)
    for _ in range(100):
        nearby.find(drawn.getrandbits(64))
    assert compared / 100 < 20
