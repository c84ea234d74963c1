"""The run folder: names of its files, and whether a run may begin or go on in it.

config.json         the settings
last.safetensors    the newest checkpoint: weights, optimizer, state
best.safetensors    the weights with the lowest validation loss
record.json         what was trained on what, how long, with which result; model cards are made from it
curve.csv, curve.png, tensorboard/, sheets/
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from statistics import fmean
from typing import Any, Final

from torch import Tensor

from tintype.data import PackedSet, PictureSet, Subset, open_dataset, split
from tintype.data.scores import StoredScores, open_scores
from tintype.errors import ConfigError, DataError
from tintype.train import checkpoint
from tintype.train.config import FREE_TO_CHANGE, TrainConfig
from tintype.train.journal import CURVE, VALIDATION, read_curve
from tintype.train.progress import Progress

CONFIG: Final = "config.json"
LAST: Final = "last.safetensors"
BEST: Final = "best.safetensors"
RECORD: Final = "record.json"
THINNED: Final = 50
"""Points of each training loss in the record; the curve has them all."""


@dataclass(frozen=True)
class RunData:
    """The pictures of a run and what identifies them."""

    training: PictureSet
    validation: PictureSet
    identity: dict[str, str | int]
    """Hashes and counts, as stored in checkpoints and in the record."""
    scores: StoredScores | None = None
    """Class scores of the training pictures, where the settings ask for stored ones."""


def open_data(data: Path, validation: Path | None, config: TrainConfig) -> RunData:
    """Open training and validation pictures, holding out a share when there is no folder for validation.

    Raises `DataError` when one of them cannot be used.
    """
    whole = open_dataset(data)
    training: PictureSet
    other: PictureSet
    if validation is None:
        training, other = split(whole, config.held_out, config.seed)
        other_hash = f"held out of training: {config.held_out:g}, seed {config.seed}"
    else:
        training, other = whole, open_dataset(validation)
        other_hash = other.content_hash
    identity: dict[str, str | int] = {
        "training": whole.content_hash,
        "training_pictures": len(training),
        "validation": other_hash,
        "validation_pictures": len(other),
    }
    wanted = config.stored_scores
    scores = None if wanted is None else _open_scores(data, whole, *wanted)
    if scores is not None:
        identity["scores"] = scores.sha256
        scores = scores.of(training.numbers) if isinstance(training, Subset) else scores
    return RunData(training, other, identity, scores)


def _open_scores(data: Path, whole: PictureSet, classifier: str, size: int) -> StoredScores:
    if not isinstance(whole, PackedSet):
        raise DataError(
            f"{data} is no packed set and so has no stored scores; `tintype data pack` it, then "
            "`tintype data embed`, or train with embedded=false (fusion) or class_weight=0 (iizuka)"
        )
    return open_scores(whole, classifier, size)


def prepare(out: Path, config: TrainConfig, resume: bool) -> None:
    """Make the run folder, or check that the run in it is this one.

    Raises `ConfigError` if it is not, or if there is one and `resume` is not asked for.
    """
    stored = out / CONFIG
    if stored.is_file():
        if not resume:
            raise ConfigError(
                f"{out} holds a run already; add --resume to go on with it, or name another folder"
            )
        _check_same(out, TrainConfig.from_dict(json.loads(stored.read_text("utf-8"))), config)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint.write_atomically(stored, (json.dumps(config.to_dict(), indent=1) + "\n").encode())


def _check_same(out: Path, before: TrainConfig, now: TrainConfig) -> None:
    old, new = before.to_dict(), now.to_dict()
    changed = sorted(key for key in new if new[key] != old[key] and key not in FREE_TO_CHANGE)
    if changed:
        raise ConfigError(
            f"{out} was begun with {', '.join(f'{key}={old[key]}' for key in changed)}; "
            "resume with the same settings, or name another folder"
        )


def thinned(rows: Sequence[Mapping[str, str]]) -> dict[str, list[tuple[int, float]]]:
    """Each training loss of a curve as at most `THINNED` means, evenly over its points: (last step, mean)."""
    losses: dict[str, list[tuple[int, float]]] = {}
    for kind in sorted({row["kind"] for row in rows} - {VALIDATION}):
        points = [(int(row["step"]), float(row["loss"])) for row in rows if row["kind"] == kind]
        size = math.ceil(len(points) / THINNED)
        parts = [points[start : start + size] for start in range(0, len(points), size)]
        losses[kind] = [(part[-1][0], round(fmean(loss for _, loss in part), 6)) for part in parts]
    return losses


def read_weights(run: Path) -> tuple[TrainConfig, dict[str, Tensor]]:
    """Settings and exported weights of a run folder (the best ones, else the newest) or of one checkpoint.

    Of adversarial training the newest weights are taken: its validation loss does not tell how real colors
    look. Raises `TrainingError` when there is no whole checkpoint.
    """
    tensors, state = read_exported(run)
    weights = checkpoint.part("averaged", tensors) or checkpoint.part("network", tensors) or tensors
    return TrainConfig.from_dict(state["config"]), weights


def read_exported(run: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and state of the checkpoint whose weights `read_weights` gives; raises as it does."""
    path = run
    if run.is_dir():
        path = run / BEST if (run / BEST).is_file() else run / LAST
    tensors, state = checkpoint.load(path)
    if path == run / BEST and state["config"].get("approach") == "adversarial":
        tensors, state = checkpoint.load(run / LAST)
    return tensors, state


def check_data(out: Path, stored: dict[str, Any], data: RunData) -> None:
    """Raise `ConfigError` when a checkpoint's data is not the data at hand."""
    if stored != data.identity:
        raise ConfigError(f"{out} was begun on other pictures; give the same data, or name another folder")


def read_record(run: Path) -> dict[str, Any]:
    """The record of a run, given its folder or one of its checkpoints; empty if there is none."""
    path = (run if run.is_dir() else run.parent) / RECORD
    if not path.is_file():
        return {}
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def write_record(
    out: Path,
    config: TrainConfig,
    progress: Progress,
    data: RunData,
    started_from: dict[str, Any] | None,
    processes: int,
) -> None:
    """Write the record: settings, data, progress, curves, versions, number of processes, and the run it
    began from."""
    rows = read_curve(out / CURVE)
    curve = [
        {
            "step": int(row["step"]),
            "loss": float(row["loss"]),
            "minutes": round(float(row["seconds"]) / 60, 1),
        }
        for row in rows
        if row["kind"] == VALIDATION
    ]
    versions = {name: version(name) for name in ("torch", "lightning", "numpy")} | {
        "python": python_version()
    }
    record = {
        "config": config.to_dict(),
        "data": data.identity,
        "progress": asdict(progress),
        "validation": curve,
        "losses": thinned(rows),
        "versions": versions,
        "processes": processes,
        "started_from": started_from,
    }
    checkpoint.write_atomically(out / RECORD, (json.dumps(record, indent=1) + "\n").encode())
