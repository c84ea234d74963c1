"""The ways of training by the names that a configuration uses."""

from collections.abc import Callable
from typing import Final

from lightning.fabric import Fabric

from tintype.train.adversarial import Adversarial
from tintype.train.approach import Approach, Classification, Regression
from tintype.train.config import TrainConfig

APPROACHES: Final[dict[str, Callable[[TrainConfig, Fabric], Approach]]] = {
    "regression": Regression,
    "classification": Classification,
    "adversarial": Adversarial,
}
