"""A contact sheet to judge colors by eye: each photograph in gray, as models color it, and as it is.

    python benchmarks/sheet.py PHOTO... --output sheet.jpg [--model NAME|PATH]... [--vivid 0..1]...
        [--side 256] [--whole]

Photographs are files, or names of pictures in scikit-image such as `skimage:coffee`. Each model has a column,
or with --vivid one for each vividness, if it takes any. The last column has the photograph's own colors, and
is gray again where there are none.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import photographs
import ranges
from photographs import Pixels
from tintype.engine.colorizer import Colorizer
from tintype.errors import ConfigError, TintypeError
from tintype.evaluate import colorists
from tintype.report.sheets import sheet

QUALITY = 92
"""Of a sheet in JPEG."""


@dataclass(frozen=True)
class Column:
    """A model at a vividness."""

    name: str
    colorizer: Colorizer
    vivid: float | None
    """None is the model's own."""

    def color(self, photo: Pixels) -> Pixels:
        """The photograph [H, W, 3] in the model's colors."""
        sitting = self.colorizer.set_photo(photo)
        sitting.predict(vivid=self.vivid)
        return sitting.render().to_array()


def columns(models: Sequence[str], vivids: Sequence[float]) -> list[Column]:
    """The columns between gray and the photograph's own colors.

    Raises `ConfigError` when some vividness is asked for and no model takes any.
    """
    colorizers = [Colorizer(model) for model in models]
    colorists.check_vividness([colorizer.contract for colorizer in colorizers], vivids)
    return [
        Column(name, colorizer, vivid)
        for colorizer in colorizers
        for name, vivid in colorists.at_vividness(colorizer.model.name, colorizer.contract, vivids).items()
    ]


def cut(photo: Image.Image, side: int, whole: bool) -> Pixels:
    """The largest square of a photograph's middle, [side, side, 3]; or all of it, fitted into that square."""
    fit = ImageOps.contain if whole else ImageOps.fit
    return np.asarray(fit(photo, (side, side)))


def row(truth: Pixels, models: Sequence[Column]) -> list[Pixels]:
    """Gray, the models' colors, the truth."""
    gray = models[0].colorizer.colorize(truth, saturation=0)
    return [gray, *(model.color(truth) for model in models), truth]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Photographs in gray, as models color them, and as they are."
    )
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="file, or a name such as skimage:coffee")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the sheet: a .jpg or .png file")
    parser.add_argument("--model", action="append", help="name or .onnx file, several times for more columns")
    parser.add_argument(
        "--vivid", type=ranges.share, action="append", default=[], help="a column at this vividness, 0..1"
    )
    parser.add_argument("--side", type=ranges.positive, default=256, help="pixels of each picture")
    parser.add_argument(
        "--whole", action="store_true", help="whole photographs, not the square of their middle"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Make the sheet."""
    options = parse(arguments)
    models = columns(options.model or ["cnn"], options.vivid)
    titles = ["gray", *(model.name for model in models), "its own colors"]
    photos = [cut(photographs.read(name), options.side, options.whole) for name in options.photos]
    picture = sheet([row(photo, models) for photo in photos], titles, options.side)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        picture.save(options.output, quality=QUALITY)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot write the sheet {options.output} ({error}); name a .jpg or .png"
        ) from error
    print(f"{options.output}: {' | '.join(titles)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"sheet.py: {error}")
