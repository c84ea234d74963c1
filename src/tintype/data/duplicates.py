"""Which pictures show the same: a perceptual hash, and a search among many of them.

The hash has 64 bits: which of the 64 lowest frequencies of the picture's lightness, by the discrete cosine
transform of 32×32 pixels, lie above their median (Zauner 2010, *Implementation and Benchmarking of Perceptual
Image Hash Functions*, section 3.2.1; the bits are those of the package ImageHash). Scaling, compression and
small changes of tone alter few of them.
"""

from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.data.sources import Picture

SIDE: Final = 32
"""Pixels of the square that is transformed."""
LOW: Final = 8
"""Frequencies kept in each direction; the hash has their square's number of bits."""
BANDS: Final = 4
"""Parts of a hash that are looked up by themselves."""
BAND_BITS: Final = LOW * LOW // BANDS
MOST_BITS: Final = 11
"""Largest distance that can be searched for: beyond it each search looks up thousands of keys, and pictures
that have nothing to do with one another are found."""

Code = int
"""A perceptual hash."""


def perceptual_hashes(picture: Picture) -> tuple[Code, Code]:
    """The hash of a picture [H, W, 3] and that of its mirror image, left and right exchanged."""
    from PIL import Image

    gray: Any = Image.fromarray(picture).convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    waves = _cosines()
    low = waves @ np.asarray(gray, dtype=np.float64) @ waves.T  # [LOW, LOW]
    mirrored = low * np.where(np.arange(LOW) % 2, -1.0, 1.0)  # mirroring turns the odd waves over
    return _bits(low), _bits(mirrored)


def _cosines() -> NDArray[np.float64]:
    """The lowest rows of the cosine transform (DCT-II), [LOW, SIDE]."""
    frequency, place = np.arange(LOW)[:, None], np.arange(SIDE)[None, :]
    return 2 * np.cos(np.pi * frequency * (2 * place + 1) / (2 * SIDE))


def _bits(low: NDArray[np.float64]) -> Code:
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def distance(one: Code, other: Code) -> int:
    """How many bits of two hashes differ."""
    return (one ^ other).bit_count()


class Nearby:
    """Hashes, each with a name, that can be asked for the nearest within a distance.

    Multi-index hashing (Norouzi, Punjani and Fleet 2012): of two hashes that differ in at most `most` bits,
    one of the four bands differs in at most a quarter of that; so only hashes are compared that have such a
    band, one in a thousand: comparing 100,000 pictures, mirrored too, takes seconds, not hours.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._flips = [
            sum(1 << bit for bit in bits)
            for count in range(most // BANDS + 1)
            for bits in combinations(range(BAND_BITS), count)
        ]
        self._tables: list[dict[int, list[int]]] = [{} for _ in range(BANDS)]
        self._codes: list[Code] = []
        self._names: list[str] = []

    def add(self, code: Code, name: str) -> None:
        """Remember a hash."""
        for table, band in zip(self._tables, _bands(code), strict=True):
            table.setdefault(band, []).append(len(self._codes))
        self._codes.append(code)
        self._names.append(name)

    def find(self, code: Code) -> tuple[str, int] | None:
        """The name and the distance of the nearest hash, the first of equals, if there is one near enough."""
        candidates: set[int] = set()
        for table, band in zip(self._tables, _bands(code), strict=True):
            for flip in self._flips:
                candidates.update(table.get(band ^ flip, ()))
        nearest = min(((distance(code, self._codes[each]), each) for each in candidates), default=None)
        if nearest is None or nearest[0] > self.most:
            return None
        return self._names[nearest[1]], nearest[0]


def _bands(code: Code) -> tuple[int, ...]:
    mask = (1 << BAND_BITS) - 1
    return tuple(code >> shift & mask for shift in range(0, LOW * LOW, BAND_BITS))
