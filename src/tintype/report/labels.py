"""Scores by what the pictures show, where that is known."""

from typing import Final

import numpy as np

from tintype.evaluate.measures import BY_KEY, Measure
from tintype.evaluate.results import Entry, Results
from tintype.report import wording
from tintype.report.scores import badness
from tintype.report.sections import contenders, ordered
from tintype.report.tables import Cell, Column, Row, Table

FEWEST: Final = 5
"""Pictures that a kind must have to be shown by itself."""
MOST: Final = 24
"""Kinds that are shown by themselves: the largest ones."""
OTHERS: Final = "others"
UNNAMED: Final = "without a label"
MEASURES: Final = ("auc", "psnr", "ciede2000", "colorfulness")
"""What is shown by kind."""


def by_label(results: Results) -> dict[str, list[int]]:
    """Numbers of the pictures of each kind, the largest kinds first; empty where no picture has a label.

    Kinds of fewer than 5 pictures, and all but the 24 largest, are "others"; pictures without a label, where
    some have one, are a kind of their own.
    """
    found: dict[str, list[int]] = {}
    unnamed: list[int] = []
    for index, picture in enumerate(results.pictures):
        (unnamed if picture.label is None else found.setdefault(picture.label, [])).append(index)
    if not found:
        return {}
    by_size = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    kept = dict([item for item in by_size if len(item[1]) >= FEWEST][:MOST])
    others = sorted(index for label, indices in by_size if label not in kept for index in indices)
    own = kept.pop(OTHERS, [])
    if others or own:
        kept[OTHERS] = sorted(others + own)
    return kept | ({UNNAMED: unnamed} if unnamed else {})


def mean(entry: Entry, measure: Measure, indices: list[int]) -> float | None:
    """Mean score of an entry over some pictures, of those that have one."""
    column = entry.pictures.get(measure.key, [])
    values = [value for index in indices if column and (value := column[index]) is not None]
    return float(np.mean(values)) if values else None


def shown_measures(results: Results) -> tuple[Measure, ...]:
    """The measures by kind that the results have for each picture."""
    return tuple(BY_KEY[key] for key in MEASURES if any(key in entry.pictures for entry in results.entries))


def label_table(results: Results, measure: Measure) -> Table:
    """One measure by kind: a row for each kind with its number of pictures, a column for each entry."""
    entries = ordered(results)
    compete = {entry.name for entry in contenders(results)}
    truths = measure.better == "truth"
    rows = []
    for label, indices in by_label(results).items():
        true = float(np.mean([results.pictures[index].colorfulness for index in indices]))
        means = {entry.name: mean(entry, measure, indices) for entry in entries}
        found = [value for name in compete if (value := means[name]) is not None]
        least = min((badness(value, measure, true) for value in found), default=0.0)
        cells = [
            _cell(value, measure, name in compete and least == badness(value, measure, true))
            for name, value in means.items()
        ]
        if truths:
            cells.append(_cell(true, measure))
        rows.append(Row(label, (Cell(f"{len(indices):,}", value=len(indices)), *cells)))
    columns = [Column("pictures"), *(Column(entry.name) for entry in entries)]
    if truths:
        columns.append(Column("truth"))
    caption = wording.heading(measure, f" by kind on {results.data.name}")
    note = (
        f"Means over the pictures of each kind; {wording.direction(measure)}. Bold: the best of the models."
    )
    return Table(f"kinds-{measure.key}", caption, "kind", tuple(columns), tuple(rows), (note,))


def label_tables(results: Results) -> list[Table]:
    """The table of each measure by kind; none where no picture has a label."""
    if not by_label(results):
        return []
    return [label_table(results, measure) for measure in shown_measures(results)]


def _cell(value: float | None, measure: Measure, best: bool = False) -> Cell:
    return Cell(wording.number(value, measure.decimals), best=best and value is not None, value=value)
