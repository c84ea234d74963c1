"""Tables as values, and their Markdown and LaTeX forms; the page renders the same values as HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["model", "beside", "baseline", "truth", "plain"]
"""What a row is about; "beside" is a model that was not told what the others of its table were."""

BROAD: Final = 5
"""Columns beyond which a table is made to fit the width of a page in LaTeX."""
MARKDOWN_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|~#])")
LATEX_SIGNS: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': "''",
    "−": "$-$",
    "×": r"$\times$",
    "Δ": r"$\Delta$",
    "³": "$^3$",
    "†": r"\textdagger{}",
    "▲": r"$\uparrow$",
    "▼": r"$\downarrow$",
    "·": r"$\cdot$",
    "–": "--",
}
"""What LaTeX would take for commands or may not find in a font."""


@dataclass(frozen=True)
class Cell:
    """One value of a table."""

    text: str = ""
    detail: str = ""
    """What stands small beside it, such as an interval."""
    best: bool = False
    """Whether it is to stand out."""
    mark: str = ""
    """A sign behind it that a note explains."""
    value: float | None = None
    """What to sort by."""


@dataclass(frozen=True)
class Column:
    """The head of one column."""

    title: str
    hint: str = ""
    """What the numbers mean, in a few words."""


@dataclass(frozen=True)
class Row:
    """The name of a row and its values."""

    name: str
    cells: tuple[Cell, ...]
    kind: Kind = "plain"


@dataclass(frozen=True)
class Table:
    """A table with a name for files, and a caption."""

    key: str
    caption: str
    corner: str
    """Head of the column of names."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def groups(self) -> list[tuple[Row, ...]]:
        """The rows, those of one kind that follow each other together."""
        found: list[tuple[Row, ...]] = []
        for row in self.rows:
            if found and found[-1][0].kind == row.kind:
                found[-1] = (*found[-1], row)
            else:
                found.append((row,))
        return found


def markdown_text(text: str) -> str:
    """Plain text for Markdown, in one line."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))


def latex_text(text: str) -> str:
    """Plain text for LaTeX, in one line."""
    return "".join(LATEX_SIGNS.get(sign, sign) for sign in " ".join(text.split()))


def markdown(table: Table) -> str:
    """A table in GitHub's Markdown, its notes below."""
    head = [table.corner, *(column.title for column in table.columns)]
    lines = [
        _piped(markdown_text(each) for each in head),
        _piped(["---", *("---:" for _ in table.columns)]),
        *(
            _piped([markdown_text(row.name), *(_markdown_cell(cell) for cell in row.cells)])
            for row in table.rows
        ),
    ]
    notes = [f"\n{markdown_text(note)}" for note in table.notes]
    return "\n".join([*lines, *notes]) + "\n"


def latex(table: Table) -> str:
    """A table in LaTeX, which needs booktabs and, where it has many columns, graphicx.

    A rule lies between baselines, models and truth.
    """
    head = " & ".join(
        latex_text(each) for each in [table.corner, *(column.title for column in table.columns)]
    )
    bodies = [
        "".join(
            " & ".join([latex_text(row.name), *(_latex_cell(cell) for cell in row.cells)]) + r" \\" + "\n"
            for row in group
        )
        for group in table.groups()
    ]
    notes = "".join(rf"\par\smallskip{{\footnotesize {latex_text(note)}}}" + "\n" for note in table.notes)
    wide = len(table.columns) > BROAD
    packages = "booktabs and graphicx" if wide else "booktabs"
    begin, end = ("\\resizebox{\\textwidth}{!}{%\n", "}") if wide else ("", "")
    lines = [
        f"% needs {packages}",
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{latex_text(table.caption)}}}",
        f"\\label{{tab:{table.key}}}",
        f"{begin}\\begin{{tabular}}{{l{'r' * len(table.columns)}}}",
        "\\toprule",
        f"{head} \\\\",
        "\\midrule",
        "\\midrule\n".join(bodies) + "\\bottomrule",
        f"\\end{{tabular}}{end}",
        f"{notes}\\end{{table}}",
    ]
    return "\n".join(lines) + "\n"


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_cell(cell: Cell) -> str:
    text = markdown_text(cell.text)
    if cell.best:
        text = f"**{text}**"
    detail = f" ({markdown_text(cell.detail)})" if cell.detail else ""
    return f"{text}{cell.mark}{detail}"


def _latex_cell(cell: Cell) -> str:
    text = latex_text(cell.text)
    if cell.best:
        text = rf"\textbf{{{text}}}"
    detail = rf" {{\scriptsize ({latex_text(cell.detail)})}}" if cell.detail else ""
    return f"{text}{latex_text(cell.mark)}{detail}"
