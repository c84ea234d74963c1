"""What `tintype train NAME --preset PRESET` trains, and with which settings: plain tables, no code.

`report` are the settings of the 2019 report, as far as it gives them, and for other networks their own;
`small` are for an evening on a laptop; `tiny` takes seconds and learns nothing: it shows that all parts work.
"""

from typing import Any, Final

CROSS_ENTROPY: Final = "cross-entropy"
REBALANCED: Final = "rebalanced-cross-entropy"
"""The losses of networks that give a distribution over bins, by the names that a configuration uses."""

EXPERIMENTS: Final[dict[str, tuple[str, str]]] = {
    "cnn": ("cnn", "regression"),
    "fusion": ("fusion", "regression"),
    "gan": ("unet", "adversarial"),
    "fusion-gan": ("fusion", "adversarial"),
    "tint": ("tint", "classification"),
    "zhang": ("zhang", "classification"),
    "iizuka": ("iizuka", "joint"),
    "cheng": ("cheng", "sampled"),
}
"""Network and approach of all that can be trained by name."""

PRESETS: Final = ("report", "small", "tiny")

_GAN: Final[dict[str, Any]] = {
    "loss": "mae",
    "batch": 16,
    "epochs": 20,
    "patience": 0,
    "rate": 2e-4,
    "schedule": "plateau",
}

RECOMMENDED: Final[dict[str, dict[str, Any]]] = {
    "cnn": {},
    "fusion": {"epochs": 100},
    "gan": _GAN,
    "fusion-gan": _GAN,
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
    "zhang": {"loss": REBALANCED},
    "iizuka": {"side": 224, "batch": 128, "epochs": 11, "patience": 0},
    "cheng": {},
}
"""The preset `report`: what to change of the defaults, which are the settings of the report's first
experiment."""

_SMALL: Final[dict[str, Any]] = {
    "side": 96,
    "smallest_crop": 0.4,
    "batch": 32,
    "epochs": 10,
    "max_minutes": 120.0,
    "patience": 0,
    "rate": 3e-4,
    "schedule": "cosine",
    "warmup": 200,
    "clip": 1.0,
    "ema": 0.998,
    "precision": "bf16-mixed",
}
_LITE: Final[dict[str, Any]] = {"classifier": "lite2", "classifier_size": 160}

SMALL: Final[dict[str, dict[str, Any]]] = {
    "cnn": _SMALL | {"width": 50},
    "fusion": _SMALL | _LITE | {"width": 50},
    "gan": _SMALL | {"width": 25, "batch": 16, "rate": 2e-4, "conditional": True, "discriminator_width": 50},
    "fusion-gan": _SMALL
    | _LITE
    | {"width": 50, "batch": 16, "rate": 2e-4, "conditional": True, "discriminator_width": 50},
    "tint": {"epochs": 10, "max_minutes": 120.0},
    "zhang": _SMALL | {"width": 50, "rate": 1e-3},
    "iizuka": _SMALL | {"width": 38, "global_size": 96, "rate": 1e-3},
    "cheng": _SMALL | {"rate": 1e-3},
}
"""The preset `small`: what to change of `report`."""

_TINY: Final[dict[str, Any]] = {
    "side": 64,
    "batch": 2,
    "epochs": 2,
    "max_minutes": 0.0,
    "warmup": 0,
    "log_every": 1,
    "precision": "32-true",
    "device": "cpu",
}

TINY: Final[dict[str, dict[str, Any]]] = {
    "cnn": _TINY | {"width": 12},
    "fusion": _TINY | {"width": 12, "classifier_size": 64},
    "gan": _TINY | {"width": 12, "discriminator_width": 12},
    "fusion-gan": _TINY | {"width": 12, "classifier_size": 64, "discriminator_width": 12},
    "tint": _TINY,
    "zhang": _TINY | {"width": 12},
    "iizuka": _TINY | {"width": 12, "global_size": 64, "class_weight": 0.0},
    "cheng": _TINY | {"samples": 16},
}
"""The preset `tiny`: what to change of `small`."""


def preset_settings(experiment: str, preset: str) -> dict[str, Any]:
    """The settings of an experiment of `EXPERIMENTS` in one of `PRESETS`, by their names."""
    layers = [RECOMMENDED, SMALL, TINY][: PRESETS.index(preset) + 1]
    return {name: value for layer in layers for name, value in layer[experiment].items()}
