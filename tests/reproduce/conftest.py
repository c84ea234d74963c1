"""One reproduction for all tests: stopped once in the middle, then finished."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tintype.reproduce.plan import Plan
from tintype.reproduce.stages import Telling, reproduce
from training_pictures import write_folder


@dataclass
class Reproduced:
    """What came of it."""

    data: Path
    folder: Path
    stopped: str
    """What the first call gave."""
    models_when_stopped: list[str]
    said: list[str] = field(default_factory=list)
    """By the second call."""


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    """A reproduction at the preset tiny."""
    place = tmp_path_factory.mktemp("reproduce")
    data, out = write_folder(place / "photographs", 16), place / "out"
    said: list[str] = []

    def stop_the_cnn(progress: object, total: int, loss: float) -> None:
        if said[-1].startswith("4 pictures") or "training cnn" not in said:
            return
        os.kill(os.getpid(), signal.SIGINT)

    stopped = reproduce(Plan("tiny"), [data], out, Telling(said.append, stop_the_cnn))
    models = sorted(path.stem for path in (out / "models").glob("*.onnx"))
    done = Reproduced(data, out, stopped, models)
    assert reproduce(Plan("tiny"), [data], out, Telling(done.said.append)) == ""
    return done
