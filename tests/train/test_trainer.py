"""The loop: it learns, ends when it should, and goes on after any interruption as if there had been none."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tintype.data import pack
from tintype.data.batches import Batch
from tintype.errors import ConfigError, DataError, DeviceError, TintypeError, TrainingError
from tintype.train import checkpoint, trainer
from tintype.train.config import TrainConfig
from tintype.train.journal import read_curve
from tintype.train.regression import Regression
from tintype.train.trainer import train
from training_pictures import SMALL, write_folder


def quiet(_line: str) -> None:
    """Say nothing."""


def run(config: TrainConfig, packed: Path, out: Path, **arguments: object) -> trainer.Progress:
    return train(config, packed, out, say=quiet, **arguments)  # type: ignore[arg-type]


def curve(out: Path) -> list[tuple[str, str, str]]:
    return [(row["step"], row["kind"], row["loss"]) for row in read_curve(out / "curve.csv")]


def test_a_run_leaves_checkpoints_curve_sheet_and_record(
    small: TrainConfig, packed: Path, tmp_path: Path
) -> None:
    progress = run(small, packed, tmp_path / "run")
    assert (progress.step, progress.epoch, progress.ended) == (4, 2, "epochs")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {
        "config.json",
        "last.safetensors",
        "best.safetensors",
        "record.json",
        "curve.csv",
        "curve.png",
    } <= names
    assert sorted(path.name for path in (tmp_path / "run" / "sheets").iterdir()) == [
        "step-0000002.png",
        "step-0000004.png",
    ]
    assert [(step, kind) for step, kind, _ in curve(tmp_path / "run")] == [
        ("1", "train"),
        ("2", "train"),
        ("2", "validation"),
        ("3", "train"),
        ("4", "train"),
        ("4", "validation"),
    ]
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert record["data"]["training_pictures"] == 4
    assert record["progress"]["step"] == 4
    assert len(record["validation"]) == 2
    assert record["config"] == small.to_dict()


def test_training_learns(packed: Path, tmp_path: Path, small: TrainConfig) -> None:
    config = small.with_settings(["epochs=20", "patience=0", "flip=false"])
    run(config, packed, tmp_path / "run", validation=packed)
    losses = [float(loss) for _, kind, loss in curve(tmp_path / "run") if kind == "validation"]
    assert min(losses) < 0.9 * losses[0]


@pytest.mark.parametrize(
    "setting",
    [
        "encoder_layers=8",
        "loss=mae",
        "smallest_crop=0.3",
        "flip=false",
        "schedule=cosine",
        "warmup=2",
        "clip=0.1",
        "ema=0.9",
        "precision=bf16-mixed",
        "device=auto",
        "held_out=0.4",
        "checkpoint_minutes=0",
        "max_minutes=5",
        "workers=1",
        "seed=5",
        "patience=0",
        "rate=1e-4",
        "aged=1",
    ],
)
def test_every_setting_trains_two_steps(
    small: TrainConfig, packed: Path, tmp_path: Path, setting: str
) -> None:
    config = small.with_settings(["epochs=1", setting])
    assert run(config, packed, tmp_path / "run").step >= 1
    assert (tmp_path / "run" / "best.safetensors").is_file()


class Killed(BaseException):
    """Stands for `kill -9`: nothing in the code catches it."""


@pytest.mark.parametrize(
    ("killed_after", "more"),
    [
        (1, ("ema=0.9", "smallest_crop=0.4", "clip=0.5")),
        (2, ()),
        (3, ("precision=bf16-mixed", "schedule=cosine")),
    ],
)
def test_a_killed_run_resumes_with_the_losses_of_an_uninterrupted_one(
    small: TrainConfig,
    packed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    killed_after: int,
    more: tuple[str, ...],
) -> None:
    config = small.with_settings([*more, "checkpoint_minutes=0", "log_every=3"])
    run(config, packed, tmp_path / "straight")
    update = Regression.update
    done = 0

    def dying(self: Regression, batch: Batch, rate: float) -> Tensor:
        nonlocal done
        if done == killed_after:
            raise Killed
        done += 1
        return update(self, batch, rate)

    with monkeypatch.context() as patch:
        patch.setattr(Regression, "update", dying)
        with pytest.raises(Killed):
            run(config, packed, tmp_path / "killed")
    torch.manual_seed(99)
    run(config, packed, tmp_path / "killed", resume=True)
    assert curve(tmp_path / "killed") == curve(tmp_path / "straight")
    for name in ("last.safetensors", "best.safetensors"):
        killed, straight = (checkpoint.load(tmp_path / place / name)[0] for place in ("killed", "straight"))
        assert killed.keys() == straight.keys()
        assert all(torch.equal(killed[key], straight[key]) for key in killed if key != "random")


@pytest.mark.parametrize("experiment", ["cnn", "gan"])
def test_a_killed_process_leaves_a_run_that_resumes_with_the_losses_of_an_uninterrupted_one(
    packed: Path, tmp_path: Path, experiment: str
) -> None:
    script = (
        "import sys; from pathlib import Path; from tintype.train.config import TrainConfig; "
        "from tintype.train.trainer import train; "
        "train(TrainConfig.recommended(sys.argv[3], 'tiny').with_settings(sys.argv[4:]), "
        "Path(sys.argv[1]), Path(sys.argv[2]), watch=lambda p, t, l: print('step', p.step, flush=True))"
    )
    settings = ["epochs=10000", "schedule=constant", "checkpoint_minutes=0"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(packed), str(tmp_path / "killed"), experiment, *settings],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("step 7"):
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    before = checkpoint.load(tmp_path / "killed" / "last.safetensors")[1]["progress"]["step"]
    config = TrainConfig.recommended(experiment, "tiny").with_settings(settings)
    limited = config.with_settings([f"epochs={before // 2 + 2}"])
    lines: list[str] = []
    progress = train(limited, packed, tmp_path / "killed", resume=True, say=lines.append)
    assert f"resumed at step {before}, epoch {before // 2 + 1}" in lines
    assert progress.step == 2 * (before // 2 + 2)
    run(limited, packed, tmp_path / "straight")
    assert curve(tmp_path / "killed") == curve(tmp_path / "straight")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_in_a_checkpoint_and_a_clear_line(
    small: TrainConfig, packed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    lines: list[str] = []
    progress = train(
        small,
        packed,
        tmp_path / "run",
        say=lines.append,
        watch=lambda progress, _total, _loss: signal.raise_signal(number) if progress.step == 1 else None,
    )
    assert progress.ended == number.name
    assert lines[-1].startswith(f"stopped by {number.name} after 1 steps")
    assert "--resume" in lines[-1]
    assert signal.getsignal(number) == before
    assert run(small, packed, tmp_path / "run", resume=True).step == 4


def test_early_stopping_ends_a_run_that_no_longer_improves(
    packed: Path, tmp_path: Path, small: TrainConfig
) -> None:
    config = small.with_settings(["rate=1e-12", "epochs=9", "patience=3"])
    progress = run(config, packed, tmp_path / "run")
    assert progress.ended == "patience"
    assert progress.epochs_since_best == 3
    assert progress.epoch == progress.best_step // 2 + 3


def test_the_time_budget_ends_a_run_with_a_validation(
    packed: Path, tmp_path: Path, small: TrainConfig
) -> None:
    config = small.with_settings(["max_minutes=1e-6", "schedule=cosine"])
    progress = run(config, packed, tmp_path / "run")
    assert progress.ended == "time"
    assert progress.step == 1
    assert (tmp_path / "run" / "best.safetensors").is_file()


def test_the_best_weights_are_kept_beside_the_last(packed: Path, tmp_path: Path, small: TrainConfig) -> None:
    progress = run(small.with_settings(["epochs=4", "rate=0.05", "patience=0"]), packed, tmp_path / "run")
    validation = [float(loss) for _, kind, loss in curve(tmp_path / "run") if kind == "validation"]
    assert progress.best_loss == pytest.approx(min(validation), rel=1e-6)
    assert checkpoint.load(tmp_path / "run" / "best.safetensors")[1]["progress"]["step"] == progress.best_step


@pytest.mark.parametrize(
    ("schedule", "expected"), [("constant", [0.5, 1, 1, 1]), ("cosine", [0.5, 0.8536, 0.5, 0.1464])]
)
def test_the_learning_rate_follows_its_schedule(
    packed: Path,
    tmp_path: Path,
    small: TrainConfig,
    schedule: str,
    expected: list[float],
) -> None:
    config = small.with_settings([f"schedule={schedule}", "warmup=2", "rate=0.001"])
    run(config, packed, tmp_path / "run")
    rows = read_curve(tmp_path / "run" / "curve.csv")
    rates = [float(row["rate"]) for row in rows if row["kind"] == "train"]
    assert rates == pytest.approx([0.001 * share for share in expected], rel=1e-3)


def test_a_plateau_takes_a_tenth_of_the_learning_rate(
    packed: Path, tmp_path: Path, small: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Regression, "validate", lambda _self, _pictures: torch.tensor(1.0))
    config = small.with_settings(["schedule=plateau", "plateau=2", "patience=0", "epochs=6", "rate=0.001"])
    run(config, packed, tmp_path / "run")
    rows = read_curve(tmp_path / "run" / "curve.csv")
    rates = [float(row["rate"]) for row in rows if row["kind"] == "train"][::2]  # one for each epoch
    assert rates == pytest.approx([1e-3, 1e-3, 1e-3, 1e-4, 1e-4, 1e-5])


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_good_checkpoint(
    small: TrainConfig, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = Regression.update

    def exploding(self: Regression, batch: Batch, rate: float) -> Tensor:
        losses = update(self, batch, rate)
        return {name: loss * (float("nan") if self.updates >= 3 else 1) for name, loss in losses.items()}

    monkeypatch.setattr(Regression, "update", exploding)
    with pytest.raises(TrainingError, match=r"loss is nan at step 3.*clip=1"):
        run(small, packed, tmp_path / "run")
    tensors, state = checkpoint.load(tmp_path / "run" / "last.safetensors")
    assert state["progress"]["step"] == 2
    assert all(bool(tensor.isfinite().all()) for tensor in tensors.values())


def test_a_run_folder_is_not_used_for_another_run(small: TrainConfig, packed: Path, tmp_path: Path) -> None:
    run(small, packed, tmp_path / "run")
    with pytest.raises(ConfigError, match="add --resume"):
        run(small, packed, tmp_path / "run")
    with pytest.raises(ConfigError, match=r"begun with rate=0\.001"):
        run(small.with_settings(["rate=0.1"]), packed, tmp_path / "run", resume=True)
    other = pack(write_folder(tmp_path / "other", 4), tmp_path / "other-packed", processes=1).folder
    with pytest.raises(ConfigError, match="other pictures"):
        run(small, other, tmp_path / "run", resume=True)


def test_a_finished_run_goes_on_when_given_more_epochs(
    small: TrainConfig, packed: Path, tmp_path: Path
) -> None:
    run(small, packed, tmp_path / "run")
    assert run(small, packed, tmp_path / "run", resume=True).step == 4
    assert run(small.with_settings(["epochs=3"]), packed, tmp_path / "run", resume=True).step == 6


def test_a_run_can_begin_with_the_weights_of_another(
    small: TrainConfig, packed: Path, tmp_path: Path
) -> None:
    run(small, packed, tmp_path / "first")
    second = small.with_settings(["side=24", "epochs=1", "rate=1e-12"])
    run(second, packed, tmp_path / "second", start=tmp_path / "first")
    best = [checkpoint.load(tmp_path / name / "best.safetensors")[0] for name in ("first", "second")]
    assert all(torch.allclose(best[0][key], best[1][key], atol=1e-6) for key in best[0])
    record = json.loads((tmp_path / "second" / "record.json").read_text())
    assert record["started_from"]["config"] == small.to_dict()
    with pytest.raises(ConfigError, match="name a run of the same"):
        run(small.with_settings(["encoder_layers=8"]), packed, tmp_path / "third", start=tmp_path / "first")


def test_loose_pictures_train_as_well_as_packed_ones(small: TrainConfig, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", 5)
    assert run(small, folder, tmp_path / "run").step == 4


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (["device=cuda"], DeviceError, "device=auto"),
        (["precision=16-mixed"], DeviceError, "needs a CUDA GPU"),
    ],
)
def test_a_device_that_is_not_there_is_one_clear_error(
    small: TrainConfig,
    packed: Path,
    tmp_path: Path,
    settings: list[str],
    error: type[TintypeError],
    message: str,
) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    with pytest.raises(error, match=message):
        run(small.with_settings(settings), packed, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_missing_data_is_one_clear_error_and_leaves_no_run_folder(small: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no data set"):
        run(small, tmp_path / "nothing", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_training_from_a_packed_set_needs_neither_libvips_nor_onnx(packed: Path, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('pyvips', 'onnx', 'onnxruntime', 'onnxscript', 'cv2', 'skimage'):\n"
        "    sys.modules[name] = None\n"
        "from tintype.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    settings = [word for setting in SMALL for word in ("--set", setting)]
    words = ["train", "cnn", "--data", str(packed), "--out", str(tmp_path / "run"), *settings]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "best.safetensors").is_file()
