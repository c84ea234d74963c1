"""Pictures of an evaluation painted again, for people to look at: what was scored, to the bit."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from tintype.errors import DataError, TintypeError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.pictures import FloatArray, Item, Picture, open_set, squared, to_lab
from tintype.evaluate.results import Entry, Results
from tintype.evaluate.scoring import paint
from tintype.zoo import find_model, list_models

GRAY: Final = "gray"


class Revisit:
    """The pictures of results, found again in `data`, and their entries, whose models are found by hash.

    Models are looked for in the package, in the folders of TINTYPE_MODELS, and in `models`: .onnx files, or
    folders of such. `has` tells whether an entry can be painted. Raises `DataError` when `data` does not hold
    the pictures.
    """

    def __init__(self, results: Results, data: Path, models: Sequence[Path] = ()) -> None:
        self.results = results
        found = {item.name: item for item in open_set(data).items}
        missing = [row.name for row in results.pictures if row.name not in found]
        if missing:
            raise DataError(
                f"{data} lacks {len(missing)} of the {len(results.pictures)} pictures of "
                f"{results.data.name}, such as {missing[0]}; give the folder that was evaluated"
            )
        self._items: list[Item] = [found[row.name] for row in results.pictures]
        self._files = _by_hash(models)
        self._made: dict[str, Colorist] = {}

    def has(self, name: str) -> bool:
        """Whether an entry is a baseline or its model is at hand."""
        entry = self.results.entry(name)
        return entry.sha256 is None or entry.sha256 in self._files

    def truth(self, number: int) -> Picture:
        """Picture `number` of the results as it was scored, [S, S, 3].

        Raises `DataError` when it is another than then.
        """
        row, protocol = self.results.pictures[number], self.results.protocol
        picture, identity = self._items[number].load()
        if identity != row.sha256:
            raise DataError(
                f"{row.name} is not the picture that was scored (its sha256 differs); give the folder that "
                "was evaluated"
            )
        return squared(picture, protocol.size, protocol.shape == "stretch")

    def gray(self, number: int) -> Picture:
        """The same without its colors."""
        return self._paint(colorists.by_level(GRAY, np.zeros((colorists.LEVELS, 2))), number)[1]

    def colored(self, name: str, number: int) -> Picture:
        """What an entry made of it. Raises `DataError` when its model is not at hand."""
        return self._paint(self._entry(name), number)[1]

    def chroma_error(self, name: str, number: int) -> FloatArray:
        """The a*b* distance between what an entry made of it and the truth, [S, S], CIE units."""
        lab, _ = self._paint(self._entry(name), number)
        difference = lab[..., 1:] - to_lab(self.truth(number))[..., 1:]
        return np.hypot(difference[..., 0], difference[..., 1])

    def _paint(self, entry: Colorist, number: int) -> tuple[FloatArray, Picture]:
        return paint(entry, to_lab(self.truth(number))[..., 0])

    def _entry(self, name: str) -> Colorist:
        if name not in self._made:
            self._made[name] = self._make(self.results.entry(name))
        return self._made[name]

    def _make(self, entry: Entry) -> Colorist:
        if entry.table is not None:
            return colorists.by_level(entry.name, np.array(entry.table))
        path = self._files.get(entry.sha256 or "")
        if path is None:
            raise DataError(
                f"no model with the hash of {entry.name} is at hand ({entry.sha256}); name its .onnx file or "
                "folder with --models"
            )
        network = colorists.Network(str(path))
        return Colorist(entry.name, partial(network.paint, vivid=entry.vivid), network, entry.vivid)


def _by_hash(places: Sequence[Path]) -> dict[str, Path]:
    """Model files by their hash. A model whose file is damaged is not at hand."""
    files: dict[str, Path] = {}
    for name_or_path in _candidates(places):
        try:
            model = find_model(name_or_path)
        except TintypeError:
            if isinstance(name_or_path, Path):
                raise
            continue
        files.setdefault(model.sha256, model.path)
    return files


def _candidates(places: Sequence[Path]) -> Iterator[str | Path]:
    yield from (card.name for card in list_models())
    for place in places:
        yield from sorted(place.glob("**/*.onnx")) if place.is_dir() else (place,)
