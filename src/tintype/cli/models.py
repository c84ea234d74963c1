"""`tintype models`: the cards, and the methods without learning."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tintype.classical import METHODS, PACKAGES, Kind, Method
from tintype.zoo import DEFAULT_MODEL, Card, list_models

LABEL: Final = 11
"""Width of the column of labels."""
HASH: Final = "sha256"
"""Name under which scores tell of which pictures they are; only `--json` shows it."""


FROM: Final = {Kind.STROKES: "hints (--hints FILE)", Kind.REFERENCE: "a photograph (--reference FILE)"}
"""What a method takes its colors from, as people are told."""


def run(*, as_json: bool) -> None:
    """Print every card and then every method: as JSON, one a line, or for people."""
    width = min(shutil.get_terminal_size().columns, 110)
    for card in list_models():
        print(json.dumps(card.to_dict(), ensure_ascii=False) if as_json else describe(card, width))
    if not as_json:
        heading = f"Methods without learning ({PACKAGES} brings what they need):"
        print("", *textwrap.wrap(heading, width), sep="\n")
    for name, method in METHODS.items():
        if as_json:
            print(json.dumps(method_to_dict(name, method), ensure_ascii=False))
        else:
            print(describe_method(name, method, width))


def describe_method(name: str, method: Method, width: int) -> str:
    """A method for people, in lines of at most `width` letters."""
    lines = textwrap.wrap(f"{name}: {method.summary}", width, subsequent_indent=" " * LABEL)
    more = " and swatches (--swatches FILE)" if method.swatches else ""
    size = f"{method.working_size}×{method.working_size} pixels"
    return "\n".join([*lines, *_wrapped("  colors", f"from {FROM[method.kind]}{more}, at {size}", width)])


def method_to_dict(name: str, method: Method) -> dict[str, str | int | bool]:
    """A method for programs; what no card has is its `kind`, "strokes" or "reference"."""
    return {
        "name": name,
        "kind": method.kind.value,
        "summary": method.summary,
        "working_size": method.working_size,
        "several": method.several,
        "swatches": method.swatches,
    }


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
    for line in _score_lines(card.scores):
        lines += _wrapped("  scores", line, width)
    for failure in card.known_failures:
        lines += _wrapped("  fails", failure, width)
    return "\n".join(lines)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    """A label and its text, whose further lines stand under the first."""
    return textwrap.wrap(text, width, initial_indent=label.ljust(LABEL), subsequent_indent=" " * LABEL)


def _score_lines(scores: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """A line for each set, or vividness on a set, with all that was measured; hashes are left out."""
    own = {key: value for key, value in scores.items() if not isinstance(value, Mapping) and key != HASH}
    if own:
        told = ", ".join(f"{key} {value}" for key, value in own.items())
        yield f"{name}: {told}" if name else told
    for key, value in scores.items():
        if isinstance(value, Mapping):
            yield from _score_lines(value, f"{name}, {key}" if name else key)
