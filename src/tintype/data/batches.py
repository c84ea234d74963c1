"""Seeded training batches: what is cut where follows from (seed, epoch, position) alone.

So a resumed run sees the very batches that an uninterrupted one would have seen, whatever the number of
worker processes. Workers hand over uint8; `to_lab` turns a batch into L* and a*b* on the device that trains.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from tintype.color import srgb_to_lab
from tintype.data.packed import PictureSet
from tintype.data.scores import StoredScores
from tintype.data.sources import Picture

Loaded = TypeVar("Loaded")

RATIO = 4 / 3
"""Widest and, inverted, narrowest crop before it is resized to a square (Inception's augmentation)."""


class Batch(NamedTuple):
    """Pictures to train on, and what is known of them beside."""

    pictures: Tensor
    """uint8 sRGB (B, 3, H, W)."""
    scores: Tensor | None = None
    """Class scores (B, K) of the whole pictures, float16, where they are stored and wanted."""

    def parts(self, number: int) -> Iterator["Batch"]:
        """The batch in at most so many parts, the last one maybe smaller."""
        pictures = self.pictures.chunk(number)
        scores = [None] * len(pictures) if self.scores is None else self.scores.chunk(number)
        yield from map(Batch, pictures, scores)


@dataclass(frozen=True)
class Cutting:
    """How training crops are cut out of pictures."""

    side: int
    """Pixels of the square that comes out."""
    smallest: float = 1.0
    """Least share of the picture's area that a crop keeps; 1 is the largest square at a random place."""
    flip: bool = True
    """Whether every second crop is mirrored."""


def cut(picture: Picture, cutting: Cutting, random: np.random.Generator) -> Tensor:
    """Cut a random crop and resize it (antialiased): uint8 [H, W, 3] to uint8 (3, side, side)."""
    height, width = picture.shape[:2]
    crop_height, crop_width = min(height, width), min(height, width)
    if cutting.smallest < 1:
        area = height * width * random.uniform(cutting.smallest, 1)
        ratio = math.exp(random.uniform(-math.log(RATIO), math.log(RATIO)))
        crop_height = min(height, max(1, round(math.sqrt(area / ratio))))
        crop_width = min(width, max(1, round(math.sqrt(area * ratio))))
    top = int(random.integers(0, height - crop_height + 1))
    left = int(random.integers(0, width - crop_width + 1))
    crop = resize(picture[top : top + crop_height, left : left + crop_width], cutting.side)
    return crop.flip(-1) if cutting.flip and random.random() < 0.5 else crop


def cut_center(picture: Picture, side: int) -> Tensor:
    """The largest centered square, resized: uint8 [H, W, 3] to uint8 (3, side, side); for validation."""
    height, width = picture.shape[:2]
    square = min(height, width)
    top, left = (height - square) // 2, (width - square) // 2
    return resize(picture[top : top + square, left : left + square], side)


def resize(picture: Picture, side: int) -> Tensor:
    """Resize to a square, antialiased and bilinear: uint8 [H, W, 3] to uint8 (3, side, side)."""
    tensor = torch.from_numpy(np.array(picture)).permute(2, 0, 1)  # (3, H, W)
    if tensor.shape[-2:] == (side, side):
        return tensor
    resized = functional.interpolate(tensor[None], size=(side, side), mode="bilinear", antialias=True)
    return resized[0]


def to_lab(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """uint8 sRGB (B, 3, H, W) to float32 L* (B, 1, H, W) in 0..100 and a*b* (B, 2, H, W) in CIE units."""
    lab = srgb_to_lab(pictures.float() / 255, axis=-3)
    return lab[:, :1], lab[:, 1:]


class TrainingBatches(Dataset[Batch]):
    """The batches of a whole run by step, each uint8 (B, 3, side, side), with the pictures' scores if there
    are any.

    Each epoch's order is a permutation drawn from (seed, epoch); the pictures that do not fill its last batch
    are left out of that epoch. Of a batch, a process takes every `world`-th picture, beginning with number
    `rank`.
    """

    def __init__(
        self,
        pictures: PictureSet,
        cutting: Cutting,
        batch: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        scores: StoredScores | None = None,
    ) -> None:
        self.pictures = pictures
        self.scores = scores
        self.cutting = cutting
        self.batch = min(batch, len(pictures))
        self.steps_per_epoch = len(pictures) // self.batch
        self.seed = seed
        self.rank, self.world = rank, world
        self._epoch = -1
        self._order = np.empty(0, dtype=np.int64)

    def __getitem__(self, step: int) -> Batch:
        epoch, number = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._order = np.random.default_rng((self.seed, epoch)).permutation(len(self.pictures))
        positions = range(number * self.batch + self.rank, (number + 1) * self.batch, self.world)
        following = self._order[positions.stop + self.rank : positions.stop + self.batch : self.world]
        self.pictures.announce(following.tolist())
        pictures = torch.stack([self._crop(position) for position in positions])
        if self.scores is None:
            return Batch(pictures)
        return Batch(pictures, torch.from_numpy(self.scores[self._order[list(positions)]]))

    def _crop(self, position: int) -> Tensor:
        random = np.random.default_rng((self.seed, self._epoch, position))
        return cut(self.pictures[int(self._order[position])], self.cutting, random)


class ValidationBatches(Dataset[Tensor]):
    """Centered squares of all pictures in order, each batch uint8 (B, 3, side, side).

    Of a batch, a process takes every `world`-th picture, beginning with number `rank`; of the last batch
    maybe none.
    """

    def __init__(self, pictures: PictureSet, side: int, batch: int, rank: int = 0, world: int = 1) -> None:
        self.pictures = pictures
        self.rank, self.world = rank, world
        self.side = side
        self.batch = batch

    def __len__(self) -> int:
        return math.ceil(len(self.pictures) / self.batch)

    def __getitem__(self, number: int) -> Tensor:
        end = min((number + 1) * self.batch, len(self.pictures))
        squares = [
            cut_center(self.pictures[index], self.side)
            for index in range(number * self.batch + self.rank, end, self.world)
        ]
        none = torch.empty((0, 3, self.side, self.side), dtype=torch.uint8)
        return torch.stack(squares) if squares else none


def load(
    batches: Dataset[Loaded], first: int, total: int, workers: int, pin_memory: bool
) -> Iterator[Loaded]:
    """Yield batches number `first` to `total` - 1 in order, made by `workers` processes (0: in this one)."""
    loader = DataLoader(
        batches,
        batch_size=None,
        sampler=range(first, total),
        num_workers=workers,
        pin_memory=pin_memory,
        multiprocessing_context="spawn" if workers else None,
        prefetch_factor=4 if workers else None,
    )
    yield from loader
