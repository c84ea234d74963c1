"""Photographs for a study: drawn by a seed from a folder, or those that a reproduction has set aside."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image

from tintype.data.pack import Tell
from tintype.errors import ConfigError, DataError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.pictures import Item, Picture, judge, open_set, squared, to_lab
from tintype.evaluate.repeats import Repeats
from tintype.evaluate.scoring import paint
from tintype.study.protocol import TRUTH, LeftOut, StudyModel

READY: Final = "pictures.json"
"""List of the pictures that `tintype reproduce` sets aside, with their hashes."""
ADVICE: Final = "give a folder with more color photographs, or a smaller --n"


@dataclass(frozen=True)
class Drawn:
    """One photograph, in all its kinds."""

    name: str
    sha256: str
    kinds: dict[str, Picture]
    """By kind, the truth first; [S, S, 3], sRGB."""


class Source(Protocol):
    """Where a study's pictures come from."""

    name: str
    size: int
    models: tuple[StudyModel, ...]
    left_out: tuple[LeftOut, ...]
    available: int
    """How many pictures there are to take, at most as many as were asked for."""

    def take(self, count: int) -> Iterator[Drawn]:
        """The first so many."""
        ...


class Photographs:
    """Photographs of a folder, a tar shard or a packed set, colorized as `tintype evaluate` does.

    They are drawn by the seed; those that cannot be read, are gray or small, or show what one before shows
    are left out. Raises `DataError` without pictures, `ModelError` and `ConfigError` for the models.
    """

    def __init__(
        self,
        folder: Path,
        models: tuple[str, ...],
        vivids: tuple[float, ...],
        size: int,
        seed: int,
        wanted: int,
        tell: Tell,
    ) -> None:
        if not models:
            raise ConfigError("a study needs models; name some, such as --models cnn,fusion,gan,tint")
        data = open_set(folder)
        self.name = data.name
        self.size = size
        self._entries: list[Colorist] = colorists.models(models, vivids)
        self.models = tuple(
            StudyModel(entry.name, entry.sha256 or "", entry.vivid) for entry in self._entries
        )
        self._items, self.left_out = _draw(data.items, size, seed, wanted, tell)
        self.available = len(self._items)

    def take(self, count: int) -> Iterator[Drawn]:
        """See `Source`."""
        for item in self._items[:count]:
            picture, identity = item.load()
            truth = squared(picture, self.size)
            lightness = to_lab(truth)[..., 0]
            kinds = {entry.name: paint(entry, lightness)[1] for entry in self._entries}
            yield Drawn(clean(item.name), identity, {TRUTH: truth, **kinds})


class ReadyPictures:
    """The pictures in the folder `study/` of a reproduction, taken as they are once their hashes hold.

    `models` narrows them down. Raises `DataError` when something is missing or was changed, `ConfigError` for
    a model that is not among them.
    """

    def __init__(self, folder: Path, models: tuple[str, ...], seed: int) -> None:
        self._folder = folder
        self.name = folder.resolve().name
        listed = _listed(folder)
        unknown = [name for name in models if name not in listed["models"]]
        if unknown:
            raise ConfigError(
                f"{folder} has no pictures by {unknown[0]}; it has those by {', '.join(listed['models'])}"
            )
        chosen = models or tuple(listed["models"])
        self.models = tuple(StudyModel(name, listed["models"][name]) for name in chosen)
        order = np.random.default_rng(seed).permutation(len(listed["pictures"]))
        self._rows: list[dict[str, Any]] = [listed["pictures"][number] for number in order]
        self.left_out: tuple[LeftOut, ...] = ()
        self.available = len(self._rows)
        self.size = 0
        if self._rows:
            self.size = self._open(self._rows[0], TRUTH).shape[0]

    def take(self, count: int) -> Iterator[Drawn]:
        """See `Source`."""
        kinds = (TRUTH, *(model.name for model in self.models))
        for row in self._rows[:count]:
            yield Drawn(clean(row["name"]), row["sha256"], {kind: self._open(row, kind) for kind in kinds})

    def _open(self, row: dict[str, Any], kind: str) -> Picture:
        """An image, whose hash and size are right."""
        path = self._folder / kind / f"{row['number']:03d}.png"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}; make the folder anew") from error
        if sha256(data).hexdigest() != row["files"].get(kind):
            raise DataError(f"{path} is not what {READY} says (its sha256 differs); make the folder anew")
        picture: Picture = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
        side = self.size or picture.shape[0]
        if picture.shape != (side, side, 3):
            raise DataError(f"{path} is not {side}×{side} pixels like the others; make the folder anew")
        return picture


def clean(name: str) -> str:
    """A picture's name as text that every database takes; names that are no Unicode get escapes."""
    return name.encode("utf-8", "backslashreplace").decode().replace("\0", "")


def _draw(
    items: Any, size: int, seed: int, wanted: int, tell: Tell
) -> tuple[list[Item], tuple[LeftOut, ...]]:
    """Good pictures in the order of the seed, as many as are wanted or there are; and those left out."""
    drawn: list[Item] = []
    left_out: list[LeftOut] = []
    repeats = Repeats()
    for number in np.random.default_rng(seed).permutation(len(items)).tolist():
        if len(drawn) == wanted:
            break
        judged = judge(items[number], size)
        kind, reason = judged.kind, judged.reason
        if kind is None:
            repeated = repeats.find(judged.name, judged.pixels, judged.codes)
            kind, reason = ("duplicate", repeated) if repeated else (None, "")
        if kind is not None:
            left_out.append(LeftOut(clean(judged.name), kind, clean(reason)))
            continue
        drawn.append(items[number])
        tell(len(drawn), wanted)
    return drawn, tuple(left_out)


def _listed(folder: Path) -> dict[str, Any]:
    """What pictures.json says, after a look at its form."""
    path = folder / READY
    try:
        listed: Any = json.loads(path.read_bytes())
        models = {str(name): str(digest) for name, digest in listed["models"].items()}
        pictures = [
            {
                "number": int(row["number"]),
                "name": str(row["name"]),
                "sha256": str(row["sha256"]),
                "files": dict(row["files"]),
            }
            for row in listed["pictures"]
        ]
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; name the folder study/ of a reproduction") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} is no list of pictures as `tintype reproduce` writes it; give a folder of photographs"
        ) from error
    return {"models": models, "pictures": pictures}
