"""A comparison as one HTML page that needs nothing beside it: neither files nor a network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tintype import __version__
from tintype.evaluate.labels import FROM_FOLDERS
from tintype.evaluate.results import Results
from tintype.report import comparisons, inline, labels, scores, sections, wording
from tintype.report.drawings import KINDS, Drawing, told_key
from tintype.report.gallery import Gallery
from tintype.report.sections import Section
from tintype.report.tables import Table

GENERATOR: Final = "tintype report"
"""How a page begins to say what wrote it; an older report is known by it."""


def generator() -> str:
    """Name and version of what writes the page."""
    return f"{GENERATOR} {__version__}"


def default_title(results: Results) -> str:
    """A title for those who give none."""
    return f"Colorization compared on {results.data.name}"


def tables(results: Results) -> list[Table]:
    """All tables of a page that also become files."""
    own = sections.automatic(results)
    found = [*scores.score_tables(own), scores.model_table([results]), *labels.label_tables(own)]
    found += [comparisons.matrix(own, measure) for measure in comparisons.compared(own)]
    for section in sections.told(results):
        found += scores.told_tables(section)
        for measure in comparisons.compared(section.results):
            found.append(comparisons.matrix(section.results, measure, section.key))
    return [table for table in found if table.rows]


def render(
    results: Results, drawn: Sequence[Drawing], gallery: Gallery | None, title: str | None = None
) -> str:
    """The page, with the figures in `drawn`; `gallery` is None where the photographs are not at hand."""
    by_key = {drawing.key: drawing for drawing in drawn}
    own = sections.automatic(results)
    label_tables = labels.label_tables(own)
    parts = [_part(section, by_key, gallery) for section in sections.told(results)]
    contents = [("about", "What was compared"), ("scores", "Scores"), ("figures", "At a glance")]
    contents += [("pictures", "Pictures")]
    contents += [("kinds", "By what the pictures show")] if label_tables else []
    contents += [("comparisons", "Is one really better than another?")] if comparisons.compared(own) else []
    contents += [(f"told-{part['key']}", part["title"]) for part in parts]
    told_keys = {told_key(section) for section in sections.told(results)}
    template = _environment().get_template("page.html.j2")
    return template.render(
        title=title or default_title(results),
        generator=generator(),
        contents=contents,
        **_about(results),
        models=scores.model_table([results]),
        score_tables=scores.score_tables(own),
        definitions=scores.definitions(scores.measured(results)),
        figures=[each for each in drawn if each.key != KINDS and each.key not in told_keys],
        **inline.pictures(gallery),
        label_note=_label_note(results) if label_tables else "",
        label_figure=by_key.get(KINDS),
        label_tables=label_tables,
        comparisons=_compared(own),
        meaning=comparisons.MEANING,
        parts=parts,
    )


def _compared(results: Results, key: str = "") -> list[tuple[str, str, Table]]:
    """Each measure that entries are compared by: its name, the verdict, and every pair."""
    return [
        (
            wording.heading(each),
            comparisons.verdict(results, each),
            comparisons.matrix(results, each, key),
        )
        for each in comparisons.compared(results)
    ]


def _part(section: Section, by_key: Mapping[str, Drawing], gallery: Gallery | None) -> dict[str, Any]:
    """What the page says of entries that were told the same."""
    sheet = None if gallery is None else gallery.told.get(section.key)
    return {
        "key": section.key,
        "title": section.title,
        "about": section.about,
        "tables": scores.told_tables(section),
        "figure": by_key.get(told_key(section)),
        "sheet": None if sheet is None or not sheet.titles else inline.sheet(sheet),
        "comparisons": _compared(section.results, section.key),
    }


def render_index(pages: Sequence[tuple[str, str]], title: str | None = None) -> str:
    """A page that leads to several: their folders and names."""
    template = _environment().get_template("index.html.j2")
    return template.render(title=title or "Colorization compared", generator=generator(), pages=pages)


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tintype.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _about(results: Results) -> dict[str, Any]:
    """What the head of the page says."""
    data, settings = results.data, results.protocol
    left_out = Counter(item.kind for item in data.left_out)
    return {
        "subtitle": f"{_entries(results)} on {wording.count(data.pictures, 'photograph')}.",
        "data": data,
        "settings": settings,
        "protocol": wording.protocol(settings),
        "left_out": ", ".join(f"{many:,} {kind}" for kind, many in left_out.items()) or "none",
        "kept": ", ".join(f"{kind}: {data.counts.get(kind, 0):,}" for kind in settings.kept),
        "fit": settings.fit or "the scored pictures",
        "given": sections.what_was_given(results),
        "versions": ", ".join(f"{name} {number}" for name, number in results.versions.items()),
    }


def _entries(results: Results) -> str:
    """What was scored, counted."""
    entries = [entry for entry in results.entries if entry.kind == "model"]
    models = len({entry.sha256 for entry in entries})
    several = f" in {len(entries)} settings" if len(entries) > models else ""
    methods = len({entry.model for entry in results.entries if entry.kind == "method"})
    unlearned = [f"{wording.count(methods, 'method')} without learning"] if methods else []
    baselines = sum(entry.kind == "baseline" for entry in results.entries)
    counted = [f"{wording.count(models, 'model')}{several}", *unlearned]
    return wording.listed([*counted, wording.count(baselines, "trivial baseline")])


def _label_note(results: Results) -> str:
    source = results.data.labels
    where = {None: "", FROM_FOLDERS: "Labels are the names of the folders."}
    few = (
        f"Kinds of fewer than {labels.FEWEST} pictures, and those beyond the {labels.MOST} largest, are "
        f"“{labels.OTHERS}”."
    )
    folded = few if labels.OTHERS in labels.by_label(results) else ""
    words = [
        where.get(source, f"Labels are from {source}."),
        folded,
        "Kinds of few pictures have uncertain means.",
    ]
    return " ".join(word for word in words if word)
