"""Pictures of an evaluation painted again, for people to look at: what was scored, to the bit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from tintype import color
from tintype.classical import METHODS
from tintype.engine.references import References
from tintype.errors import DataError, TintypeError
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.nearest import prepared
from tintype.evaluate.pictures import FloatArray, Item, Picture, colored, open_set, squared, to_bytes, to_lab
from tintype.evaluate.plain import told_baselines
from tintype.evaluate.results import Entry, Results
from tintype.evaluate.scoring import paint
from tintype.evaluate.strokes import simulate
from tintype.evaluate.told import SILENCE, Given, Told
from tintype.hints import Hints
from tintype.zoo import find_model, list_models

GRAY: Final = "gray"
SHOWN_RADIUS: Final = 0.016
"""Half the width of strokes that are shown, as a share of the picture's side."""
SHOWN_LIGHTNESS: Final = 65.0
"""L* at which their colors are seen best."""


class Revisit:
    """The pictures of results, found again in `data`, and their entries, whose models are found by hash.

    Models are looked for in the package, in the folders of TINTYPE_MODELS, and in `models`: .onnx files, or
    folders of such. Strokes are drawn again. The references that pictures had are looked for in `references`,
    where entries had some. `lacks` tells why an entry cannot be painted. Raises `DataError` when `data` does
    not hold the pictures.
    """

    def __init__(
        self, results: Results, data: Path, models: Sequence[Path] = (), references: Path | None = None
    ) -> None:
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
        self._references: dict[str, Item] = {}
        if references is not None:
            self._references = {item.name: item for item in open_set(references).items}
        self._made: dict[str, Colorist] = {}

    def has(self, name: str) -> bool:
        """Whether an entry can be painted."""
        return not self.lacks(name)

    def lacks(self, name: str) -> str:
        """What is missing to paint an entry, and what to do about it; empty when nothing is."""
        entry = self.results.entry(name)
        if entry.sha256 is not None and entry.sha256 not in self._files:
            return f"no model with the sha256 {entry.sha256} is at hand; name it with --models"
        if entry.kind == "method" and entry.model not in METHODS:
            return f"this version of Tintype knows no method {entry.model}; take the one that scored it"
        if entry.references is not None and not self._references:
            chosen = next(each for each in self.results.references if each.sha256 == entry.references)
            return f"its references are not at hand; name their folder, {chosen.name}, with --references"
        return ""

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
        """What an entry made of it. Raises `DataError` when what that takes is not at hand."""
        return self._paint(self._entry(name), number, self._told(name, number))[1]

    def chroma_error(self, name: str, number: int) -> FloatArray:
        """The a*b* distance between what an entry made of it and the truth, [S, S], CIE units."""
        lab, _ = self._paint(self._entry(name), number, self._told(name, number))
        difference = lab[..., 1:] - to_lab(self.truth(number))[..., 1:]
        return np.hypot(difference[..., 0], difference[..., 1])

    def strokes(self, name: str, number: int) -> Hints | None:
        """The strokes that an entry was given for it, in its pixels; None for none."""
        count = self.results.entry(name).strokes
        return None if count is None else simulate(self.truth(number), count)

    def stroked(self, name: str, number: int) -> Picture:
        """The same in gray, with the strokes that an entry was given; wider than they were, so that they are
        seen, and of one lightness."""
        lightness = to_lab(self.truth(number))[..., 0]
        given = self.strokes(name, number) or Hints()
        wide = [replace(hint, radius=SHOWN_RADIUS * len(lightness)) for hint in given.hints]
        planes = Told(Hints(tuple(wide))).planes(len(lightness), lightness.shape)
        shown = np.where(planes[..., 2] > 0, SHOWN_LIGHTNESS, lightness)
        return to_bytes(color.lab_to_srgb(colored(shown.astype(np.float32), planes[..., :2])))

    def reference(self, name: str, number: int) -> Picture:
        """The photograph that an entry was given for it, [S, S, 3].

        Raises `DataError` when it was given none, and when it is not at hand, or another than then.
        """
        wanted = self.results.entry(name).references
        if wanted is None:
            raise DataError(f"{name} was given no reference; ask for one that was")
        if missing := self.lacks(name):
            raise DataError(f"{name} cannot be painted: {missing}")
        chosen = next(each for each in self.results.references if each.sha256 == wanted).chosen[number]
        protocol = self.results.protocol
        return prepared(self._references, chosen, protocol.size, protocol.shape == "stretch")

    def _told(self, name: str, number: int) -> Told:
        """What an entry was told of a picture."""
        referred = self.results.entry(name).references is not None
        reference = References(self.reference(name, number)) if referred else None
        return Told(self.strokes(name, number), reference)

    def _paint(self, entry: Colorist, number: int, told: Told = SILENCE) -> tuple[FloatArray, Picture]:
        return paint(entry, to_lab(self.truth(number))[..., 0], told)

    def _entry(self, name: str) -> Colorist:
        if name not in self._made:
            self._made[name] = self._make(self.results.entry(name))
        return self._made[name]

    def _make(self, entry: Entry) -> Colorist:
        if missing := self.lacks(entry.name):
            raise DataError(f"{entry.name} cannot be painted: {missing}")
        if entry.table is not None:
            return colorists.by_level(entry.name, np.array(entry.table))
        given = Given(entry.strokes, entry.references is not None)
        if entry.kind == "baseline":
            (made,) = told_baselines(given.strokes, given.reference)
        elif entry.kind == "method":
            made = colorists.unlearned(entry.model or entry.name, given)
        else:
            network = colorists.Network(str(self._files[entry.sha256 or ""]))
            made = colorists.learned(network, given, entry.vivid)
        return made


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
