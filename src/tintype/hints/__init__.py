"""What a person says of the colors of a photograph: points, strokes and paintings, and their files."""

from tintype.hints.colors import Color
from tintype.hints.files import HintSource, as_hints, read_hints
from tintype.hints.painted import Painted
from tintype.hints.raster import rasterize
from tintype.hints.values import Hint, Hints

__all__ = [
    "Color",
    "Hint",
    "HintSource",
    "Hints",
    "Painted",
    "as_hints",
    "rasterize",
    "read_hints",
]
