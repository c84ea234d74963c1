"""Small pictures in color, and evaluations of them, for tests of evaluation and of reports."""

from pathlib import Path

import numpy as np
from PIL import Image

from tintype.evaluate.results import Results
from tintype.evaluate.run import Evaluation, evaluate
from training_pictures import colorful

SIZE = 32
FEW = {"resamples": 200, "flips": 200}


def write_pictures(folder: Path, count: int = 6, side: int = 48) -> Path:
    """A folder of pictures that are not square, none like another."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.fromarray(colorful(number, side, side + 8)).save(folder / f"{number:02d}.png")
    return folder


def write_bad_pictures(folder: Path) -> None:
    """One picture of each kind that is usually left out, under names that come last."""
    (folder / "x-unreadable.png").write_bytes(b"no picture")
    gray = np.repeat(colorful(90, 48, 56)[..., :1], 3, axis=-1)
    Image.fromarray(gray).save(folder / "x-gray.png")
    Image.fromarray(colorful(91, 12, 40)).save(folder / "x-small.png")
    Image.fromarray(colorful(0, 48, 56)[:, ::-1].copy()).save(folder / "x-mirrored.png")
    Image.fromarray(colorful(1, 48, 56)).save(folder / "x-same.webp", lossless=True)


def scored(data: Path, out: Path, *models: Path | str, **settings: object) -> Results:
    """An evaluation at a small size with few draws."""
    asked = Evaluation(tuple(str(model) for model in models), data, **({"size": SIZE} | FEW | settings))  # type: ignore[arg-type]
    return evaluate(asked, out, say=lambda text: None)
