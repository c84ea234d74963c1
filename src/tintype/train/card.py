"""A model's card from the run that it comes from: what was measured is taken from the run, what only a person
knows from a description."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tintype.contract import Contract
from tintype.errors import ConfigError
from tintype.nets import NETWORKS
from tintype.train import checkpoint, folder
from tintype.train.config import TrainConfig
from tintype.zoo.card import Card

TOLD: Final = ("summary", "license", "data")
"""What a description must say; it may also say `known_failures`, and `machine` and `notes` of `training`."""
TOLD_OF_TRAINING: Final = ("machine", "notes")


def read_description(path: Path) -> dict[str, Any]:
    """What a person says of a model: a JSON file, such as an older card.

    Raises `ConfigError` when it cannot be read or lacks one of `TOLD`.
    """
    try:
        said: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read the description {path} ({error}); give a JSON file with {', '.join(TOLD)}"
        ) from error
    missing = [name for name in TOLD if not isinstance(said, dict) or not isinstance(said.get(name), str)]
    if missing:
        raise ConfigError(f"the description {path} lacks {', '.join(missing)}; add them as texts")
    description: dict[str, Any] = said
    return description


def check_name(model: Path, name: str | None) -> str:
    """The name of a model that gets a card: its file's, since a card lies beside a file of the same name.

    Raises `ConfigError` when another name was asked for.
    """
    if name not in (None, model.stem):
        raise ConfigError(f"a card lies beside a file of the same name; write {name}.onnx, not {model.name}")
    return model.stem


def write_card(model: Path, contract: Contract, run: Path, description: dict[str, Any]) -> Card:
    """Write the card of `model`, which was just exported from `run`, beside it as `<name>.json`.

    Raises `TrainingError` when it cannot be written, `ModelError` when the description holds something that
    a card cannot.
    """
    state = folder.read_exported(run)[1]
    config = TrainConfig.from_dict(state["config"])
    data = model.read_bytes()
    told = description.get("training")
    told = told if isinstance(told, dict) else {}
    measured = training_record(folder.read_record(run))
    step = {"weights_of_step": state["progress"]["step"]} if measured else {}
    card = Card(
        name=contract.name,
        **{name: description[name] for name in TOLD},
        sha256=sha256(data).hexdigest(),
        parameters=_trained(config),
        size_mb=round(len(data) / 1e6, 2),
        network=config.network,
        working_size=contract.working_size,
        training=measured | step | {name: told[name] for name in TOLD_OF_TRAINING if name in told},
        known_failures=tuple(description.get("known_failures", ())),
    )
    text = json.dumps(card.to_dict(), indent=2, ensure_ascii=False) + "\n"
    checkpoint.write_atomically(model.with_name(f"{contract.name}.json"), text.encode())
    return card


def _trained(config: TrainConfig) -> int:
    """How many weights are trained."""
    network = NETWORKS[config.network].make(config.options)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def training_record(record: dict[str, Any]) -> dict[str, Any]:
    """What a card says of a run, given its record: its stages, the runs that it began from first, and sums.

    Empty for a run without a record.
    """
    stages: list[dict[str, Any]] = []
    each: dict[str, Any] | None = record or None
    while each:
        stages.insert(0, _stage(each))
        each = each["started_from"]
    if not stages:
        return {}
    seen = sum(stage["pictures_seen"] for stage in stages)
    return {
        "stages": stages,
        "steps": sum(stage["steps"] for stage in stages),
        "pictures_seen": seen,
        "epochs": round(seen / record["data"]["training_pictures"], 2),
        "minutes": round(sum(stage["minutes"] for stage in stages), 1),
        "best_validation_loss": record["progress"]["best_loss"],
        "data": record["data"],
        "versions": record["versions"],
    }


def _stage(record: dict[str, Any]) -> dict[str, Any]:
    config, progress = record["config"], record["progress"]
    return {
        "settings": config,
        "steps": progress["step"],
        "pictures_seen": progress["step"] * config["batch"] * config.get("accumulate", 1),
        "minutes": round(progress["seconds"] / 60, 1),
        "ended": progress["ended"],
        "validation": record["validation"],
        "losses": record.get("losses", {}),
    }
