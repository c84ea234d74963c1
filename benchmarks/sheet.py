"""A contact sheet to judge colors by eye: each photograph in gray, as models color it, and as it is.

    python benchmarks/sheet.py PHOTO... --output sheet.jpg [--model NAME]... [--side 256]

Photographs are files, or names of pictures in scikit-image such as `skimage:coffee`. The last column has the
photograph's own colors, and is gray again where there are none.
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image, ImageOps

import tintype

Pixels = NDArray[np.uint8]
FROM_SCIKIT_IMAGE = "skimage:"
GAP = 6
"""White pixels between pictures."""


def read(name: str, side: int) -> Pixels:
    """The photograph as RGB [side, side, 3], the largest square of its middle."""
    if name.startswith(FROM_SCIKIT_IMAGE):
        picture = Image.fromarray(getattr(skimage.data, name.removeprefix(FROM_SCIKIT_IMAGE))())
    else:
        picture = ImageOps.exif_transpose(Image.open(name))
    return np.asarray(ImageOps.fit(picture.convert("RGB"), (side, side)))


def row(truth: Pixels, colorizers: list[tintype.Colorizer]) -> list[Pixels]:
    """Gray, the models' colors, the truth."""
    gray = colorizers[0].colorize(truth, saturation=0)
    return [gray, *(colorizer.colorize(truth) for colorizer in colorizers), truth]


def sheet(rows: list[list[Pixels]], side: int) -> Pixels:
    """All pictures in one, white between them."""
    step = side + GAP
    canvas = np.full((step * len(rows) - GAP, step * len(rows[0]) - GAP, 3), 255, np.uint8)
    for y, pictures in enumerate(rows):
        for x, picture in enumerate(pictures):
            canvas[y * step : y * step + side, x * step : x * step + side] = picture
    return canvas


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", nargs="+", metavar="PHOTO")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", action="append", help="name or .onnx file, several times for more columns")
    parser.add_argument("--side", type=int, default=256, help="pixels of each picture")
    arguments = parser.parse_args()
    colorizers = [tintype.Colorizer(model) for model in arguments.model or ["cnn"]]
    rows = [row(read(name, arguments.side), colorizers) for name in arguments.photos]
    Image.fromarray(sheet(rows, arguments.side)).save(arguments.output, quality=92)
    print(f"{arguments.output}: gray | {' | '.join(c.model.name for c in colorizers)} | its own colors")


if __name__ == "__main__":
    main()
