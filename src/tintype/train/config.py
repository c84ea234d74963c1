"""Every setting of a training run: typed, explained, checked when made.

The defaults are the settings of the report's first experiment.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Literal

from tintype.errors import ConfigError
from tintype.losses import DECEPTIONS, LOSSES
from tintype.nets import NETWORKS, WIDTHS, Option
from tintype.nets.fusion import LITE, seen_size
from tintype.train.checks import check, check_kind, check_options, no_such_setting, parse
from tintype.train.presets import CROSS_ENTROPY, EXPERIMENTS, PRESETS, REBALANCED, preset_settings

PRECISIONS: Final[dict[str, Literal["32-true", "bf16-mixed", "16-mixed"]]] = {
    "32-true": "32-true",
    "bf16-mixed": "bf16-mixed",
    "16-mixed": "16-mixed",
}
"""Arithmetic of the network, in Fabric's words."""

APPROACHES: Final = ("regression", "classification", "adversarial", "joint", "sampled")
"""Ways of training; see `tintype.train.approaches`."""

OWN_SETTINGS: Final = {
    "adversarial": ("pixel_weight", "deception", "smoothing", "conditional", "discriminator_width"),
    "joint": ("class_weight", "teacher", "teacher_size"),
    "sampled": ("samples",),
}
"""Settings that only one way of training has."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "network": tuple(NETWORKS),
    "loss": (*LOSSES, CROSS_ENTROPY, REBALANCED),
    "approach": APPROACHES,
    "deception": tuple(DECEPTIONS),
    "teacher": tuple(LITE),
    "schedule": ("constant", "cosine", "plateau"),
    "precision": tuple(PRECISIONS),
    "device": ("auto", "cpu", "cuda", "mps"),
}
"""Settings that take one of a few words."""

FREE_TO_CHANGE: Final = frozenset(
    {"epochs", "patience", "max_minutes", "checkpoint_minutes", "log_every", "workers", "device"}
)
"""Settings that may differ when a run is resumed; all others make it another run."""


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one run. Raises `ConfigError` when made with an impossible value."""

    network: str = "cnn"
    """Which network of `tintype.nets.NETWORKS` is trained."""
    approach: str = "regression"
    """How it is trained, by its name in `tintype.train.approaches`."""
    options: dict[str, Option] = field(default_factory=dict)
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
    """Pictures whose gradient is computed at once, over all processes together."""
    accumulate: int = 1
    """Batches in one step: their gradients are added up, as if they were one large batch, in less memory."""
    epochs: int = 25
    """Passes over the training pictures, at most."""
    patience: int = 3
    """Epochs without a better validation loss after which the run ends; 0 never ends it early."""
    rate: float = 1e-3
    """Adam's learning rate, the highest one when a schedule changes it."""
    schedule: str = "constant"
    """Learning rate over time: constant; cosine, which falls to zero at the last step or minute; or plateau,
    a tenth after each `plateau` epochs without a better validation loss."""
    plateau: int = 3
    """Epochs without a better validation loss after which the schedule plateau takes a tenth of the rate."""
    warmup: int = 0
    """Steps over which the learning rate rises linearly from zero."""
    clip: float = 0.0
    """Largest norm of the gradient, longer ones are shortened to it; 0 leaves it alone."""
    ema: float = 0.0
    """Decay of the running mean of weights that is validated and exported, such as 0.999; 0 takes none."""
    aged: float = 0.0
    """Share of the training pictures that are shown as old film, with its faults, would hold them."""
    hinted: float = 0.0
    """Share of the training pictures that come with hints, for networks that take them; with 1, all pictures
    do, those for validation too."""
    only: str = "all"
    """Part of the network that alone is trained, such as `spread` of `tint`; the others stay. Or all."""
    color_weight: float = 0.0
    """Weight of the distance to the true color, per CIE unit, beside the cross-entropy of a distribution."""
    pixel_weight: float = 100.0
    """Weight λ of the pixel loss in adversarial training, beside the cost of not being believed."""
    deception: str = "non-saturating"
    """The generator's cost: non-saturating, the report's equation (8), or saturating, its (7)."""
    smoothing: float = 0.0
    """One-sided label smoothing: what the discriminator's label of real colors lacks to 1, such as 0.1."""
    conditional: bool = False
    """Whether the discriminator sees L* beside the colors."""
    discriminator_width: int = 100
    """Per cent of the discriminator's channels."""
    class_weight: float = 0.0033
    """Weight α of telling what a picture shows, beside its colors; 0 does without stored scores."""
    teacher: str = "lite2"
    """Classifier whose scores, stored by `tintype data embed`, say what a picture shows: lite0 or lite2."""
    teacher_size: int = 160
    """Side of the square that it saw, in pixels."""
    samples: int = 256
    """Pixels of each picture that a network which colors each by itself learns from."""
    embedded: bool = False
    """Whether a network with a classifier is told the scores of whole pictures that `tintype data embed` has
    stored, instead of those of the crops."""
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
        check_options(self.network, self.options)
        for name in ("batch", "accumulate", "epochs", "plateau", "log_every", "samples"):
            check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        for name in ("patience", "warmup", "clip", "max_minutes", "checkpoint_minutes", "workers", "seed"):
            check(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        check("side", self.side, self.side >= 8 and self.side % 8 == 0, "a multiple of 8")
        check("smallest_crop", self.smallest_crop, 0 < self.smallest_crop <= 1, "above 0 and at most 1")
        check("rate", self.rate, 0 < self.rate < math.inf, "above 0")
        check("ema", self.ema, 0 <= self.ema < 1, "0 or more and below 1")
        for name in ("aged", "hinted", "smoothing"):
            check(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "between 0 and 1")
        for name in ("color_weight", "pixel_weight", "class_weight"):
            check(name, getattr(self, name), 0 <= getattr(self, name) < math.inf, "0 or more")
        width = self.discriminator_width
        check("discriminator_width", width, width in WIDTHS, f"one of {', '.join(map(str, WIDTHS))}")
        check("teacher_size", self.teacher_size, self.teacher_size >= 32, "at least 32")
        check_kind(self.network, self.loss, self.hinted, self.color_weight, self.side)
        self._check_approach()
        self._check_embedded()
        check("held_out", self.held_out, 0 < self.held_out < 1, "between 0 and 1")

    def _check_approach(self) -> None:
        """Raise `ConfigError` when network, approach and the approach's own settings do not go together."""
        fitting = NETWORKS[self.network].approaches
        check("approach", self.approach, self.approach in fitting, f"{' or '.join(fitting)} for it")
        defaults = {item.name: item.default for item in fields(self)}
        for approach, names in OWN_SETTINGS.items():
            for name in names if approach != self.approach else ():
                value = getattr(self, name)
                check(name, value, value == defaults[name], f"left out; it is for {approach} training only")

    def _check_embedded(self) -> None:
        """Raise `ConfigError` when stored scores are wanted where they would not be used, or would tell of
        pictures as they were before they aged."""
        if self.embedded:
            holds = "classifier" in NETWORKS[self.network].options
            check("embedded", "true", holds, f"false for the network {self.network}, which has no classifier")
            check(
                "aged", self.aged, self.aged == 0, "0 with embedded=true: those scores are of clean pictures"
            )

    @property
    def classifier(self) -> tuple[str, int]:
        """Name of the network's classifier and the side of the square that it sees, in pixels."""
        known = NETWORKS[self.network].options
        chosen = {name: self.options.get(name, known[name][0]) for name in ("classifier", "classifier_size")}
        name = str(chosen["classifier"])
        return name, seen_size(name, int(chosen["classifier_size"]))

    @property
    def stored_scores(self) -> tuple[str, int] | None:
        """Classifier, and the side of the square that it saw, whose stored scores training needs, if any."""
        if self.approach == "joint" and self.class_weight:
            return self.teacher, self.teacher_size
        return self.classifier if self.embedded else None

    @property
    def title(self) -> str:
        """What is trained, as the command line names it: `gan` is the network unet, adversarially."""
        for name, trained in EXPERIMENTS.items():
            if trained == (self.network, self.approach):
                return name
        return f"{self.network}-gan" if self.approach == "adversarial" else self.network

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self)

    @classmethod
    def recommended(cls, experiment: str, preset: str = PRESETS[0]) -> "TrainConfig":
        """The settings of an experiment of `EXPERIMENTS` in one of `PRESETS`.

        Raises `ConfigError` when there is none of that name.
        """
        if experiment not in EXPERIMENTS:
            raise ConfigError(f"network={experiment!r} is not one of {', '.join(EXPERIMENTS)}")
        if preset not in PRESETS:
            raise ConfigError(f"preset {preset!r} is not one of {', '.join(PRESETS)}")
        network, approach = EXPERIMENTS[experiment]
        settings = preset_settings(experiment, preset)
        options = {name: value for name, value in settings.items() if name in NETWORKS[network].options}
        rest = {name: value for name, value in settings.items() if name not in options}
        return cls(network=network, approach=approach, options=options, **rest)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "TrainConfig":
        """Read settings back from JSON values. Raises `ConfigError` for unknown names and impossible
        values."""
        unknown = sorted(stored.keys() - {item.name for item in fields(cls)})
        if unknown:
            raise ConfigError(
                f"the stored configuration has unknown settings {unknown}; was it made by a newer Tintype?"
            )
        if "approach" not in stored:  # of before there was a choice
            stored = stored | {"approach": EXPERIMENTS[stored.get("network", "cnn")][1]}
        return cls(**stored)

    def with_settings(self, settings: Sequence[str]) -> "TrainConfig":
        """A copy changed by `key=value` texts, the keys being fields or arguments of the network's builder.

        In adversarial training `generator` names another network of `NETWORKS`, with its own options.

        Raises `ConfigError` for a text without `=`, an unknown key (naming the nearest one) or an impossible
        value.
        """
        texts: dict[str, str] = {}
        for setting in settings:
            key, equals, texts[key] = setting.partition("=")
            if not equals:
                raise ConfigError(f"{setting!r} is no setting; write key=value, such as batch=32")
        network = self._generator(texts.pop("generator", None))
        options = NETWORKS[network].options
        fixed = ("network", "approach", "options")
        defaults = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in fixed}
        chosen = {name: value for name, value in self.options.items() if name in options}
        changed: dict[str, Any] = {}
        for key, text in texts.items():
            if key in options:
                chosen[key] = parse(key, text, options[key][0])
            elif key in defaults:
                changed[key] = parse(key, text, defaults[key])
            else:
                raise ConfigError(no_such_setting(key, [*defaults, *options]))
        return replace(self, network=network, options=chosen, **changed)

    def _generator(self, name: str | None) -> str:
        """The network, after a person asked for the generator `name`."""
        if name is None:
            return self.network
        if self.approach != "adversarial":
            raise ConfigError(f"{self.title} has no generator; leave generator={name} out, or train gan")
        known = [network for network, spec in NETWORKS.items() if "adversarial" in spec.approaches]
        if name not in known:
            raise ConfigError(f"generator={name!r} is not one of {', '.join(known)}")
        return name
