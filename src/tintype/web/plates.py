"""Plates of colored dots with a number among them, in the manner of Ishihara, drawn anew for each person.

On the red-green plates number and ground have the same lightness and differ along a*, close to the line along
which people without L or without M cones confuse colors (Viénot, Brettel and Mollon 1999). Lightness and b*
of each dot vary at random, more than what those people would still see of the difference. On the control
plate number and ground differ in lightness, so everybody who sees the screen reads it.

Screens are not calibrated, so the outcome describes a group of people and is no diagnosis.
"""

import hashlib
import hmac
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tintype.color import lab_to_srgb

Vision = Literal["normal", "deficient", "unsure"]

SIDE: Final = 400
"""Pixels of a plate."""
FINER: Final = 2
"""Plates are drawn so many times larger and shrunk, so that dots have smooth edges."""
GROUND_COLOR: Final = (118, 118, 118)
"""sRGB between the dots: the mid-gray of the page around them."""
RADII: Final = (7.6, 6.4, 5.2, 4.1, 3.1, 2.3)
"""Radii of dots in pixels, the large ones placed first."""
TRIES: Final = (900, 1500, 2500, 4000, 6000, 6000)
"""How often a place is tried for a dot of each radius."""
STROKE: Final = 7
"""Pixels by which digits are made bolder on each side, so that several dots lie across a stroke."""
LAYOUTS: Final = 4
"""Different arrangements of dots; which one a plate has says nothing about its number."""
NUMBERS: Final = (2, 4, 5, 7, 24, 25, 27, 42, 45, 47, 52, 54, 57, 72, 74, 75)
"""Numbers of one or two digits; drawn in dots, 3, 6, 8 and 9 look too much alike."""


@dataclass(frozen=True)
class Scheme:
    """Colors of a plate, L*a*b* each, and how far a dot's own L* and b* may be from them."""

    figure: tuple[float, float, float]
    ground: tuple[float, float, float]
    lightness_spread: float
    b_spread: float


RED_GREEN: Final = Scheme((62, 27, 24), (62, -27, 22), 9.0, 7.0)
GREEN_RED: Final = Scheme((62, -27, 22), (62, 27, 24), 9.0, 7.0)
CONTROL: Final = Scheme((38, 8, -32), (76, 4, 38), 5.0, 5.0)
SCHEMES: Final = (CONTROL, RED_GREEN, GREEN_RED, RED_GREEN)
"""The plates of one person, in order; the first is the control."""


def numbers(key: bytes, person: str) -> tuple[int, ...]:
    """The numbers on one person's plates, all different; they follow from a secret key alone."""
    digest = hmac.digest(key, b"plates " + person.encode(), hashlib.sha256)
    chance = np.random.default_rng(int.from_bytes(digest, "big"))
    return tuple(int(number) for number in chance.permutation(NUMBERS)[: len(SCHEMES)])


def judge(given: Sequence[str], shown: Sequence[int]) -> Vision:
    """What the numbers that a person typed say, control first: "unsure" if the control was not read.

    All red-green plates read are "normal", most of them missed "deficient", anything else "unsure".
    """
    read = [text.strip() == str(number) for text, number in zip(given, shown, strict=True)]
    missed = read[1:].count(False)
    if not read[0]:
        return "unsure"
    if missed == 0:
        return "normal"
    return "deficient" if missed * 2 > len(read[1:]) else "unsure"


def together(said: str | None, plates: Vision) -> str:
    """One value from what a person says of their vision and what the plates say: "unsure" if these differ."""
    if said is None or said == "unsure":
        return plates
    return said if plates in (said, "unsure") else "unsure"


@lru_cache(maxsize=256)
def draw(number: int, scheme: Scheme, layout: int) -> bytes:
    """A plate as PNG bytes, `SIDE` pixels square, without metadata."""
    lab = _colors(number, scheme, layout)
    rgb = np.rint(np.clip(lab_to_srgb(lab), 0, 1) * 255).astype(np.uint8)
    image = Image.new("RGB", (SIDE * FINER, SIDE * FINER), GROUND_COLOR)
    pen = ImageDraw.Draw(image)
    for (x, y, radius), color in zip(_dots(layout).tolist(), rgb.tolist(), strict=True):
        box = [(x - radius) * FINER, (y - radius) * FINER, (x + radius) * FINER, (y + radius) * FINER]
        pen.ellipse(box, fill=tuple(color))
    file = io.BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.BOX).save(file, "PNG")
    return file.getvalue()


def _colors(number: int, scheme: Scheme, layout: int) -> NDArray[np.float64]:
    """The color of each dot, L*a*b*, [dots, 3]."""
    dots = _dots(layout)
    inside = _stencil(number)[dots[:, 1].astype(int), dots[:, 0].astype(int)]
    chance = np.random.default_rng((layout, 1))
    away = chance.uniform(-1, 1, (len(dots), 3)) * (scheme.lightness_spread, 0, scheme.b_spread)
    found: NDArray[np.float64] = np.where(inside[:, None], scheme.figure, scheme.ground) + away
    return found


def _stencil(number: int) -> NDArray[np.bool_]:
    """Where the number is, [SIDE, SIDE]."""
    image = Image.new("L", (SIDE, SIDE))
    pen, digits, middle = ImageDraw.Draw(image), str(number), SIDE / 2
    size, places = (300, (middle,)) if len(digits) == 1 else (225, (middle - 76, middle + 76))
    for digit, x in zip(digits, places, strict=True):
        pen.text((x, middle), digit, 255, _letters(size), "mm", stroke_width=STROKE, stroke_fill=255)
    return np.asarray(image) > 127


def _letters(size: int) -> ImageFont.FreeTypeFont:
    """The font that Pillow carries, so that plates are the same on every machine."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType; install the wheel of Pillow from PyPI")
    return font


@lru_cache(maxsize=LAYOUTS)
def _dots(layout: int) -> NDArray[np.float64]:
    """Dots in a disk that do not touch, [dots, (x, y, radius)], in pixels: random darts, large ones first."""
    chance = np.random.default_rng((layout, 0))
    dots = np.empty((0, 3))
    for radius, tries in zip(RADII, TRIES, strict=True):
        places = chance.uniform(radius, SIDE - radius, (tries, 2))
        places = places[np.hypot(*(places - SIDE / 2).T) < SIDE / 2 - radius - 1]
        gaps = np.hypot(places[:, :1] - dots[:, 0], places[:, 1:] - dots[:, 1]) - dots[:, 2]
        larger = len(dots)
        for x, y in places[(gaps > radius + 1).all(axis=1)]:
            if (np.hypot(dots[larger:, 0] - x, dots[larger:, 1] - y) > 2 * radius + 1).all():
                dots = np.vstack([dots, (x, y, radius)])
    return dots
