"""People who do not exist, and how they answer: from rates that are known, so that an analysis can be tested.

Whether somebody believes a picture follows a logistic model with normal effects of the person, of the picture
and of the image (a picture in one kind); stars follow a normal quantity that is rounded. Both are set so that
the rates are met exactly on average over all people and pictures there could be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import ClassVar, Final

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError

from tintype.errors import ConfigError
from tintype.study import reported

OTHERS_BELIEVED: Final = 0.45
"""For kinds that the report gives no number of."""
OTHERS_STARS: Final = 3.0
"""The report: "all algorithms around three"."""
STARS: Final = (1, 2, 3, 4)
BETWEEN: Final = (1.5, 2.5, 3.5)
"""Where one number of stars ends and the next begins."""
NODES: Final = 60
"""Of the quadrature over effects."""
STEPS: Final = 100
"""Of a bisection."""
FARTHEST: Final = 40.0
"""Logits, and stars, within which a level is looked for."""
CARELESS_MS: Final = 600.0


@dataclass(frozen=True)
class Crowd:
    """Known rates, and how people and pictures differ. Raises `ConfigError` for what cannot be."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    believed: dict[str, float] = field(default_factory=dict)
    """Share of answers that believe a kind to be real; what is not named has the report's number."""
    stars: dict[str, float] = field(default_factory=dict)
    """Mean stars by kind."""
    leaning: float = 0.5
    """Standard deviation in logits of how readily people believe."""
    skill: float = 0.3
    """Standard deviation in logits of how well people tell real from colorized."""
    picture: float = 0.4
    """Standard deviation in logits over pictures, whatever their kind."""
    image: float = 0.6
    """Standard deviation in logits over images."""
    taste: float = 0.35
    """Standard deviations in stars: over people,"""
    picture_stars: float = 0.25
    """over pictures,"""
    image_stars: float = 0.4
    """over images,"""
    noise: float = 0.6
    """and from answer to answer."""
    lapses: float = 0.02
    """Share of answers that are given by chance."""
    careless: float = 0.03
    """Share of people who answer all by chance; rates are those of the others."""
    seconds: float = 4.0
    """Median response time; logarithms vary over answers and people by the two below."""
    seconds_spread: float = 0.5
    person_spread: float = 0.3

    def __post_init__(self) -> None:
        """Check that all numbers can be."""
        half = self.lapses / 2
        for what, numbers, low, high in (
            ("believed", self.believed, half, 1 - half),
            ("stars", self.stars, 1 + 3 * half, 4 - 3 * half),
        ):
            for kind, value in numbers.items():
                if not low < value < high:
                    raise ConfigError(
                        f"{what} of {kind}: {value:g} is not between {low:g} and {high:g}; "
                        "give another number"
                    )
        spreads = (self.leaning, self.skill, self.picture, self.image, self.taste, self.picture_stars)
        if min(*spreads, self.image_stars, self.seconds_spread, self.person_spread) < 0:
            raise ConfigError("a standard deviation is below 0; give another number")
        if not (0 <= self.lapses < 1 and 0 <= self.careless <= 1 and self.noise > 0 and self.seconds > 0):
            raise ConfigError("lapses and careless are shares, noise and seconds above 0; give other numbers")

    def believed_rate(self, kind: str) -> float:
        """The share of a kind that is believed."""
        given = reported.BELIEVED.get(kind)
        return self.believed.get(kind, OTHERS_BELIEVED if given is None else given.value)

    def mean_stars(self, kind: str) -> float:
        """The mean stars of a kind."""
        given = reported.STARS.get(kind)
        return self.stars.get(kind, OTHERS_STARS if given is None else given.value)


def read_crowd(path: Path) -> Crowd:
    """A crowd from a JSON file with any of its fields. Raises `ConfigError` when it is none."""
    try:
        return TypeAdapter(Crowd).validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); name a JSON file") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {where}: {first['msg']}; correct the file") from error


@dataclass(frozen=True)
class Person:
    """Somebody's ways."""

    leaning: float
    skill: float
    taste: float
    pace: float
    """Factor on response times."""
    careless: bool


