"""Hints drawn in a paint program: a PNG over the photograph, transparent where nothing is said."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.color import srgb_to_lab
from tintype.errors import HintError

ByteArray = NDArray[np.uint8]

OPAQUE: Final = 128
"""From this alpha of 255 on a pixel counts as painted, so that soft edges are cut in their middle."""
GRID_SIDE: Final = 2048
"""Cells along the longer side of the grid into which a larger painting is gathered."""
STRIP: Final = 1 << 20
"""Pixels that are looked at together."""
MAX_PIXELS: Final = 1_000_000_000
"""Paintings with more are refused by their header."""
ORIENTATION: Final = "orientation"
ALPHA_ADVICE: Final = (
    "draw on a transparent layer of its own over the photograph, hide the photograph, and export that as PNG"
)


@dataclass(frozen=True, eq=False)
class Painted:
    """What is painted, gathered into cells of a grid over the whole photograph."""

    grid: tuple[int, int]
    """Rows and columns of the grid."""
    cells: NDArray[np.int64]
    """[n], row · columns + column of the cells with paint; one may come up several times."""
    sums: NDArray[np.float32]
    """[n, 3], sums of a* and b* over the painted pixels of each, and their number."""

    @classmethod
    def from_rgba(cls, rgba: ByteArray) -> "Painted":
        """What an array [H, W, 4], sRGB and alpha, says; it is spread over the whole photograph.

        Raises `HintError` for other arrays, and where nothing is painted.
        """
        if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8 or 0 in rgba.shape:
            raise HintError(
                f"a painting must be an array [H, W, 4] of uint8, not {rgba.shape} of {rgba.dtype}"
            )
        height, width = rgba.shape[:2]
        rows = max(1, STRIP // width)
        return cls.gather(width, height, (rgba[top : top + rows] for top in range(0, height, rows)))

    @classmethod
    def gather(cls, width: int, height: int, strips: Iterable[ByteArray]) -> "Painted":
        """What strips [rows, width, 4], from top to bottom, say together; raises `HintError` if nothing."""
        shrinking = min(1.0, GRID_SIDE / max(width, height))
        grid = (max(1, round(height * shrinking)), max(1, round(width * shrinking)))
        cells: list[NDArray[np.int64]] = []
        sums: list[NDArray[np.float32]] = []
        top = 0
        for strip in strips:
            y, x = np.nonzero(strip[..., 3] >= OPAQUE)
            flat = (y + top) * grid[0] // height * grid[1] + x * grid[1] // width
            ab = srgb_to_lab(strip[y, x, :3].astype(np.float32) / 255)[:, 1:]
            there, which = np.unique(flat, return_inverse=True)
            weights = (ab[:, 0], ab[:, 1], np.ones(len(ab)))
            counted = [np.bincount(which, weight, len(there)) for weight in weights]
            cells.append(there)
            sums.append(np.stack(counted, axis=-1).astype(np.float32))
            top += len(strip)
        painted = cls(grid, np.concatenate(cells), np.concatenate(sums))
        if not len(painted.cells):
            raise HintError(f"nothing is painted there; {ALPHA_ADVICE}")
        return painted

    @property
    def pixels(self) -> int:
        """How many pixels are painted."""
        return int(self.sums[:, 2].sum(dtype=np.float64))

    def sha256(self) -> str:
        """Hash of grid, cells and colors, hexadecimal."""
        parts = (np.array(self.grid, "<i8"), self.cells.astype("<i8"), self.sums.astype("<f4"))
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def read_png(data: bytes) -> tuple[int, int, Painted]:
    """Width, height and content of a PNG with transparency; an orientation in its EXIF is applied.

    Raises `HintError` when it is damaged, has no transparency, or is painted nowhere or everywhere.
    """
    import pyvips

    try:
        image = pyvips.Image.pngload_buffer(data, access="sequential", fail_on="error")
        if image.width * image.height > MAX_PIXELS:
            raise HintError(f"it has {image.width}×{image.height} pixels; make it as large as the photograph")
        if not image.hasalpha():
            raise HintError(f"it has no transparency; {ALPHA_ADVICE}")
        if ORIENTATION in image.get_fields() and image.get(ORIENTATION) != 1:
            image = pyvips.Image.pngload_buffer(data, access="random", fail_on="error").autorot()
        image = image.colourspace("srgb")
        painted = Painted.gather(image.width, image.height, _strips(image))
    except pyvips.Error as error:
        raise HintError(f"it is a damaged PNG ({_first_line(error)}); export it again") from error
    if painted.pixels == image.width * image.height:
        raise HintError(f"it is painted everywhere, as if the photograph were part of it; {ALPHA_ADVICE}")
    return image.width, image.height, painted


def _strips(image: Any) -> Iterator[ByteArray]:
    """The samples of an RGBA image, some rows at a time."""
    import pyvips

    region = pyvips.Region.new(image)
    rows = max(1, STRIP // image.width)
    for top in range(0, image.height, rows):
        height = min(rows, image.height - top)
        samples = region.fetch(0, top, image.width, height)
        yield np.frombuffer(samples, np.uint8).reshape(height, image.width, 4)


def _first_line(error: Exception) -> str:
    """The reason that libvips gives, on one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
