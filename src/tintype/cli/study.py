"""The verbs `study …`: a user study made, served, exported, reported, backed up and restored."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tintype.cli.counting import counting
from tintype.cli.exits import say
from tintype.cli.study_report import report, simulate
from tintype.cli.study_serve import serve
from tintype.cli.train import require
from tintype.errors import ConfigError

study_app: Final = typer.Typer(
    no_args_is_help=True, help="Ask people whether they believe the colors: a user study."
)

Study = Annotated[
    Path, typer.Argument(metavar="STUDY", help="The folder that `create` made.", show_default=False)
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The study's database, when it is not where `create` put it."),
]
NewStudy = Annotated[
    Path, typer.Argument(metavar="STUDY", help="Folder to make for the study.", show_default=False)
]


@study_app.command()
def create(
    study: NewStudy,
    pictures: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Photographs in color: a folder, a tar shard or a packed set; or the folder study/ of a "
            "reproduction, whose pictures are colorized already.",
            show_default=False,
        ),
    ],
    models: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Models by name (see `tintype models`) or path, with commas between: cnn,fusion,gan,tint.",
            show_default=False,
        ),
    ] = "",
    n: Annotated[
        int | None,
        typer.Option(
            "--n",
            min=1,
            help="Pictures to judge; else 100, or all of a reproduction's. A few more are needed.",
        ),
    ] = None,
    size: Annotated[int, typer.Option(min=16, help="Side of the square pictures, in pixels.")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw of the pictures and of all orders.")] = 0,
    vivid: Annotated[
        list[float] | None,
        typer.Option(min=0, max=1, help="Show models that take it at this vividness; may be given often."),
    ] = None,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Title that people see.")] = "Real or colorized?",
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="PostgreSQL, as postgresql+psycopg://USER@HOST/NAME; else one SQLite file in STUDY.",
        ),
    ] = None,
    part_one: Annotated[
        int, typer.Option(min=1, help="Pictures of a round to tell real from colorized.")
    ] = 5,
    part_two: Annotated[int, typer.Option(min=1, help="Pictures of a round to give stars.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, help="Most rounds of a person.")] = 3,
    practice: Annotated[
        int, typer.Option(min=0, help="Pictures before the first round that do not count.")
    ] = 2,
    attention: Annotated[
        int, typer.Option(min=0, help="An attention check every so many rounds; 0 for none.")
    ] = 1,
    ask_age: Annotated[
        bool, typer.Option("--ask-age/--no-age", help="Ask for the age band, which nobody must tell.")
    ] = True,
    ask_color_vision: Annotated[
        bool,
        typer.Option("--ask-color-vision/--no-color-vision", help="Offer a check of color vision."),
    ] = True,
) -> None:
    """Make a study: draw pictures, colorize them by each model, settle all settings for good."""
    require("study create")
    from tintype.study.create import Asked
    from tintype.study.create import create as make

    asked = Asked(
        pictures=pictures,
        models=_named(models),
        vivids=tuple(vivid or ()),
        count=n,
        size=size,
        seed=seed,
        name=name,
        database=database,
        part_one=part_one,
        part_two=part_two,
        practice=practice,
        attention_every=attention,
        rounds=rounds,
        ask_age=ask_age,
        ask_color_vision=ask_color_vision,
    )
    with counting("pictures found good, then colorized") as tell:
        protocol = make(asked, study, looked=tell, painted=tell)
    for item in protocol.left_out:
        say(f"left out {item.name}: {item.kind}, {item.reason}")
    say(f"protocol {protocol.sha256}")
    say(
        f"made {study}: {protocol.pictures} pictures, each as {', '.join(protocol.kinds)}; {asked.apart} "
        f"more for practice and attention checks; start it with: tintype study serve {study}"
    )


@study_app.command()
def export(
    study: Study,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to make.")],
    database: DatabaseUrl = None,
) -> None:
    """Write all answers as CSV and JSON, with a data dictionary; without anything that names a person."""
    require("study export")
    from tintype.study.export import export as write

    counts = write(study, output, database)
    say(f"wrote {', '.join(f'{count} {name}' for name, count in counts.items())} to {output}")


@study_app.command()
def backup(
    study: Study,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.tar.gz", help="File to write.")],
    database: DatabaseUrl = None,
) -> None:
    """Write a whole study into one file: rows, images and the server's keys; also while it is served."""
    require("study backup")
    from tintype.study.backup import backup as write

    head = write(study, output, database)
    say(
        f"wrote {output}: {head.rows['participant']} people, {head.rows['trial']} trials, "
        f"{head.rows['picture']} pictures; keep it as safe as the study"
    )


@study_app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="STUDY", help="Folder to make.")],
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Put the rows into this database; else into one SQLite file in STUDY."
        ),
    ] = None,
) -> None:
    """Make a study from a back-up, after checking every part of it."""
    require("study restore")
    from tintype.study.backup import restore as read

    head = read(file, output, database)
    say(
        f"restored {output} as it was at {head.created_at}: {head.rows['participant']} people, "
        f"{head.rows['trial']} trials, {head.rows['picture']} pictures"
    )


study_app.command()(serve)
study_app.command()(report)
study_app.command()(simulate)


def _named(models: str) -> tuple[str, ...]:
    """The models in a list with commas. Raises `ConfigError` for one that has an empty place."""
    if not models:
        return ()
    names = tuple(name.strip() for name in models.split(","))
    if not all(names):
        raise ConfigError(f"--models {models!r} has an empty place; give names with commas between")
    return names
