"""From results files to everything that is asked for: pages with figures and tables, leaderboard, cards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tintype.errors import ConfigError
from tintype.evaluate.results import Results, merge, read
from tintype.evaluate.revisit import Revisit
from tintype.report import cards, drawings, gallery, leaderboard, page, sheets, style, tables, wording
from tintype.report.folder import FIGURES, PAGE, TABLES, check_free, new_folder
from tintype.report.gallery import Gallery, Tell

Say = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What is asked for."""

    results: tuple[Path, ...]
    output: Path | None = None
    """Folder of the page."""
    data: Path | None = None
    """The photographs, where pictures are to be shown."""
    models: tuple[Path, ...] = ()
    """Where models are looked for, beside those at hand."""
    references: Path | None = None
    """The photographs that references were chosen from, where pictures of those who had one are shown."""
    title: str | None = None
    leaderboard: Path | None = None
    """A Markdown file; its data stand beside it as JSON."""
    cards: Path | None = None
    """Folder of model cards that get their scores."""
    overwrite: bool = False


def make(request: Request, say: Say, tell: Tell) -> list[Path]:
    """Do what is asked for, all checks first; `tell` gets how many pictures are painted.

    Gives the pages, files and cards that were written. Raises `ConfigError` when the request does not go
    together, `DataError` for results or photographs that cannot be used, `ModelError` for cards that cannot
    be read, `SaveError`.
    """
    sets = by_set([read(path) for path in request.results])
    _check(request, sets)
    written: list[Path] = []
    if request.output is not None:
        galleries = [_gallery(results, request, say, tell) for results in sets]
        written.append(write_pages(sets, galleries, request.output, request.title, request.overwrite))
    if request.leaderboard is not None:
        written += leaderboard.write(sets, request.leaderboard, overwrite=request.overwrite)
    if request.cards is not None:
        written += cards.update_cards(sets, request.cards)
    return written


def by_set(parts: Sequence[Results]) -> list[Results]:
    """Results of the same pictures and protocol as one, in the order in which they come.

    Entries of different files are not compared two by two, since no file holds such comparisons.
    """
    grouped: list[list[Results]] = []
    for part in parts:
        for group in grouped:
            if (group[0].protocol, group[0].data.sha256) == (part.protocol, part.data.sha256):
                group.append(part)
                break
        else:
            grouped.append([part])
    return [merge(group) for group in grouped]


def _check(request: Request, sets: Sequence[Results]) -> None:
    """Raise `ConfigError` when the request does not go together, before anything is written."""
    together = request.leaderboard is not None or request.cards is not None
    if request.output is None and not together:
        raise ConfigError("nothing is to be written; name a folder with -o, or --leaderboard, or --cards")
    if request.data is not None and request.output is None:
        raise ConfigError("--data shows pictures on a page; name its folder with -o")
    if request.references is not None and request.data is None:
        raise ConfigError("--references shows more pictures on a page; give the photographs too, with --data")
    if len(sets) > 1 and not together:
        merge(sets)  # tells what differs
    if len(sets) > 1 and request.data is not None:
        raise ConfigError(
            f"--data holds the pictures of one set, but the results are of {len(sets)}; "
            "make a page of each set by itself"
        )
    if request.output is not None:
        check_free(request.output, request.overwrite)
    if request.leaderboard is not None:
        leaderboard.check_free(request.leaderboard, overwrite=request.overwrite)
    if request.cards is not None:
        cards.check(sets, request.cards)


def _gallery(results: Results, request: Request, say: Say, tell: Tell) -> Gallery | None:
    if request.data is None:
        return None
    revisit = Revisit(results, request.data, request.models, request.references)
    painted = gallery.paint(results, revisit, tell)
    for entry in painted.missing:
        say(f"no pictures of {entry.name}: {painted.reasons[entry.name]}")
    return painted


def write_pages(
    sets: Sequence[Results],
    galleries: Sequence[Gallery | None],
    output: Path,
    title: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the page of one set; or pages of several in folders of their own, and one that leads to them.

    Gives the path of the page. Raises as `new_folder`.
    """
    with new_folder(output, overwrite) as folder:
        if len(sets) == 1:
            write_page(sets[0], galleries[0], folder, title)
        else:
            names = wording.set_names(sets)
            folders = wording.slugs(names)
            for name, results, shown in zip(names, sets, galleries, strict=True):
                own = folder / folders[name]
                own.mkdir()
                write_page(results, shown, own, f"{title}: {name}" if title else None)
            index = page.render_index([(folders[name], name) for name in names], title)
            (folder / PAGE).write_text(index, encoding="utf-8")
    return output / PAGE


def write_page(results: Results, shown: Gallery | None, folder: Path, title: str | None = None) -> None:
    """Write a page with its figures and tables into a folder."""
    (folder / FIGURES).mkdir()
    (folder / TABLES).mkdir()
    drawn = drawings.drawings(results)
    for drawing in drawn:
        style.save(drawing.figure, folder / FIGURES / drawing.key)
    for table in page.tables(results):
        (folder / TABLES / f"{table.key}.md").write_text(tables.markdown(table), encoding="utf-8")
        (folder / TABLES / f"{table.key}.tex").write_text(tables.latex(table), encoding="utf-8")
    if shown is not None:
        sheets.save(shown.sheet(), folder / FIGURES / "sheet")
        for key, part in shown.told.items():
            sheets.save(part.sheet(), folder / FIGURES / f"sheet-{key}")
        for name, stem in wording.slugs(shown.examples).items():
            sheets.save(shown.example_sheet(name), folder / FIGURES / f"examples-{stem}")
    (folder / PAGE).write_text(page.render(results, drawn, shown, title), encoding="utf-8")
