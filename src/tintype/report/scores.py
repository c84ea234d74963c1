"""Tables of scores: every measure of every entry, the models behind them, and what the measures mean."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from tintype.evaluate.measures import BY_KEY, MEASURES, Measure
from tintype.evaluate.results import Entry, Estimate, Results
from tintype.report import wording
from tintype.report.sections import Section, automatic, contenders, ordered, row_kind
from tintype.report.tables import Cell, Column, Row, Table

Group = tuple[str, str, tuple[str, ...]]
"""Key and caption of a table, and keys of its measures."""

ACCURACY: Final = "accuracy"
GROUPS: Final[tuple[Group, ...]] = (
    (
        "scores",
        "Scores",
        (
            *("auc", "auc_rebalanced", "accuracy_2", "psnr", "ssim", "ciede2000", "lpips", "fid"),
            *("colorfulness", "colorfulness_difference"),
        ),
    ),
    (
        ACCURACY,
        "Accuracy, equation 9",
        (
            *("accuracy_1", "accuracy_2", "accuracy_5"),
            *("accuracy_printed_1", "accuracy_printed_2", "accuracy_printed_5"),
        ),
    ),
    ("errors", "Errors of color, and bleeding", ("mse", "mae", "chroma_error", "edge_error", "leakage")),
)
"""The tables that all measures are shared out to; a measure that is in none goes to the last."""
BEATS_ALL: Final = "†"
"""Marks a baseline that is better than every model."""
BEST_NOTE: Final = "Bold: the best of the models, all of those that are alike as shown. With 95 % intervals."
TOLD_NOTE: Final = (
    "Bold: the best of those that were told, all of those that are alike as shown. With 95 % intervals."
)
BASELINE_NOTE: Final = f"{BEATS_ALL} A baseline that is better than every model here."


def measured(results: Results) -> tuple[Measure, ...]:
    """The measures that any entry has, in the order of tables."""
    there = {key for entry in results.entries for key in entry.sum}
    return tuple(measure for measure in MEASURES if measure.key in there)


def score_tables(results: Results) -> list[Table]:
    """All measures of all automatic entries, by family."""
    return _grouped(automatic(results), "", f" on {results.data.name}", GROUPS)


def told_tables(section: Section) -> list[Table]:
    """The measures of the entries of a section, by family; equation 9 is left to automatic entries."""
    groups = [group for group in GROUPS if group[0] != ACCURACY]
    caption = f" on {section.results.data.name}, {section.title[:1].lower()}{section.title[1:]}"
    return _grouped(section.results, f"-{section.key}", caption, groups)


def _grouped(results: Results, suffix: str, of: str, groups: Sequence[Group]) -> list[Table]:
    """A table for each group of measures that there are."""
    found = measured(results)
    grouped = {key for _, _, keys in GROUPS for key in keys}
    tables = []
    for name, caption, keys in groups:
        last = name == GROUPS[-1][0]
        chosen = [
            measure for measure in found if measure.key in keys or (last and measure.key not in grouped)
        ]
        if chosen:
            tables.append(score_table(results, f"{name}{suffix}", f"{caption}{of}", chosen))
    return tables


def score_table(results: Results, key: str, caption: str, chosen: Sequence[Measure]) -> Table:
    """Some measures of all entries: baselines, models, and the truth where it has a value."""
    marks = {measure.key: _Marks(results, measure) for measure in chosen}
    rows = [
        Row(
            entry.name,
            tuple(marks[measure.key].cell(entry) for measure in chosen),
            row_kind(entry, results),
        )
        for entry in ordered(results)
    ]
    if any(measure.key in results.truth for measure in chosen):
        truth = (
            _cell(results.truth[measure.key], measure) if measure.key in results.truth else Cell()
            for measure in chosen
        )
        rows.append(Row("truth", tuple(truth), "truth"))
    beaten = any(cell.mark for row in rows for cell in row.cells)
    best = TOLD_NOTE if any(entry.told for entry in results.entries) else BEST_NOTE
    notes = (best, BASELINE_NOTE) if beaten else (best,)
    columns = tuple(Column(wording.heading(each), wording.direction(each)) for each in chosen)
    return Table(key, caption, "entry", columns, tuple(rows), notes)


def badness(value: float | None, measure: Measure, truth: float | None) -> float:
    """How bad a value is as it is shown: the smaller, the better; infinite where that cannot be said."""
    if value is None or (measure.better == "truth" and truth is None):
        return math.inf
    shown = round(value, measure.decimals)
    if measure.better == "truth":
        return round(abs(shown - round(truth or 0.0, measure.decimals)), measure.decimals)
    return -shown if measure.better == "high" else shown


class _Marks:
    """Which entries stand out by one measure, judged by the numbers as they are shown."""

    def __init__(self, results: Results, measure: Measure) -> None:
        self._measure = measure
        truth = results.truth.get(measure.key)
        self._truth = None if truth is None else truth.value
        compete = contenders(results)
        self._best = min((self._badness(entry) for entry in compete), default=math.inf)
        self._contenders = {entry.name for entry in compete}

    def _badness(self, entry: Entry) -> float:
        return badness(_value(entry, self._measure), self._measure, self._truth)

    def cell(self, entry: Entry) -> Cell:
        """The score of an entry, marked if it stands out."""
        how_bad, estimate = self._badness(entry), entry.sum.get(self._measure.key)
        contends = entry.name in self._contenders
        best = contends and how_bad == self._best < math.inf
        beats = entry.kind == "baseline" and not contends and how_bad < self._best < math.inf
        mark = BEATS_ALL if beats else ""
        return _cell(estimate, self._measure, best=best, mark=mark)


def best_models(results: Results, measure: Measure) -> list[str]:
    """Names of the entries that are best by a measure; several where they are alike as shown."""
    marks = _Marks(results, measure)
    return [entry.name for entry in contenders(results) if marks.cell(entry).best]


def _value(entry: Entry, measure: Measure) -> float | None:
    estimate = entry.sum.get(measure.key)
    return None if estimate is None else estimate.value


def _cell(estimate: Estimate | None, measure: Measure, *, best: bool = False, mark: str = "") -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(wording.NOTHING)
    text = wording.number(estimate.value, measure.decimals)
    return Cell(text, wording.interval(estimate, measure.decimals), best, mark, estimate.value)


def model_table(results: Iterable[Results], key: str = "models") -> Table:
    """Every model file that was scored: its size and hash."""
    found: dict[str, Entry] = {}
    for each in results:
        for entry in each.entries:
            if entry.sha256:
                found.setdefault(entry.sha256, entry)
    rows = tuple(
        Row(
            entry.model or entry.name,
            (
                Cell(
                    wording.NOTHING if entry.size_mb is None else f"{entry.size_mb:.2f}", value=entry.size_mb
                ),
                Cell(digest),
            ),
            "model",
        )
        for digest, entry in found.items()
    )
    return Table(key, "Models", "model", (Column("file, MB"), Column("sha256 of the file")), rows)


def definitions(measures: Sequence[Measure] = MEASURES) -> list[tuple[str, str]]:
    """Title, and meaning with direction, of measures."""
    return [(wording.heading(each), f"{each.definition}; {wording.direction(each)}") for each in measures]


def measure(key: str) -> Measure:
    """A measure by its key."""
    return BY_KEY[key]
