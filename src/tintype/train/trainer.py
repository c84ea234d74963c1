"""The training loop, from top to bottom.

`train` prepares a run or takes up an interrupted one, `Run` is the loop; `approach.py` updates weights.
"""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric import Fabric
from torch import Tensor

from tintype.data.batches import Cutting, TrainingBatches, ValidationBatches, load, to_lab
from tintype.errors import ConfigError, TrainingError
from tintype.train import checkpoint, folder
from tintype.train.approach import Approach
from tintype.train.approaches import APPROACHES
from tintype.train.config import TrainConfig
from tintype.train.device import make_fabric
from tintype.train.embed import check_network
from tintype.train.folder import RunData
from tintype.train.journal import CURVE, TRAIN, VALIDATION, Journal, draw_curve, draw_sheet
from tintype.train.processes import Team, check_batch
from tintype.train.progress import Progress
from tintype.train.signals import StopSignals

SHEET_ROWS: Final = 12
"""Pictures on a sample sheet."""

PLATEAU_SHARE: Final = 0.1
"""What a plateau leaves of the learning rate, as in Nazeri et al. 2018."""

Say = Callable[[str], None]
"""Gets one line for each event."""
Watch = Callable[[Progress, int, float], None]
"""Gets (progress, steps of the whole run, mean loss) at each point of the training curve."""


def train(
    config: TrainConfig,
    data: Path,
    out: Path,
    *,
    validation: Path | None = None,
    start: Path | None = None,
    resume: bool = False,
    say: Say = print,
    watch: Watch | None = None,
) -> Progress:
    """Train a network on `data` into the run folder `out`; returns how far it came.

    `start` is another run whose best weights this one begins with. `resume` takes up the run in `out` where
    its newest checkpoint is, and starts it when there is none. Under `torchrun` this is one of the processes
    of the run, see `processes.py`.

    Raises `ConfigError` when `out` holds another run, `DataError` when the data cannot be used, `DeviceError`
    when there is no such device, `TrainingError` when the loss is not finite or a file cannot be written.
    """
    pictures = folder.open_data(data, validation, config)
    fabric = make_fabric(config)
    team = Team(fabric)
    check_batch(min(config.batch * config.accumulate, len(pictures.training)), team.world)
    team.check_same(repr((config, pictures.identity)), "settings and photographs; start each as the others")
    if team.first:
        folder.prepare(out, config, resume)
    team.wait()
    fabric.seed_everything(config.seed, verbose=False)
    make = APPROACHES[config.approach]
    run = Run(config, fabric, make(config, fabric), pictures, out, say, watch, team)
    run.approach.study(pictures.training)
    resumed = resume and (out / folder.LAST).is_file()
    team.check_same(str(resumed), "run folder; name one that all machines see")
    if resumed:
        run.take_up(out / folder.LAST)
    elif start is not None:
        run.begin_with(start)
    else:
        run.approach.begin()
    if pictures.scores is not None and config.embedded:
        check_network(pictures.scores, run.approach.weights())
    run.go()
    team.leave()
    return run.progress


