"""What makes a setting impossible, and how its text is read; `config.py` asks."""

from difflib import get_close_matches
from typing import Any

from tintype.errors import ConfigError
from tintype.losses import LOSSES
from tintype.nets import NETWORKS, Option
from tintype.train.presets import CROSS_ENTROPY, REBALANCED


def check(name: str, value: object, holds: bool, wanted: str) -> None:
    """Raise `ConfigError`, which says what is `wanted`, unless it holds."""
    if not holds:
        raise ConfigError(f"{name}={value} is impossible; it must be {wanted}")


def check_options(network: str, options: dict[str, Option]) -> None:
    """Raise `ConfigError` for arguments that the network's builder does not take."""
    spec = NETWORKS[network]
    for key, value in options.items():
        if key not in spec.options:
            raise ConfigError(f"the network {network} has no setting {key!r}")
        wanted = f"one of {', '.join(map(str, spec.options[key]))}"
        wanted += ", or a classifier of timm's" if key in spec.others else ""
        check(key, value, spec.allows(key, value), wanted)


def check_kind(network: str, loss: str, hinted: float, color_weight: float, side: int) -> None:
    """Raise `ConfigError` for settings that do not go with what the network gives."""
    spec = NETWORKS[network]
    fitting = (CROSS_ENTROPY, REBALANCED) if spec.distribution else tuple(LOSSES)
    check("loss", loss, loss in fitting, f"{' or '.join(fitting)} for the network {network}")
    check("side", side, side % spec.multiple == 0, f"a multiple of {spec.multiple} for the network {network}")
    if not spec.hints:
        check("hinted", hinted, hinted == 0, f"0 for the network {network}, which takes no hints")
    if not spec.distribution:
        check("color_weight", color_weight, color_weight == 0, f"0 for the network {network}")


def no_such_setting(key: str, known: list[str]) -> str:
    """What to say of a setting that is not known, naming the nearest one."""
    near = get_close_matches(key, known, n=1)
    return f"unknown setting {key!r}; " + (
        f"did you mean {near[0]!r}?" if near else f"the settings are {', '.join(sorted(known))}"
    )


def parse(key: str, text: str, default: Any) -> Any:
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
