"""What a person says of the colors of a photograph: points, strokes, paintings
and swatches, and their files."""

from tintype.hints.colors import Color
from tintype.hints.files import HintSource, as_hints, read_hints
from tintype.hints.painted import Painted
from tintype.hints.raster import rasterize
from tintype.hints.swatches import SwatchPair, SwatchSource, as_swatches, read_swatches
from tintype.hints.values import Hint, Hints

__all__ = [
    "Color",
    "Hint",
    "HintSource",
    "Hints",
    "Painted",
    "SwatchPair",
    "SwatchSource",
    "as_hints",
    "as_swatches",
    "rasterize",
    "read_hints",
    "read_swatches",
]
