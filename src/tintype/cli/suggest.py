"""`tintype suggest`: the colors that a model finds likely at a point."""

import json
import sys
from dataclasses import dataclass

from tintype.cli.plan import STANDARD_STREAM
from tintype.engine.colorizer import Colorizer
from tintype.engine.suggestions import Suggestion
from tintype.zoo import DEFAULT_MODEL


@dataclass(frozen=True)
class Question:
    """What the person asked for, option by option."""

    photo: str
    x: float
    y: float
    count: int
    hints: str | None
    model: str | None
    device: str
    as_json: bool


def run(question: Question) -> None:
    """Print the likely colors, the most likely first: as JSON, one a line, or for people.

    Raises `ConfigError` when the point lies outside the picture or the model suggests no colors, and what
    `Colorizer.suggest` raises.
    """
    colorizer = Colorizer(question.model or DEFAULT_MODEL, question.device)
    colorizer.check(hinted=question.hints is not None, suggesting=True)
    source = sys.stdin.buffer.read() if question.photo == STANDARD_STREAM else question.photo
    found = colorizer.suggest(source, question.x, question.y, question.count, question.hints)
    for suggestion in found:
        if question.as_json:
            print(json.dumps(to_dict(suggestion)))
        else:
            _show(suggestion)


def to_dict(suggestion: Suggestion) -> dict[str, str | float]:
    """A suggestion for programs."""
    a, b = suggestion.color
    return {"color": suggestion.hex, "weight": suggestion.weight, "a": a, "b": b}


def _show(suggestion: Suggestion) -> None:
    """Print a suggestion for a person; on a terminal with a patch of the color."""
    a, b = suggestion.color
    line = f"{suggestion.hex}  {suggestion.weight:4.0%}  a* {a:6.1f}  b* {b:6.1f}"
    if not sys.stdout.isatty():
        print(line)
        return
    from rich.console import Console
    from rich.text import Text

    Console().print(Text("    ", style=f"on {suggestion.hex}") + Text(f"  {line}"))
