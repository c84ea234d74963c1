"""The losses of training runs over steps: Figures 5, 9 and 13 of the 2019 report."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tintype.errors import DataError
from tintype.report import style

CURVE: Final = "curve.csv"
FITTED: Final = ("train", "validation")
"""Losses that measure how near colors are; all others are costs of players in a game."""
VALIDATION: Final = "validation"
WIDE: Final = 10
"""How many times its least value a loss may have and still be drawn on a linear axis."""
ABREAST: Final = 3
"""Runs side by side."""

Curves = dict[str, list[tuple[int, float]]]
"""Steps and values of each loss."""


def read_curves(run: Path) -> Curves:
    """All losses of a run's folder.

    Raises `DataError` when it holds no curve, or one without points.
    """
    path = run / CURVE
    curves: Curves = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                curves.setdefault(row["kind"], []).append((int(row["step"]), float(row["loss"])))
    except OSError as error:
        raise DataError(
            f"there is no curve {path} ({error.strerror}); give the folder of a training run"
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not the curve of a training run; give the run's folder") from error
    if not curves:
        raise DataError(f"{path} holds no point yet; train longer")
    return curves


def loss_curves(runs: Mapping[str, Path]) -> Figure:
    """The losses of some runs, by name, each in panels of its own, over optimizer steps.

    The costs of the players of adversarial training, in which the pixel loss counts λ times, have a panel
    above that of the pixel loss. Raises `DataError` as `read_curves`.
    """
    found = {name: read_curves(folder) for name, folder in runs.items()}
    if not found:
        raise DataError("no run is named; give the folder of at least one training run")
    across = min(len(found), ABREAST)
    blocks = [list(found.items())[start : start + across] for start in range(0, len(found), across)]
    heights = [2 if any(_costs(curves) for _, curves in block) else 1 for block in blocks]
    size = (1.6 + 2.9 * across if across > 1 else 6.5, 0.6 + 2.6 * sum(heights))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(sum(heights), across, squeeze=False)
    for axes in panels.flat:
        axes.set_visible(False)
    top = 0
    for block, height in zip(blocks, heights, strict=True):
        for column, (name, curves) in enumerate(block):
            own = list(panels[top : top + height, column])
            _draw_run(name, curves, own)
        top += height
    return figure


def _costs(curves: Curves) -> list[str]:
    return [kind for kind in sorted(curves) if kind not in FITTED]


def _draw_run(name: str, curves: Curves, panels: list[Axes]) -> None:
    """One run in the panels of its column: costs, if there are any, above its pixel losses."""
    fitted: list[str] = [kind for kind in FITTED if kind in curves]
    wanted: list[tuple[list[str], str]] = [(_costs(curves), "cost"), (fitted, "loss, network scale")]
    shown = [(kinds, label) for kinds, label in wanted if kinds]
    own = panels[len(panels) - len(shown) :]
    last = max(step for points in curves.values() for step, _ in points)
    for axes, (kinds, label) in zip(own, shown, strict=True):
        axes.set_visible(True)
        for number, kind in enumerate(kinds):
            steps, losses = zip(*curves[kind], strict=True)
            axes.plot(
                steps,
                losses,
                label=style.plain(kind),
                color=_color(kind, number),
                linewidth=1.3,
                linestyle="--" if kind == VALIDATION else "-",
                marker="o" if kind == VALIDATION or len(steps) == 1 else None,
                markersize=4,
            )
        values = [loss for kind in kinds for _, loss in curves[kind]]
        wide = 0 < WIDE * min(values) < max(values)  # the cost (7) is below zero
        axes.set_yscale("log" if wide else "linear")
        axes.set_xlim(-0.02 * last, 1.02 * last)
        axes.set_ylabel(label)
        axes.legend(fontsize=style.LETTERS - 1, frameon=False)
        style.bare(axes, "both")
    own[0].set_title(style.plain(name), size=style.LETTERS + 1)
    own[-1].set_xlabel("step")


def _color(kind: str, number: int) -> str:
    """The first color for the first loss and so on; the second one for validation alone."""
    validation, *others = style.COLORS[1], style.COLORS[0], *style.COLORS[2:]
    return validation if kind == VALIDATION else others[number % len(others)]
