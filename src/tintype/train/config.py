"""Every setting of a training run: typed, explained, checked when made.

The defaults are the settings of the report's first experiment.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Final, Literal

from tintype.errors import ConfigError
from tintype.losses import LOSSES
from tintype.nets import NETWORKS

PRECISIONS: Final[dict[str, Literal["32-true", "bf16-mixed", "16-mixed"]]] = {
    "32-true": "32-true",
    "bf16-mixed": "bf16-mixed",
    "16-mixed": "16-mixed",
}
"""Arithmetic of the network, in Fabric's words."""

CROSS_ENTROPY: Final = "cross-entropy"
"""The loss of networks that give a distribution over bins, by the name that a configuration uses."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "network": tuple(NETWORKS),
    "loss": (*LOSSES, CROSS_ENTROPY),
    "schedule": ("constant", "cosine"),
    "precision": tuple(PRECISIONS),
    "device": ("auto", "cpu", "cuda", "mps"),
}
"""Settings that take one of a few words."""

FREE_TO_CHANGE: Final = frozenset(
    {"epochs", "patience", "max_minutes", "checkpoint_minutes", "log_every", "workers", "device"}
)
"""Settings that may differ when a run is resumed; all others make it another run."""


RECOMMENDED: Final[dict[str, dict[str, Any]]] = {
    "cnn": {},
    "tint": {
        "loss": CROSS_ENTROPY,
        "side": 128,
        "smallest_crop": 0.4,
        "batch": 32,
        "patience": 0,
        "schedule": "cosine",
        "warmup": 200,
        "clip": 1.0,
        "ema": 0.999,
        "aged": 0.35,
        "hinted": 0.4,
        "precision": "bf16-mixed",
    },
}
"""What to change of the report's settings, for each network."""


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one run. Raises `ConfigError` when made with an impossible value."""

    network: str = "cnn"
    """Which network of `tintype.nets.NETWORKS` is trained."""
    options: dict[str, int] = field(default_factory=dict)
    """Arguments for building the network, such as `encoder_layers`; set by their own names."""
    loss: str = "mse"
    """Loss in network scale, by its name in `tintype.losses`."""
    side: int = 256
    """Side of the square training pictures, in pixels."""
    smallest_crop: float = 1.0
    """Least share of a picture's area that a random crop keeps; 1 takes the largest square, somewhere."""
    flip: bool = True
    """Whether every second crop, on average, is mirrored."""
    batch: int = 50
    """Pictures in one step, over all processes together."""
    epochs: int = 25
    """Passes over the training pictures, at most."""
    patience: int = 3
    """Epochs without a better validation loss after which the run ends; 0 never ends it early."""
    rate: float = 1e-3
    """Adam's learning rate, the highest one when a schedule changes it."""
    schedule: str = "constant"
    """Learning rate over time: constant, or cosine, which falls to zero at the last step or minute."""
    warmup: int = 0
    """Steps over which the learning rate rises linearly from zero."""
    clip: float = 0.0
    """Largest norm of the gradient, longer ones are shortened to it; 0 leaves it alone."""
    ema: float = 0.0
    """Decay of the running mean of weights that is validated and exported, such as 0.999; 0 takes none."""
    aged: float = 0.0
    """Share of the training pictures that are shown as old film, with its faults, would hold them."""
    hinted: float = 0.0
    """Share of the training pictures that come with hints, for networks that take them."""
    color_weight: float = 0.0
    """Weight of the distance to the true color, per CIE unit, beside the cross-entropy of a distribution."""
    precision: str = "32-true"
    """Arithmetic of the network; bf16-mixed is the faster one on most machines, 16-mixed needs a CUDA GPU."""
    device: str = "auto"
    """Where to train; auto takes a GPU if there is one."""
    held_out: float = 0.05
    """Share of the pictures kept for validation when no validation set is given."""
    max_minutes: float = 0.0
    """Minutes of training after which the run ends, resumed parts included; 0 is no limit."""
    checkpoint_minutes: float = 5.0
    """Minutes between two checkpoints; one is also written after each epoch."""
    log_every: int = 50
    """Steps between two points of the training curve."""
    workers: int = 0
    """Processes that prepare pictures beside the one that trains."""
    seed: int = 0
    """Start of every random choice: weights, order, crops."""

    def __post_init__(self) -> None:
        for name, words in CHOICES.items():
            if getattr(self, name) not in words:
                raise ConfigError(f"{name}={getattr(self, name)!r} is not one of {', '.join(words)}")
        _check_options(self.network, self.options)
        for name in ("batch", "epochs", "log_every"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        for name in ("patience", "warmup", "clip", "max_minutes", "checkpoint_minutes", "workers", "seed"):
            _check(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        _check("side", self.side, self.side >= 8 and self.side % 8 == 0, "a multiple of 8")
        _check("smallest_crop", self.smallest_crop, 0 < self.smallest_crop <= 1, "above 0 and at most 1")
        _check("rate", self.rate, 0 < self.rate < math.inf, "above 0")
        _check("ema", self.ema, 0 <= self.ema < 1, "0 or more and below 1")
        for name in ("aged", "hinted"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "between 0 and 1")
        _check("color_weight", self.color_weight, 0 <= self.color_weight < math.inf, "0 or more")
        _check_kind(self.network, self.loss, self.hinted, self.color_weight, self.side)
        _check("held_out", self.held_out, 0 < self.held_out < 1, "between 0 and 1")

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self)

    @classmethod
    def recommended(cls, network: str) -> "TrainConfig":
        """The settings to train a network with. Raises `ConfigError` when there is no such network."""
        if network not in RECOMMENDED:
            raise ConfigError(f"network={network!r} is not one of {', '.join(RECOMMENDED)}")
        return cls(network=network, **RECOMMENDED[network])

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "TrainConfig":
        """Read settings back from JSON values. Raises `ConfigError` for unknown names and impossible
        values."""
        unknown = sorted(stored.keys() - {item.name for item in fields(cls)})
        if unknown:
            raise ConfigError(
                f"the stored configuration has unknown settings {unknown}; was it made by a newer Tintype?"
            )
        return cls(**stored)

    def with_settings(self, settings: Sequence[str]) -> "TrainConfig":
        """A copy changed by `key=value` texts, the keys being fields or arguments of the network's builder.

        Raises `ConfigError` for a text without `=`, an unknown key (naming the nearest one) or an impossible
        value.
        """
        options = NETWORKS[self.network].options
        defaults = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name not in ("network", "options")
        }
        changed: dict[str, Any] = {}
        chosen = dict(self.options)
        for setting in settings:
            key, equals, text = setting.partition("=")
            if not equals:
                raise ConfigError(f"{setting!r} is no setting; write key=value, such as batch=32")
            if key in options:
                chosen[key] = int(_parse(key, text, options[key][0]))
            elif key in defaults:
                changed[key] = _parse(key, text, defaults[key])
            else:
                raise ConfigError(_unknown(key, [*defaults, *options]))
        return replace(self, options=chosen, **changed)


