"""The figures of a comparison. Each function takes results and gives a figure; nothing else changes."""

from collections.abc import Sequence
from typing import Any, Final

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tintype.evaluate.measures import BY_KEY, Measure
from tintype.evaluate.results import Entry, Estimate, Results
from tintype.report import labels, style, wording
from tintype.report.sections import ordered

ACCURACIES: Final = ("accuracy_1", "accuracy_2", "accuracy_5")
WIDTH: Final = 8.0
"""Inches."""
LEGEND: Final = 4
"""Names in a line of a legend."""
QUANTILES: Final = (5, 25, 50, 75, 95)
"""Percent: whiskers, box, middle line."""
DISTRIBUTED: Final = "auc"
MAPPED: Final = "ciede2000"


def accuracy_bars(results: Results) -> Figure:
    """Figure 15 of the 2019 report: the share of pixels within 1, 2 and 5 % of the axis (equation 9).

    Bars and lower axes are normalized by 1/HW, with 95 % intervals; upper axes by 1/2HW, as printed.
    """
    entries = ordered(results)
    keys = [key for key in ACCURACIES if any(key in entry.sum for entry in entries)]
    figure = Figure(figsize=(WIDTH, 1.5 + 0.3 * len(entries)), layout="constrained")
    panels = figure.subplots(1, max(len(keys), 1), sharey=True, squeeze=False)[0]
    colors = style.colors(entries)
    places = np.arange(len(entries))
    for axes, key in zip(panels, keys, strict=False):
        scores = [entry.sum.get(key) for entry in entries]
        values = [0.0 if each is None or each.value is None else each.value for each in scores]
        bars = axes.barh(
            places,
            values,
            color=[colors[style.family(entry)] for entry in entries],
            xerr=_arms(scores),
            error_kw={"ecolor": style.INK, "elinewidth": 1.0, "capsize": 2.0},
        )
        for bar, entry in zip(bars, entries, strict=True):
            if entry.kind == "baseline":
                bar.set(hatch="////", facecolor="none", edgecolor=style.BASELINE)
        _values_beside(axes, places, scores)
        within = key.removeprefix("accuracy_")
        axes.set_xlabel(f"within {within} %: share of pixels, %\n(1/HW)")
        axes.set_xlim(0, 1.3 * max([each.high or 0 for each in scores if each] + [1]))
        style.bare(axes, "x")
        printed = axes.secondary_xaxis("top", functions=(_half, _double))
        printed.tick_params(labelsize=style.LETTERS - 1)
        printed.set_xlabel("as printed (1/2HW)", size=style.LETTERS - 1)
        printed.spines["top"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        printed.xaxis.set_major_locator(MaxNLocator(4))
    panels[0].set_yticks(places, [style.plain(entry.name) for entry in entries], size=style.LETTERS)
    panels[0].invert_yaxis()
    return figure


def distribution(results: Results, key: str = DISTRIBUTED) -> Figure:
    """How the pictures' scores are spread: box from quarter to three quarters, whiskers from 5 to 95 %."""
    entries = ordered(results)
    measure = BY_KEY[key]
    figure = Figure(figsize=(WIDTH, 1.1 + 0.36 * len(entries)), layout="constrained")
    axes = figure.subplots()
    colors = style.colors(entries)
    for place, entry in enumerate(entries):
        values = np.array([value for value in entry.pictures.get(key, []) if value is not None])
        if not len(values):
            continue
        low, first, middle, third, high = np.percentile(values, QUANTILES)
        color = colors[style.family(entry)]
        axes.plot([low, high], [place, place], color=color, linewidth=1.5, zorder=2)
        axes.barh(place, third - first, left=first, height=0.56, color=color, alpha=0.55, zorder=3)
        axes.plot([middle] * 2, [place - 0.28, place + 0.28], color=style.INK, linewidth=1.6, zorder=4)
        axes.plot(values.mean(), place, marker="D", markersize=4, color=style.INK, zorder=5)
        extremes = [values.min(), values.max()]
        axes.plot(extremes, [place] * 2, linestyle="", marker="|", markersize=7, color=color, zorder=2)
    axes.set_yticks(range(len(entries)), [style.plain(entry.name) for entry in entries])
    axes.set_xlabel(f"{wording.heading(measure, ' of a picture')}; {wording.direction(measure)}")
    style.bare(axes, "x")
    axes.invert_yaxis()
    return figure


def trade_off(results: Results, keys: Sequence[str] = ("ciede2000", "auc_rebalanced")) -> Figure:
    """Colorfulness against accuracy: a model at several vividnesses is a line, crosses are 95 % intervals."""
    entries = ordered(results)
    found = [BY_KEY[key] for key in keys if any(key in entry.sum for entry in entries)]
    names = len({style.family(entry) for entry in entries})
    figure = Figure(figsize=(WIDTH, 4.0 + 0.2 * -(-names // LEGEND)), layout="constrained")
    panels = figure.subplots(1, max(len(found), 1), squeeze=False)[0]
    for axes, measure in zip(panels, found, strict=False):
        _trade_off(axes, entries, measure)
        truth = results.truth.get("colorfulness")
        if truth is not None and truth.value is not None:
            axes.axvline(truth.value, color=style.INK, linestyle="--", linewidth=1, label="truth")
        axes.set_xlabel("colorfulness")
        axes.set_ylabel(wording.heading(measure))
        better = {"low": "down: more accurate", "high": "up: more accurate"}.get(measure.better, "")
        axes.set_title(better, size=style.LETTERS, loc="left")
        style.bare(axes, "both")
        axes.margins(0.1)
    handles, names = panels[0].get_legend_handles_labels()
    columns = min(len(names), LEGEND) or 1
    figure.legend(
        handles, names, loc="outside lower center", ncols=columns, fontsize=style.LETTERS, frameon=False
    )
    return figure


def _trade_off(axes: Axes, entries: Sequence[Entry], measure: Measure) -> None:
    """Points of all entries, those of one model joined, each vividness beside its point."""
    colors, markers = style.colors(entries), style.markers(entries)
    for name in dict.fromkeys(style.family(entry) for entry in entries):
        own = [entry for entry in entries if style.family(entry) == name and _has(entry, measure)]
        if not own:
            continue
        x, y = ([entry.sum[key] for entry in own] for key in ("colorfulness", measure.key))
        axes.errorbar(
            [each.value or 0 for each in x],
            [each.value or 0 for each in y],
            xerr=_arms(x),
            yerr=_arms(y),
            color=colors[name],
            marker=markers[name],
            markersize=7,
            linewidth=1.2,
            elinewidth=1.0,
            label=style.plain(name),
        )
        for entry, at_x, at_y in zip(own, x, y, strict=True):
            if entry.vivid is not None:
                axes.annotate(
                    f"{entry.vivid:g}",
                    (at_x.value or 0, at_y.value or 0),
                    xytext=(7, -12),
                    textcoords="offset points",
                    size=style.LETTERS - 1,
                )


def label_map(results: Results, key: str = MAPPED) -> Figure:
    """The mean of one measure by kind and entry, as numbers on a heat map."""
    entries, kinds, measure = ordered(results), labels.by_label(results), BY_KEY[key]
    means = [[labels.mean(entry, measure, indices) for entry in entries] for indices in kinds.values()]
    values = np.array([[np.nan if each is None else each for each in row] for row in means], dtype=float)
    width = max(WIDTH, 2.6 + 0.45 * len(entries))
    figure = Figure(figsize=(width, 1.6 + 0.3 * len(kinds)), layout="constrained")
    axes = figure.subplots()
    picture = axes.imshow(values, cmap="cividis", aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            dark = sum(picture.cmap(picture.norm(value))[:3]) < 1.5
            axes.text(
                column,
                row,
                wording.number(float(value), 1),
                ha="center",
                va="center",
                size=style.LETTERS - 1,
                color="#ffffff" if dark else "#010101",
            )
    names = [f"{_short(label)} ({len(indices)})" for label, indices in kinds.items()]
    axes.set_yticks(range(len(kinds)), [style.plain(name) for name in names])
    axes.set_xticks(
        range(len(entries)), [style.plain(entry.name) for entry in entries], rotation=30, ha="right"
    )
    axes.tick_params(labelsize=style.LETTERS)
    bar = figure.colorbar(picture, ax=axes, pad=0.01)
    bar.set_label(f"{wording.heading(measure)}; {wording.direction(measure)}", size=style.LETTERS)
    bar.ax.tick_params(labelsize=style.LETTERS)
    return figure


def color_bar(top: float, colormap: str) -> Figure:
    """What the colors of an error map mean, 0 to `top` CIE units."""
    figure = Figure(figsize=(4.0, 0.75), layout="constrained")
    scale = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(0, top), colormap)
    bar = figure.colorbar(scale, cax=figure.subplots(), orientation="horizontal", extend="max")
    bar.set_label("distance from the true a*b*, CIE units", size=style.LETTERS)
    bar.ax.tick_params(labelsize=style.LETTERS)
    return figure


def _has(entry: Entry, measure: Measure) -> bool:
    return all(key in entry.sum and entry.sum[key].value is not None for key in ("colorfulness", measure.key))


def _arms(scores: Sequence[Estimate | None]) -> NDArray[np.floating[Any]]:
    """How far intervals reach below and above their values: [2, n]; 0 where there is none."""
    arms = [
        (0.0, 0.0)
        if each is None or each.value is None or each.low is None or each.high is None
        else (max(each.value - each.low, 0.0), max(each.high - each.value, 0.0))
        for each in scores
    ]
    return np.array(arms, dtype=float).reshape(-1, 2).T


def _values_beside(axes: Axes, places: NDArray[Any], scores: Sequence[Estimate | None]) -> None:
    for place, each in zip(places, scores, strict=True):
        if each is not None and each.value is not None:
            axes.annotate(
                wording.number(each.value, 1),
                (each.high or each.value, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                size=style.LETTERS - 1,
            )


def _half(values: NDArray[Any]) -> NDArray[Any]:
    return values / 2


def _double(values: NDArray[Any]) -> NDArray[Any]:
    return values * 2


def _short(label: str, most: int = 32) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
