"""The tables of a study's report that tell of people: agreement, exclusions, times, groups."""

from typing import Final

from tintype.report import wording
from tintype.report.tables import Cell, Column, Row, Table
from tintype.study import words
from tintype.study.analysis import Agreed, Analysis
from tintype.study.estimates import Estimate, Share
from tintype.study.people import FEWEST
from tintype.study.protocol import Protocol

QUESTIONS: Final = {"believe": "real or colorized?", "rate": "how many stars?"}


def agreement(analysis: Analysis) -> Table:
    """Krippendorff's alpha of both questions."""
    found = (
        (QUESTIONS["believe"], "nominal", analysis.believed.agreement),
        (QUESTIONS["rate"], "ordinal", analysis.stars.agreement),
    )
    rows = tuple(_agreement_row(name, scale, each) for name, scale, each in found)
    columns = (Column("alpha"), Column("scale"), Column("images"), Column("answers"), Column("people"))
    note = "Of images that two people or more answered. No alpha: no such image, or all answers alike."
    return Table("agreement", "Agreement between people", "question", columns, rows, (words.INTERVALS, note))


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
            Row(
                f"left out: {words.rule(each.rule, protocol.exclusions)}", _counted(each.answers, each.people)
            )
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
    return Table(
        "times",
        "Response times",
        "kind and answer",
        columns,
        rows,
        (f"Small: the middle half. What was said fewer than {FEWEST} times is not shown.",),
    )


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
        f"Groups of fewer than {FEWEST} people are not shown. {words.INTERVALS} Groups were not compared "
        "with each other: where intervals overlap, nothing is shown to differ.",
    )
    columns = (Column("people"), *(Column(kind) for kind in analysis.kinds))
    return Table(f"{wording.slug(by)}-{part}", f"{what}, by {by}", by, columns, tuple(rows), notes)


def _share_cell(share: Share) -> Cell:
    estimate = share.estimate
    return Cell(words.percent(estimate.value), words.percent_span(estimate), value=estimate.value)


def _mean_cell(estimate: Estimate) -> Cell:
    return Cell(wording.number(estimate.value, 2), words.span(estimate), value=estimate.value)
