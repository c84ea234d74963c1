"""Does confidence mean something: error by decile of confidence, over cells and over pictures.

    python benchmarks/confidence.py --data DIR_or_TAR [--data …] --model NAME|PATH [--model …]
        [--vivid 0..1 …] [--size 256] [--limit N] [--jobs N] [--json OUT] [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import ranges
import results
from pictures import DataSet, open_set
from tintype import color
from tintype.errors import ConfigError, TintypeError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Network, Row
from tintype.evaluate.pictures import FloatArray, Picture, squared, to_lab

DECILES = 10
HEADER = ("decile, from the least sure", "confidence", "a*b* error")
WAYS = {
    "cells": "all cells of all pictures",
    "within": "cells ranked within their picture, mean over pictures",
    "pictures": "whole pictures, ranked by mean confidence",
}
"""Ways of ranking, with what they rank."""


def measure(rows: Sequence[Row], size: int, picture: Picture) -> list[FloatArray]:
    """Confidence and error of each cell [2, cells] that each model gives for one picture."""
    lab = to_lab(squared(picture, size))
    return [_cells(network, vivid, lab) for network, vivid in rows]


def _cells(network: Network, vivid: float | None, lab: FloatArray) -> FloatArray:
    """[2, h · w]; the error is the distance to the mean true a*b* of the cell."""
    output = network.predict(lab[..., 0], vivid=vivid)
    assert output.confidence is not None  # main saw to it
    off = np.moveaxis(output.chroma[0], 0, -1) - color.shrink(lab[..., 1:], output.chroma.shape[2:])
    return np.stack([output.confidence[0, 0].ravel(), np.hypot(off[..., 0], off[..., 1]).ravel()])


def deciles(confidence: FloatArray, error: FloatArray) -> list[dict[str, float]]:
    """Mean confidence and mean error of ten equal parts, the least sure first; fewer than ten give none."""
    if len(confidence) < DECILES:
        return []
    parts = np.array_split(np.argsort(confidence, kind="stable"), DECILES)
    return [
        {
            "confidence": float(confidence[part].mean(dtype=float)),
            "chroma_error": float(error[part].mean(dtype=float)),
        }
        for part in parts
    ]


def by_all_ways(cells: Sequence[FloatArray]) -> dict[str, list[dict[str, float]]]:
    """The deciles of pictures' cells [2, cells], for each of `WAYS`."""
    within = [deciles(*each) for each in cells]
    names = ("confidence", "chroma_error")
    means = np.array([each.mean(axis=1, dtype=float) for each in cells]).T
    return {
        "cells": deciles(*np.concatenate(list(cells), axis=1)),
        "within": [
            {name: float(np.mean([each[n][name] for each in within if each])) for name in names}
            for n in range(DECILES if any(within) else 0)
        ],
        "pictures": deciles(*means),
    }


def evaluate(data: DataSet, rows: dict[str, Row], size: int, jobs: int) -> dict[str, Any]:
    """All figures of a set of pictures."""
    work = partial(measure, list(rows.values()), size)
    per_picture = list(data.mapped(work, f"{data.name}: asking", jobs))
    models = {}
    for number, (name, (network, vivid)) in enumerate(rows.items()):
        models[name] = {
            "model_sha256": network.sha256,
            "vivid": network.contract.vivid if vivid is None else vivid,
            "deciles": by_all_ways([each[number] for each in per_picture]),
        }
    return {
        "data": data.name,
        "pictures": len(per_picture),
        "unreadable": len(data) - len(per_picture),
        "sha256": data.sha256(),
        "models": models,
    }


def falls(table: Sequence[dict[str, float]]) -> str:
    """Whether the error falls from each decile to the next, in a sentence."""
    rising = [
        f"from {n} to {n + 1}"
        for n, (first, second) in enumerate(pairwise(table), 1)
        if not second["chroma_error"] < first["chroma_error"]
    ]
    if rising:
        return f"The error does **not** fall {', '.join(rising)}."
    return "The error falls from each decile to the next."


def section(result: dict[str, Any]) -> str:
    """The part of the page about one data set."""
    left_out = f", {result['unreadable']} unreadable ones left out" if result["unreadable"] else ""
    about = f"{result['pictures']} pictures{left_out}; sha256 of their bytes `{result['sha256']}`.\n"
    parts = [f"## {result['data']}\n", about]
    for name, model in result["models"].items():
        parts += [f"### {name}\n", f"sha256 `{model['model_sha256']}`\n"]
        for way, what in WAYS.items():
            table = model["deciles"][way]
            parts.append(f"{what[0].upper()}{what[1:]}:\n")
            parts += [_table(table), f"{falls(table)}\n"] if table else [f"Fewer than {DECILES}.\n"]
    return "\n".join(parts)


def _table(table: Sequence[dict[str, float]]) -> str:
    rows = [
        (f"{n}", f"{part['confidence']:.3f}", f"{part['chroma_error']:.2f}")
        for n, part in enumerate(table, 1)
    ]
    return results.table(HEADER, rows)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Error by decile of confidence.")
    parser.add_argument("--data", type=Path, action="append", required=True, help="folder or tar; repeatable")
    parser.add_argument("--model", action="append", required=True, help="name or .onnx path; repeatable")
    parser.add_argument(
        "--vivid", type=ranges.share, action="append", default=[], help="ask models at this vividness, 0..1"
    )
    parser.add_argument(
        "--size", type=ranges.positive, default=256, help="side of the square that is asked of"
    )
    ranges.add_extent_and_results(parser)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    models = colorists.networks(options.model, colorists.cores_for(options.jobs))
    for model in models:
        if not model.contract.confidence:
            raise ConfigError(f"the model {model.name!r} gives no confidence; choose one that does")
    rows = colorists.rows(models, options.vivid)
    measured = [
        evaluate(open_set(source, options.limit), rows, options.size, options.jobs) for source in options.data
    ]
    protocol = f"Protocol: center square, {options.size}x{options.size}; see benchmarks/README.md.\n"
    sections = [protocol, *(section(each) for each in measured)]
    results.publish(results.page("Confidence", "confidence.py", arguments, sections), options.markdown)
    if options.json:
        about = {"size": options.size, "versions": results.versions()}
        results.publish(json.dumps(about | {"sets": measured}, indent=1) + "\n", options.json)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"confidence.py: {error}")
