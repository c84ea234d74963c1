"""The verbs of the training side: `train`, `export`, `data pack`, `data prepare` and `data embed`.

Torch and what comes with it is imported inside the verbs alone, so that a light install has a light `--help`.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from tintype.cli.exits import say
from tintype.errors import ConfigError

STUDY: Final = ("PIL", "pydantic", "sqlalchemy", "alembic")
SERVED: Final = ("fastapi", "uvicorn", "jinja2", "itsdangerous", "multipart")
NEEDED: Final = {
    "train": ("torch", "lightning", "safetensors"),
    "export": ("torch", "lightning", "safetensors", "onnx", "onnxscript"),
    "data pack": ("PIL",),
    "data prepare": ("PIL",),
    "data embed": ("torch", "timm"),
    "evaluate": ("PIL", "pydantic"),
    "evaluate --also": ("torch", "torchmetrics", "torch_fidelity"),
    "report": ("PIL", "pydantic", "jinja2", "matplotlib"),
    "reproduce": ("torch", "lightning", "safetensors", "onnx", "onnxscript", "matplotlib"),
    "study create": STUDY,
    "study export": STUDY,
    "study backup": STUDY,
    "study restore": STUDY,
    "study report": (*STUDY, "jinja2", "matplotlib"),
    "study simulate": STUDY,
    "study serve": (*STUDY, *SERVED),
}
"""Modules that a verb cannot do without, beyond those of a light install."""
EXTRA_OF: Final = {
    "evaluate": "evaluate",
    "report": "evaluate",
    "evaluate --also": "perceptual",
    **{verb: "study" for verb in NEEDED if verb.startswith("study ")},
}
"""The extra that installs them, where it is not `train`."""

STOPPED: Final = {"SIGINT": 130, "SIGTERM": 143}
"""Exit codes of a run that a signal stopped, as shells count them: 128 + the signal's number."""

MaxSide = Annotated[int, typer.Option(min=8, help="Shrink pictures whose shorter side is longer.")]
MinSide = Annotated[
    int,
    typer.Option(min=1, help="Leave out pictures whose shorter side is shorter; CIFAR-10 needs 32."),
]
MinChroma = Annotated[
    float, typer.Option(min=0, help="Leave out pictures whose mean chroma is lower, in CIE units.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        help="Leave out archives, shards, folders or pictures of this name; may be given often.",
    ),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Processes; else one for each core.")]

data_app: Final = typer.Typer(no_args_is_help=True, help="Prepare photographs for training.")


def require(verb: str) -> None:
    """Raise `ConfigError`, which ends a command with exit code 2, when an extra is not installed."""
    missing = [module for module in NEEDED[verb] if find_spec(module) is None]
    if missing:
        raise ConfigError(
            f"`tintype {verb}` needs {', '.join(missing)}; "
            f"install {'what it takes' if verb in EXTRA_OF else 'the training side'}: "
            f'pip install "tintype[{EXTRA_OF.get(verb, "train")}]"'
        )


def train(
    network: Annotated[
        str,
        typer.Argument(
            help="What to train: cnn, fusion, gan, fusion-gan, tint, zhang, iizuka or cheng.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Photographs: a packed set, a folder of pictures or of tar shards."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Folder of the run: checkpoints, curves, record; else runs/ and its name."
        ),
    ] = None,
    val: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Photographs for validation; else a share of --data is held out."),
    ] = None,
    preset: Annotated[
        str,
        typer.Option(
            help="Settings to begin with: report, those of 2019; small, for a laptop; tiny, for seconds."
        ),
    ] = "report",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a setting, such as side=128; may be given often."
        ),
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", metavar="RUN", help="Begin with the best weights of another run.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the run in RUN stopped; start it if there is none.")
    ] = False,
) -> None:
    """Train one of the approaches of the 2019 report, with its settings unless changed, or others."""
    require("train")
    from tintype.cli.train_progress import watching
    from tintype.train.config import TrainConfig
    from tintype.train.trainer import train as run_training

    config = TrainConfig.recommended(network, preset).with_settings(settings or [])
    place = Path("runs", network) if out is None else out
    with watching() as (line, watch):
        if out is None:
            line(f"training {network} in {place}")
        progress = run_training(
            config, data, place, validation=val, start=start, resume=resume, say=line, watch=watch
        )
    if progress.ended in STOPPED:
        raise typer.Exit(STOPPED[progress.ended])


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, or one of its checkpoints.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="MODEL.onnx", help="The file to write.")],
    name: Annotated[str | None, typer.Option(help="Name of the model; else that of the network.")] = None,
    working_size: Annotated[
        int | None,
        typer.Option(
            min=8, help="Side, in pixels, of the square that the model colors best; else the network's."
        ),
    ] = None,
    storage: Annotated[
        str,
        typer.Option(
            help="How weights are stored: float32, float16, int8 (a classifier's, in a quarter) or int8-all."
        ),
    ] = "float32",
    calibrate: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Photographs whose colorfulness the most vivid decoding shall have; for tint.",
        ),
    ] = None,
    vivid: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Vividness unless a person says otherwise, for tint; 0.5 if not given."
        ),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option(
            metavar="DESCRIPTION.json",
            help="Also write the model's card, with what this file says (an older card will do) and the "
            "record of the run.",
        ),
    ] = None,
) -> None:
    """Turn a training run into an ONNX model, proven to compute what torch computes."""
    require("export")
    from tintype.calibrate import calibrate_run
    from tintype.export import DEFAULT_VIVID
    from tintype.export import export as run_export
    from tintype.train.card import check_name, read_description, write_card

    description = None if card is None else read_description(card)
    name = name if card is None else check_name(output, name)
    calibration = None if calibrate is None else calibrate_run(run, calibrate, working_size)
    if calibration is not None:
        found = f"rarity {calibration.rarity:.3g}, gain {calibration.gain:.3g}"
        say(f"calibrated: temperature {calibration.temperature:g}, {found}")
    contract = run_export(
        run,
        output,
        name=name,
        working_size=working_size,
        storage=storage,
        calibration=calibration,
        vivid=DEFAULT_VIVID if vivid is None else vivid,
    )
    side = contract.working_size
    say(f"wrote {output}: model {contract.name}, best at {side}×{side} pixels")
    if description is not None:
        write_card(output, contract, run, description)
        say(f"wrote {output.with_name(contract.name)}.json, its card")


