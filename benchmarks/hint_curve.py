"""What hints are worth: PSNR over more and more random hints, and how far a single one reaches.

    python benchmarks/hint_curve.py --data DIR_or_TAR [--data …] --model NAME|PATH [--model …]
        [--vivid 0..1 …] [--counts 0 1 5 …] [--side 7] [--singles 4] [--seed 0] [--size 256] [--limit N]
        [--jobs N] [--json OUT] [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import ranges
import reach
import results
import revealed
from pictures import DataSet, open_set
from tintype import color, metrics
from tintype.engine.abilities import Ability, demand
from tintype.errors import ConfigError, TintypeError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Network, Row
from tintype.evaluate.pictures import FloatArray, Picture, colored, squared, to_bytes, to_lab

COUNTS = (0, 1, 5, 10, 20, 50, 100)
SIDE = 7
"""Pixels, at network size, of the square that a hint marks."""
SINGLES = 4
"""Hints of each picture that are also tried alone."""
CURVE = ("hints", "PSNR", "a*b* error", "gain in PSNR")


@dataclass(frozen=True)
class Plan:
    """What is tried on each picture."""

    counts: tuple[int, ...]
    """Numbers of hints, rising from 0."""
    singles: int
    side: int
    seed: int
    size: int


@dataclass(frozen=True)
class Measured:
    """What was measured of one picture."""

    psnr: FloatArray
    """[counts]"""
    error: FloatArray
    """[counts], mean a*b* distance."""
    rings: FloatArray
    """Sums of `reach.sums_of`."""


def measure(rows: Sequence[Row], plan: Plan, picture: Picture) -> list[Measured]:
    """Try all models on one picture, all with the same hints."""
    rgb = squared(picture, plan.size)
    lab = to_lab(rgb)
    return [_measure_one(network, vivid, plan, rgb, lab) for network, vivid in rows]


def _measure_one(
    network: Network, vivid: float | None, plan: Plan, rgb: Picture, lab: FloatArray
) -> Measured:
    shape = network.shape(lab[..., 0])
    true = color.shrink(lab[..., 1:], shape)
    squares = revealed.draw(
        true, max(*plan.counts, plan.singles), plan.side, revealed.generator_of(rgb, plan.seed)
    )
    chosen = [slice(count) for count in plan.counts] + [slice(n, n + 1) for n in range(plan.singles)]
    hints = np.stack([squares.planes(shape, each) for each in chosen])
    chroma = np.moveaxis(network.predict(lab[..., 0], hints, vivid).chroma, 1, -1)
    several, alone = chroma[: len(plan.counts)], chroma[len(plan.counts) :]
    shown = [colored(lab[..., 0], small) for small in several]
    return Measured(
        np.array([metrics.psnr(rgb, to_bytes(color.lab_to_srgb(each))) for each in shown]),
        np.array([metrics.chroma_error(lab[..., 1:], each[..., 1:]) for each in shown]),
        reach.sums_of(true, squares, np.stack([color.enlarge(each, shape) for each in (several[0], *alone)])),
    )


def evaluate(data: DataSet, rows: dict[str, Row], plan: Plan, jobs: int) -> dict[str, Any]:
    """All figures of a set of pictures."""
    work = partial(measure, list(rows.values()), plan)
    per_picture = list(data.mapped(work, f"{data.name}: hinting", jobs))
    models = {}
    for number, (name, (network, vivid)) in enumerate(rows.items()):
        measured = [each[number] for each in per_picture]
        models[name] = {
            "model_sha256": network.sha256,
            "vivid": network.contract.vivid if vivid is None else vivid,
            "curve": _curve(plan.counts, measured),
            "single": reach.means_of(sum(each.rings for each in measured)),
        }
    return {
        "data": data.name,
        "pictures": len(per_picture),
        "unreadable": len(data) - len(per_picture),
        "sha256": data.sha256(),
        "models": models,
    }


def _curve(counts: Sequence[int], measured: Sequence[Measured]) -> list[dict[str, float]]:
    psnr = np.mean([each.psnr for each in measured], axis=0)
    error = np.mean([each.error for each in measured], axis=0)
    return [
        {"hints": count, "psnr": float(psnr[n]), "chroma_error": float(error[n])}
        for n, count in enumerate(counts)
    ]


def section(result: dict[str, Any], plan: Plan) -> str:
    """The part of the page about one data set."""
    left_out = f", {result['unreadable']} unreadable ones left out" if result["unreadable"] else ""
    about = f"{result['pictures']} pictures{left_out}; sha256 of their bytes `{result['sha256']}`.\n"
    parts = [f"## {result['data']}\n", about]
    for name, model in result["models"].items():
        parts += [f"### {name}\n", f"sha256 `{model['model_sha256']}`\n", _curve_table(model["curve"])]
        parts += [rises(model["curve"]) + "\n"]
        if plan.singles:
            parts.append(reach.table_of(model["single"]))
    return "\n".join(parts)


def _curve_table(curve: Sequence[dict[str, float]]) -> str:
    rows = []
    for point in curve:
        gain = point["psnr"] - curve[0]["psnr"]
        figures = (f"{point['psnr']:.2f}", f"{point['chroma_error']:.2f}", f"{gain:+.2f}" if gain else "")
        rows.append((f"{point['hints']}", *figures))
    return results.table(CURVE, rows)


def rises(curve: Sequence[dict[str, float]]) -> str:
    """Whether PSNR rises from each number of hints to the next, in a sentence."""
    falls = [
        f"from {first['hints']} to {second['hints']}"
        for first, second in pairwise(curve)
        if not second["psnr"] > first["psnr"]
    ]
    if falls:
        return f"PSNR does **not** rise {', '.join(falls)} hints."
    return "PSNR rises at every step."


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="PSNR over random hints, and how far a single one reaches.")
    parser.add_argument("--data", type=Path, action="append", required=True, help="folder or tar; repeatable")
    parser.add_argument("--model", action="append", required=True, help="name or .onnx path; repeatable")
    parser.add_argument(
        "--vivid", type=ranges.share, action="append", default=[], help="try models at this vividness, 0..1"
    )
    parser.add_argument(
        "--counts", type=ranges.not_negative, nargs="+", default=COUNTS, help="numbers of hints"
    )
    parser.add_argument(
        "--side", type=ranges.positive, default=SIDE, help="of a hint's square, network pixels"
    )
    parser.add_argument(
        "--singles", type=ranges.not_negative, default=SINGLES, help="hints of each picture tried alone"
    )
    parser.add_argument("--seed", type=ranges.not_negative, default=0, help="of the places")
    parser.add_argument("--size", type=ranges.positive, default=256, help="side of the scored square")
    ranges.add_extent_and_results(parser)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    plan = Plan(
        tuple(sorted({0, *options.counts})), options.singles, options.side, options.seed, options.size
    )
    models = colorists.networks(options.model, colorists.cores_for(options.jobs))
    for model in models:
        demand(model.contract, Ability.HINTS)
        if plan.side > model.contract.working_size:
            raise ConfigError(
                f"a hint of {plan.side} pixels is larger than what {model.name} sees; lower --side"
            )
    rows = colorists.rows(models, options.vivid)
    measured = [
        evaluate(open_set(source, options.limit), rows, plan, options.jobs) for source in options.data
    ]
    protocol = (
        f"Protocol: center square, {plan.size}x{plan.size}; hints are squares of {plan.side} pixels at "
        f"network size, seed {plan.seed}; see benchmarks/README.md.\n"
    )
    sections = [protocol, *(section(each, plan) for each in measured)]
    results.publish(results.page("Hints", "hint_curve.py", arguments, sections), options.markdown)
    if options.json:
        about = {"size": plan.size, "side": plan.side, "seed": plan.seed, "versions": results.versions()}
        results.publish(json.dumps(about | {"sets": measured}, indent=1) + "\n", options.json)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"hint_curve.py: {error}")
