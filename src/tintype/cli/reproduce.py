"""The verb `reproduce`: the 2019 report built again, from photographs to the last figure."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.counting import Lines
from tintype.cli.exits import say
from tintype.cli.train import STOPPED, require


def reproduce(
    data: Annotated[
        list[Path],
        typer.Option(
            metavar="SOURCE",
            help="Photographs in color: folders, archives or tar shards, given one by one; or a folder that "
            "`tintype data prepare` has made.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="Folder of the reproduction.")
    ] = Path("reproduction"),
    preset: Annotated[
        str,
        typer.Option(help="Its size: report, as in 2019; small, a night on a laptop; tiny, a few minutes."),
    ] = "small",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a setting of all trainings, such as max_minutes=30; may be given often.",
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Leave out archives, shards, folders or pictures of this name; may be given often.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn by chance.")] = 0,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes that prepare and score pictures.")
    ] = 1,
) -> None:
    """Build the 2019 report again: train its networks, score them, draw its figures, compare its numbers.

    Stopped at any point, it goes on when run again with the same options.
    """
    require("reproduce")
    from tintype.cli.train_progress import watching
    from tintype.reproduce.plan import Plan
    from tintype.reproduce.stages import Telling
    from tintype.reproduce.stages import reproduce as run_reproduction

    plan = Plan(preset, tuple(settings or ()), seed)
    with watching() as (line, watch):
        stopped = run_reproduction(
            plan,
            data,
            output,
            Telling(line, watch, Lines("pictures")),
            exclude=tuple(exclude or ()),
            jobs=jobs,
        )
    if stopped:
        say("stopped; the same command goes on from here")
        raise typer.Exit(STOPPED[stopped])
