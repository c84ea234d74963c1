"""How all figures look, and how they become files: the same bytes each time, with neither date nor chance."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tintype.evaluate.results import Entry

COLORS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette (jfly.uni-koeln.de/color), which people with any color vision tell apart, without
yellow and black, which vanish on white and on black."""
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")
BASELINE: Final = "#888888"
INK: Final = "#000000"
"""Of letters and lines; on a page it becomes the page's own."""
LETTERS: Final = 9.5
"""Points."""
DPI: Final = 160
SALT: Final = "tintype"
"""Makes the names inside an SVG the same each time."""


def plain(text: str) -> str:
    """A name as matplotlib shall print it: a dollar is a dollar."""
    return " ".join(text.split()).replace("$", r"\$")


def family(entry: Entry) -> str:
    """What entries share a color by: the model and what it was told, whatever its vividness."""
    if entry.model is None or not entry.told:
        return entry.model or entry.name
    strokes = [] if entry.strokes is None else [f"{entry.strokes} stroke{'s' * (entry.strokes != 1)}"]
    return f"{entry.model} ({', '.join(strokes + ['nearest'] * (entry.references is not None))})"


def colors(entries: Iterable[Entry]) -> dict[str, str]:
    """A color for each family: models by turns, baselines gray."""
    found: dict[str, str] = {}
    models = 0
    for entry in entries:
        if family(entry) in found:
            continue
        if entry.kind == "baseline":
            found[family(entry)] = BASELINE
        else:
            found[family(entry)] = COLORS[models % len(COLORS)]
            models += 1
    return found


def markers(entries: Iterable[Entry]) -> dict[str, str]:
    """A marker for each family, all different up to ten; with `colors` up to thirty."""
    families = dict.fromkeys(family(entry) for entry in entries)
    return {name: MARKERS[number % len(MARKERS)] for number, name in enumerate(families)}


def bare(axes: Axes, grid: str) -> None:
    """Take away what is not needed of the frame; faint lines across one axis ("x", "y" or "both")."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LETTERS)
    axes.xaxis.label.set_fontsize(LETTERS)
    axes.yaxis.label.set_fontsize(LETTERS)
    axes.set_axisbelow(True)
    axes.grid(axis=grid, color="#999999", alpha=0.35, linewidth=0.6)  # type: ignore[arg-type]  # one of the three words


@contextmanager
def _any_letters() -> Iterator[None]:
    """Draw letters that the font lacks as boxes without a warning for each: tables have them all."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write `stem`.png and `stem`.pdf."""
    png, pdf = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.pdf")
    with _any_letters():
        figure.savefig(png, dpi=DPI)
        figure.savefig(pdf, metadata={"CreationDate": None})
    return [png, pdf]


def svg(figure: Figure, prefix: str) -> str:
    """A figure as an SVG element for a page, its ids beginning with a prefix, its ink that of the page.

    Letters are outlines, so that it looks alike everywhere.
    """
    with io.StringIO() as file:
        with _any_letters(), matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
            figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        text = file.getvalue()
    element = text[text.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", element, flags=re.DOTALL)
    element = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", element)
    element = element.replace("xlink:href", "href").replace(INK, "currentColor")
    element = re.sub(r'\bid="', f'id="{prefix}-', element)
    element = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", element)
    return re.sub(
        r"<svg\b", '<svg fill="currentColor" aria-hidden="true" focusable="false"', element, count=1
    )
