"""The size at which a network sees a photograph; chosen here so that nobody has to."""

import math
from typing import Final

LONGEST_RATIO: Final = 16
"""Beyond this ratio of its sides a panorama is squeezed to it, so that its short side stays visible."""


def working_shape(width: int, height: int, working_size: int, multiple: int) -> tuple[int, int]:
    """Height and width, in pixels, at which a photograph of the given size goes through a network.

    The ratio of the sides is kept as far as rounding to `multiple` lets it, and the area is that of a square
    of side `working_size`. A panorama of more than 16:1 is squeezed to 16:1, so no side exceeds 4 ·
    working_size. A small photograph is enlarged: a network works best at the size that it was trained at.
    """
    ratio = min(max(width / height, 1 / LONGEST_RATIO), LONGEST_RATIO)
    sides = (working_size / math.sqrt(ratio), working_size * math.sqrt(ratio))
    rows, columns = (max(multiple, round(side / multiple) * multiple) for side in sides)
    return rows, columns
