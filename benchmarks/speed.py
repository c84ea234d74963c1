"""How fast models color, and what storing them smaller costs.

    python benchmarks/speed.py [--model NAME|PATH …] [--rounds 20] [--size 256] [--variants]
        [--calibrate DIR_or_TAR] [--data DIR_or_TAR] [--limit N] [--keep DIR] [--reference-channels 64]
        [--json OUT] [--markdown OUT]

See README.md beside this file for the protocol. Run it on a quiet machine.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import ranges
import results
import siggraph17
import stored
from pictures import open_set
from stored import Candidate
from tintype.engine.cores import physical_cores
from tintype.engine.predictors import OnnxPredictor
from tintype.errors import ConfigError, TintypeError
from tintype.evaluate import colorists


@dataclass(frozen=True)
class Times:
    """Seconds of each round, by candidate and number of cores."""

    seconds: dict[tuple[str, int], list[float]]

    def milliseconds(self, name: str, cores: int) -> float:
        """The median."""
        return 1000 * statistics.median(self.seconds[name, cores])

    def ratio(self, name: str, other: str, cores: int) -> float:
        """How many times faster than another: the median over rounds, each with what it met."""
        pairs = zip(self.seconds[other, cores], self.seconds[name, cores], strict=True)
        return statistics.median(theirs / ours for theirs, ours in pairs)


def take_times(candidates: Sequence[Candidate], cores: Sequence[int], size: int, rounds: int) -> Times:
    """Time all candidates in turns, each with each number of cores, on one picture of noise.

    Raises `ConfigError` when a model cannot take pictures of that size.
    """
    luma = np.random.default_rng(0).uniform(0, 100, (1, 1, size, size)).astype(np.float32)
    runs = {}
    for candidate in candidates:
        for number in cores:
            predictor = OnnxPredictor(candidate.path, "cpu", number)
            multiple = predictor.contract.multiple
            if size % multiple:
                raise ConfigError(
                    f"{candidate.name} takes multiples of {multiple} pixels; choose such a --size"
                )
            runs[candidate.name, number] = partial(predictor.predict, luma)
            runs[candidate.name, number]()
    seconds: dict[tuple[str, int], list[float]] = {key: [] for key in runs}
    for _ in range(rounds):
        for key, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[key].append(time.perf_counter() - start)
    return Times(seconds)


def time_table(candidates: Sequence[Candidate], times: Times, cores: Sequence[int], reference: str) -> str:
    """The table of times; with a reference, how many times faster each is."""
    header = ["", "MB", *(f"ms, {_cores(number)}" for number in cores)]
    if reference:
        header += [f"times faster, {_cores(number)}" for number in cores]
    rows = []
    for candidate in candidates:
        row = [candidate.name, f"{candidate.megabytes:.1f}"]
        row += [f"{times.milliseconds(candidate.name, number):.1f}" for number in cores]
        if reference:
            row += [f"{times.ratio(candidate.name, reference, number):.1f}" for number in cores]
        rows.append(row)
    return results.table(header, rows)


def _cores(number: int) -> str:
    return "one core" if number == 1 else f"{number} cores"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="How fast models color, and what storing them smaller costs."
    )
    parser.add_argument("--model", action="append", help="name or .onnx path; repeatable")
    parser.add_argument("--rounds", type=ranges.positive, default=20, help="timed runs of each, in turns")
    parser.add_argument("--size", type=ranges.positive, default=256, help="side of the picture")
    parser.add_argument(
        "--variants", action="store_true", help="store each model in float16 and 8 bits as well"
    )
    parser.add_argument("--keep", type=Path, help="folder for the variants, to score them elsewhere")
    parser.add_argument("--calibrate", type=Path, help="pictures to measure ranges on for 8 bits")
    parser.add_argument("--data", type=Path, help="pictures to score the variants on")
    parser.add_argument("--limit", type=ranges.positive, help="so many pictures of --data, evenly spread")
    parser.add_argument(
        "--reference-channels",
        type=ranges.not_negative,
        default=siggraph17.CHANNELS,
        help="of the first block of the network to compare with; 0 leaves it out",
    )
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
    options = parser.parse_args(arguments)
    if (options.data or options.calibrate or options.keep) and not options.variants:
        parser.error("--data, --calibrate and --keep are for --variants; add that")
    return options


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as folder:
        kept = options.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        run(options, arguments, Path(folder), kept)


def run(options: argparse.Namespace, arguments: Sequence[str], folder: Path, kept: Path) -> None:
    """Make the reference in one folder and the variants in another, measure, and write down."""
    networks = colorists.networks(options.model or ["cnn"])
    candidates = [Candidate(network.name, network.path) for network in networks]
    groups: list[list[Candidate]] = []
    if options.variants:
        calibration = open_set(options.calibrate, stored.CALIBRATION) if options.calibrate else None
        groups = [stored.make(network, calibration, options.size, kept) for network in networks]
    running = [[each for each in group if not each.failure] for group in groups]
    candidates += [each for group in running for each in group]
    reference = ""
    if options.reference_channels:
        reference = siggraph17.NAME
        siggraph17.write(folder / "reference.onnx", options.reference_channels)
        candidates.insert(0, Candidate(reference, folder / "reference.onnx"))
    cores = sorted({physical_cores(), 1}, reverse=True)
    times = take_times(candidates, cores, options.size, options.rounds)
    parts = [_about(options), time_table(candidates, times, cores, reference)]
    parts += [f"- {network.name}: sha256 `{network.sha256}`\n" for network in networks]
    parts += [
        f"- {each.name} does not run: {each.failure}\n" for group in groups for each in group if each.failure
    ]
    scores: dict[str, dict[str, float]] = {}
    if options.data:
        data = open_set(options.data, options.limit)
        parts.append(
            f"## On {len(data)} pictures of {data.name}\n\nsha256 of their bytes `{data.sha256()}`.\n"
        )
        for group in running:
            scores |= stored.score(group, data, options.size)
            parts.append(stored.table_of(group, scores))
    results.publish(results.page("Speed", "speed.py", arguments, parts), options.markdown)
    if options.json:
        figures = {"versions": results.versions(), "size": options.size, "scores": scores}
        figures["models"] = {each.name: _figures(each, times, cores, reference) for each in candidates}
        results.publish(json.dumps(figures, indent=1) + "\n", options.json)


def _figures(candidate: Candidate, times: Times, cores: Sequence[int], reference: str) -> dict[str, Any]:
    """Size and times of one model, by number of cores."""
    name = candidate.name
    found: dict[str, Any] = {"megabytes": candidate.megabytes}
    found["milliseconds"] = {number: times.milliseconds(name, number) for number in cores}
    if reference:
        found["times_faster"] = {number: times.ratio(name, reference, number) for number in cores}
    return found


def _about(options: argparse.Namespace) -> str:
    """How the times were taken."""
    text = (
        f"One {options.size}x{options.size} picture through ONNX Runtime on the CPU, the median of "
        f"{options.rounds} runs of each, all in turns in one process; times faster is the median over rounds."
    )
    if options.reference_channels:
        count = siggraph17.parameters(options.reference_channels) / 1e6
        text += (
            f" {siggraph17.NAME} is the network of Zhang et al. 2017 with random weights: {count:.1f} "
            "million parameters."
        )
    return text + "\n"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"speed.py: {error}")
