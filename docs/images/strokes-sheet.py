"""Makes strokes-sheet.jpg: photographs with strokes, as each method of strokes colors them, and as they are.

python docs/images/strokes-sheet.py [--strokes 10] [--side 256] [--output docs/images/strokes-sheet.jpg]
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw

from tintype import color
from tintype.classical import METHODS, Kind, set_up
from tintype.engine.sizing import working_shape
from tintype.evaluate.pictures import FloatArray, to_lab
from tintype.evaluate.strokes import simulate
from tintype.hints import Hints, rasterize

PHOTOS = ("coffee", "astronaut", "chelsea", "rocket")
COLUMNS = [name for name, method in METHODS.items() if method.kind is Kind.STROKES and "-" not in name]
HEAD = 18
"""Pixels for the names."""


def shown(lab: FloatArray) -> Image.Image:
    """L*a*b* as a picture."""
    rgb = np.clip(color.lab_to_srgb(color.gamut.reduce_chroma(lab)), 0, 1)
    return Image.fromarray(np.rint(255 * rgb).astype(np.uint8))


def row(photo: FloatArray, count: int, side: int) -> list[Image.Image]:
    """Gray with strokes, each method, the truth."""
    height, width = working_shape(photo.shape[1], photo.shape[0], side, 1)
    picture = np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.LANCZOS))
    lab = to_lab(picture).astype(np.float32)
    strokes: Hints = simulate(picture, count)
    hints = rasterize(strokes, (width, height), (height, width))
    marked = lab.copy()
    marked[..., 1:] = hints[..., :2]
    gray_with_strokes = shown(marked)
    luma = np.ascontiguousarray(lab[..., 0])
    painted = [np.concatenate([lab[..., :1], set_up(name, luma).paint(hints)], axis=-1) for name in COLUMNS]
    return [gray_with_strokes, *map(shown, painted), shown(lab)]


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=10)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".jpg"))
    options = parser.parse_args()
    rows = [row(getattr(skimage.data, name)(), options.strokes, options.side) for name in PHOTOS]
    scale = 200 / max(each[0].width for each in rows)
    size = [(round(scale * each[0].width), round(scale * each[0].height)) for each in rows]
    sheet = Image.new("RGB", (200 * (len(COLUMNS) + 2), HEAD + sum(height for _, height in size)), "white")
    draw = ImageDraw.Draw(sheet)
    for index, name in enumerate(("strokes", *COLUMNS, "the photograph")):
        draw.text((200 * index + 4, 3), name, fill="black")
    top = HEAD
    for pictures, (width, height) in zip(rows, size, strict=True):
        for index, picture in enumerate(pictures):
            small = picture.resize((width, height), Image.Resampling.LANCZOS)
            sheet.paste(small, (200 * index + (200 - width) // 2, top))
        top += height
    sheet.save(options.output, quality=82)


if __name__ == "__main__":
    main()
