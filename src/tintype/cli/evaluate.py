"""The verb `evaluate`: models and methods beside trivial baselines, on photographs in color."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tintype.cli.counting import counting
from tintype.cli.exits import say
from tintype.cli.train import require
from tintype.errors import ConfigError

KINDS: Final = ("gray", "small", "duplicate")
"""Kinds of pictures that can be scored although they are usually left out."""
EXTRAS: Final = ("lpips", "fid")


def evaluate(
    data: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Photographs in color: a folder, a tar shard or a packed set.",
            show_default=False,
        ),
    ],
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL...",
            help="Models by name or path, and methods by name (see `tintype models`).",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RESULTS.json", help="The file to write.")
    ] = Path("results.json"),
    vivid: Annotated[
        list[float] | None,
        typer.Option(min=0, max=1, help="Score models that take it at this vividness; may be given often."),
    ] = None,
    strokes: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Give what takes hints N strokes of each picture's true colors, beside coloring without.",
        ),
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Give what takes a reference the photograph in here that is nearest to each picture: a "
            "folder, a tar shard or a packed set.",
            show_default=False,
        ),
    ] = None,
    most_references: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="Look at no more than N of those, evenly spread over their names."
        ),
    ] = 5000,
    size: Annotated[int, typer.Option(min=16, help="Side of the scored square, in pixels.")] = 256,
    stretch: Annotated[
        bool, typer.Option("--stretch", help="Stretch whole pictures; else the middle square is cut out.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many pictures, evenly spread over their names.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="What the pictures show: a .tsv or .csv file, names in its first column and labels in its "
            "last; else the uppermost folders.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Score pictures of this kind too: gray, small or duplicate."),
    ] = None,
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Fit the baselines of mean color on these pictures; else on the scored ones."
        ),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE", help="Measure this too: lpips or fid, whose weights are downloaded once."
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes; the scores stay the same.")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws behind intervals and comparisons.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace RESULTS.json.")] = False,
) -> None:
    """Score models on photographs in color, beside trivial baselines; stopped, it goes on when run again."""
    require("evaluate")
    for option, given, known in (("--keep", keep, KINDS), ("--also", also, EXTRAS)):
        for word in given or ():
            if word not in known:
                raise ConfigError(f"{option} {word} is unknown; give {' or '.join(known)}")
    if also:
        require("evaluate --also")
    from tintype.evaluate.run import Evaluation
    from tintype.evaluate.run import evaluate as run_evaluation

    asked = Evaluation(
        models=tuple(models or ()),
        data=data,
        vivids=tuple(vivid or ()),
        strokes=strokes,
        references=references,
        most_references=most_references,
        size=size,
        stretch=stretch,
        limit=limit,
        kept=tuple(keep or ()),  # type: ignore[arg-type]  # checked above
        labels=labels,
        fit=fit,
        extras=tuple(also or ()),
        jobs=jobs,
        seed=seed,
    )
    try:
        with counting("pictures looked at") as progress:
            results = run_evaluation(asked, output, overwrite=overwrite, say=say, progress=progress)
    except KeyboardInterrupt:
        say("the same command goes on from here")
        raise
    for item in results.data.left_out:
        say(f"left out {item.name}: {item.kind}, {item.reason}")
    counts = ", ".join(f"{count} {kind}" for kind, count in results.data.counts.items() if count)
    say(
        f"scored {len(results.entries)} entries on {results.data.pictures} of {results.data.found} pictures"
        f"{f' ({counts})' if counts else ''}; wrote {output}"
    )
    widest = max(24, *(len(name) for name in results.names))
    for entry in results.entries:
        auc, rebalanced = (entry.sum[key].value for key in ("auc", "auc_rebalanced"))
        say(f"{entry.name:>{widest}}  AuC {auc:6.2f}  rebalanced {rebalanced:6.2f}")