class World:
    """Pictures with their effects, and chance; all drawn by a seed."""

    def __init__(self, crowd: Crowd, kinds: Iterable[str], seed: int) -> None:
        self.crowd = crowd
        self.kinds = tuple(kinds)
        self._seed = seed
        self._random = np.random.default_rng([seed, 0])
        self._believed = {kind: _believed_level(crowd, kind) for kind in self.kinds}
        self._stars = {kind: _stars_level(crowd, kind) for kind in self.kinds}
        self._pictures: dict[int, dict[str, tuple[float, float]]] = {}

    def person(self) -> Person:
        """The next person."""
        crowd, random = self.crowd, self._random
        leaning, skill, taste, pace = random.standard_normal(4)
        return Person(
            crowd.leaning * leaning,
            crowd.skill * skill,
            crowd.taste * taste,
            float(np.exp(crowd.person_spread * pace)),
            bool(random.random() < crowd.careless),
        )

    def believes(self, person: Person, picture: int, kind: str) -> int:
        """1 if the person takes the image for real."""
        if self._lapse(person):
            return int(self._random.random() < 0.5)
        side = 1 if kind == self.kinds[0] else -1
        logit = self._believed[kind] + person.leaning + side * person.skill + self._effect(picture, kind)[0]
        return int(self._random.random() < 1 / (1 + np.exp(-logit)))

    def rates(self, person: Person, picture: int, kind: str) -> int:
        """How many stars the person gives."""
        if self._lapse(person):
            return int(self._random.integers(STARS[0], STARS[-1] + 1))
        noise = self.crowd.noise * self._random.standard_normal()
        seen = self._stars[kind] + person.taste + self._effect(picture, kind)[1] + noise
        return STARS[0] + sum(1 for limit in BETWEEN if seen > limit)

    def passes(self, person: Person) -> bool:
        """Whether the person answers an attention check rightly: all do who do not answer by chance."""
        return not person.careless or bool(self._random.random() < 0.5)

    def response_ms(self, person: Person) -> int:
        """Milliseconds from seeing to answering."""
        median = CARELESS_MS if person.careless else 1000 * self.crowd.seconds
        return int(median * person.pace * np.exp(self.crowd.seconds_spread * self._random.standard_normal()))

    def _lapse(self, person: Person) -> bool:
        return person.careless or bool(self._random.random() < self.crowd.lapses)

    def _effect(self, picture: int, kind: str) -> tuple[float, float]:
        """What a picture adds in logits and in stars; the same whenever it is asked."""
        if picture not in self._pictures:
            random = np.random.default_rng([self._seed, 1, picture])
            own, images = random.standard_normal(2), random.standard_normal((len(self.kinds), 2))
            crowd = self.crowd
            self._pictures[picture] = {
                kind: (
                    crowd.picture * own[0] + crowd.image * image[0],
                    crowd.picture_stars * own[1] + crowd.image_stars * image[1],
                )
                for kind, image in zip(self.kinds, images, strict=True)
            }
        return self._pictures[picture][kind]


def _believed_level(crowd: Crowd, kind: str) -> float:
    """The logit at which a kind is believed as often as it shall be, over all effects."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    spread = np.sqrt(crowd.leaning**2 + crowd.skill**2 + crowd.picture**2 + crowd.image**2)
    wanted = (crowd.believed_rate(kind) - crowd.lapses / 2) / (1 - crowd.lapses)
    return _level(lambda level: float(np.sum(weights / (1 + np.exp(-(level + spread * nodes))))), wanted)


def _stars_level(crowd: Crowd, kind: str) -> float:
    """The level at which a kind has the mean stars that it shall have, over all effects."""
    spread = np.sqrt(crowd.taste**2 + crowd.picture_stars**2 + crowd.image_stars**2 + crowd.noise**2)
    normal = NormalDist(0, float(spread))
    wanted = (crowd.mean_stars(kind) - crowd.lapses * float(np.mean(STARS))) / (1 - crowd.lapses)
    return _level(lambda level: 1 + sum(normal.cdf(level - limit) for limit in BETWEEN), wanted)


def _level(mean: Callable[[float], float], wanted: float) -> float:
    """Where a rising function has a value, by bisection."""
    low, high = -FARTHEST, FARTHEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) < wanted else (low, middle)
    return (low + high) / 2
