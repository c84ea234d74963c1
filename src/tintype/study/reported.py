"""What the 2019 report found with 34 people (its section on the user study, R8; Figures 16 and 17)."""

from dataclasses import dataclass
from typing import Final

PEOPLE: Final = 34
SOURCE: Final = "R8"


@dataclass(frozen=True)
class Reported:
    """A number of the report, as exactly as it is given there."""

    value: float
    words: str
    """How the report says it."""
    exact: bool = True
    """False where the words are no number; the value is then where it is drawn."""


BELIEVED: Final = {
    "truth": Reported(0.87, "about 13 % took a real picture for a fake"),
    "cnn": Reported(0.48, "nearly half", exact=False),
}
"""Share of answers that believed a picture to be real, by kind (Figure 16)."""
STARS: Final = {
    "truth": Reported(3.8, "3.8"),
    "fusion": Reported(3.09, "3.09"),
    "gan": Reported(2.72, "2.72"),
    "cnn": Reported(3.0, "around three", exact=False),
}
"""Mean stars by kind (Figure 17)."""
