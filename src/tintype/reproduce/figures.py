"""The report's figures by its own numbers, as PNG and PDF."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image

from tintype.evaluate.results import Results
from tintype.evaluate.revisit import Revisit
from tintype.report import figures, sheets, style
from tintype.report.curves import loss_curves
from tintype.report.gallery import spread
from tintype.report.sheets import Pixels
from tintype.reproduce.place import Place
from tintype.reproduce.plan import APPROACHES, SIMPLE

SHEET: Final = 16
"""Rows of Figure 1, and pictures of each grid."""
SIDE: Final = 160
"""Pixels of a picture."""
ABREAST: Final = 2
"""Pictures beside each other in a grid, each in gray, in the model's colors and in its own."""
GRIDS: Final = {"02": SIMPLE, "06": "cnn", "10": "fusion", "14": "gan"}
CURVES: Final = {"05": "cnn", "09": "fusion", "13": "gan"}
CAPTIONS: Final = {
    "01": "Test pictures in gray, as each network colors them, and in their own colors",
    "02": "A simple network, trained on a small set for few epochs",
    "05": "Losses of the plain CNN",
    "06": "Results of the plain CNN",
    "09": "Losses of the CNN with class scores",
    "10": "Results of the CNN with class scores",
    "13": "Losses of the conditional GAN",
    "14": "Results of the conditional GAN",
    "15": "Accuracy (equation 9) of the networks",
}
"""What each figure shows, in order."""


def stem(number: str) -> str:
    """The name of a figure's files, without suffix."""
    return f"figure-{number}"


def draw(results: Results, revisit: Revisit, place: Place, folder: Path) -> None:
    """Write Figures 1, 2, 5, 6, 9, 10, 13, 14 and 15 into a folder."""
    numbers = spread(SHEET, len(results.pictures))
    sheets.save(_sheet(revisit, numbers), folder / stem("01"))
    for number, name in GRIDS.items():
        sheets.save(_grid(revisit, name, numbers), folder / stem(number))
    for number, name in CURVES.items():
        style.save(loss_curves({name: place.run(name)}), folder / stem(number))
    shown = [entry for entry in results.entries if entry.name in (*APPROACHES, "gray")]
    style.save(figures.accuracy_bars(replace(results, entries=shown)), folder / stem("15"))


def _sheet(revisit: Revisit, numbers: Sequence[int]) -> Image.Image:
    rows = [
        [
            revisit.gray(number),
            *(revisit.colored(name, number) for name in APPROACHES),
            revisit.truth(number),
        ]
        for number in numbers
    ]
    return sheets.sheet(_shrunk(rows), ("gray", *APPROACHES, "truth"))


def _grid(revisit: Revisit, name: str, numbers: Sequence[int]) -> Image.Image:
    """Triples of gray, result and truth, some abreast; the last row is filled with white."""
    triples = [(revisit.gray(each), revisit.colored(name, each), revisit.truth(each)) for each in numbers]
    rows = [
        [picture for triple in triples[start : start + ABREAST] for picture in triple]
        for start in range(0, len(triples), ABREAST)
    ]
    return sheets.sheet(_shrunk(rows), ("gray", name, "truth") * min(ABREAST, len(triples)))


def _shrunk(rows: Sequence[Sequence[Pixels]]) -> list[list[Pixels]]:
    return [[sheets.shrunk(picture, SIDE) for picture in row] for row in rows]
