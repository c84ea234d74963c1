"""What the pages say: one JSON file for each language, so that a translation is one file beside it."""

import json
from importlib.resources import files
from typing import Any

from tintype.errors import ConfigError


def languages() -> list[str]:
    """The languages there are texts for."""
    names = [file.name for file in files("tintype.web").joinpath("texts").iterdir()]
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def texts(language: str) -> dict[str, Any]:
    """All texts in a language, by page. Raises `ConfigError` for one that is not there."""
    if language not in languages():
        known = ", ".join(languages())
        raise ConfigError(f"there are no texts in {language!r}; choose from {known}, or translate en.json")
    text = files("tintype.web").joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def fill(text: str, **values: object) -> str:
    """A text with its {names} filled in."""
    return text.format_map(values)
