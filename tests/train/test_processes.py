"""Several processes: real ones, two of them, started by torchrun on the CPU with gloo."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
import torch
from lightning.fabric import Fabric
from torch import nn

from tintype.data import pack
from tintype.errors import ConfigError, TrainingError
from tintype.train import checkpoint, processes
from tintype.train.config import TrainConfig
from tintype.train.processes import EqualCopies, Launch, Team, check_batch, launched
from tintype.train.trainer import train
from training_pictures import write_folder

SETTINGS = (
    *("side=16", "batch=4", "epochs=2", "log_every=1", "device=cpu", "smallest_crop=0.5"),
    *("ema=0.9", "clip=0.5", "checkpoint_minutes=0", "patience=0"),
)
"""Settings of a run of two epochs with two steps each, when there are nine pictures to train on."""

SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from tintype.train.regression import Regression
from tintype.train.config import TrainConfig
from tintype.train.trainer import train
data, val, out, *settings = sys.argv[1:]
rank = os.environ["RANK"]
update = Regression.update
def disturbed(self, batch, rate):
    if rank == "1" and self.updates == 1:
        signal.raise_signal(signal.SIGTERM)
    return update(self, batch, rate)
Regression.update = disturbed
config = TrainConfig().with_settings(settings)
progress = train(config, Path(data), Path(out), validation=Path(val))
Path(out, f"ended-{rank}.json").write_text(json.dumps([progress.ended, progress.step]))
"""


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Packed sets of nine pictures for training and five for validation."""
    place = tmp_path_factory.mktemp("sets")
    training = pack(write_folder(place / "a", 9), place / "training", processes=1).folder
    return training, pack(write_folder(place / "b", 5, first=20), place / "val", processes=1).folder


def torchrun(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Two processes of the rest of the command line."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*command, *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def curve(run: Path) -> list[tuple[str, str]]:
    with (run / "curve.csv").open(newline="") as file:
        return [(row["step"], row["kind"]) for row in csv.DictReader(file)]


def losses(run: Path) -> list[float]:
    with (run / "curve.csv").open(newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def alone(sets: tuple[Path, Path], out: Path, *more: str, resume: bool = False) -> None:
    config = TrainConfig().with_settings([*SETTINGS, *more])
    train(config, sets[0], out, validation=sets[1], resume=resume, say=lambda _line: None)


def test_two_processes_train_as_one_does(sets: tuple[Path, Path], tmp_path: Path) -> None:
    """Same losses, same weights, same files; and the run goes on in one process."""
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    done = torchrun(
        *("-m", "tintype", "train", "cnn", "--data", sets[0], "--val", sets[1], "--out", tmp_path / "two"),
        *settings,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ended by epochs after 4 steps") == 1
    assert "on cpu, 2 processes" in done.stderr
    alone(sets, tmp_path / "one")
    assert curve(tmp_path / "two") == curve(tmp_path / "one")
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-4)
    names = [sorted(path.name for path in (tmp_path / run).iterdir()) for run in ("one", "two")]
    assert names[0] == names[1]
    for name in ("last.safetensors", "best.safetensors"):
        two, one = (checkpoint.load(tmp_path / run / name)[0] for run in ("two", "one"))
        assert two.keys() == one.keys()
        for key in one.keys() - {"random"}:
            assert torch.allclose(two[key].float(), one[key].float(), atol=1e-4), key
    record = json.loads((tmp_path / "two" / "record.json").read_text())
    assert record["processes"] == 2

    for run in ("one", "two"):
        alone(sets, tmp_path / run, "epochs=3", resume=True)
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-3)


def test_a_signal_to_one_process_stops_all_at_the_same_step(sets: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = torchrun(tmp_path / "script.py", *sets, tmp_path / "run", *SETTINGS)
    assert done.returncode == 0, done.stderr
    for rank in (0, 1):
        assert json.loads((tmp_path / "run" / f"ended-{rank}.json").read_text()) == ["SIGTERM", 2]
    assert checkpoint.load(tmp_path / "run" / "last.safetensors")[1]["progress"]["step"] == 2
    assert done.stdout.count("stopped by SIGTERM after 2 steps") == 1


def test_that_another_process_has_died_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Alone:
        world_size, is_global_zero = 1, True

    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("Connection closed by peer")

    team = Team(cast(Fabric, Alone()))
    team.world = 2
    monkeypatch.setattr(processes.distributed, "all_reduce", broken)
    for call in (team.wait, lambda: team.total(torch.ones(2)), lambda: team.check_same("a", "settings")):
        with pytest.raises(TrainingError, match=r"another process of this run has ended.*--resume"):
            call()


def test_one_process_alone_agrees_with_itself() -> None:
    class Alone:
        world_size, is_global_zero = 1, True

    team = Team(cast(Fabric, Alone()))
    team.check_same("anything", "advice")
    assert team.largest(3.5, -1) == (3.5, -1)
    assert team.first_of("SIGINT") == "SIGINT"
    assert team.first_of("") == ""
    values = torch.tensor([1.0, 2.0])
    assert team.mean(values) is values
    assert team.total(values).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Launch(1, 1)),
        ({"WORLD_SIZE": "8"}, Launch(1, 1)),
        ({"WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}, Launch(4, 2)),
        ({"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}, Launch(2, 1)),
    ],
)
def test_the_number_of_processes_is_what_torchrun_says(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: Launch
) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    assert launched(environment) == expected
    assert launched(environment).world == expected.here * expected.machines


def test_without_torchrun_there_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    assert launched({"WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}) == Launch(1, 1)


def test_machines_with_different_numbers_of_processes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    with pytest.raises(ConfigError, match="--nproc-per-node"):
        launched({"WORLD_SIZE": "5", "LOCAL_WORLD_SIZE": "3"})


@pytest.mark.parametrize(
    ("batch", "world", "advice"), [(50, 4, "batch=48 or batch=52"), (1, 2, "train with batch=2")]
)
def test_a_batch_that_cannot_be_shared_evenly_is_refused(batch: int, world: int, advice: str) -> None:
    with pytest.raises(ConfigError, match=advice):
        check_batch(batch, world)
    check_batch(world * 3, world)


def test_running_statistics_are_averaged_over_processes_after_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process is played: its statistics are three times as large."""
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.BatchNorm2d(2))
    network[2].eval()
    network(torch.rand(4, 1, 3, 3))
    before = [network[1].running_mean.clone(), network[1].running_var.clone(), network[2].running_var.clone()]
    monkeypatch.setattr(processes.distributed, "all_reduce", lambda together: together.mul_(4))
    monkeypatch.setattr(processes.distributed, "get_world_size", lambda: 2)
    copies = EqualCopies("gloo")
    copies._trained.append(network)
    copies.optimizer_step(torch.optim.SGD(network.parameters(), lr=0.1))
    assert torch.allclose(network[1].running_mean, 2 * before[0])
    assert torch.allclose(network[1].running_var, 2 * before[1])
    assert torch.equal(network[2].running_var, before[2])


def test_a_frozen_network_is_not_wrapped() -> None:
    frozen = nn.Linear(2, 2).requires_grad_(False)
    assert EqualCopies("gloo").setup_module(frozen) is frozen
