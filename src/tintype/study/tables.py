"""The tables of a study's report, as values."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from tintype.evaluate.results import Comparison
from tintype.report import wording
from tintype.report.tables import Cell, Column, Kind, Row, Table
from tintype.study import people_tables, reported, words
from tintype.study.analysis import Analysis
from tintype.study.estimates import Estimate, Share
from tintype.study.people import AGE, COLOR_VISION
from tintype.study.protocol import Protocol

NO_INTERVAL: Final = (
    "No interval: fewer than two people or two pictures, or all answers alike, so that nothing tells how "
    "others would answer."
)


def tables(analysis: Analysis, protocol: Protocol) -> list[Table]:
    """All tables, those without rows left out."""
    found = [
        believed(analysis),
        stars(analysis, protocol),
        detection(analysis),
        comparisons(
            "believed-pairs",
            "Share believed real, kinds against each other",
            analysis.believed.comparisons,
            100,
        ),
        comparisons("stars-pairs", "Mean stars, kinds against each other", analysis.stars.comparisons, 1),
        people_tables.agreement(analysis),
        people_tables.exclusions(analysis, protocol),
        people_tables.times(analysis),
        *(
            people_tables.groups(analysis, by, part)
            for by in (AGE, COLOR_VISION)
            for part in ("believe", "rate")
        ),
    ]
    return [table for table in found if table.rows]


def believed(analysis: Analysis) -> Table:
    """Figure 16 as a table."""
    rows = [
        _believed_row(kind, analysis.believed.shares[kind], analysis.unfiltered_believed[kind], analysis)
        for kind in analysis.kinds
    ]
    return Table(
        "believed",
        "Share of answers that believed the picture to be real",
        "kind",
        (
            Column("believed real", "95 % interval over people and pictures"),
            Column("answers"),
            Column("people"),
            Column("worth in independent answers", "how many independent answers would tell as much"),
            Column("Wilson's interval", "as if all answers were independent"),
            Column("with nothing excluded"),
            Column("2019 report"),
        ),
        tuple(rows),
        (
            f"{words.INTERVALS} Wilson's interval takes all answers for independent, which they are not; it "
            "is here for comparison.",
            *_interval_notes(share.estimate for share in analysis.believed.shares.values())[1:],
            f"The report's numbers are those of {reported.PEOPLE} people, its models trained otherwise.",
        ),
    )


def _believed_row(kind: str, share: Share, unfiltered: float | None, analysis: Analysis) -> Row:
    estimate = share.estimate
    naive = "" if share.naive is None else f"{wording.span(100 * share.naive[0], 100 * share.naive[1], 0)} %"
    worth = wording.NOTHING if share.worth is None else wording.number(share.worth, 0)
    return Row(
        kind,
        (
            Cell(words.percent(estimate.value, 1), words.percent_span(estimate, 1), value=estimate.value),
            Cell(f"{estimate.answers:,}", value=estimate.answers),
            Cell(f"{estimate.people:,}", value=estimate.people),
            Cell(worth, value=share.worth),
            Cell(naive or wording.NOTHING),
            Cell(words.percent(unfiltered, 1), value=unfiltered),
            Cell(_reported(reported.BELIEVED.get(kind))),
        ),
        _kind(kind, analysis),
    )


def stars(analysis: Analysis, protocol: Protocol) -> Table:
    """Figure 17 as a table."""
    rows = []
    for kind in analysis.kinds:
        estimate, shares = analysis.stars.means[kind], analysis.stars.shares[kind]
        unfiltered = analysis.unfiltered_stars[kind]
        cells = [
            Cell(wording.number(estimate.value, 2), words.span(estimate), value=estimate.value),
            Cell(f"{estimate.answers:,}", value=estimate.answers),
            Cell(f"{estimate.people:,}", value=estimate.people),
            *(Cell(words.percent(each), value=each) for each in shares or [None] * len(protocol.stars)),
            Cell(wording.number(unfiltered, 2), value=unfiltered),
            Cell(_reported(reported.STARS.get(kind))),
        ]
        rows.append(Row(kind, tuple(cells), _kind(kind, analysis)))
    meanings = "; ".join(f"{number} {meaning}" for number, meaning in enumerate(protocol.stars, 1))
    return Table(
        "stars",
        "Mean stars",
        "kind",
        (
            Column("mean stars", "95 % interval over people and pictures"),
            Column("answers"),
            Column("people"),
            *(Column("★" * number, meaning) for number, meaning in enumerate(protocol.stars, 1)),
            Column("with nothing excluded"),
            Column("2019 report"),
        ),
        tuple(rows),
        (f"Stars: {meanings}.", *_interval_notes(analysis.stars.means.values())),
    )


def detection(analysis: Analysis) -> Table:
    """Sensitivity and bias of each model."""
    rows = [
        Row(
            model,
            tuple(
                Cell(wording.number(each.value, 2), words.span(each), value=each.value)
                for each in (found.sensitivity, found.bias)
            ),
            "model",
        )
        for model, found in analysis.believed.detection.items()
    ]
    right, balanced = analysis.believed.right.estimate, analysis.believed.balanced
    overall = (
        f"Of all answers of part one {words.percent(right.value, 1)} were "
        f"right{_bracket(words.percent_span(right, 1))}; real and colorized pictures counted alike, "
        f"{words.percent(balanced.value, 1)}{_bracket(words.percent_span(balanced, 1))}, where guessing has "
        "50 %."
    )
    columns = (
        Column("sensitivity d′", "0: people cannot tell its pictures from real ones"),
        Column("bias c", "below 0: people lean to “real”"),
    )
    notes = (
        *_interval_notes(
            found for each in analysis.believed.detection.values() for found in (each.sensitivity, each.bias)
        ),
        overall if right.value is not None else "Nobody was asked in part one.",
    )
    return Table(
        "sensitivity", "Telling models' pictures from real ones", "model", columns, tuple(rows), notes
    )


def comparisons(key: str, caption: str, found: Sequence[Comparison], factor: float) -> Table:
    """Differences of kinds two by two; `factor` makes percent of shares."""
    decimals = 1 if factor > 1 else 2
    rows = [
        Row(
            f"{each.first} − {each.second}",
            (
                Cell(
                    wording.signed(factor * each.difference, decimals),
                    wording.span(factor * each.low, factor * each.high, decimals),
                    best=wording.told_apart(each),
                    value=each.difference,
                ),
                Cell(wording.NOTHING if each.p is None else wording.number(each.p, 4), value=each.p),
                Cell(
                    wording.NOTHING if each.p_adjusted is None else wording.number(each.p_adjusted, 4),
                    value=each.p_adjusted,
                ),
            ),
        )
        for each in found
    ]
    unit = "percentage points" if factor > 1 else "stars"
    notes = (
        f"{words.INTERVALS} In bold: told apart (adjusted p below {wording.LEVEL:g}). The intervals are not "
        "adjusted for the number of pairs. Where a difference is not in bold, these answers do not show "
        "which is ahead.",
    )
    columns = (Column(f"difference, {unit}"), Column("p"), Column("p, adjusted (Holm)"))
    return Table(key, caption, "pair", columns, tuple(rows), notes)


def as_csv(table: Table) -> str:
    """A table as CSV: each column, and beside those that have intervals another one for them."""
    detailed = [any(row.cells[place].detail for row in table.rows) for place in range(len(table.columns))]
    head = [table.corner or "name"]
    for column, more in zip(table.columns, detailed, strict=True):
        head += [column.title, f"{column.title} (interval)"] if more else [column.title]
    with io.StringIO(newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        for row in table.rows:
            line = [row.name]
            for cell, more in zip(row.cells, detailed, strict=True):
                line += [cell.text, cell.detail] if more else [cell.text]
            writer.writerow(line)
        return file.getvalue()


def _interval_notes(estimates: Iterable[Estimate]) -> tuple[str, ...]:
    """What the small numbers are, and why some are missing if any is."""
    missing = any(each.value is not None and each.low is None for each in estimates)
    return (words.INTERVALS, NO_INTERVAL) if missing else (words.INTERVALS,)


def _kind(kind: str, analysis: Analysis) -> Kind:
    return "truth" if kind == analysis.kinds[0] else "model"


def _reported(number: reported.Reported | None) -> str:
    return wording.NOTHING if number is None else number.words


def _bracket(text: str) -> str:
    return f" (95 % interval {text})" if text else ""
