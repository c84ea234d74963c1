"""Models and methods × photographs → a results file: picture by picture, going on where it was stopped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any, Final

from tintype.data.pack import Tell
from tintype.data.supply import spread
from tintype.errors import ConfigError, DataError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.journal import Journal, journal_of
from tintype.evaluate.kinds import Kind
from tintype.evaluate.labels import FROM_FOLDERS, folder_labels, read_labels
from tintype.evaluate.nearest import Kept, Shelf, look_at, search
from tintype.evaluate.pictures import MOST_ENLARGED, DataSet, Item, Judged, judge, open_set, squared, to_lab
from tintype.evaluate.repeats import Repeats
from tintype.evaluate.results import FORMAT, MOST_REFERENCES, DataSummary, Entry, Estimate, Protocol, Results
from tintype.evaluate.scoring import Plan, Table, entries_of, inception, lpips, score_item
from tintype.evaluate.statistics import Draws
from tintype.evaluate.tally import Tally

PACKAGES: Final = ("tintype", "numpy", "onnxruntime", "pillow")
FOR_METHODS: Final = ("scipy", "scikit-image", "pyamg")
"""What methods without learning compute with; told where some were scored."""
FIT_LIMIT: Final = 2000
"""Most pictures that the baselines are fitted on; more change nothing."""
TOLD_EVERY: Final = 10
"""Pictures between two calls of `progress`."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """What is evaluated on what, and how."""

    models: tuple[str, ...]
    """Names or paths of models, and names of methods; none leaves the baselines alone."""
    data: Path
    """A folder, a tar shard or a packed set."""
    vivids: tuple[float, ...] = ()
    """Models that take a vividness have an entry for each."""
    strokes: int | None = None
    """What takes strokes has an entry that is given so many, drawn from the true colors."""
    references: Path | None = None
    """What takes a reference has an entry that is given the nearest photograph of this folder, tar shard or
    packed set."""
    most_references: int = MOST_REFERENCES
    """At most so many pictures of it are looked at, evenly spread over their names."""
    size: int = 256
    stretch: bool = False
    limit: int | None = None
    kept: tuple[Kind, ...] = ()
    labels: Path | None = None
    fit: Path | None = None
    """Pictures that the baselines of mean color are fitted on; None is the scored ones."""
    extras: tuple[str, ...] = ()
    """`scoring.EXTRAS` that are wanted."""
    jobs: int = 1
    resamples: int = 2000
    flips: int = 10000
    seed: int = 0


def evaluate(
    asked: Evaluation,
    out: Path,
    *,
    overwrite: bool = False,
    say: Say = print,
    progress: Tell | None = None,
) -> Results:
    """Score models and baselines on photographs and write `out`, a results file.

    While it runs, `out` + ".partial.jsonl" keeps what was done; the same call goes on from there, and gives
    the same results as one that was never stopped. Pictures that cannot be read, are gray or small, or show
    what an earlier one shows are named in the results and left out, unless `asked.kept` names their kind.
    What is found of `asked.references` is kept beside `out` too, see `evaluate.nearest`. `progress` counts
    the references, if they are new, and then the pictures.

    Raises `ConfigError` when `out` exists and `overwrite` is not given, or belongs to another evaluation;
    `ModelError` and `UnknownModel` for the models; `DataError` when no picture can be scored; `SaveError`
    when a file cannot be written.
    """
    if out.exists() and not overwrite:
        raise ConfigError(f"{out} exists already; name another file, or add --overwrite to replace it")
    data = open_set(asked.data, asked.limit)
    names = [item.name for item in data.items]
    labels = read_labels(asked.labels, names) if asked.labels else folder_labels(names)
    _check_told(asked)
    models = colorists.models(
        asked.models, asked.vivids, strokes=asked.strokes, references=asked.references is not None
    )
    for extra, make in (("lpips", lpips), ("fid", inception)):
        if extra in asked.extras:
            make()  # what is missing shall be known before hours of scoring
    kept = _look_at_references(asked, out, say, progress)
    header = _header(asked, data, models, kept)
    with Journal(journal_of(out), header, lambda: {"tables": _fit(asked, data)}) as journal:
        plan = _plan(asked, journal.first["tables"], kept)
        entries = list(entries_of(plan))
        tally = Tally([entry.name for entry in entries], asked.kept)
        for scored in journal.replay():
            tally.take(scored)
        if tally.seen:
            say(f"going on after {tally.seen} of {len(data)} pictures ({journal.path.name})")
        for scored in _told(_scores(asked, plan, data.items[tally.seen :]), tally, len(data), progress):
            journal.add(scored)
            tally.take(scored)
    if not tally.rows:
        journal.path.unlink()
        raise _nothing_scored(data, tally)
    tally.label(dict(zip(names, labels, strict=True)))
    results = _results(asked, data, entries, tally, kept)
    results.write(out)
    journal.path.unlink()
    return results


def _check_told(asked: Evaluation) -> None:
    """Raise `ConfigError` for numbers that cannot be."""
    if asked.strokes is not None and asked.strokes < 1:
        raise ConfigError(f"{asked.strokes} strokes cannot be drawn; give 1 or more, or leave them out")
    if asked.most_references < 1:
        raise ConfigError(f"at least one reference must be looked at, not {asked.most_references}; give more")


def _look_at_references(asked: Evaluation, out: Path, say: Say, progress: Tell | None) -> Kept | None:
    """Look at the references, or find again what was found."""
    if asked.references is None:
        return None
    shelf = Shelf(asked.references, asked.most_references, asked.size, asked.stretch, out.resolve().parent)
    kept = look_at(shelf, say, progress)
    summary = search(kept).summary
    left_out = ", ".join(f"{many} {kind}" for kind, many in summary.left_out.items())
    say(
        f"references: {summary.pictures} of {summary.found} pictures of {summary.name}"
        f"{f' ({left_out})' if left_out else ''}; what was found of them is kept in {kept.index.name}"
    )
    return kept


def _scores(asked: Evaluation, plan: Plan, items: Any) -> Iterator[Any]:
    return spread(partial(score_item, plan), iter(items), asked.jobs)


def _told(scores: Iterator[Any], tally: Tally, total: int, progress: Tell | None) -> Iterator[Any]:
    """The same, telling `progress` now and then how many pictures are done."""
    for scored in scores:
        yield scored
        if progress is not None and (tally.seen % TOLD_EVERY == 0 or tally.seen == total):
            progress(tally.seen, total)


def _plan(asked: Evaluation, tables: dict[str, Table], kept: Kept | None) -> Plan:
    return Plan(
        models=asked.models,
        vivids=asked.vivids,
        strokes=asked.strokes,
        references=kept,
        tables=tuple((name, tuple((a, b) for a, b in table)) for name, table in tables.items()),
        size=asked.size,
        stretch=asked.stretch,
        kept=asked.kept,
        extras=asked.extras,
        threads=colorists.cores_for(asked.jobs),
    )


def _header(asked: Evaluation, data: DataSet, models: list[Colorist], kept: Kept | None) -> dict[str, Any]:
    """What must be the same for an evaluation to go on."""
    return {
        "data": data.name,
        "pictures": sha256(
            "\n".join(item.name for item in data.items).encode("utf-8", "replace")
        ).hexdigest(),
        "models": [[model.name, model.sha256, model.vivid] for model in models],
        "size": asked.size,
        "shape": _shape(asked),
        "kept": list(asked.kept),
        "fit": _fitted_on(asked, data),
        "extras": list(asked.extras),
        "strokes": asked.strokes,
        "references": None if kept is None else kept.table.name,
    }


def _shape(asked: Evaluation) -> Any:
    return "stretch" if asked.stretch else "crop"


def _fitted_on(asked: Evaluation, data: DataSet) -> str:
    own = asked.fit is None
    found = len(data) if asked.fit is None else len(open_set(asked.fit))
    which = "the scored pictures" if asked.fit is None else asked.fit.resolve().name
    return which if own and found <= FIT_LIMIT else f"{min(found, FIT_LIMIT)} pictures of {which}"


def _fit(asked: Evaluation, data: DataSet) -> dict[str, list[list[float]]]:
    """The tables of the baselines, with what results keep of a number, of pictures to be scored."""
    ground = open_set(asked.fit or asked.data, FIT_LIMIT if asked.fit else min(FIT_LIMIT, len(data)))
    work = partial(_levels, asked.size, asked.stretch, asked.kept)
    repeats, sums = Repeats(), []
    for judged, levels in spread(work, iter(ground.items), asked.jobs):
        new = "duplicate" in asked.kept or not repeats.find(judged.name, judged.pixels, judged.codes)
        if levels is not None and new:
            sums.append(levels)
    if not sums:
        raise DataError(
            f"no picture of {ground.name} can be scored; see that it holds color pictures of "
            f"{-(-asked.size // MOST_ENLARGED)} pixels or more, or give a smaller --size"
        )
    return {
        name: [[float(f"{value:.6g}") for value in row] for row in table.tolist()]
        for name, table in colorists.fit_tables(sums).items()
    }


def _levels(
    size: int, stretch: bool, kept: tuple[Kind, ...], item: Item
) -> tuple[Judged, colorists.Levels | None]:
    """What the baselines need of a picture, None of one that is not scored; and the judgement, without it."""
    judged = judge(item, size)
    picture = judged.wanted(kept)
    levels = None if picture is None else colorists.level_sums(to_lab(squared(picture, size, stretch)))
    return replace(judged, picture=None), levels


def _nothing_scored(data: DataSet, tally: Tally) -> DataError:
    first = tally.left_out[0]
    return DataError(
        f"none of the {len(data)} pictures of {data.name} can be scored; the first: {first.name} "
        f"({first.kind}: {first.reason}); give others, or --keep {first.kind}"
    )


def _results(
    asked: Evaluation, data: DataSet, entries: list[Colorist], tally: Tally, kept: Kept | None
) -> Results:
    references = [] if kept is None else [replace(search(kept).summary, chosen=tally.chosen)]
    from_set = references[0].sha256 if references else None
    draws = Draws(asked.resamples, asked.flips, asked.seed)
    sums, comparisons = tally.sums(draws)
    hashes = "".join(f"{row.sha256}\n" for row in tally.rows)
    told_by = asked.labels.name if asked.labels else FROM_FOLDERS
    return Results(
        format=FORMAT,
        versions=_versions(entries),
        protocol=Protocol(
            size=asked.size,
            shape=_shape(asked),
            limit=asked.limit,
            kept=list(asked.kept),
            fit=_fitted_on(asked, data),
            resamples=asked.resamples,
            flips=asked.flips,
            seed=asked.seed,
        ),
        data=DataSummary(
            name=data.name,
            found=len(data),
            pictures=len(tally.rows),
            sha256=sha256(hashes.encode()).hexdigest(),
            labels=told_by if any(row.label for row in tally.rows) else None,
            counts=tally.counts,
            left_out=tally.left_out,
        ),
        truth=tally.truth(draws),
        pictures=tally.rows,
        entries=[_entry(each, sums[each.name], tally.columns(each.name), from_set) for each in entries],
        comparisons=comparisons,
        references=references,
    )


def _versions(entries: list[Colorist]) -> dict[str, str]:
    """Versions of Python and of the packages that the scores depend on."""
    found = {"python": python_version()} | {name: version(name) for name in PACKAGES}
    for name in FOR_METHODS if any(entry.method for entry in entries) else ():
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # no method that was scored needs it
            continue
    return found


def _entry(
    entry: Colorist,
    sums: dict[str, Estimate],
    columns: dict[str, list[float | None]],
    references: str | None,
) -> Entry:
    model = entry.model
    return Entry(
        name=entry.name,
        kind="model" if model else "method" if entry.method else "baseline",
        model=entry.method if model is None else model.name,
        vivid=entry.vivid,
        sha256=entry.sha256,
        size_mb=None if model is None else model.path.stat().st_size / 1e6,
        table=None if entry.table is None else [(a, b) for a, b in entry.table.tolist()],
        sum=sums,
        pictures=columns,
        strokes=entry.given.strokes,
        references=references if entry.given.reference else None,
    )
