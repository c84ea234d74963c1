"""How fast networks train, and how much of that time goes into waiting for pictures.

    python benchmarks/train.py [--experiment NAME …] [--data PACKED] [--preset report] [--side N] [--batch N]
        [--precision WORD] [--set KEY=VALUE …] [--device auto] [--workers N] [--steps 20] [--rounds 3]
        [--pictures 256] [--peak TFLOPS] [--json OUT] [--markdown OUT]

See README.md beside this file for the protocol. Run it on a quiet machine.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.fabric import Fabric
from torch.utils.flop_counter import FlopCounterMode

import ranges
import results
from tintype.data.batches import Batch, Cutting, TrainingBatches, load
from tintype.data.writing import SetWriter
from tintype.errors import TintypeError
from tintype.train import folder
from tintype.train.approach import Approach
from tintype.train.approaches import APPROACHES
from tintype.train.config import CHOICES, TrainConfig
from tintype.train.device import make_fabric
from tintype.train.presets import EXPERIMENTS, PRESETS

PACKAGES = ("tintype", "torch", "lightning", "timm", "numpy")
MADE = (256, 341)
"""Height and width of pictures that are made up where there is no --data: a packed photograph of 4:3."""
WARM = 3
"""Steps that are not timed, in which memory is got and, on a GPU, ways to compute are chosen."""
MATRIX = 8192
"""Side of the matrices whose product shows what a device can do at most."""


@dataclass(frozen=True)
class Speed:
    """Seconds of a step in each round, for one experiment, and what a step is."""

    pictures: int
    """In one step."""
    kept: list[float]
    """With a batch that is on the device already."""
    loaded: list[float]
    """With a new batch for each step, as in a run."""
    loading: list[float]
    """Of loading and cutting a batch, with nothing else to do."""
    flops: int
    """Floating-point operations of a step, a multiplication and an addition being two."""

    def rate(self, seconds: Sequence[float]) -> float:
        """Pictures per second: the median over rounds."""
        return self.pictures / statistics.median(seconds)

    def lost(self) -> float:
        """Share of a run's time that goes into data: the median over rounds, each with what it met."""
        pairs = zip(self.kept, self.loaded, strict=True)
        return statistics.median(1 - kept / loaded for kept, loaded in pairs)

    def reached(self) -> float:
        """Floating-point operations per second, in a run."""
        return self.flops / statistics.median(self.loaded)


def take_times(config: TrainConfig, data: Path, steps: int, rounds: int) -> Speed:
    """Time the steps of a run with these settings; the weights stay as they are, fresh ones.

    Raises `DataError`, `DeviceError` when the data or the device cannot be used.
    """
    pictures = folder.open_data(data, None, config)
    fabric = make_fabric(config)
    approach = APPROACHES[config.approach](config, fabric)
    approach.study(pictures.training)
    cutting = Cutting(config.side, config.smallest_crop, config.flip)
    size = config.batch * config.accumulate
    batches = TrainingBatches(pictures.training, cutting, size, config.seed, scores=pictures.scores)
    kept = fabric.to_device(batches[0])
    with FlopCounterMode(display=False) as counter:
        approach.update(kept, 0.0)
    waiting = 4 * config.workers + 1  # batches that are ready before a round begins, or nearly so
    total = 2 * rounds * (waiting + steps)
    source = load(batches, 0, total, config.workers, pin_memory=fabric.device.type == "cuda")
    run_steps(approach, fabric, [kept] * WARM)
    times = Speed(len(kept.pictures), [], [], [], counter.get_total_flops())
    for _ in range(rounds):
        times.kept.append(run_steps(approach, fabric, [kept] * steps) / steps)
        run_steps(approach, fabric, islice(source, waiting))
        times.loaded.append(run_steps(approach, fabric, islice(source, steps)) / steps)
        exhaust(islice(source, waiting))
        times.loading.append(exhaust(islice(source, steps)) / steps)
    exhaust(source)  # which has none left; its processes end
    return times


def run_steps(approach: Approach, fabric: Fabric, batches: Iterator[Batch] | Sequence[Batch]) -> float:
    """Train on these batches; the seconds that it took until the device was done."""
    wait_for(fabric.device)
    start = time.perf_counter()
    for batch in batches:
        approach.update(fabric.to_device(batch), 0.0)
    wait_for(fabric.device)
    return time.perf_counter() - start


def exhaust(batches: Iterator[Batch]) -> float:
    """Load these batches for nothing; the seconds that it took."""
    start = time.perf_counter()
    for _ in batches:
        pass
    return time.perf_counter() - start


