"""Results taken apart by what entries were told of the true colors: numbers compare only within a part."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tintype.evaluate.results import Entry, ReferenceSet, Results
from tintype.report import wording
from tintype.report.tables import Kind

BESIDE: Final = "The same models without stand beside them, and trivial baselines."
NOT_COMPARABLE: Final = (
    "these numbers do not compare with those of automatic entries, which see lightness alone."
)

SAW_TRUTH: Final = "They saw true colors"
SAW_OTHER: Final = "They saw the colors of another photograph"


@dataclass(frozen=True)
class Section:
    """Entries that were told the same, with what stands beside them."""

    key: str
    """For files and ids; empty for automatic entries."""
    title: str
    about: str
    """What its entries were given."""
    results: Results
    """Its entries alone, in the order of tables, and the comparisons between them."""


def automatic(results: Results) -> Results:
    """The results without the entries that were told something."""
    return _of(results, [entry for entry in results.entries if not entry.told])


def told(results: Results) -> list[Section]:
    """A section for each number of strokes, and for each set of references, that entries were given."""
    ways = dict.fromkeys((entry.strokes, entry.references) for entry in results.entries if entry.told)
    return [_section(results, strokes, references) for strokes, references in ways]


def is_beside(entry: Entry, results: Results) -> bool:
    """Whether an entry stands beside others that were told something, and was not itself."""
    return entry.kind != "baseline" and not entry.told and any(each.told for each in results.entries)


def contenders(results: Results) -> list[Entry]:
    """Of the entries of a section those that are no baselines, and were told something if any was; all
    entries where there is none."""
    made = [entry for entry in results.entries if entry.kind != "baseline"]
    return [entry for entry in made if entry.told] or made or results.entries


def ordered(results: Results) -> list[Entry]:
    """All entries of a section: baselines, what stands beside, then the others as in the results."""
    places = {"baseline": 0, "beside": 1}
    return sorted(results.entries, key=lambda entry: places.get(row_kind(entry, results), 2))


def row_kind(entry: Entry, results: Results) -> Kind:
    """What an entry is in a table of its section."""
    if entry.kind == "baseline":
        return "baseline"
    return "beside" if is_beside(entry, results) else "model"


def what_was_given(results: Results) -> list[tuple[str, str]]:
    """Facts about all that entries were told, for a list: name and text."""
    counts = dict.fromkeys(entry.strokes for entry in results.entries if entry.strokes is not None)
    numbers = wording.listed(str(each) for each in counts)
    facts = [("Strokes", f"{numbers} for each picture, short, in even places, of its true colors")]
    return (facts if counts else []) + [("References", about_set(each)) for each in results.references]


def about_set(references: ReferenceSet) -> str:
    """A set of references in words."""
    left_out = ", ".join(f"{many:,} {kind}" for kind, many in references.left_out.items())
    parts = [f"the nearest of {references.pictures:,} of {references.found:,} pictures of {references.name}"]
    parts[0] += f" ({left_out})" if left_out else ""
    passed = sum(each.passed_over > 0 for each in references.chosen)
    parts += [f"for {wording.count(passed, 'picture')} the same one was passed over"] if passed else []
    return "; ".join([*parts, f"sha256 {references.sha256}"])


def _section(results: Results, strokes: int | None, references: str | None) -> Section:
    own = [entry for entry in results.entries if (entry.strokes, entry.references) == (strokes, references)]
    names = {entry.model for entry in own if entry.kind == "model"}
    beside = [entry for entry in results.entries if not entry.told and _stands_beside(entry, names)]
    words, given, key = [], [], []
    if strokes is not None:
        counted = wording.count(strokes, "stroke")
        words, key = [counted], [f"strokes-{strokes}"]
        given = [f"{counted} of the true colors of each photograph, short and in even places"]
    if references is not None:
        sets = [each.sha256 for each in results.references]
        number = sets.index(references) if references in sets else 0
        of = f" of {results.references[number].name}" if sets else ""
        words.append(f"a reference photograph{of if len(sets) > 1 else ''}")
        key.append(f"reference-{number + 1}" if len(sets) > 1 else "reference")
        given.append(f"the photograph{of} that is most like each in gray")
    saw = SAW_OTHER if strokes is None else SAW_TRUTH
    about = f"What was given: {wording.listed(given)}. {saw}: {NOT_COMPARABLE} {BESIDE}"
    return Section("-".join(key), f"Told by {wording.listed(words)}", about, _of(results, [*beside, *own]))


def _stands_beside(entry: Entry, models: Iterable[str | None]) -> bool:
    return entry.kind == "baseline" or entry.model in models


def _of(results: Results, entries: list[Entry]) -> Results:
    """The results with some of their entries."""
    names = {entry.name for entry in entries}
    pairs = [each for each in results.comparisons if {each.first, each.second} <= names]
    return replace(results, entries=entries, comparisons=pairs)
