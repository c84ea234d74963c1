"""Small studies for tests: of pictures that are colorized already, so that no model runs."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image

from tintype.study.create import Asked, create
from tintype.study.service import Study, Trial
from training_pictures import colorful

MODELS = ("cnn", "fusion", "gan")


def write_ready(folder: Path, count: int = 20, models: tuple[str, ...] = MODELS, side: int = 16) -> Path:
    """A folder such as `tintype reproduce` makes for a study: truth/000.png, cnn/000.png, pictures.json."""
    rows = []
    for kind in ("truth", *models):
        (folder / kind).mkdir(parents=True)
    for number in range(count):
        truth = colorful(number, side, side)
        files = {}
        for place, kind in enumerate(("truth", *models)):
            path = folder / kind / f"{number:03d}.png"
            Image.fromarray(_painted(truth, place)).save(path)
            files[kind] = sha256(path.read_bytes()).hexdigest()
        rows.append(
            {"number": number, "name": f"photos/{number}.jpg", "sha256": f"{number:064x}", "files": files}
        )
    listed = {"seed": 0, "drawn_from": "0" * 64, "models": dict.fromkeys(models, "1" * 64), "pictures": rows}
    (folder / "pictures.json").write_text(json.dumps(listed))
    return folder


def _painted(truth: np.ndarray, place: int) -> np.ndarray:
    """The truth at place 0, and other colors at every other."""
    rolled = np.roll(truth, place, axis=-1)
    return rolled if place < 3 else 255 - rolled


def make_study(
    folder: Path, database: str | None = None, count: int = 15, ready: Path | None = None, **asked: object
) -> Study:
    """A study, open; `asked` are fields of `Asked`. Practice 2 and checks 3 are set apart besides `count`.

    `ready` is a folder by `write_ready` that is there already.
    """
    if ready is None:
        ready = folder.with_name(f"{folder.name}-ready")
        settings = Asked(ready, count=count, database=database, **asked)  # type: ignore[arg-type]
        write_ready(ready, count + settings.apart)
    create(Asked(ready, count=count, database=database, **asked), folder)  # type: ignore[arg-type]
    return Study.open(folder)


def arrive(study: Study, order_seed: int | None = None) -> str:
    """A person who has agreed."""
    token = study.enrol(order_seed=order_seed)
    study.consent(token)
    return token


def attentive(study: Study, token: str, trial: Trial) -> int:
    """The answer that passes an attention check, and one that fits the question elsewhere."""
    kind = kind_of(study, token, trial)
    if trial.question == "believe":
        return int(kind == "truth")
    return {"gray": 1, "truth": 4}.get(kind, 3)


def kind_of(study: Study, token: str, trial: Trial) -> str:
    """What a trial shows, which a study tells nobody: found by the image's hash."""
    from sqlalchemy import select

    from tintype.study.models import ImageRow, TrialRow

    with study.database.reading() as session:
        return session.execute(
            select(ImageRow.kind)
            .join(TrialRow, TrialRow.image_id == ImageRow.id)
            .where(TrialRow.token == trial.token)
        ).scalar_one()


def play_round(study: Study, token: str, response_ms: int | None = 900) -> list[Trial]:
    """Answer all trials of a round as somebody who looks and knows; gives them."""
    trials = []
    while (trial := study.next_trial(token)) is not None:
        assert study.answer(token, trial.token, attentive(study, token, trial), response_ms)
        trials.append(trial)
    return trials
