"""What a reproduction does, one stage after the other; each is left out when its result is there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tintype.data import PackedSet, prepare
from tintype.data.pack import Tell
from tintype.data.packed import MANIFEST, PREPARED
from tintype.data.writing import SetWriter, whole_folder
from tintype.errors import DataError
from tintype.evaluate import results as stored
from tintype.evaluate.results import Results
from tintype.evaluate.revisit import Revisit
from tintype.evaluate.run import Evaluation, evaluate
from tintype.export import export
from tintype.report import gallery, make
from tintype.report.cards import update_cards
from tintype.reproduce import page, studies
from tintype.reproduce.figures import draw
from tintype.reproduce.place import Place
from tintype.reproduce.plan import SIMPLE, STARTS, Plan
from tintype.train.card import write_card
from tintype.train.embed import embed
from tintype.train.folder import read_record
from tintype.train.trainer import Watch, train

ENDED: Final = ("epochs", "patience", "time")
"""How a training ends that need not go on."""
SETS: Final = ("train", "val", "test")
STORAGE: Final = "float16"
"""How the weights of exported models are stored."""
LICENSE: Final = "NOASSERTION"
"""SPDX's word for a license that nobody has stated: that is for the person who trains."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Telling:
    """Whom a reproduction tells how far it is."""

    say: Say
    watch: Watch | None = None
    """As in `tintype.train.trainer.train`."""
    progress: Tell | None = None
    """Gets how many pictures of a stage are done."""


def reproduce(
    plan: Plan,
    sources: list[Path],
    out: Path,
    telling: Telling,
    *,
    exclude: tuple[str, ...] = (),
    jobs: int = 1,
) -> str:
    """Prepare `sources`, train, export, evaluate and show everything in `out`, going on where it was stopped.

    `sources` are what `tintype data prepare` takes, or one folder that it has made. Gives the name of the
    signal that stopped a training, in which case the rest is not done; else an empty string.

    Raises `ConfigError` when `out` belongs to another reproduction, and what the stages raise.
    """
    place = Place(out)
    state = {
        "preset": plan.preset,
        "settings": list(plan.settings),
        "seed": plan.seed,
        "data": [source.resolve().name for source in sources],
        "exclude": list(exclude),
    }
    with place.taken(state):
        data = _prepare(plan, sources, place, telling, exclude, jobs)
        for name in plan.names:
            stopped = _train(plan, name, data, place, telling)
            if stopped:
                return stopped
            _export(plan, name, place, telling, state["data"])
        results = _evaluate(plan, data, place, telling, jobs)
        _show(plan, results, data, place, telling)
    return ""


def _prepare(
    plan: Plan, sources: list[Path], place: Place, telling: Telling, exclude: tuple[str, ...], jobs: int
) -> Path:
    """The folder with train, val and test in it; also makes the small set."""
    ready = len(sources) == 1 and (sources[0] / PREPARED).is_file()
    data = sources[0] if ready else place.data
    if not ready and not (data / PREPARED).is_file():
        telling.say("preparing the photographs")
        prepared = prepare(
            sources, data, shares=plan.shares, exclude=exclude, processes=jobs, progress=telling.progress
        )
        counts = ", ".join(f"{count} {what}" for what, count in prepared.manifest["counts"].items())
        telling.say(f"pictures: {counts}; those left out are named in {data / PREPARED}")
    missing = [name for name in SETS if not (data / name / MANIFEST).is_file()]
    if missing:
        raise DataError(
            f"no picture of {data} fell to {' and '.join(missing)}: there are too few; give more pictures "
            "and another -o"
        )
    if not place.simple_data.is_dir():
        _pack_first(PackedSet(data / "train"), place.simple_data, plan.scale.simple_pictures)
    return data


def _pack_first(pictures: PackedSet, out: Path, count: int) -> None:
    """A packed set of the first pictures of another."""
    with whole_folder(out) as folder, SetWriter(folder) as writer:
        for number in range(min(count, len(pictures))):
            writer.add(pictures[number])
        writer.finish({"left_out": [], "first_of": pictures.content_hash})


def _train(plan: Plan, name: str, data: Path, place: Place, telling: Telling) -> str:
    """Train, unless that was done; gives the name of the signal that stopped it, or an empty string."""
    run = place.run(name)
    if read_record(run).get("progress", {}).get("ended") in ENDED:
        return ""
    config = plan.config(name)
    if config.embedded:
        telling.say(f"{name}: computing the class scores of the training pictures")
        embed(data / "train", *config.classifier, progress=telling.progress)
    telling.say(f"training {name}")
    start = place.run(STARTS[name]) if name in STARTS else None
    progress = train(
        config,
        place.simple_data if name == SIMPLE else data / "train",
        run,
        validation=data / "val",
        start=start,
        resume=True,
        say=telling.say,
        watch=telling.watch,
    )
    return "" if progress.ended in ENDED else progress.ended


def _export(plan: Plan, name: str, place: Place, telling: Telling, sources: Any) -> None:
    model = place.model(name)
    if model.with_suffix(".json").is_file():
        return
    telling.say(f"exporting {name}")
    place.models.mkdir(exist_ok=True)
    size = plan.config(name).side
    contract = export(place.run(name), model, name=name, working_size=size, storage=STORAGE)
    description = {
        "summary": f"{name} of a reproduction of the 2019 report at the preset {plan.preset}",
        "license": LICENSE,
        "data": f"photographs from {', '.join(sources)}; their own terms hold",
    }
    write_card(model, contract, place.run(name), description)


def _evaluate(plan: Plan, data: Path, place: Place, telling: Telling, jobs: int) -> Results:
    if place.results.is_file():
        return stored.read(place.results)
    telling.say("scoring all models on the test pictures")
    asked = Evaluation(
        models=tuple(str(place.model(name)) for name in plan.names),
        data=data / "test",
        size=plan.scale.size,
        limit=plan.scale.test_pictures,
        jobs=jobs,
        seed=plan.seed,
    )
    results = evaluate(asked, place.results, say=telling.say, progress=telling.progress)
    update_cards([results], place.models)
    return results


def _show(plan: Plan, results: Results, data: Path, place: Place, telling: Telling) -> None:
    """All that is made to be looked at."""
    revisit = Revisit(results, data / "test", [place.models])
    if not place.report.is_dir():
        telling.say("making the page of the comparison")
        painted = gallery.paint(results, revisit, telling.progress or _tell_nobody)
        make.write_pages([results], [painted], place.report)
    if not place.figures.is_dir():
        telling.say("drawing the report's figures")
        with whole_folder(place.figures) as folder:
            draw(results, revisit, place, folder)
    if not place.study.is_dir():
        telling.say("painting the study's pictures")
        with whole_folder(place.study) as folder:
            studies.write(results, revisit, folder, plan.scale.study_pictures, plan.seed)
    records = {name: read_record(place.run(name)) for name in plan.names}
    manifest = json.loads((data / "train" / MANIFEST).read_text("utf-8"))
    stored.write_text(place.page, page.render(plan, results, records, manifest["pictures"], place))
    telling.say(f"wrote {place.page}")


def _tell_nobody(_done: int, _total: int | None) -> None:
    pass
