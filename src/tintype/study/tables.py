"""The tables of a study's report, as values."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from tintype.evaluate.results import Comparison
from tintype.report import wording
from tintype.report.tables import Cell, Column, Kind, Row, Table
from tintype.study import reported, words
from tintype.study.analysis import Agreed, Analysis
from tintype.study.estimates import Estimate, Share
from tintype.study.people import AGE, COLOR_VISION, FEWEST
from tintype.study.protocol import Protocol

QUESTIONS: Final = {"believe": "real or colorized?", "rate": "how many stars?"}
INTERVALS: Final = "Small: 95 % intervals over people and pictures."
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
        agreement(analysis),
        exclusions(analysis, protocol),
        times(analysis),
        *(groups(analysis, by, part) for by in (AGE, COLOR_VISION) for part in ("believe", "rate")),
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
            f"{INTERVALS} Wilson's interval takes all answers for independent, which they are not; it is "
            "here for comparison.",
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
        (f"Stars: {meanings}.", INTERVALS),
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
    notes = (INTERVALS, NO_INTERVAL, overall if right.value is not None else "Nobody was asked in part one.")
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
        f"{INTERVALS} In bold: told apart (adjusted p below {wording.LEVEL:g}). The intervals are not "
        "adjusted for the number of pairs. Where a difference is not in bold, these answers do not show "
        "which is ahead.",
    )
    columns = (Column(f"difference, {unit}"), Column("p"), Column("p, adjusted (Holm)"))
    return Table(key, caption, "pair", columns, tuple(rows), notes)


def agreement(analysis: Analysis) -> Table:
    """Krippendorff's alpha of both questions."""
    found = (
        (QUESTIONS["believe"], "nominal", analysis.believed.agreement),
        (QUESTIONS["rate"], "ordinal", analysis.stars.agreement),
    )
    rows = tuple(_agreement_row(name, scale, each) for name, scale, each in found)
    columns = (Column("alpha"), Column("scale"), Column("images"), Column("answers"), Column("people"))
    note = "Of images that two people or more answered. No alpha: no such image, or all answers alike."
    return Table("agreement", "Agreement between people", "question", columns, rows, (INTERVALS, note))


def _agreement_row(name: str, scale: str, found: Agreed) -> Row:
    alpha = found.alpha
    return Row(
        name,
        (
            Cell(wording.number(alpha.value, 3), words.span(alpha, 3), value=alpha.value),
            Cell(scale),
            Cell(f"{found.images:,}", value=found.images),
            Cell(f"{alpha.answers:,}", value=alpha.answers),
            Cell(f"{alpha.people:,}", value=alpha.people),
        ),
    )


def exclusions(analysis: Analysis, protocol: Protocol) -> Table:
    """What the rules left out."""
    counts = analysis.counts
    answers, kept = sum(counts.answers.values()), sum(counts.answers_kept.values())
    rows = [
        Row("all answers of parts one and two", _counted(answers, counts.people)),
        *(
            Row(f"left out: {words.rule(each.rule, protocol)}", _counted(each.answers, each.people))
            for each in counts.excluded
        ),
        Row("what counts", _counted(kept, counts.people_kept)),
    ]
    notes = (
        f"{wording.count(counts.practice, 'answer')} of practice and "
        f"{wording.count(counts.checks, 'attention check')} are not among them; {counts.failed:,} of the "
        "checks failed.",
    )
    return Table(
        "exclusions",
        "Answers before and after the rules",
        "",
        (Column("answers"), Column("people")),
        tuple(rows),
        notes,
    )


def _counted(answers: int, people: int) -> tuple[Cell, Cell]:
    return Cell(f"{answers:,}", value=answers), Cell(f"{people:,}", value=people)


def times(analysis: Analysis) -> Table:
    """How long answers took."""
    said = {"believe": {1: "real", 0: "colorized"}}
    rows = tuple(
        Row(
            f"{each.kind}: “{said.get(each.part, {}).get(each.answer, '★' * each.answer)}”",
            (
                Cell(f"{each.answers:,}", value=each.answers),
                Cell(
                    wording.number(each.quartiles[1], 1),
                    wording.span(each.quartiles[0], each.quartiles[2], 1),
                    value=each.quartiles[1],
                ),
            ),
        )
        for each in analysis.times
    )
    columns = (Column("answers"), Column("median, seconds"))
    return Table("times", "Response times", "kind and answer", columns, rows, ("Small: the middle half.",))


def groups(analysis: Analysis, by: str, part: str) -> Table:
    """What groups of people believe, or how many stars they give."""
    rows = []
    for group in analysis.groups:
        if group.by == by:
            cells = [
                _share_cell(group.believed[kind]) if part == "believe" else _mean_cell(group.stars[kind])
                for kind in analysis.kinds
            ]
            rows.append(Row(group.name, (Cell(f"{group.people:,}", value=group.people), *cells)))
    what = "Share believed real" if part == "believe" else "Mean stars"
    notes = (
        f"Groups of fewer than {FEWEST} people are not shown. {INTERVALS} Groups were not compared with "
        "each other: where intervals overlap, nothing is shown to differ.",
    )
    columns = (Column("people"), *(Column(kind) for kind in analysis.kinds))
    return Table(f"{wording.slug(by)}-{part}", f"{what}, by {by}", by, columns, tuple(rows), notes)


def _share_cell(share: Share) -> Cell:
    estimate = share.estimate
    return Cell(words.percent(estimate.value), words.percent_span(estimate), value=estimate.value)


def _mean_cell(estimate: Estimate) -> Cell:
    return Cell(wording.number(estimate.value, 2), words.span(estimate), value=estimate.value)


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


def _kind(kind: str, analysis: Analysis) -> Kind:
    return "truth" if kind == analysis.kinds[0] else "model"


def _reported(number: reported.Reported | None) -> str:
    return wording.NOTHING if number is None else number.words


def _bracket(text: str) -> str:
    return f" (95 % interval {text})" if text else ""
