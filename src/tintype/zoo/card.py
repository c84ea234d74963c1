"""A model's card: what it is, where it comes from, how good it is and where it fails."""

import json
import re
import typing
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tintype.errors import ModelError

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Card:
    """The card of one model, kept as `<name>.json` beside `<name>.onnx`.

    Raises `ModelError` when made with a value of the wrong kind.
    """

    name: str
    """Name to call the model by: `tintype colorize --model NAME`."""
    summary: str
    """One sentence: what the model is good for."""
    license: str
    """SPDX identifier of the license of the weights."""
    sha256: str
    """Hash of the .onnx file, 64 lowercase hexadecimal digits."""
    parameters: int
    """Number of trained parameters."""
    size_mb: float
    """Size of the .onnx file in megabytes (10⁶ bytes)."""
    network: str
    """Name of the network, as in `tintype train NETWORK`."""
    working_size: int
    """Side, in pixels, of the square whose area the network colors best."""
    data: str
    """What it was trained on, and under which licenses."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """The training record: settings, steps, time, machine."""
    scores: Mapping[str, Any] = field(default_factory=dict)
    """What was measured, by metric, with the set that it was measured on."""
    known_failures: tuple[str, ...] = ()
    """What it gets wrong, one sentence each."""

    def __post_init__(self) -> None:
        for name, wanted in typing.get_type_hints(type(self)).items():
            if not _fits(getattr(self, name), wanted):
                value = getattr(self, name)
                raise ModelError(
                    f"card of model {self.name!r}: {name} must be {_describe(wanted)}, not {value!r}"
                )
        if not self.name or not SHA256.fullmatch(self.sha256):
            raise ModelError(
                f"card of model {self.name!r}: it needs a name, and a sha256 of 64 lowercase hex digits"
            )

    @classmethod
    def read(cls, path: Path) -> "Card":
        """Read a card from its JSON file.

        Raises `ModelError` when it cannot be read, is not JSON, or has missing, unknown or ill-typed fields.
        """
        try:
            stored: Any = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(
                f"cannot read the model card {path} ({error}); install the model again"
            ) from error
        if not isinstance(stored, dict):
            raise ModelError(f"the model card {path} is not a JSON object; install the model again")
        known = {each.name for each in fields(cls)}
        needed = {
            each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING
        }
        if odd := sorted((stored.keys() - known) | (needed - stored.keys())):
            raise ModelError(f"the model card {path} has missing or unknown fields {odd}; correct it")
        if isinstance(stored.get("known_failures"), list):
            stored["known_failures"] = tuple(stored["known_failures"])
        return cls(**stored)

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON would hold it: plain dictionaries, lists, strings and numbers."""
        return asdict(self) | {"known_failures": list(self.known_failures)}


def _fits(value: object, wanted: Any) -> bool:
    """Whether a value is of a field's type; an int is a float, but a bool is no int."""
    origin = typing.get_origin(wanted)
    if origin is Mapping:
        return isinstance(value, Mapping)
    if origin is tuple:
        return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, wanted) and not isinstance(value, bool)


def _describe(wanted: Any) -> str:
    """A field's type in words."""
    origin = typing.get_origin(wanted)
    if origin is Mapping:
        return "an object"
    if origin is tuple:
        return "a list of strings"
    return {str: "a string", int: "a whole number", float: "a number"}[wanted]
