"""Pictures side by side: sheets to judge by eye, and maps of where the colors are wrong."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tintype.color import shrink

Pixels = NDArray[np.uint8]
"""[H, W, 3], sRGB."""

GAP: Final = 6
"""White pixels between pictures."""
SMALLEST_LETTERS: Final = 13
"""Size of the letters of titles, in pixels, at least."""
SCALE: Final = 12
"""Height of the scale of error maps, in pixels."""
COLORMAP: Final = "inferno"
"""Of error maps: darker to lighter all the way, for any color vision."""
ERROR_TOP: Final = 60.0
"""CIE units from which an error is shown as the greatest."""
QUALITY: Final = 84
"""Of pictures on a page, in JPEG with the full number of chroma samples: colors are what is looked at."""


def sheet(
    rows: Sequence[Sequence[Pixels]],
    titles: Sequence[str],
    side: int | None = None,
    names: Sequence[str] = (),
) -> Image.Image:
    """All pictures in one, white between them, under a line of titles; `names` stand to the left of the rows.

    Pictures of a row have one height, and all are at most `side` wide, the width of the widest if not given;
    narrower ones stand in the middle of their column.
    """
    side = side or max(picture.shape[1] for pictures in rows for picture in pictures)
    letters = max(SMALLEST_LETTERS, side // 14)
    font = ImageFont.load_default(letters)
    left = GAP + int(max(font.getlength(name) for name in names)) if names else 0
    above = letters + 7
    heights = [pictures[0].shape[0] for pictures in rows]
    size = (left + (side + GAP) * len(titles) - GAP, above + sum(heights) + GAP * (len(rows) - 1))
    canvas = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(canvas)
    for column, title in enumerate(titles):
        pen.text((left + column * (side + GAP) + 2, 2), _fitted(title, font, side - 2), "black", font)
    top = above
    for number, (pictures, height) in enumerate(zip(rows, heights, strict=True)):
        if names:
            pen.text((0, top), names[number], "black", font)
        for column, picture in enumerate(pictures):
            x = left + column * (side + GAP) + (side - picture.shape[1]) // 2
            canvas.paste(Image.fromarray(picture), (x, top))
        top += height + GAP
    return canvas


def with_scale(canvas: Image.Image, side: int) -> Image.Image:
    """A sheet with the scale of error maps below its last column, of width `side`."""
    font = ImageFont.load_default(SMALLEST_LETTERS)
    larger = Image.new("RGB", (canvas.width, canvas.height + SCALE + SMALLEST_LETTERS + 3 * GAP), "white")
    larger.paste(canvas, (0, 0))
    left, top = canvas.width - side, canvas.height + GAP
    ramp = error_map(np.tile(np.linspace(0, ERROR_TOP, side), (SCALE, 1)))
    larger.paste(Image.fromarray(ramp), (left, top))
    pen = ImageDraw.Draw(larger)
    below = top + SCALE + 2
    pen.text((left, below), "0", "black", font)
    pen.text((canvas.width, below), f"{ERROR_TOP:g} or more", "black", font, anchor="ra")
    return larger


def _fitted(text: str, font: Any, width: int) -> str:
    """A text, cut where it is wider than it may be."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def shrunk(picture: Pixels, side: int) -> Pixels:
    """A square picture, at most `side` wide, shrunk by area."""
    if max(picture.shape[:2]) <= side:
        return picture
    small = shrink(picture.astype(np.float32), (side, side))
    return np.rint(np.clip(small, 0, 255)).astype(np.uint8)


def error_map(distance: NDArray[np.floating[Any]]) -> Pixels:
    """a*b* distances [H, W] in CIE units as a picture: black 0, light `ERROR_TOP` and more."""
    colors = matplotlib.colormaps[COLORMAP](np.clip(distance / ERROR_TOP, 0, 1), bytes=True)
    return np.asarray(colors, dtype=np.uint8)[..., :3]


def jpeg(picture: Pixels) -> bytes:
    """A picture as JPEG, the same bytes each time."""
    with io.BytesIO() as file:
        Image.fromarray(picture).save(file, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
        return file.getvalue()


def save(picture: Image.Image, stem: Path) -> list[Path]:
    """Write `stem`.png and `stem`.pdf, without dates."""
    png, pdf = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.pdf")
    picture.save(png, optimize=True)
    picture.save(pdf, quality=92, resolution=200.0, creationDate=None, modDate=None)
    return [png, pdf]
