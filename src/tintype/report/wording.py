"""How numbers and settings are put into words, the same on pages, in tables and on the leaderboard."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tintype.evaluate.measures import Measure
from tintype.evaluate.results import Comparison, Estimate, Protocol, Results

NOTHING: Final = "–"
"""Stands where a measure has no value."""
LEVEL: Final = 0.05
"""An adjusted p below this counts as told apart."""
SMALLEST_P: Final = 0.001
"""Below this p is not spelled out."""
SHAPES: Final = {
    "crop": "the largest square of the middle",
    "stretch": "the whole picture stretched to a square",
}


def number(value: float | None, decimals: int) -> str:
    """A number with so many decimals, with a true minus sign; never "-0"."""
    if value is None:
        return NOTHING
    text = f"{value:.{decimals}f}"
    if not text.strip("-0."):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def signed(value: float, decimals: int) -> str:
    """A difference, with its sign; 0 has none."""
    text = number(value, decimals)
    return text if text.startswith("−") or not text.strip("0.") else f"+{text}"


def span(low: float | None, high: float | None, decimals: int) -> str:
    """An interval in words; empty when there is none."""
    return "" if low is None or high is None else f"{number(low, decimals)} to {number(high, decimals)}"


def interval(estimate: Estimate, decimals: int) -> str:
    """The interval of a score in words."""
    return span(estimate.low, estimate.high, decimals)


def probability(p: float) -> str:
    """A p as it is written in papers."""
    return f"p < {SMALLEST_P:g}" if p < SMALLEST_P else f"p = {p:.3f}"


def told_apart(comparison: Comparison) -> bool:
    """Whether a difference is more than chance: by the adjusted p, or where there is none by the interval."""
    if comparison.p_adjusted is not None:
        return comparison.p_adjusted < LEVEL
    return comparison.low > 0 or comparison.high < 0


def heading(measure: Measure, of: str = "") -> str:
    """Title and unit of a measure, with what may be said between the two."""
    unit = f", {measure.unit}" if measure.unit and "%" not in measure.title else ""
    return f"{measure.title}{of}{unit}"


def direction(measure: Measure) -> str:
    """Which values are better."""
    return {"high": "higher is better", "low": "lower is better", "truth": "nearer to the truth's is better"}[
        measure.better
    ]


def protocol(settings: Protocol) -> str:
    """How pictures were prepared, in one phrase."""
    limit = "" if settings.limit is None else f", at most {count(settings.limit, 'picture')} evenly spread"
    return f"{SHAPES[settings.shape]}, {settings.size}×{settings.size} pixels{limit}"


def set_names(sets: Sequence[Results]) -> list[str]:
    """A name for each set: that of its data; where two would be alike, with its number of pictures if that
    was limited, else with the whole protocol."""
    names = [results.data.name for results in sets]
    full = [_set_name(results, names) for results in sets]
    return [
        name if full.count(name) == 1 else f"{name}, {results.data.sha256[:8]} {number}"
        for number, (name, results) in enumerate(zip(full, sets, strict=True), 1)
    ]


def _set_name(results: Results, names: Sequence[str]) -> str:
    name, settings = results.data.name, results.protocol
    if names.count(name) == 1:
        return name
    if settings == replace(Protocol(), limit=settings.limit, fit=settings.fit):
        return f"{name}, {count(results.data.pictures, 'picture')}"
    return f"{name}, {protocol(settings)}"


def count(many: int, thing: str) -> str:
    """ "1 picture", "2 pictures", "12,345 pictures"."""
    return f"{many:,} {thing}{'' if many == 1 else 's'}"


def listed(names: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def slug(text: str) -> str:
    """A name as part of a file name or of an id: lowercase letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A slug for each name, no two alike."""
    found: dict[str, str] = {}
    for name in names:
        base, further = slug(name), 2
        chosen = base
        while chosen in found.values():
            chosen, further = f"{base}-{further}", further + 1
        found[name] = chosen
    return found
