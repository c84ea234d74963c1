"""The scored answers of one part, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.study.records import Answer
from tintype.study.resampling import Crossing

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Sample:
    """Answers to one question."""

    kinds: tuple[str, ...]
    """All kinds of the study, the truth first."""
    crossing: Crossing
    people: IntArray
    """Number of the person who gave each answer, [n]."""
    pictures: IntArray
    """Number of the picture that it is about, [n]."""
    kind: IntArray
    """Place of its kind among the kinds, [n]."""
    values: FloatArray
    """What was answered, [n]: 1 real, 0 colorized; or the stars."""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def units(self) -> IntArray:
        """A number for each image, a picture in one kind, [n]."""
        return np.asarray(self.pictures * len(self.kinds) + self.kind)

    @property
    def indicator(self) -> FloatArray:
        """1 where an answer is about a kind, [n, kinds]."""
        return np.asarray(self.kind[:, None] == np.arange(len(self.kinds)), dtype=float)

    def of(self, kind: str) -> NDArray[np.bool_]:
        """Which answers are about a kind, [n]."""
        return np.asarray(self.kind == self.kinds.index(kind))


def scored(rows: Sequence[Answer]) -> list[Answer]:
    """Answers that count unless a rule excludes them: neither practice nor attention checks."""
    return [row for row in rows if row.part != "practice" and not row.attention and row.answer is not None]


def kept(rows: Sequence[Answer]) -> list[Answer]:
    """Of those the ones that no rule excludes."""
    return [row for row in scored(rows) if not row.excluded]


def sample_of(rows: Sequence[Answer], part: str, kinds: Sequence[str]) -> Sample:
    """The answers of a part among these rows; whatever is of no kind of the study is left out."""
    places = {kind: place for place, kind in enumerate(kinds)}
    own = [row for row in rows if row.part == part and row.kind in places]
    people = np.array([row.participant for row in own], dtype=np.int64)
    pictures = np.array([row.picture for row in own], dtype=np.int64)
    return Sample(
        tuple(kinds),
        Crossing.of(people, pictures),
        people,
        pictures,
        np.array([places[row.kind] for row in own], dtype=np.int64),
        np.array([row.answer for row in own], dtype=float),
    )
