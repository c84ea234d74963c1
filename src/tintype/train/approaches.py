"""The ways of training by the names that a configuration uses."""

from collections.abc import Callable
from typing import Final

from lightning.fabric import Fabric

from tintype.train.adversarial import Adversarial
from tintype.train.approach import Approach
from tintype.train.classification import Classification
from tintype.train.config import TrainConfig
from tintype.train.joint import Joint
from tintype.train.regression import Regression
from tintype.train.sampled import Sampled

APPROACHES: Final[dict[str, Callable[[TrainConfig, Fabric], Approach]]] = {
    "regression": Regression,
    "classification": Classification,
    "adversarial": Adversarial,
    "joint": Joint,
    "sampled": Sampled,
}
