"""The photograph out of a set that each scored picture gets as its reference: the most like it in features.

The set is looked at once: what cannot be read, is gray or small is left out, the others are prepared as
pictures to score are, and embedded by `engine.search`. What was found is kept in two files beside the
results, named by a hash of all that decides it, and used again.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype.data.duplicates import Code
from tintype.data.pack import Tell
from tintype.data.prepare import NEAR_BITS
from tintype.engine.references import References, open_reference
from tintype.engine.search import Index, default_embedder
from tintype.errors import DataError, UnusableReference
from tintype.evaluate.kinds import Kind
from tintype.evaluate.pictures import Item, Judged, Picture, judge, open_set, squared, to_lab
from tintype.evaluate.results import Chosen, ReferenceSet, write_text
from tintype.photo.atomic import cannot_save

FloatArray = NDArray[np.floating[Any]]

FORMAT: Final = 1
"""Version of what is kept."""
TOLD_EVERY: Final = 10


@dataclass(frozen=True)
class Shelf:
    """A set of photographs as references, at the size of the pictures that are scored; hashable."""

    source: Path
    """A folder, a tar shard or a packed set."""
    limit: int
    """At most so many of its pictures, evenly spread."""
    size: int
    stretch: bool
    kept_in: Path
    """Folder of the two files."""


@dataclass(frozen=True)
class Kept:
    """A set of references that was looked at, and where that is kept."""

    shelf: Shelf
    index: Path
    table: Path


@dataclass(frozen=True)
class Reference:
    """One photograph of a set."""

    name: str
    sha256: str
    pixels: str
    """Hash of its pixels, which a copy in another file has too."""
    codes: tuple[Code, Code]
    """Perceptual hashes of it and of its mirror image."""


class Searched:
    """A set of references that was looked at."""

    def __init__(
        self, shelf: Shelf, index: Index, references: list[Reference], summary: ReferenceSet
    ) -> None:
        self.summary = summary
        """Without what was chosen."""
        self._shelf = shelf
        self._index = index
        self._references = references
        self._items: dict[str, Item] = {item.name: item for item in _items(shelf)}

    def choose(self, judged: Judged, square: Picture) -> Chosen:
        """The reference for a picture, given what is known of it and the square that is scored.

        Raises `DataError` when the whole set shows what the picture shows.
        """
        same = {number for number, each in enumerate(self._references) if _alike(each, judged)}
        found = self._index.nearest(to_lab(square)[..., 0], len(same) + 1)
        for neighbor in found:
            if neighbor.number not in same:
                reference = self._references[neighbor.number]
                return Chosen(reference.name, reference.sha256, len(same))
        raise DataError(
            f"all references show what {judged.name} shows; give --references a folder with other photographs"
        )

    def open(self, chosen: Chosen) -> References:
        """A chosen photograph, prepared as the scored pictures are. Raises `DataError` when it changed."""
        return References(prepared(self._items, chosen, self._shelf.size, self._shelf.stretch))


def prepared(items: Mapping[str, Item], chosen: Chosen, size: int, stretch: bool) -> Picture:
    """A chosen photograph out of some by name, prepared as the scored pictures are: [S, S, 3].

    Raises `DataError` when it is not the one that was chosen.
    """
    if chosen.name not in items:
        raise DataError(
            f"the reference {chosen.name} is not there; give --references the folder it came from"
        )
    picture, identity = items[chosen.name].load()
    if identity != chosen.sha256:
        raise DataError(
            f"the reference {chosen.name} is another picture than then (its sha256 differs); give the folder "
            "that was used"
        )
    return squared(picture, size, stretch)


def look_at(shelf: Shelf, say: Callable[[str], None], progress: Tell | None = None) -> Kept:
    """See to it that a set was looked at; `progress` gets how many of its pictures were, when it is new.

    Raises `DataError` when it holds nothing that can be a reference, `ModelError` when the shipped model
    cannot be loaded, and `SaveError`.
    """
    items = _items(shelf)
    stem = f"references-{_key(shelf, items)[:16]}"
    kept = Kept(shelf, shelf.kept_in / f"{stem}.npz", shelf.kept_in / f"{stem}.json")
    if not (kept.index.is_file() and kept.table.is_file()):
        say(f"looking at {len(items)} pictures of {shelf.source} for references")
        _keep(kept, *_look(shelf, items, progress))
    return kept


@lru_cache(maxsize=1)
def search(kept: Kept) -> Searched:
    """What `look_at` has kept, opened once in each process. Raises `DataError` when it is damaged."""
    try:
        stored = json.loads(kept.table.read_text("utf-8"))
        references = [Reference(**each | {"codes": tuple(each["codes"])}) for each in stored["references"]]
        summary = ReferenceSet(**stored["summary"])
        index = Index.load(kept.index, default_embedder())
        if stored["format"] != FORMAT or len(index) != len(references):
            raise ValueError("not as many pictures in one as in the other")
    except (OSError, ValueError, KeyError, TypeError, DataError) as error:
        raise DataError(
            f"{kept.table} and {kept.index.name} beside it are damaged ({error}); delete both to begin anew"
        ) from error
    return Searched(kept.shelf, index, references, summary)


def _items(shelf: Shelf) -> list[Item]:
    return list(open_set(shelf.source, shelf.limit).items)


def _key(shelf: Shelf, items: Iterable[Item]) -> str:
    """A hash of all that decides what is found."""
    digest = sha256(
        json.dumps([FORMAT, default_embedder().model_sha256, shelf.size, shelf.stretch, NEAR_BITS]).encode()
    )
    for item in items:
        try:
            identity = item.sha256()
        except DataError:
            identity = "unreadable"
        digest.update(f"{item.name}\t{identity}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _look(
    shelf: Shelf, items: list[Item], progress: Tell | None
) -> tuple[Index, list[Reference], ReferenceSet]:
    index = Index.empty(default_embedder())
    references: list[Reference] = []
    left_out: Counter[Kind] = Counter()
    first = ""
    for number, item in enumerate(items, 1):
        judged = judge(item, shelf.size)
        square = None if judged.picture is None else squared(judged.picture, shelf.size, shelf.stretch)
        kind, reason = judged.kind, judged.reason
        if kind is None and square is not None:
            kind, reason = _refused(square, item.name)
        if kind is None and square is not None:
            index.add(judged.name, to_lab(square)[..., 0])
            references.append(Reference(judged.name, judged.sha256, judged.pixels, judged.codes))
        elif kind is not None:
            left_out[kind] += 1
            first = first or f"{judged.name} is {kind}: {reason}"
        if progress is not None and (number % TOLD_EVERY == 0 or number == len(items)):
            progress(number, len(items))
    if not references:
        raise DataError(
            f"none of the {len(items)} pictures of {shelf.source} can be a reference; the first, {first}; "
            "give --references a folder of color photographs"
        )
    hashes = "".join(f"{each.sha256}\n" for each in references)
    summary = ReferenceSet(
        name=open_set(shelf.source, 1).name,
        most=shelf.limit,
        found=len(items),
        pictures=len(references),
        left_out=dict(left_out),
        sha256=sha256(hashes.encode()).hexdigest(),
        model_sha256=default_embedder().model_sha256,
        chosen=[],
    )
    return index, references, summary


def _refused(square: Picture, name: str) -> tuple[Kind | None, str]:
    """Why the engine takes no colors from a square, if so: the middle of a colorful picture may be gray."""
    try:
        open_reference(square, name)
    except UnusableReference as error:
        return "gray", str(error)
    return None, ""


def _keep(kept: Kept, index: Index, references: list[Reference], summary: ReferenceSet) -> None:
    """Write both files, each whole or not at all; the table last."""
    content = {
        "format": FORMAT,
        "summary": asdict(summary),
        "references": [asdict(each) for each in references],
    }
    hidden = kept.index.with_name(f".{kept.index.stem}.{secrets.token_hex(8)}.npz")
    try:
        hidden.parent.mkdir(parents=True, exist_ok=True)
        try:
            index.save(hidden)
            hidden.replace(kept.index)
        finally:
            hidden.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_save(kept.index, error) from error
    write_text(kept.table, json.dumps(content, ensure_ascii=False))


def _alike(reference: Reference, judged: Judged) -> bool:
    """Whether a photograph shows what a picture shows, by the rule of `evaluate.repeats`."""
    return reference.pixels == judged.pixels or any(
        (reference.codes[0] ^ code).bit_count() <= NEAR_BITS for code in judged.codes
    )
