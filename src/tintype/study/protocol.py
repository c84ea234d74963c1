"""What a study asks and how: settled when it is made, and never changed after that."""

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from tintype import __version__
from tintype.errors import ConfigError, StudyError

Part = Literal["practice", "believe", "rate"]
Question = Literal["believe", "rate"]
"""Real or colorized? One to four stars?"""

TRUTH: Final = "truth"
GRAY: Final = "gray"
"""Attention check of part two: a picture without any color has one star."""
RAINBOW: Final = "rainbow"
"""Attention check of part one: a picture in all hues from left to right is no photograph."""
ATTENTION_KINDS: Final = (GRAY, RAINBOW)

STARS: Final = (
    "no color at all",
    "color in some parts",
    "fully colored, but not saturated",
    "perfect",
)
"""What one to four stars mean (R8 of the report, section "User study")."""
AGE_BANDS: Final = ("under-18", "18-29", "30-44", "45-59", "60-74", "75-up")
COLOR_VISIONS: Final = ("normal", "deficient", "unsure")

SMALLEST: Final = 16
MOST_ROUNDS: Final = 100


@dataclass(frozen=True)
class StudyModel:
    """What colorized the pictures of a kind."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    name: str
    """The kind of its pictures."""
    sha256: str
    """Of the model's file."""
    vivid: float | None = None
    """The vividness asked for; None is the model's own, or one that takes none."""


@dataclass(frozen=True)
class LeftOut:
    """A picture that was drawn and left out."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    name: str
    kind: str
    """unreadable, gray, small or duplicate."""
    reason: str


@dataclass(frozen=True)
class Exclusions:
    """Which answers an analysis leaves out; each rule is off when it is 0 or False."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    min_response_ms: int = 400
    """Single answers that came faster than this, in milliseconds."""
    failed_attention: int = 1
    """All answers of a person who failed so many attention checks."""
    straight_lining: bool = True
    """All answers of a person who gave but one answer in part one and but one in part two."""


@dataclass(frozen=True)
class Protocol:
    """All settings of a study. Raises `ConfigError` when they do not go together."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    name: str
    """Title for the people who take part."""
    pictures: int
    """How many pictures are judged, without those of practice and attention checks."""
    models: tuple[StudyModel, ...]
    size: int = 256
    """Side of the square pictures, in pixels."""
    seed: int = 0
    """Of the draw of the pictures and of all orders."""
    part_one: int = 5
    """Pictures of a round that are judged to be real or colorized."""
    part_two: int = 5
    """Pictures of a round that get stars."""
    practice: int = 2
    """Pictures before the first round, which do not count: half as in part one, the rest as in part two."""
    attention_every: int = 1
    """One attention check in the first round and every so many rounds after it; 0 for none."""
    max_rounds: int = 3
    stars: tuple[str, str, str, str] = STARS
    exclusions: Exclusions = field(default_factory=Exclusions)
    ask_age: bool = True
    ask_color_vision: bool = True
    drawn_from: str = ""
    """Name of the folder that the pictures come from."""
    left_out: tuple[LeftOut, ...] = ()
    """Pictures that were drawn but are none to judge."""
    tintype: str = __version__
    """Version of the program that made the study."""

    def __post_init__(self) -> None:
        """Check that the settings go together."""
        names = [model.name for model in self.models]
        reserved = {TRUTH, *ATTENTION_KINDS} & set(names)
        if not names or reserved or len(set(names)) < len(names):
            told = f"{sorted(reserved)[0]} is a name that a study keeps for itself" if reserved else ""
            raise ConfigError(f"{told or 'a study needs models, each once'}; give others")
        for what, value, low, high in (
            ("size", self.size, SMALLEST, 4096),
            ("part one", self.part_one, 1, 1000),
            ("part two", self.part_two, 1, 1000),
            ("practice", self.practice, 0, 20),
            ("rounds", self.max_rounds, 1, MOST_ROUNDS),
            ("attention checks", self.attention_every, 0, MOST_ROUNDS),
            ("seed", self.seed, 0, 2**63 - 1),
        ):
            if not low <= value <= high:
                raise ConfigError(f"{what}: {value} is not between {low} and {high}; give another number")
        if self.pictures < self.part_one + self.part_two:
            raise ConfigError(
                f"a round shows {self.part_one + self.part_two} pictures and the study has {self.pictures}; "
                "give more pictures, or shorter parts"
            )
        if not self.name.strip() or len(self.name) > 200:
            raise ConfigError("the name of a study has 1 to 200 letters; give another")

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is judged of each picture: the truth, and what each model made of it."""
        return (TRUTH, *(model.name for model in self.models))

    @property
    def checks(self) -> int:
        """Pictures of attention checks: one for each that a person may meet."""
        return 0 if not self.attention_every else -(-self.max_rounds // self.attention_every)

    def text(self) -> str:
        """Canonical JSON: sorted keys, no spaces; what the hash is of."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return hash_of(self.text())


def read_protocol(text: str) -> Protocol:
    """A protocol from its JSON. Raises `StudyError` when it is none."""
    try:
        return TypeAdapter(Protocol).validate_json(text)
    except (ValidationError, ConfigError) as error:
        raise StudyError(
            f"the protocol of the study cannot be read ({str(error).splitlines()[0]}); was it made by a "
            "newer version of Tintype? Update, or restore a back-up"
        ) from error


def hash_of(text: str) -> str:
    """sha256 of a text in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
