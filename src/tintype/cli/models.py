"""`tintype models`: the cards."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tintype.zoo import DEFAULT_MODEL, Card, list_models

LABEL: Final = 11
"""Width of the column of labels."""


def run(*, as_json: bool) -> None:
    """Print every card: as JSON, one a line, or for people."""
    width = min(shutil.get_terminal_size().columns, 110)
    for card in list_models():
        print(json.dumps(card.to_dict(), ensure_ascii=False) if as_json else describe(card, width))


def describe(card: Card, width: int) -> str:
    """A card for people, in lines of at most `width` letters."""
    mark = " (used unless --model says otherwise)" if card.name == DEFAULT_MODEL else ""
    size = f"{card.parameters / 1e6:.1f} million parameters, {card.size_mb:.1f} MB"
    lines = [
        *textwrap.wrap(f"{card.name}{mark}: {card.summary}", width, subsequent_indent=" " * LABEL),
        *_wrapped("  license", card.license, width),
        *_wrapped("  size", size, width),
        *_wrapped(
            "  network", f"{card.network}, best at {card.working_size}×{card.working_size} pixels", width
        ),
        *_wrapped("  data", card.data, width),
    ]
    for name, value in _flattened(card.scores):
        lines += _wrapped("  score", f"{name} {value}", width)
    for failure in card.known_failures:
        lines += _wrapped("  fails", failure, width)
    return "\n".join(lines)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    """A label and its text, whose further lines stand under the first."""
    return textwrap.wrap(text, width, initial_indent=label.ljust(LABEL), subsequent_indent=" " * LABEL)


def _flattened(scores: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Scores with the names of all that they are nested in."""
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{name}, ")
        else:
            yield f"{prefix}{name}:", value
