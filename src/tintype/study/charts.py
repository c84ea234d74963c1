"""The figures of a study: Figures 16 and 17 of the 2019 report, and two more."""

from collections.abc import Sequence
from typing import Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from tintype.report import style, wording
from tintype.study import reported
from tintype.study.analysis import MOST_STARS, Analysis
from tintype.study.estimates import Estimate
from tintype.study.reported import Reported

WIDTH: Final = 8.0
"""Inches."""
PER_KIND: Final = 0.52
HEAD: Final = 1.25
REPORTED: Final = "2019 report"
ABOUT: Final = "2019 report, from words"
COLORMAP: Final = "cividis"


def figure_16(analysis: Analysis) -> Figure:
    """Figure 16: the share of answers that believed a kind to be real, with 95 % intervals."""
    figure, axes = _rows(analysis.kinds)
    colors = _colors(analysis.kinds)
    found = {kind: analysis.believed.shares[kind].estimate for kind in analysis.kinds}
    for place, (kind, estimate) in enumerate(found.items()):
        if estimate.value is not None:
            axes.barh(place, 100 * estimate.value, height=0.62, color=colors[kind], alpha=0.85)
        _interval(axes, place, estimate, 100)
        _value_beside(axes, place, estimate, 100, 0, " %")
    _reports(axes, analysis.kinds, reported.BELIEVED, 100)
    axes.axvline(50, color=style.INK, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("believed to be real, % of the answers")
    _legend(figure, axes)
    return figure


def figure_17(analysis: Analysis, meanings: Sequence[str]) -> Figure:
    """Figure 17: the mean stars of each kind, with 95 % intervals; `meanings` are those of the stars."""
    figure, axes = _rows(analysis.kinds)
    colors = _colors(analysis.kinds)
    for place, kind in enumerate(analysis.kinds):
        estimate = analysis.stars.means[kind]
        if estimate.value is not None:
            axes.barh(place, estimate.value - 1, left=1, height=0.62, color=colors[kind], alpha=0.85)
        _interval(axes, place, estimate, 1)
        _value_beside(axes, place, estimate, 1, 2, "")
    _reports(axes, analysis.kinds, reported.STARS, 1)
    axes.set_xlim(1, MOST_STARS)
    ticks = range(1, MOST_STARS + 1)
    axes.set_xticks(
        ticks, [f"{star}\n{_folded(style.plain(text))}" for star, text in zip(ticks, meanings, strict=True)]
    )
    axes.set_xlabel("mean stars")
    _legend(figure, axes)
    return figure


def star_shares(analysis: Analysis) -> Figure:
    """How often each number of stars was given to a kind."""
    figure, axes = _rows(analysis.kinds)
    colormap = matplotlib.colormaps[COLORMAP]
    shades = [colormap(0.08 + 0.84 * star / (MOST_STARS - 1)) for star in range(MOST_STARS)]
    for place, kind in enumerate(analysis.kinds):
        left = 0.0
        for star, share in enumerate(analysis.stars.shares[kind] or ()):
            bar = axes.barh(place, 100 * share, left=left, height=0.66, color=shades[star])
            if share >= 0.05:
                dark = sum(shades[star][:3]) < 1.5
                axes.bar_label(
                    bar,
                    [wording.number(100 * share, 0)],
                    label_type="center",
                    size=style.LETTERS - 1,
                    color="#ffffff" if dark else "#010101",
                )
            left += 100 * share
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the answers, %")
    handles = [Patch(color=shade) for shade in shades]
    names = [wording.count(star, "star") for star in range(1, MOST_STARS + 1)]
    figure.legend(
        handles, names, loc="outside lower center", ncols=MOST_STARS, fontsize=style.LETTERS, frameon=False
    )
    return figure


def sensitivity(analysis: Analysis) -> Figure:
    """d′ and c of each model, with 95 % intervals."""
    models = analysis.kinds[1:]
    figure = Figure(figsize=(WIDTH, HEAD + PER_KIND * len(models)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    detected = [analysis.believed.detection[model] for model in models]
    colors = _colors(analysis.kinds)
    for axes, label, found in (
        (
            left,
            "sensitivity d′\n0: cannot be told from real pictures",
            [each.sensitivity for each in detected],
        ),
        (right, "bias c\nbelow 0: people lean to “real”", [each.bias for each in detected]),
    ):
        for place, (model, estimate) in enumerate(zip(models, found, strict=True)):
            _interval(axes, place, estimate, 1)
            if estimate.value is not None:
                axes.plot(estimate.value, place, marker="o", markersize=8, color=colors[model], zorder=4)
        axes.axvline(0, color=style.INK, linewidth=0.8, linestyle=":")
        axes.set_xlabel(label)
        axes.margins(0.12, 0.25)
        style.bare(axes, "x")
    left.set_yticks(range(len(models)), [style.plain(model) for model in models], size=style.LETTERS)
    left.invert_yaxis()
    return figure


def _rows(kinds: Sequence[str]) -> tuple[Figure, Axes]:
    """A figure with a row for each kind, the first on top."""
    figure = Figure(figsize=(WIDTH, HEAD + PER_KIND * len(kinds)), layout="constrained")
    axes = figure.subplots()
    style.bare(axes, "x")
    axes.set_yticks(range(len(kinds)), [style.plain(kind) for kind in kinds], size=style.LETTERS)
    axes.set_ylim(len(kinds) - 0.45, -0.55)
    return figure, axes


def _colors(kinds: Sequence[str]) -> dict[str, str]:
    """The truth gray, models in colors by turns."""
    models = {kind: style.COLORS[number % len(style.COLORS)] for number, kind in enumerate(kinds[1:])}
    return {kinds[0]: style.BASELINE, **models}


def _interval(axes: Axes, place: int, estimate: Estimate, factor: float) -> None:
    if estimate.low is not None and estimate.high is not None:
        axes.plot(
            [factor * estimate.low, factor * estimate.high],
            [place, place],
            color=style.INK,
            linewidth=1.3,
            marker="|",
            markersize=8,
            zorder=3,
        )


def _value_beside(
    axes: Axes, place: int, estimate: Estimate, factor: float, decimals: int, unit: str
) -> None:
    """The number, right of the frame."""
    text = "no answers"
    if estimate.value is not None:
        text = f"{wording.number(factor * estimate.value, decimals)}{unit}"
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        size=style.LETTERS,
        annotation_clip=False,
    )


def _reports(axes: Axes, kinds: Sequence[str], found: dict[str, Reported], factor: float) -> None:
    """The report's own numbers as diamonds, hollow where it has words instead."""
    for exact in (True, False):
        own = [
            (factor * found[kind].value, place)
            for place, kind in enumerate(kinds)
            if kind in found and found[kind].exact == exact
        ]
        if own:
            axes.plot(
                [value for value, _ in own],
                [place - 0.36 for _, place in own],
                linestyle="",
                marker="v",
                markersize=7,
                markeredgecolor=style.INK,
                markerfacecolor=style.INK if exact else "none",
                label=REPORTED if exact else ABOUT,
                zorder=5,
            )


def _legend(figure: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    if names:
        figure.legend(
            handles, names, loc="outside lower center", ncols=2, fontsize=style.LETTERS, frameon=False
        )


def _folded(text: str, most: int = 18) -> str:
    """A text in lines of so many letters at most, where words allow it."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