def _check(name: str, value: object, holds: bool, wanted: str) -> None:
    if not holds:
        raise ConfigError(f"{name}={value} is impossible; it must be {wanted}")


def _check_options(network: str, options: dict[str, int]) -> None:
    spec = NETWORKS[network]
    for key, value in options.items():
        if key not in spec.options:
            raise ConfigError(f"the network {network} has no setting {key!r}")
        _check(key, value, value in spec.options[key], f"one of {', '.join(map(str, spec.options[key]))}")


def _check_kind(network: str, loss: str, hinted: float, color_weight: float, side: int) -> None:
    """Raise `ConfigError` for settings that do not go with what the network gives."""
    spec = NETWORKS[network]
    fitting = (CROSS_ENTROPY,) if spec.guided else tuple(LOSSES)
    _check("loss", loss, loss in fitting, f"{' or '.join(fitting)} for the network {network}")
    _check(
        "side", side, side % spec.multiple == 0, f"a multiple of {spec.multiple} for the network {network}"
    )
    if not spec.guided:
        _check("hinted", hinted, hinted == 0, f"0 for the network {network}, which takes no hints")
        _check("color_weight", color_weight, color_weight == 0, f"0 for the network {network}")


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"unknown setting {key!r}; " + (
        f"did you mean {near[0]!r}?" if near else f"the settings are {', '.join(sorted(known))}"
    )


def _parse(key: str, text: str, default: str | int | float | bool) -> str | int | float | bool:
    """Read `text` as the type of `default`."""
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        return int(text) if isinstance(default, int) else float(text)
    except (ValueError, KeyError) as error:
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise ConfigError(f"{key}={text!r} is impossible; it must be {kind}") from error
