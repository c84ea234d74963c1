"""The commands and their options; what they do is loaded when they run, so that `--help` is quick."""

from typing import Annotated, Final

import typer

from tintype import __version__
from tintype.cli import comparison, evaluate, reproduce, study, train
from tintype.cli.exits import Verbs

app: Final = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        print(f"tintype {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """Give black-and-white photographs their colors back: offline, on this computer."""


@app.command()
def colorize(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, folders, quoted globs ('scans/**/*.tif'), or - for standard input.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="A folder that mirrors the inputs' tree, a file for one input, or - for standard output. "
            "Without it old.jpg becomes old.color.jpg beside it.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Model by name (see `tintype models`) or path of an .onnx file."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The same; or a method without learning, such as levin, yatziv, welsh, charpiat or gupta "
            "(see `tintype models`).",
        ),
    ] = None,
    hints: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Colors that you know: a JSON or PNG file for one photograph, or a folder of such files, "
            "each called as its photograph is.",
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="A photograph to take colors from; may be given often. Or a folder: each photograph takes "
            "the colors of the one in it that is most like it.",
        ),
    ] = None,
    nearest: Annotated[
        int | None,
        typer.Option(
            min=1, max=16, help="How many photographs of a folder of references to take; 1 without it."
        ),
    ] = None,
    swatches: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Which part of the photograph shall look like which part of a reference: a JSON file.",
        ),
    ] = None,
    vivid: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="How strong colors the model dares: 0 the palest, 1 the most vivid."),
    ] = None,
    saturation: Annotated[
        float, typer.Option(min=0, max=3, help="Factor for the chroma: 0 is gray, 1 as predicted.")
    ] = 1.0,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Take the pictures of subfolders too.")
    ] = False,
    skip_existing: Annotated[
        bool,
        typer.Option(
            "--skip-existing", help="Leave out photographs whose result exists: goes on where a run stopped."
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that exist.")] = False,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="Format of the results: jpeg, png, tiff, webp or avif; else that of the input.",
        ),
    ] = None,
    quality: Annotated[
        int | None,
        typer.Option(
            min=1, max=100, help="Quality of lossy formats, 1 to 100; else one that suits the format."
        ),
    ] = None,
    sidecar: Annotated[
        bool,
        typer.Option(
            "--sidecar", help="Write tool, model and settings to RESULT.json too, not only into the picture."
        ),
    ] = False,
    device: Annotated[
        str,
        typer.Option(
            help="Where the model computes: auto, cpu, cuda, migraphx, coreml, directml or openvino."
        ),
    ] = "auto",
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Photographs in work at once; else by the number of cores."),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print a JSON object for each photograph, one a line, to standard output."
        ),
    ] = False,
) -> None:
    """Color photographs; lightness, size, depth and metadata stay as they are."""
    from tintype.cli.colorize import Request, run
    from tintype.cli.guidance import Guidance

    request = Request(
        inputs=tuple(inputs),
        output=output,
        guidance=Guidance(model, method, hints, tuple(reference or ()), nearest, swatches),
        vivid=vivid,
        saturation=saturation,
        recursive=recursive,
        skip_existing=skip_existing,
        overwrite=overwrite,
        format=format,
        quality=quality,
        sidecar=sidecar,
        device=device,
        jobs=jobs,
        as_json=as_json,
    )
    raise typer.Exit(run(request))


@app.command()
def suggest(
    photo: Annotated[str, typer.Argument(metavar="PHOTO", help="A file, or - for standard input.")],
    x: Annotated[
        float, typer.Argument(metavar="X", help="Pixels from the left edge of the upright picture.")
    ],
    y: Annotated[float, typer.Argument(metavar="Y", help="Pixels from its upper edge.")],
    count: Annotated[int, typer.Option(min=1, max=50, help="The largest number of colors to suggest.")] = 5,
    hints: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Hints, JSON or PNG, that the model shall already know of."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Model by name (see `tintype models`) or path of an .onnx file."),
    ] = None,
    device: Annotated[
        str,
        typer.Option(
            help="Where the model computes: auto, cpu, cuda, migraphx, coreml, directml or openvino."
        ),
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object for each color, one a line.")
    ] = False,
) -> None:
    """Show the colors that the model finds likely at a point of a photograph, the most likely first."""
    from tintype.cli.suggest import Question, run

    run(Question(photo, x, y, count, hints, model, device, as_json))


@app.command()
def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print the cards as JSON, one a line.")] = False,
) -> None:
    """List the models (what each is for, its license, its scores, where it fails), and the methods."""
    from tintype.cli.models import run

    run(as_json=as_json)


app.command()(evaluate.evaluate)
app.command()(comparison.report)
app.command()(reproduce.reproduce)
app.command()(train.train)
app.command()(train.export)
app.add_typer(train.data_app, name="data")
app.add_typer(study.study_app, name="study")