class Run:
    """One training run in progress."""

    def __init__(
        self,
        config: TrainConfig,
        fabric: Fabric,
        approach: Approach,
        data: RunData,
        out: Path,
        say: Say,
        watch: Watch | None,
        team: Team,
    ) -> None:
        self.config, self.fabric, self.approach, self.data, self.team = config, fabric, approach, data, team
        self.out = out
        self.say, self.watch = (say, watch) if team.first else (_say_nothing, None)
        self.progress = Progress()
        self.started_from: dict[str, Any] | None = None
        self.losses: dict[str, list[Tensor]] = {}
        self.batches = TrainingBatches(
            data.training,
            Cutting(config.side, config.smallest_crop, config.flip),
            config.batch * config.accumulate,
            config.seed,
            fabric.global_rank,
            fabric.world_size,
            data.scores,
        )
        self.total = self.batches.steps_per_epoch * config.epochs
        self.pin_memory = fabric.device.type == "cuda"
        self.stopped_by = ""
        self._clock = time.monotonic()
        self._saved = 0.0

    def go(self) -> None:
        """Train until the epochs, the patience or the time are used up, or a signal comes."""
        self.say(
            f"{len(self.data.training)} pictures, {self.batches.steps_per_epoch} steps an epoch, "
            f"{len(self.data.validation)} for validation, on {self.fabric.device}"
            + (f", {self.team.world} processes" if self.team.world > 1 else "")
        )
        journal = Journal(self.out, self.progress.step) if self.team.first else nullcontext()
        with journal as self.journal, StopSignals() as self.signals:
            self._train()
            if self.progress.ended == "time":
                self._validate()
            self._save()
        self.say(self._last_words())

    def _train(self) -> None:
        progress = self.progress
        progress.ended = self._end()
        if progress.ended:
            return
        for batch in load(self.batches, progress.step, self.total, self.config.workers, self.pin_memory):
            rate = self.rate()
            for name, loss in self.approach.update(self.fabric.to_device(batch), rate).items():
                self.losses.setdefault(name, []).append(loss)
            progress.step += 1
            self._tick()
            if progress.step % self.config.log_every == 0:
                self._log(rate)
            if progress.step % self.batches.steps_per_epoch == 0:
                progress.epoch += 1
                self._validate()
                self._save()
            progress.ended = self._end()
            if progress.ended:
                return
            if progress.seconds - self._saved > 60 * self.config.checkpoint_minutes:
                self._save()

    def _end(self) -> str:
        """Why to end now, or an empty string."""
        config, progress = self.config, self.progress
        self.stopped_by = self.team.first_of(self.signals.received)
        if self.stopped_by:
            return self.stopped_by
        if progress.step >= self.total:
            return "epochs"
        if config.patience and progress.epochs_since_best >= config.patience:
            return "patience"
        if config.max_minutes and progress.seconds >= 60 * config.max_minutes:
            return "time"
        return ""

    def rate(self) -> float:
        """The learning rate of the next step."""
        config, progress = self.config, self.progress
        done = progress.step / self.total
        if config.max_minutes:
            done = max(done, min(1.0, progress.seconds / (60 * config.max_minutes)))
        share = (1 + math.cos(math.pi * done)) / 2 if config.schedule == "cosine" else 1.0
        if config.schedule == "plateau":
            share = PLATEAU_SHARE**progress.plateaus
        rising = min(1.0, (progress.step + 1) / config.warmup) if config.warmup else 1.0
        return config.rate * share * rising

    def _log(self, rate: float) -> None:
        """Add the means of the losses since the last point to their curves.

        Raises `TrainingError` when one is not finite.
        """
        progress = self.progress
        loss = math.nan
        for name, losses in sorted(self.losses.items()):  # the generator's after the discriminator's
            loss = float(self.team.mean(torch.stack(losses).mean()))
            self._check_finite(loss, "loss" if name == TRAIN else f"{name}'s loss")
            self._point(name, loss, rate)
        if self.watch is not None:
            self.watch(progress, self.total, loss)
        self.losses.clear()

    def _validate(self) -> None:
        """Measure the validation loss, keep the weights if they are the best so far, draw sheet and curve."""
        total, count = 0.0, 0
        share = (self.fabric.global_rank, self.team.world)
        batches = ValidationBatches(self.data.validation, self.config.side, self.config.batch, *share)
        for pictures in load(batches, 0, len(batches), 0, self.pin_memory):
            if len(pictures):
                total += float(self.approach.validate(self.fabric.to_device(pictures))) * len(pictures)
                count += len(pictures)
        total, count = self.team.total(torch.tensor([total, count], dtype=torch.float64)).tolist()
        loss, progress = total / count, self.progress
        self._check_finite(loss, "validation loss")
        self._tick()
        self._point(VALIDATION, loss, self.rate())
        minutes = progress.seconds / 60
        place = f"epoch {progress.epoch}, step {progress.step}, {minutes:.1f} minutes"
        self.say(f"{place}: validation loss {loss:.6f}")
        if loss < progress.best_loss:
            progress.best_loss, progress.best_step, progress.epochs_since_best = loss, progress.step, 0
            self._write(folder.BEST, self.approach.weights())
        else:
            progress.epochs_since_best += 1
            progress.plateaus += progress.epochs_since_best % self.config.plateau == 0
        self._draw()

    def _check_finite(self, loss: float, name: str) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the {name} is {loss} at step {self.progress.step}; train anew with a rate below "
                f"{self.config.rate:g} or with clip=1 (the last good checkpoint is kept)"
            )

    def _point(self, kind: str, loss: float, rate: float) -> None:
        if self.journal is not None:
            progress = self.progress
            self.journal.point(progress.step, progress.epoch, kind, loss, rate, progress.seconds)

    def _write(self, name: str, tensors: dict[str, Tensor]) -> None:
        """Write a checkpoint. Raises `TrainingError` when that fails."""
        if self.team.first:
            checkpoint.save(self.out / name, tensors, self._state())

    def _draw(self) -> None:
        if not self.team.first:
            return
        draw_curve(self.out / CURVE, self.out / "curve.png")
        sheets = self.out / "sheets"
        sheets.mkdir(exist_ok=True)
        pictures = ValidationBatches(self.data.validation, self.config.side, SHEET_ROWS)[0]
        luma, chroma = to_lab(self.fabric.to_device(pictures))
        draw_sheet(luma, chroma, self.approach.predict(luma), sheets / f"step-{self.progress.step:07d}.png")

    def _save(self) -> None:
        """Write the checkpoint and the record.

        Raises `TrainingError` when a loss since the last point is not finite, or when the disk is full.
        """
        self._tick()
        tensors = self.approach.tensors() | {"random": torch.get_rng_state()}
        losses = {name: self.team.mean(torch.stack(since)) for name, since in sorted(self.losses.items())}
        self.losses = {name: list(since) for name, since in losses.items()}
        self._check_finite(float(sum(since.sum() for since in losses.values())), "loss")
        tensors |= checkpoint.under("losses", losses)
        self._write(folder.LAST, tensors)
        if self.team.first:
            folder.write_record(
                self.out, self.config, self.progress, self.data, self.started_from, self.team.world
            )
        self._saved = self.progress.seconds

    def take_up(self, path: Path) -> None:
        """Go on from a checkpoint of this run. Raises `ConfigError` when it was begun on other pictures."""
        tensors, state = checkpoint.load(path)
        folder.check_data(self.out, state["data"], self.data)
        torch.set_rng_state(tensors["random"])
        self.approach.restore(tensors)
        self.losses = {name: list(since) for name, since in checkpoint.part("losses", tensors).items()}
        self.progress = Progress(**state["progress"])
        self._saved = self.progress.seconds
        self.started_from = state["started_from"]
        self.say(f"resumed at step {self.progress.step}, epoch {self.progress.epoch + 1}")

    def begin_with(self, start: Path) -> None:
        """Take the exported weights of another run. Raises `ConfigError` when its network is another one."""
        config, weights = folder.read_weights(start)
        if (config.network, config.options) != (self.config.network, self.config.options):
            raise ConfigError(
                f"{start} trained {config.network} {config.options or ''}; name a run of the same"
            )
        self.approach.begin_with(weights)
        self.started_from = folder.read_record(start)
        self.say(f"begun with the weights of {start}")

    def _state(self) -> dict[str, Any]:
        return {
            "config": self.config.to_dict(),
            "progress": asdict(self.progress),
            "data": self.data.identity,
            "started_from": self.started_from,
        }

    def _last_words(self) -> str:
        progress = self.progress
        after = f"{progress.step} steps, {progress.seconds / 60:.1f} minutes"
        if self.stopped_by:
            return f"stopped by {progress.ended} after {after}; the same command with --resume goes on"
        best = f"best validation loss {progress.best_loss:.6f} at step {progress.best_step}"
        return f"ended by {progress.ended} after {after}; {best}"

    def _tick(self) -> None:
        now = time.monotonic()
        (self.progress.seconds,) = self.team.largest(self.progress.seconds + now - self._clock)
        self._clock = now


def _say_nothing(_line: str) -> None:
    """What the processes beside the first one say."""
