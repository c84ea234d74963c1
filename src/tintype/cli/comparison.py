"""The verb `report`: results files as a page, figures, tables, a leaderboard and scores on model cards."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.counting import counting
from tintype.cli.exits import say
from tintype.cli.train import require


def report(
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULTS.json...", help="What `tintype evaluate` wrote.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Folder to make: index.html, a page that needs no other file, figures and tables.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The photographs that were evaluated; shows pictures on the page."),
    ] = None,
    models: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PLACE",
            help="An .onnx file, or a folder of such, where models for the pictures are looked for by their "
            "hash, beside those at hand; may be given often.",
        ),
    ] = None,
    references: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The photographs that references were chosen from; shows the pictures of those who had one.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Title of the page.")] = None,
    leaderboard: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.md",
            help="Write a leaderboard, and its data beside it as FILE.json; takes results of several sets.",
        ),
    ] = None,
    cards: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Put the scores on the cards in this folder, of the models that have the same hash; takes "
            "results of several sets.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an older report in OUT, and FILE.md and FILE.json.")
    ] = False,
) -> None:
    """Show what an evaluation found: a page with tables, figures and pictures, or a leaderboard."""
    require("report")
    from tintype.report.make import Request, make

    request = Request(
        results=tuple(results),
        output=output,
        data=data,
        models=tuple(models or ()),
        references=references,
        title=title,
        leaderboard=leaderboard,
        cards=cards,
        overwrite=overwrite,
    )
    with counting("pictures painted") as tell:
        written = make(request, say, tell)
    for path in written:
        say(f"wrote {path}")
