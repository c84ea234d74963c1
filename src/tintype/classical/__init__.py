"""Color without learning: from a person's strokes, or from a photograph in color.

A `Method` says what a method is without importing it; `set_up` and `paint_like` import the one that is asked
for. All work at their own small size; who calls them carries the chroma to full size by the one rule.
"""

from tintype.classical.methods import (
    METHODS,
    PACKAGES,
    Canvas,
    Exemplar,
    Kind,
    Method,
    Swatch,
    paint_like,
    require,
    set_up,
)

__all__ = [
    "METHODS",
    "PACKAGES",
    "Canvas",
    "Exemplar",
    "Kind",
    "Method",
    "Swatch",
    "paint_like",
    "require",
    "set_up",
]
