"""The report's numbers and claims, each beside what this reproduction has found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tintype.evaluate.results import Entry, Results
from tintype.reproduce.plan import REPORTED

TRAINED: Final = {
    "cnn": "50,000 pictures, batches of 50, up to 25 epochs, 25,000 steps, 4.5 h on a GTX 980",
    "fusion": "50,000 pictures, 100 epochs, 18 h on a GTX 1080",
    "gan": "batches of 16, 20 epochs, 26 h",
}
"""What the report says of each training (R3, R4, R5)."""
TOGETHER: Final = 0.1
"""Losses that differ by less than this share of the larger lie together."""
RELIABLE: Final = 5
"""Percentile of the pictures' AuC that says how reliable a model is: how well its bad pictures still do."""

Records = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One thing that the report says, and what came out here."""

    item: str
    place: str
    """Where the report says so: section, figure or equation."""
    reported: str
    found: str
    holds: bool | None = None
    """Whether it came out as reported; None where that is no question of yes or no."""


def rows(results: Results, records: Records, training_pictures: int) -> list[Row]:
    """All rows, in the order of the report. `records` are those of the runs, by name."""
    found = [
        Row("pictures for training", "R3", "50,000 of ImageNet", f"{training_pictures:,}"),
        Row("pictures for testing", "R7", "975", f"{results.data.pictures:,} of {results.data.name}"),
        Row(
            "size of the pictures",
            "R1",
            "256×256",
            f"scored at {results.protocol.size}×{results.protocol.size}",
        ),
    ]
    found += [_training(name, records[name]) for name in REPORTED]
    found += _losses(records["cnn"])
    return found + _accuracies(results) + _claims(results)


def _training(name: str, record: Mapping[str, Any]) -> Row:
    config, progress, data = record["config"], record["progress"], record["data"]
    seen = progress["step"] * config["batch"] * config.get("accumulate", 1)
    text = (
        f"{data['training_pictures']:,} pictures at {_square(config['side'])}, batches of {config['batch']}, "
        f"{seen / data['training_pictures']:.1f} epochs, {progress['step']:,} steps, "
        f"{progress['seconds'] / 3600:.2f} h; ended by {progress['ended']}"
    )
    return Row(f"training of {name}", {"cnn": "R3", "fusion": "R4", "gan": "R5"}[name], TRAINED[name], text)


def _losses(record: Mapping[str, Any]) -> list[Row]:
    """The last losses of the plain CNN, in the report's scale."""
    if not record["losses"].get("train") or not record["validation"]:
        return []
    training, validation = record["losses"]["train"][-1][1], record["validation"][-1]["loss"]
    apart = abs(training - validation) / max(training, validation)
    return [
        Row("loss of cnn at the end", "Figure 5", "about 0.002", f"{training:.4f} (a*b*/128, equation 4)"),
        Row(
            "its training and validation loss",
            "Figure 5",
            "lie together",
            f"{training:.4f} and {validation:.4f}: {100 * apart:.0f} % apart",
            apart < TOGETHER,
        ),
    ]


def _accuracies(results: Results) -> list[Row]:
    """Equation 9 at each ε, both normalizations."""
    found = []
    for percent in ("1", "2", "5"):
        values = [
            f"{name} {_value(results.entry(name), f'accuracy_{percent}'):.1f} % "
            f"({_value(results.entry(name), f'accuracy_printed_{percent}'):.1f} %)"
            for name in REPORTED
        ]
        reported = "bars without numbers" if percent == "2" else "not in the report"
        found.append(
            Row(
                f"accuracy within {percent} %, by 1/HW (as printed, by 1/2HW)",
                "equation 9, Figure 15",
                reported,
                ", ".join(values),
            )
        )
    return found


def _claims(results: Results) -> list[Row]:
    """What the report says of the networks beside each other."""
    cnn, fusion, gan = (results.entry(name) for name in REPORTED)
    accuracy = {entry.name: _value(entry, "accuracy_2") for entry in (cnn, fusion, gan)}
    vivid = {entry.name: _value(entry, "colorfulness") for entry in (cnn, fusion, gan)}
    low = {entry.name: _low(entry) for entry in (cnn, fusion, gan)}
    return [
        Row(
            "order by accuracy",
            "Figure 15",
            "fusion wins, the plain CNN is last",
            _order(accuracy, 1, "%"),
            max(accuracy, key=accuracy.__getitem__) == "fusion"
            and min(accuracy, key=accuracy.__getitem__) == "cnn",
        ),
        Row(
            "fusion against cnn",
            "R4",
            "more vivid and more accurate",
            f"colorfulness {vivid['fusion']:.1f} and {vivid['cnn']:.1f}, accuracy {accuracy['fusion']:.1f} "
            f"and {accuracy['cnn']:.1f} %{_p(results, 'fusion', 'cnn')}",
            vivid["fusion"] > vivid["cnn"] and accuracy["fusion"] > accuracy["cnn"],
        ),
        Row(
            "saturation",
            "R5",
            "the GAN is the most saturated of the three",
            f"{_order(vivid, 1, '')} (truth {results.truth['colorfulness'].value or 0:.1f})",
            max(vivid, key=vivid.__getitem__) == "gan",
        ),
        Row(
            "reliability",
            "R5",
            "the GAN is the least reliable of the three",
            f"{RELIABLE} % of the pictures have an AuC below: {_order(low, 1, '')}",
            min(low, key=low.__getitem__) == "gan",
        ),
    ]


def _square(side: int) -> str:
    return f"{side}×{side}"


def _value(entry: Entry, key: str) -> float:
    value = entry.sum[key].value
    return float("nan") if value is None else value


def _low(entry: Entry) -> float:
    values = [value for value in entry.pictures["auc"] if value is not None]
    return float(np.percentile(values, RELIABLE))


def _order(values: Mapping[str, float], decimals: int, unit: str) -> str:
    ordered = sorted(values.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {value:.{decimals}f}{f' {unit}' if unit else ''}" for name, value in ordered)


def _p(results: Results, first: str, second: str) -> str:
    """The adjusted p of two entries' accuracy, as an addition to a text."""
    for each in results.comparisons:
        if each.measure == "accuracy_2" and {each.first, each.second} == {first, second}:
            return "" if each.p_adjusted is None else f" (adjusted p {each.p_adjusted:.2g})"
    return ""