def wait_for(device: torch.device) -> None:
    """Wait until the device has done all that it was asked for."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def reachable(device: torch.device, precision: str) -> float:
    """Floating-point operations per second of a large product of matrices, the best of ten.

    In the arithmetic of the precision; with 32-true in TF32, as cuDNN's convolutions compute it.
    """
    types = {"32-true": torch.float32, "bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}
    matrix = torch.randn(MATRIX, MATRIX, device=device, dtype=types[precision])
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    best = float("inf")
    for _ in range(WARM + 10):
        wait_for(device)
        start = time.perf_counter()
        torch.mm(matrix, matrix)
        wait_for(device)
        best = min(best, time.perf_counter() - start)
    torch.set_float32_matmul_precision(before)
    return 2.0 * MATRIX**3 / best


def make_pictures(place: Path, count: int) -> Path:
    """A packed set of pictures of noise: time does not depend on what they show."""
    place.mkdir()
    random = np.random.default_rng(0)
    with SetWriter(place) as writer:
        for _ in range(count):
            writer.add(random.integers(0, 256, (*MADE, 3), dtype=np.uint8))
        writer.finish({})
    return place


def configure(experiment: str, options: argparse.Namespace) -> TrainConfig:
    """The settings of an experiment as the command line changes them.

    Raises `ConfigError` when it cannot have them.
    """
    changed = {
        "side": options.side,
        "batch": options.batch,
        "precision": options.precision,
        "workers": options.workers,
        "device": options.device,
    }
    settings = [f"{key}={value}" for key, value in changed.items() if value is not None]
    config = TrainConfig.recommended(experiment, options.preset)
    return config.with_settings([*settings, *(options.set or [])])


def table_of(configs: dict[str, TrainConfig], times: dict[str, Speed], peaks: dict[str, float]) -> str:
    """The table; the share of the peak where that is known."""
    header = ["", "side", "pictures a step", "precision", "pictures/s", "with data at hand", "data alone"]
    header += ["lost to data", "GFLOP a picture", *(["share of peak"] if peaks else [])]
    rows = []
    for name, speed in times.items():
        config = configs[name]
        row = [name, str(config.side), str(speed.pictures), config.precision]
        row += [f"{speed.rate(seconds):.1f}" for seconds in (speed.loaded, speed.kept, speed.loading)]
        row += [f"{100 * speed.lost():.1f} %", f"{speed.flops / speed.pictures / 1e9:.3g}"]
        if peaks:
            row.append(f"{100 * speed.reached() / peaks[config.precision]:.1f} %")
        rows.append(row)
    return results.table(header, rows)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="How fast networks train, and what data costs.")
    parser.add_argument(
        "--experiment", action="append", choices=list(EXPERIMENTS), help="what to train; repeatable, else all"
    )
    parser.add_argument("--data", type=Path, help="packed set, or anything else to train on; else noise")
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0], help="settings to begin with")
    parser.add_argument("--side", type=ranges.positive, help="side of the pictures, else the preset's")
    parser.add_argument("--batch", type=ranges.positive, help="pictures in a batch, else the preset's")
    parser.add_argument("--precision", choices=CHOICES["precision"], help="else the preset's")
    parser.add_argument("--set", action="append", metavar="KEY=VALUE", help="another setting; repeatable")
    parser.add_argument("--device", choices=CHOICES["device"], default="auto", help="where to train")
    parser.add_argument(
        "--workers", type=ranges.not_negative, help="processes that load; else the preset's number"
    )
    parser.add_argument("--steps", type=ranges.positive, default=20, help="timed steps in a round")
    parser.add_argument("--rounds", type=ranges.positive, default=3, help="rounds, whose median counts")
    parser.add_argument(
        "--pictures", type=ranges.positive, default=256, help="so many are made up without --data"
    )
    parser.add_argument(
        "--peak",
        type=ranges.size,
        metavar="TFLOPS",
        help="of the device; else on a GPU a product of matrices",
    )
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    configs = {name: configure(name, options) for name in options.experiment or EXPERIMENTS}
    device = make_fabric(next(iter(configs.values()))).device
    with tempfile.TemporaryDirectory() as place:
        data = options.data or make_pictures(Path(place) / "noise", options.pictures)
        times = {
            name: take_times(config, data, options.steps, options.rounds) for name, config in configs.items()
        }
    peaks: dict[str, float] = {}
    for precision in {config.precision for config in configs.values()}:
        if options.peak:
            peaks[precision] = options.peak * 1e12
        elif device.type == "cuda":
            peaks[precision] = reachable(device, precision)
    parts = [about(options, device, peaks), table_of(configs, times, peaks)]
    results.publish(results.page("Training", "train.py", arguments, parts, PACKAGES), options.markdown)
    if options.json:
        figures = {"versions": results.versions(PACKAGES), "device": name_of(device), "peaks": peaks}
        figures["experiments"] = {name: figures_of(configs[name], speed) for name, speed in times.items()}
        results.publish(json.dumps(figures, indent=1) + "\n", options.json)


def figures_of(config: TrainConfig, speed: Speed) -> dict[str, Any]:
    """All that was measured of one experiment, and its settings."""
    return {
        "settings": config.to_dict(),
        "pictures_per_step": speed.pictures,
        "pictures_per_second": speed.rate(speed.loaded),
        "pictures_per_second_with_data_at_hand": speed.rate(speed.kept),
        "pictures_per_second_of_data_alone": speed.rate(speed.loading),
        "share_lost_to_data": speed.lost(),
        "flops_per_step": speed.flops,
        "flops_per_second": speed.reached(),
    }


def name_of(device: torch.device) -> str:
    """The device, for people."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type


def about(options: argparse.Namespace, device: torch.device, peaks: dict[str, float]) -> str:
    """How the times were taken."""
    data = f"pictures of {options.data.name}" if options.data else f"{options.pictures} pictures of noise"
    text = (
        f"On {name_of(device)}: preset {options.preset}, {data}, the median of {options.rounds} rounds of "
        f"{options.steps} steps."
    )
    whose = "as given" if options.peak else "reached by a product of large matrices"
    for precision, peak in sorted(peaks.items()):
        text += f" Peak with {precision}: {peak / 1e12:.0f} TFLOP/s, {whose}."
    return text + "\n"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"train.py: {error}")
