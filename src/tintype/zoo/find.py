"""From a model's name or path to a verified file."""

import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tintype.errors import ModelError, UnknownModel
from tintype.zoo.card import Card

DEFAULT_MODEL: Final = "tint"
"""Name of the model that is used when none is asked for."""

MODELS_VARIABLE: Final = "TINTYPE_MODELS"
"""Environment variable with more model folders, separated as in PATH."""

BUNDLED: Final = Path(__file__).parent / "models"


@dataclass(frozen=True)
class Model:
    """A model file that was found and, if it has a card, is what its card says."""

    name: str
    """Its name, or the file's name without suffix for a model given by path."""
    path: Path
    """The .onnx file."""
    card: Card | None
    """Its card; None for a model given by path."""
    sha256: str
    """Hash of the file, hexadecimal."""


def model_folders() -> tuple[Path, ...]:
    """The folders that are searched, in order: the bundled one, then those of TINTYPE_MODELS."""
    extra = os.environ.get(MODELS_VARIABLE, "")
    return (BUNDLED, *(Path(part).expanduser() for part in extra.split(os.pathsep) if part))


def list_models() -> tuple[Card, ...]:
    """The cards of all models at hand; of two with one name the first found counts.

    Raises `ModelError` when a card cannot be read, or when a folder named in TINTYPE_MODELS is not there.
    """
    return tuple(card for card, _ in _cards().values())


def find_model(name_or_path: str | os.PathLike[str]) -> Model:
    """Find a model by its card's name, or by the path of any .onnx file.

    A name that ends in ".onnx" or holds a path separator is a path. The file is hashed, and one with a card
    must have the hash that the card says. Whether it keeps the contract is seen when it is loaded.

    Raises `UnknownModel` when there is none, and `ModelError` when the file is not what its card says.
    """
    name = os.fspath(name_or_path)
    if isinstance(name_or_path, os.PathLike) or _looks_like_path(name):
        path = Path(name).expanduser()
        if not path.is_file():
            raise UnknownModel(
                f"there is no model file {path}; give another path, or a name: {_names(_cards())}"
            )
        return Model(path.stem, path, None, _hash(path))
    cards = _cards()
    if name not in cards:
        near = difflib.get_close_matches(name, cards, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise UnknownModel(
            f"there is no model {name!r}{hint}; choose one of: {_names(cards)}, or give a path"
        )
    card, path = cards[name]
    found = _hash(path)
    if found != card.sha256:
        raise ModelError(
            f"the model file {path} is damaged or altered (its sha256 is not its card's); install it again"
        )
    return Model(name, path, card, found)


def _looks_like_path(name: str) -> bool:
    """Whether a model was asked for by path rather than by name."""
    separators = {os.sep, os.altsep} - {None}
    return name.endswith(".onnx") or any(str(separator) in name for separator in separators)


def _cards() -> dict[str, tuple[Card, Path]]:
    """Every card with its model's file, by name, in the order of the folders and then of the names."""
    cards: dict[str, tuple[Card, Path]] = {}
    for folder in model_folders():
        if folder != BUNDLED and not folder.is_dir():
            raise ModelError(f"{MODELS_VARIABLE} names the folder {folder}, which is not there; correct it")
        for path in sorted(folder.glob("*.json")):
            card = Card.read(path)
            if card.name != path.stem:
                raise ModelError(
                    f"the model card {path} is of a model {card.name!r}; name it {card.name}.json"
                )
            cards.setdefault(card.name, (card, path.with_suffix(".onnx")))
    return cards


def _names(cards: dict[str, tuple[Card, Path]]) -> str:
    """The names of all models at hand, for a message."""
    return ", ".join(cards) or "(none is installed)"


def _hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; `ModelError` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read the model file {path} ({error.strerror}); install it again") from error
