"""How large a reproduction is: the report's own size, a night on a laptop, or a minute."""

from dataclasses import dataclass
from typing import Final

from tintype.data import Shares
from tintype.errors import ConfigError
from tintype.train.config import TrainConfig

APPROACHES: Final = ("cnn", "fusion", "gan", "fusion-gan")
"""The report's three networks, and the one that it names as future work (R9a), in the order of training."""
REPORTED: Final = APPROACHES[:3]
"""Those that the report has numbers and figures of."""
SIMPLE: Final = "simple"
"""The small network on a small set, for few epochs, of the report's Figure 2."""
STARTS: Final = {"fusion-gan": "fusion"}
"""Which run another one begins with."""


@dataclass(frozen=True)
class Scale:
    """What a preset means beyond the settings of its trainings."""

    shares: Shares
    """How pictures are divided."""
    size: int
    """Side in pixels of the squares that are scored."""
    simple_pictures: int
    """Pictures of the small set."""
    simple: tuple[str, ...]
    """Settings of the small network, beyond those of the plain CNN."""
    test_pictures: int = 975
    """Most pictures that are scored; the report has 975."""
    study_pictures: int = 105
    """Pictures for people: the report's 100 to judge, and five for practice and checks of attention."""


_PART: Final = Shares(val=0.05, test=0.05)
SCALES: Final = {
    "report": Scale(_PART, 256, 1000, ("width=50", "epochs=5")),
    "small": Scale(_PART, 256, 1000, ("width=25", "epochs=5")),
    "tiny": Scale(Shares(val=0.25, test=0.4), 64, 4, ("epochs=2",)),
}


@dataclass(frozen=True)
class Plan:
    """What is done, at which size, with which changes of the trainings' settings.

    Raises `ConfigError` when made with an unknown preset or impossible settings.
    """

    preset: str
    settings: tuple[str, ...] = ()
    """`key=value`, for all trainings."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preset not in SCALES:
            raise ConfigError(f"preset {self.preset!r} is not one of {', '.join(SCALES)}")
        for name in self.names:
            self.config(name)

    @property
    def scale(self) -> Scale:
        """The size."""
        return SCALES[self.preset]

    @property
    def shares(self) -> Shares:
        """How pictures are divided, by this seed."""
        return Shares(self.scale.shares.val, self.scale.shares.test, self.seed)

    @property
    def names(self) -> tuple[str, ...]:
        """All trainings, in order."""
        return (SIMPLE, *APPROACHES)

    def config(self, name: str) -> TrainConfig:
        """The settings of a training: the preset's, stored class scores where there is a classifier, the
        small network's own, and those that a person has changed."""
        own = [f"seed={self.seed}"]
        if name == SIMPLE:
            return TrainConfig.recommended("cnn", self.preset).with_settings(
                [*own, *self.settings, *self.scale.simple]
            )
        if name.startswith("fusion"):
            own.append("embedded=true")
        return TrainConfig.recommended(name, self.preset).with_settings([*own, *self.settings])
