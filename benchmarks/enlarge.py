"""Which rule should carry small a*b* to full size: error, bleeding at edges and time, side by side.

    python benchmarks/enlarge.py --data DIR_or_TAR [--model NAME|PATH] [--limit N] [--megapixels 1]
        [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

import results
import rules
from pictures import DataSet, center_multiple, open_set
from tintype import color, metrics
from tintype.errors import TintypeError
from tintype.evaluate import colorists
from tintype.evaluate.pictures import FloatArray, to_lab

FACTORS = (4, 8)
"""How many times smaller the chroma is."""
ROUNDS = 3
"""Timed runs of each rule, taken in turns; the fastest counts."""
HEADER = ("", "a*b* error", "against the rule in use", "error at edges", "leakage")

Source = Callable[[FloatArray], FloatArray]
"""From L*a*b* [H, W, 3] to the chroma that is to be enlarged, [h, w, 2], before it is made small."""


def labs(data: DataSet) -> Iterator[FloatArray]:
    """L*a*b* of each picture at its own size, cut to multiples of the largest factor; nothing resampled."""
    for picture in data.decoded(f"{data.name}: enlarging"):
        yield to_lab(center_multiple(picture, max(FACTORS)))


def measure(data: DataSet, sources: dict[str, Source]) -> dict[tuple[str, int, str], list[list[float]]]:
    """Error, error at edges and leakage of each picture, by source of chroma, factor and rule."""
    scores: dict[tuple[str, int, str], list[list[float]]] = {}
    for lab in labs(data):
        lightness, true = np.ascontiguousarray(lab[..., 0]), lab[..., 1:]
        for origin, source in sources.items():
            chroma = source(lab)
            for factor in FACTORS:
                size = (lab.shape[0] // factor, lab.shape[1] // factor)
                small = np.ascontiguousarray(color.shrink(chroma, size), np.float32)
                for name, rule in rules.RULES.items():
                    large = rule(small, lightness)
                    scores.setdefault((origin, factor, name), []).append(
                        [
                            metrics.chroma_error(true, large),
                            metrics.edge_error(true, large),
                            metrics.leakage(lightness, large),
                        ]
                    )
    return scores


def predicted_by(model: colorists.Network) -> Source:
    """What a model gives for L*, at its own size."""
    return lambda lab: model.paint(lab[..., 0])


def true_leakage(data: DataSet) -> float:
    """Mean leakage of true color, which has some too."""
    return float(np.nanmean([metrics.leakage(lab[..., 0], lab[..., 1:]) for lab in labs(data)]))


def times(megapixels: float) -> dict[tuple[int, str], float]:
    """Seconds per megapixel of each rule, by factor and rule, on smooth chroma and noisy lightness."""
    side = round((megapixels * 1e6) ** 0.5 / max(FACTORS)) * max(FACTORS)
    generator = np.random.default_rng(0)
    lightness = generator.uniform(0, 100, (side, side)).astype(np.float32)
    found: dict[tuple[int, str], list[float]] = {}
    for factor in FACTORS:
        small = generator.normal(0, 20, (side // factor, side // factor, 2)).astype(np.float32)
        for _ in range(ROUNDS):
            for name, rule in rules.RULES.items():
                start = time.perf_counter()
                rule(small, lightness)
                found.setdefault((factor, name), []).append(time.perf_counter() - start)
    return {key: min(seconds) / (side * side / 1e6) for key, seconds in found.items()}


def section(origin: str, factor: int, scores: dict[tuple[str, int, str], list[list[float]]]) -> str:
    """The table of one source of chroma at one factor."""
    in_use = np.array(scores[origin, factor, rules.IN_USE])[:, 0]
    rows = []
    for name in rules.RULES:
        values = np.array(scores[origin, factor, name])
        error, edges, leakage = (f"{value:.3f}" for value in np.nanmean(values, axis=0))
        rows.append([name, error, _difference(values[:, 0] - in_use), edges, leakage])
    return f"## {origin} chroma at 1/{factor}\n\n" + results.table(HEADER, rows)


def _difference(differences: FloatArray) -> str:
    """Mean of paired differences with its standard error; nothing for a rule against itself."""
    if not differences.any():
        return ""
    error = float(differences.std(ddof=1)) / len(differences) ** 0.5 if len(differences) > 1 else 0.0
    return f"{differences.mean():+.4f} ± {error:.4f}"


def time_section(megapixels: float) -> str:
    """The table of times."""
    seconds = times(megapixels)
    rows = []
    for name in rules.RULES:
        cells = [f"{1000 * seconds[factor, name]:.0f}" for factor in FACTORS]
        ratio = statistics.mean(seconds[factor, name] / seconds[factor, rules.IN_USE] for factor in FACTORS)
        rows.append([name, *cells, f"{ratio:.2f}"])
    header = ["", *(f"from 1/{factor}, ms per megapixel" for factor in FACTORS), "times the rule in use"]
    about = f"The fastest of {ROUNDS} runs in turns on a picture of {megapixels:g} MP.\n\n"
    return "## Time\n\n" + about + results.table(header, rows)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Which rule should carry small a*b* to full size.")
    parser.add_argument("--data", type=Path, required=True, help="folder or tar shard of color pictures")
    parser.add_argument("--model", action="append", default=[], help="name or .onnx path; repeatable")
    parser.add_argument("--limit", type=int, help="take so many pictures, evenly spread")
    parser.add_argument("--megapixels", type=float, default=1.0, help="size of the timed picture")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    data = open_set(options.data, options.limit)
    sources: dict[str, Source] = {"True": lambda lab: lab[..., 1:]}
    hashes = []
    for model in colorists.networks(options.model):
        sources[f"Predicted ({model.name})"] = predicted_by(model)
        hashes.append(f"- {model.name}: sha256 `{model.sha256}`\n")
    scores = measure(data, sources)
    about = (
        f"{len(data)} pictures of {data.name} at their own size; sha256 of their bytes `{data.sha256()}`. "
        f"Errors are against true color, ± is the standard error of the mean difference. "
        f"True color itself has a leakage of {true_leakage(data):.3f}.\n"
    )
    tables = [section(origin, factor, scores) for origin in sources for factor in FACTORS]
    parts = [about, *hashes, *tables, time_section(options.megapixels)]
    page = results.page("Enlarging chroma", "enlarge.py", arguments, parts)
    results.publish(page, options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"enlarge.py: {error}")
