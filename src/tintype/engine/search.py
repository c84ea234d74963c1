"""Photographs that resemble a gray one, among many: Chia 2011's choice of references, without the web.

Chia et al. 2011 (*Semantic Colorization with Internet Images*) find references by what they show. Here that
is told by the shipped model's encoder, which was pretrained to tell a thousand kinds of things: its features,
averaged over the picture, less their mean over all pictures searched, compared by the cosine. All pictures
are embedded from their lightness alone, as the gray one must be.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from tintype import color
from tintype.engine.abilities import Ability, demand
from tintype.engine.predictors import OnnxPredictor
from tintype.engine.sizing import working_shape
from tintype.errors import ConfigError, DataError
from tintype.zoo import DEFAULT_MODEL, find_model

FloatArray = NDArray[np.float32]

EMBEDDED_SIZE: Final = 128
"""Side, in pixels, of the square of the area at which pictures are embedded."""
GLANCE: Final = 16
"""Side of the thumbnails of lightness by which a picture knows itself again."""
SAME: Final = 0.995
"""Correlation of thumbnails from which on two pictures are one: scaling and compression alter less."""
FORMAT: Final = 1
"""Version of stored indexes."""


@dataclass(frozen=True)
class Embedder:
    """Pictures as vectors, by the features of a model."""

    predictor: OnnxPredictor
    model_sha256: str
    """Hash of the model's file."""

    def shape(self, width: int, height: int) -> tuple[int, int]:
        """Height and width at which a picture is embedded."""
        return working_shape(width, height, EMBEDDED_SIZE, self.predictor.contract.multiple)

    def embed(self, lightness: FloatArray) -> FloatArray:
        """The mean of the features, [F], of L* [H, W] of any size."""
        shape = self.shape(lightness.shape[1], lightness.shape[0])
        small = color.shrink(lightness, shape, axes=(0, 1)) if shape != lightness.shape else lightness
        luma = np.ascontiguousarray(small, np.float32)[np.newaxis, np.newaxis]
        features = self.predictor.predict(luma, features=True).features
        assert features is not None  # noqa: S101  they were asked for
        mean: FloatArray = features[0].mean(axis=(1, 2))
        return mean


@lru_cache(maxsize=1)
def default_embedder() -> Embedder:
    """The shipped model's, on the CPU, loaded once.

    Raises `ModelError` when it is missing or damaged, `ConfigError` when it gives no features.
    """
    model = find_model(DEFAULT_MODEL)
    predictor = OnnxPredictor(model.path, "cpu")
    demand(predictor.contract, Ability.FEATURES)
    return Embedder(predictor, model.sha256)


@dataclass(frozen=True)
class Neighbor:
    """A picture of an index that resembles the one asked for."""

    name: str
    number: int
    """Its place in the index, from 0."""
    distance: float
    """1 less the cosine: 0 for alike, 1 for unrelated, at most 2."""


class Index:
    """Pictures that can be asked for those most like a gray one. Several threads may ask at once."""

    def __init__(
        self, embedder: Embedder, names: list[str], vectors: FloatArray, glances: FloatArray
    ) -> None:
        """`vectors` are mean features [n, F], `glances` thumbnails as `_glance` makes them, [n, 256]."""
        self._embedder = embedder
        self.names = names
        self._vectors = list(vectors)
        self._glances = list(glances)
        self._ready: tuple[FloatArray, FloatArray, FloatArray] | None = None
        self._lock = Lock()

    @classmethod
    def empty(cls, embedder: Embedder | None = None) -> "Index":
        """An index without pictures; by the shipped model's features unless an embedder is given."""
        nothing = np.zeros((0, 0), np.float32)
        return cls(embedder or default_embedder(), [], nothing, nothing)

    @classmethod
    def build(cls, pictures: Iterable[tuple[str, FloatArray]], embedder: Embedder | None = None) -> "Index":
        """The index of pictures given by name and L* [H, W] in 0..100, of any size."""
        index = cls.empty(embedder)
        for name, lightness in pictures:
            index.add(name, lightness)
        return index

    def __len__(self) -> int:
        return len(self.names)

    def add(self, name: str, lightness: FloatArray) -> None:
        """Add a picture of L* [H, W], of any size."""
        vector, glance = self._embedder.embed(lightness), _glance(lightness)
        with self._lock:
            self.names.append(name)
            self._vectors.append(vector)
            self._glances.append(glance)
            self._ready = None

    def nearest(self, lightness: FloatArray, count: int = 1) -> list[Neighbor]:
        """The `count` pictures most like one of L* [H, W], the most like it first; fewer if there are not so
        many. The picture itself, in whatever size or compression, is left out."""
        if not len(self):
            return []
        vectors, mean, glances = self._arrays()
        likeness = vectors @ _normalized(self._embedder.embed(lightness) - mean)
        itself = glances @ _glance(lightness) > SAME
        order = np.argsort(np.where(itself, np.inf, -likeness), kind="stable")
        order = order[: min(count, len(self) - int(itself.sum()))]
        return [Neighbor(self.names[each], int(each), float(1 - likeness[each])) for each in order]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the index as an .npz file, with the hash of the model that it was made by."""
        with Path(path).open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array(FORMAT),
                model=np.array(self._embedder.model_sha256),
                names=np.array(self.names),
                vectors=np.array(self._vectors, np.float32),
                glances=np.array(self._glances, np.float32),
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str], embedder: Embedder | None = None) -> "Index":
        """Read what `save` wrote. Raises `DataError` when it is none or damaged, `ConfigError` when it was
        made by another model."""
        embedder = embedder or default_embedder()
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                found = {name: stored[name] for name in ("format", "model", "names", "vectors", "glances")}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DataError(f"{path} holds no index of pictures ({error}); make it again") from error
        if int(found["format"]) != FORMAT or str(found["model"]) != embedder.model_sha256:
            raise ConfigError(f"the index {path} was made by another model or version; make it again")
        return cls(embedder, [str(name) for name in found["names"]], found["vectors"], found["glances"])

    def _arrays(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Centered vectors of length 1 [n, F], the mean [F] taken off, and thumbnails [n, 256]."""
        with self._lock:
            if self._ready is None:
                vectors = np.stack(self._vectors)
                mean = vectors.mean(axis=0) if len(self) >= ENOUGH_FOR_A_MEAN else 0 * vectors[0]
                self._ready = (_normalized(vectors - mean), mean, np.stack(self._glances))
            return self._ready


ENOUGH_FOR_A_MEAN: Final = 32
"""Pictures from which on their mean says what all photographs have in common."""


def _glance(lightness: FloatArray) -> FloatArray:
    """A thumbnail of L* [H, W], less its mean, of length 1: [256]."""
    small = color.shrink(lightness, (GLANCE, GLANCE), axes=(0, 1)).astype(np.float32).ravel()
    return _normalized(small - small.mean())


def _normalized(vectors: FloatArray) -> FloatArray:
    """Vectors [..., F] of length 1; zero stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: FloatArray = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return result
