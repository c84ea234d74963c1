"""The verbs `study report` and `study simulate`: what people said, and people who do not exist."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.counting import counting
from tintype.cli.exits import say
from tintype.cli.train import require

Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="Folder of the study.", show_default=False)]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Database of the study, when it is not the one that it was made with."),
]


def report(
    study: Folder,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Folder to make: a page, figures, tables.",
            show_default=False,
        ),
    ],
    database: DatabaseUrl = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws behind the intervals.")] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an older report in OUT; nothing else is replaced.")
    ] = False,
) -> None:
    """Say what people believed: Figures 16 and 17, intervals, comparisons, on a page of its own."""
    require("study report")
    from tintype.report.folder import check_free
    from tintype.study.page import report as make_report
    from tintype.study.resampling import Draws
    from tintype.study.service import Study

    check_free(output, overwrite)
    with Study.open(study, database) as opened:
        page = make_report(opened, output, Draws(seed=seed), overwrite=overwrite)
    say(f"wrote {page}")


def simulate(
    study: Folder,
    people: Annotated[int, typer.Option(min=1, help="How many take part, one round each.")],
    database: DatabaseUrl = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that these people are and say.")] = 0,
    rates: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="How often each kind is believed and how many stars it has; else as in the 2019 report.",
        ),
    ] = None,
) -> None:
    """Let people who do not exist take part, to try a study and its report; never among real people."""
    require("study simulate")
    from tintype.study.crowd import Crowd, read_crowd
    from tintype.study.service import Study
    from tintype.study.simulate import simulate as let_take_part

    crowd = Crowd() if rates is None else read_crowd(rates)
    with Study.open(study, database, durable=False) as opened, counting("people") as progress:
        given = let_take_part(opened, crowd, people, seed, progress)
    say(f"{people:,} people who do not exist gave {given:,} answers")
