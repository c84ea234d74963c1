"""Models held against each other on the same pictures, two by two."""

from dataclasses import replace
from typing import Final

from tintype.evaluate.measures import BY_KEY, Measure
from tintype.evaluate.results import Comparison, Results
from tintype.report import wording
from tintype.report.sections import contenders, ordered
from tintype.report.tables import Cell, Column, Row, Table

MAIN: Final = ("auc", "auc_rebalanced", "psnr", "ciede2000", "accuracy_2")
"""Measures that models are compared by."""
BETTER: Final = "▲"
WORSE: Final = "▼"
SAME: Final = Cell("")
NOTES: Final = (
    "Row minus column on the same pictures, with the 95 % interval under resampling of the pictures.",
    f"{BETTER} the row is better, {WORSE} worse; no sign and not bold: not told apart.",
)
MEANING: Final = (
    "p says how often a difference as large or larger would come about if two entries were alike and "
    "chance alone decided, for each picture, which of them got the better score; it is adjusted for the "
    "number of pairs (Holm 1979). Below 0.05 the difference is taken to be more than luck with these "
    "pictures. That does not say that it is large, nor that a person sees it: for that look at the "
    "difference itself, and at the pictures. Where there is no p, a difference is taken to be more than "
    "luck if its interval leaves out 0."
)


def compared(results: Results) -> tuple[Measure, ...]:
    """The main measures that there are comparisons for."""
    there = {each.measure for each in results.comparisons}
    return tuple(BY_KEY[key] for key in MAIN if key in there)


def matrix(results: Results, measure: Measure, key: str = "") -> Table:
    """Every model against all entries by one measure; `key` is that of the section, if it has one."""
    pairs = _pairs(results, measure)
    names = [entry.name for entry in ordered(results) if any(entry.name in pair for pair in pairs)]
    rows = tuple(
        Row(
            first,
            tuple(
                _cell(pairs[first, second], measure) if (first, second) in pairs else SAME for second in names
            ),
        )
        for first in names
        if first in {entry.name for entry in contenders(results)}
    )
    caption = wording.heading(measure, f": paired differences on {results.data.name}")
    own = wording.slug(f"comparisons-{measure.key}-{key}")
    return Table(own, caption, "row − column", tuple(Column(name) for name in names), rows, NOTES)


def verdict(results: Results, measure: Measure) -> str:
    """In plain words: who is ahead, by how much, and how many pairs are told apart."""
    pairs = _pairs(results, measure)
    names = [entry.name for entry in contenders(results) if any(entry.name in pair for pair in pairs)]
    if len(names) < 2:
        return ""
    between = [each for pair, each in pairs.items() if set(pair) <= set(names)]
    sign = -1 if measure.better == "low" else 1
    ranked = sorted(names, key=lambda name: -sign * (results.entry(name).sum[measure.key].value or 0))
    best, second = ranked[:2]
    told = sum(wording.told_apart(each) for each in between) // 2
    of_all = (
        f"{told} of {wording.count(len(between) // 2, 'pair')} {'is' if told == 1 else 'are'} told apart."
    )
    if (best, second) not in pairs:
        return of_all
    each = pairs[best, second]
    by = wording.number(abs(each.difference), measure.decimals)
    low, high = sorted((sign * each.low, sign * each.high))
    range_ = wording.span(low, high, measure.decimals)
    p = "" if each.p_adjusted is None else f", adjusted {wording.probability(each.p_adjusted)}"
    if wording.told_apart(each):
        return f"{best} is ahead of the next, {second}, by {by} (95 % interval {range_}{p}). {of_all}"
    return (
        f"{best} has the best mean, but is not told apart from {second}: it is ahead by {by} "
        f"(95 % interval {range_}{p}). {of_all}"
    )


def _pairs(results: Results, measure: Measure) -> dict[tuple[str, str], Comparison]:
    """All comparisons by a measure, in both directions."""
    found: dict[tuple[str, str], Comparison] = {}
    for each in results.comparisons:
        if each.measure == measure.key:
            found[each.first, each.second] = each
            found[each.second, each.first] = _turned(each)
    return found


def _turned(each: Comparison) -> Comparison:
    """The same comparison, second minus first."""
    return replace(
        each,
        first=each.second,
        second=each.first,
        difference=-each.difference,
        low=-each.high,
        high=-each.low,
    )


def _cell(each: Comparison, measure: Measure) -> Cell:
    told = wording.told_apart(each)
    better = (each.difference > 0) == (measure.better == "high")
    sign = (BETTER if better else WORSE) if told else ""
    detail = wording.span(each.low, each.high, measure.decimals)
    if each.p_adjusted is not None:
        detail += f"; {wording.probability(each.p_adjusted)}"
    text = wording.signed(each.difference, measure.decimals)
    return Cell(f"{text} {sign}".strip(), detail, best=told, value=each.difference)