@data_app.command()
def pack(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="Folder of pictures, archives or tar shards, of any depth; or one of those.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="Folder to make.")],
    max_side: MaxSide = 256,
    min_side: MinSide = 64,
    min_chroma: MinChroma = 4.0,
    exclude: Exclude = None,
    jobs: Jobs = None,
) -> None:
    """Decode photographs once, so that training never decodes again."""
    require("data pack")
    from tintype.data import Keep
    from tintype.data import pack as run_pack

    keep = Keep(max_side=max_side, min_side=min_side, min_chroma=min_chroma)
    packed = run_pack(
        source,
        output,
        keep=keep,
        exclude=tuple(exclude or ()),
        processes=jobs,
        progress=_say_progress,
    )
    left_out = packed.manifest["left_out"]
    _say_left_out(left_out)
    say(f"packed {len(packed)} pictures into {output}, left out {len(left_out)}")


@data_app.command()
def prepare(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Folders of pictures, archives (zip, tar.gz, tar.bz2, tar.xz), tar shards, or CIFAR-10's "
            "binary version.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help="Folder to make, with train, val and test in it."),
    ],
    val: Annotated[float, typer.Option(min=0, max=1, help="Share of the pictures for validation.")] = 0.05,
    test: Annotated[float, typer.Option(min=0, max=1, help="Share of the pictures for testing.")] = 0.05,
    seed: Annotated[int, typer.Option(min=0, help="Another seed divides the pictures otherwise.")] = 0,
    near_duplicates: Annotated[
        int,
        typer.Option(
            min=0,
            max=11,
            metavar="BITS",
            help="Leave out pictures whose perceptual hash differs from an earlier one's in at most so many "
            "of 64 bits; 0 leaves out exact duplicates alone.",
        ),
    ] = 6,
    max_side: MaxSide = 256,
    min_side: MinSide = 64,
    min_chroma: MinChroma = 4.0,
    exclude: Exclude = None,
    jobs: Jobs = None,
) -> None:
    """Turn photographs as they lie about into packed sets to train, validate and test on, none twice."""
    require("data prepare")
    from tintype.data import Keep, Shares
    from tintype.data import prepare as run_prepare

    prepared = run_prepare(
        sources,
        output,
        keep=Keep(max_side=max_side, min_side=min_side, min_chroma=min_chroma),
        shares=Shares(val=val, test=test, seed=seed),
        near_bits=near_duplicates,
        exclude=tuple(exclude or ()),
        processes=jobs,
        progress=_say_progress,
    )
    manifest = prepared.manifest
    _say_left_out(manifest["left_out"])
    counts = {name: count for name, count in manifest["counts"].items() if name not in ("found", "kept")}
    reasons = "".join(f", {count} {name}" for name, count in counts.items())
    say(f"kept {manifest['counts']['kept']} of {manifest['counts']['found']} pictures{reasons}")
    for name, share in (("train", 1.0), ("val", val), ("test", test)):
        if name in manifest["sets"]:
            say(f"packed {manifest['sets'][name]['pictures']} pictures into {output / name}")
        elif share:
            say(f"no picture fell to {name}: there are too few for a share of {share:g}")


@data_app.command()
def embed(
    packed: Annotated[Path, typer.Argument(metavar="PACKED", help="A packed set; the scores go into it.")],
    classifier: Annotated[
        str, typer.Option(metavar="NAME", help="lite0, lite2, or any classifier of timm's.")
    ] = "lite2",
    size: Annotated[
        int | None,
        typer.Option(min=32, help="Side of the square that it sees, in pixels; else the classifier's own."),
    ] = None,
) -> None:
    """Compute the class scores of a packed set once, for training fusion with embedded=true."""
    require("data embed")
    from tintype.train.embed import embed as run_embed

    stored = run_embed(packed, classifier, size or 0, progress=_say_progress)
    say(f"{stored.folder} holds the scores of {len(stored)} pictures")


def _say_progress(done: int, total: int | None) -> None:
    say(f"{done} pictures" if total is None else f"{done} of {total} pictures")


def _say_left_out(items: list[dict[str, str]]) -> None:
    for item in items:
        say(f"left out {item['name']}: {item['reason']}")
