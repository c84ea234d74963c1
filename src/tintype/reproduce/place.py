"""The folder of a reproduction: where its parts lie, what it was begun with, and who works in it."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tintype.data.writing import PARTIAL
from tintype.errors import ConfigError, DataError
from tintype.evaluate.results import write_text

STATE: Final = "reproduction.json"
LOCK: Final = ".lock"


@dataclass(frozen=True)
class Place:
    """The folder of one reproduction.

    reproduction.json   what it was begun with
    data/               packed sets: train, val, test; class scores lie in train
    data-simple/        the small set of Figure 2
    runs/NAME/          trainings, each with its record, checkpoints and curve
    models/             what was exported, with cards
    results.json        the evaluation
    report/             the page of the comparison
    figures/            the report's figures by number
    study/              truth and results of pictures for people to judge
    index.html          each number beside the report's
    """

    folder: Path

    @property
    def data(self) -> Path:
        """The packed sets, unless the photographs were prepared already."""
        return self.folder / "data"

    @property
    def simple_data(self) -> Path:
        """The small set."""
        return self.folder / "data-simple"

    @property
    def models(self) -> Path:
        """The exported models."""
        return self.folder / "models"

    @property
    def results(self) -> Path:
        """The evaluation."""
        return self.folder / "results.json"

    @property
    def report(self) -> Path:
        """The comparison's page with its figures and tables."""
        return self.folder / "report"

    @property
    def figures(self) -> Path:
        """The report's figures."""
        return self.folder / "figures"

    @property
    def study(self) -> Path:
        """Pictures for a study."""
        return self.folder / "study"

    @property
    def page(self) -> Path:
        """The page that sets each number beside the report's."""
        return self.folder / "index.html"

    def run(self, name: str) -> Path:
        """The run of a training."""
        return self.folder / "runs" / name

    def model(self, name: str) -> Path:
        """The exported model of a training."""
        return self.models / f"{name}.onnx"

    @contextmanager
    def taken(self, state: dict[str, Any]) -> Iterator[None]:
        """Hold the folder for this process, and take away what a killed one left half done.

        `state` says what the reproduction is begun with. Raises `ConfigError` when the folder holds a
        reproduction that was begun with something else, or something that is none, or when another process
        works in it; `SaveError` when it cannot be written.
        """
        stored = self.folder / STATE
        if stored.is_file():
            _check_same(stored, state)
        elif self.folder.is_dir() and any(self.folder.iterdir()):
            raise ConfigError(f"{self.folder} holds something that is no reproduction; name another folder")
        else:
            write_text(stored, json.dumps(state, indent=1, ensure_ascii=False) + "\n")
        with _lock(self.folder / LOCK):
            for rest in self.folder.glob(f".*{PARTIAL}"):
                shutil.rmtree(rest, ignore_errors=True)
            yield


def _check_same(stored: Path, state: dict[str, Any]) -> None:
    try:
        before: Any = json.loads(stored.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {stored} ({error}); name another folder") from error
    changed = [key for key in state if not isinstance(before, dict) or before.get(key) != state[key]]
    if changed:
        told = ", ".join(f"{key} {before.get(key)!r}" for key in changed) if isinstance(before, dict) else ""
        raise ConfigError(
            f"{stored.parent} was begun with {told}; give the same to go on, or name another folder"
        )


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a file's lock, which the system lets go when the process ends, however it ends.

    Without effect where there is no such lock (Windows).
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ConfigError(f"another process works in {path.parent}; wait for it, or stop it") from error
    try:
        yield
    finally:
        os.close(descriptor)
