"""Pictures of a comparison, painted again: a sheet over the whole set, and each model's best and worst."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from PIL import Image

from tintype.evaluate.results import Entry, Results
from tintype.evaluate.revisit import Revisit
from tintype.report import sheets
from tintype.report.sections import automatic, contenders, told
from tintype.report.sheets import Pixels

ROWS: Final = 16
"""Pictures on the sheet, as in Figure 1 of the 2019 report."""
SIDE: Final = 192
"""Pixels of a picture on pages and sheets, at most."""
EACH: Final = 3
"""Best pictures of a model that are shown; and as many middle ones, and worst ones."""
RANKED_BY: Final = "chroma_error"

Rank = Literal["best", "median", "worst"]
Tell = Callable[[int, int | None], None]
T = TypeVar("T")


@dataclass(frozen=True)
class SheetRow:
    """One picture of the sheet: gray, as each model colors it, the truth."""

    name: str
    pictures: tuple[Pixels, ...]


@dataclass(frozen=True)
class Example:
    """A picture that a model did well, middling or badly."""

    name: str
    rank: Rank
    error: float
    """Its mean a*b* error, in CIE units."""
    colored: Pixels
    truth: Pixels
    errors: Pixels
    """Where the error is."""


@dataclass(frozen=True)
class Gallery:
    """All pictures of a page."""

    titles: tuple[str, ...]
    """Of the sheet's columns."""
    rows: tuple[SheetRow, ...]
    examples: dict[str, tuple[Example, ...]]
    """Of each model: best, median and worst ones."""
    missing: tuple[Entry, ...]
    """Entries that cannot be painted again."""
    reasons: dict[str, str] = field(default_factory=dict)
    """What each of them lacks, by name."""
    told: dict[str, "Gallery"] = field(default_factory=dict)
    """Sheets of those that were told something, by key of their section."""

    def sheet(self) -> Image.Image:
        """The sheet as one picture."""
        return sheets.sheet([row.pictures for row in self.rows], self.titles)

    def example_sheet(self, model: str) -> Image.Image:
        """Best, median and worst pictures of a model as one picture."""
        shown = self.examples[model]
        rows = [(each.colored, each.truth, each.errors) for each in shown]
        names = [f"{each.rank} {each.error:.1f}" for each in shown]
        side = max(each.errors.shape[1] for each in shown)
        return sheets.with_scale(sheets.sheet(rows, (model, "truth", "a*b* error"), side, names), side)


def spread(many: int, total: int) -> list[int]:
    """So many of the numbers 0 to `total` - 1, evenly spread; all of them where there are fewer."""
    count = min(many, total)
    return [(2 * place + 1) * total // (2 * count) for place in range(count)]


def ranked(entry: Entry, each: int = EACH) -> list[tuple[Rank, int]]:
    """The best, the middle and the worst pictures of an entry by their a*b* error, none twice."""
    column = entry.pictures.get(RANKED_BY, [])
    order = sorted((value, number) for number, value in enumerate(column) if value is not None)
    numbers = [number for _, number in order]
    count = min(each, max(1, len(numbers) // 3))
    middle = (len(numbers) - count) // 2
    chosen: dict[int, Rank] = {}
    groups: tuple[tuple[Rank, list[int]], ...] = (
        ("best", numbers[:count]),
        ("median", numbers[middle : middle + count]),
        ("worst", numbers[-count:]),
    )
    for rank, group in groups:
        for number in group:
            chosen.setdefault(number, rank)
    return [(rank, number) for number, rank in chosen.items()]


def paint(results: Results, revisit: Revisit, tell: Tell) -> Gallery:
    """Paint all pictures of a page again; `tell` gets how many are done.

    Raises `DataError` when a picture is not the one that was scored.
    """
    wanted = contenders(automatic(results))
    there = [entry for entry in wanted if revisit.has(entry.name)]
    parts = {section.key: contenders(section.results) for section in told(results)}
    numbers = spread(ROWS, len(results.pictures))
    picks = {entry.name: ranked(entry) for entry in there}
    painted = sum(revisit.has(entry.name) for part in parts.values() for entry in part)
    total = len(numbers) * (len(there) + 1 + painted) + sum(map(len, picks.values()))
    counter = _Counter(tell, total)
    gray = [sheets.shrunk(revisit.gray(number), SIDE) for number in counter(numbers)]
    truth = [sheets.shrunk(revisit.truth(number), SIDE) for number in numbers]
    rows = _rows(results, numbers, [gray, *_columns(revisit, there, numbers, counter), truth])
    sections = {
        key: _told(results, revisit, part, numbers, counter, (gray, truth)) for key, part in parts.items()
    }
    examples = {
        entry.name: tuple(
            _example(results, revisit, entry, rank, number) for rank, number in counter(picks[entry.name])
        )
        for entry in there
    }
    titles = ("gray", *(entry.name for entry in there), "truth")
    missing = [entry for entry in wanted if entry not in there]
    missing += [entry for sheet in sections.values() for entry in sheet.missing]
    reasons = {entry.name: revisit.lacks(entry.name) for entry in missing}
    return Gallery(titles, rows, examples, tuple(missing), reasons, sections)


def _columns(
    revisit: Revisit, entries: Sequence[Entry], numbers: Sequence[int], counter: "_Counter"
) -> list[list[Pixels]]:
    """What each entry made of some pictures."""
    return [
        [sheets.shrunk(revisit.colored(entry.name, number), SIDE) for number in counter(numbers)]
        for entry in entries
    ]


def _rows(
    results: Results, numbers: Sequence[int], columns: Sequence[Sequence[Pixels]]
) -> tuple[SheetRow, ...]:
    return tuple(
        SheetRow(results.pictures[number].name, tuple(column[place] for column in columns))
        for place, number in enumerate(numbers)
    )


def _told(
    results: Results,
    revisit: Revisit,
    wanted: Sequence[Entry],
    numbers: Sequence[int],
    counter: "_Counter",
    ends: tuple[list[Pixels], list[Pixels]],
) -> Gallery:
    """The sheet of entries that were told the same: gray, what was told, what they made of it, truth."""
    there = [entry for entry in wanted if revisit.has(entry.name)]
    columns, titles = [ends[0]], ["gray"]
    if there and there[0].strokes is not None:
        columns.append([sheets.shrunk(revisit.stroked(there[0].name, each), SIDE) for each in numbers])
        titles.append("strokes")
    if there and there[0].references is not None:
        columns.append([sheets.shrunk(revisit.reference(there[0].name, each), SIDE) for each in numbers])
        titles.append("reference")
    columns += [*_columns(revisit, there, numbers, counter), ends[1]]
    titles += [*(entry.name for entry in there), "truth"]
    missing = tuple(entry for entry in wanted if entry not in there)
    return Gallery(tuple(titles), _rows(results, numbers, columns), {}, missing)


def _example(results: Results, revisit: Revisit, entry: Entry, rank: Rank, number: int) -> Example:
    return Example(
        results.pictures[number].name,
        rank,
        entry.pictures[RANKED_BY][number] or 0.0,
        sheets.shrunk(revisit.colored(entry.name, number), SIDE),
        sheets.shrunk(revisit.truth(number), SIDE),
        sheets.shrunk(sheets.error_map(revisit.chroma_error(entry.name, number)), SIDE),
    )


class _Counter:
    """Counts what is taken out of sequences."""

    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._total, self._done = tell, total, 0

    def __call__(self, items: Sequence[T]) -> Iterator[T]:
        for item in items:
            yield item
            self._done += 1
            self._tell(self._done, self._total)
