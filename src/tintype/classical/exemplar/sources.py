"""What all methods of references begin with: references looked over, put together and sampled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.classical.methods import Rectangle, Swatch
from tintype.errors import ConfigError, HintError, UnusableReference

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

LEAST_CHROMA: Final = 0.5
"""Mean C*ab of all references together, CIE units, below which there is no color to take. Far below what is
seen as gray: who reads the files judges that, each by itself."""
FLAT: Final = 1e-3
"""L*; a range below it is that of an even picture."""
ENDS: Final = (2.0, 98.0)
"""Percentiles that a picture's range of lightness lies between."""


def check(references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()) -> None:
    """Raise what is to be said of references, L*a*b* [h, w, 3] each, and of swatches on them.

    Raises `UnusableReference` when there is none, one is no picture in L*a*b* or they have no color, and
    `HintError` for a swatch on a reference that is not there.
    """
    if not references:
        raise UnusableReference("no reference was given; give a photograph in color")
    for number, lab in enumerate(references, start=1):
        if lab.ndim != 3 or lab.shape[2] != 3 or lab.size == 0 or not np.isfinite(lab).all():
            raise UnusableReference(
                f"reference {number} is no picture in L*a*b* [h, w, 3]; give a photograph in color"
            )
    chroma = [float(np.hypot(lab[..., 1], lab[..., 2]).mean()) for lab in references]
    if max(chroma) < LEAST_CHROMA:
        raise UnusableReference("the reference has no color; give a photograph in color")
    for number, swatch in enumerate(swatches, start=1):
        if not 0 <= swatch.number < len(references):
            raise HintError(
                f"swatch {number} names reference {swatch.number}, but there are {len(references)}, "
                "counted from 0; correct its number"
            )


def refuse_swatches(name: str, swatches: Sequence[Swatch]) -> None:
    """Raise `ConfigError` when there are any, for methods that have no use for them."""
    if swatches:
        raise ConfigError(f"{name} takes no swatches; leave them out, or use the method welsh")


@dataclass(frozen=True)
class Remapping:
    """L* of references brought to the range of a photograph's: Y' = (range_B / range_A) (Y - low_A) + low_B.

    Welsh et al. 2002, section 3, after Hertzmann et al. 2001, match mean and deviation. Those depend on how
    much room each tone takes, so a dark thing before much sky would be held against another's sky; the ends
    of the range do not. On photographs either may be ahead (docs/benchmarks/references.md).
    """

    gain: float
    low_source: float
    low_aim: float

    @classmethod
    def between(cls, lightness: Sequence[FloatArray], luma: FloatArray) -> "Remapping":
        """From the `lightness` of all references, any shapes, as if they were one picture, to `luma`.

        One for all keeps apart what is dark in one reference and light in another.
        """
        together = np.concatenate([each.reshape(-1) for each in lightness])
        low, high = np.percentile(together, ENDS)
        aim_low, aim_high = np.percentile(luma, ENDS)
        gain = float((aim_high - aim_low) / (high - low)) if high - low > FLAT else 1.0
        return cls(gain, float(low), float(aim_low))

    def __call__(self, lightness: FloatArray) -> FloatArray:
        """Same shape."""
        return np.asarray((lightness - self.low_source) * self.gain + self.low_aim, np.float32)


def jittered(shape: tuple[int, ...], count: int, generator: np.random.Generator) -> IntArray:
    """About `count` pixels of a picture [H, W], by flat index; all where there are no more.

    One at random from each cell of a grid, so that they lie evenly and on no pattern (Welsh et al. 2002,
    section 3).
    """
    height, width = shape
    if height * width <= count:
        return np.arange(height * width)
    down = min(height, max(1, round((count * height / width) ** 0.5)))
    across = min(width, max(1, round(count / down)))
    y = np.linspace(0, height, down + 1)
    x = np.linspace(0, width, across + 1)
    jitter = generator.random((2, down, across))
    rows = np.minimum(y[:-1, None] + jitter[0] * np.diff(y)[:, None], height - 1).astype(np.int64)
    columns = np.minimum(x[None, :-1] + jitter[1] * np.diff(x)[None], width - 1).astype(np.int64)
    return np.unique(rows * width + columns)


def cut(rectangle: Rectangle, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a picture [H, W, …] under a rectangle, at least one of each."""
    x, y, width, height = rectangle
    return _span(y, height, shape[0]), _span(x, width, shape[1])


def _span(start: float, length: float, pixels: int) -> slice:
    first = min(max(int(np.floor(start * pixels + 0.5)), 0), pixels - 1)
    last = min(max(int(np.floor((start + length) * pixels + 0.5)), first + 1), pixels)
    return slice(first, last)
