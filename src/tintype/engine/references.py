"""Photographs that others take their colors from: given one by one, or a folder to choose from.

A reference is read by the same code as a photograph that is colored, so its colors are those that its color
profile means, and it is upright.
"""

import os
from collections.abc import Callable, Hashable, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from tintype.engine.kinds import PillowImage, encoded, is_pillow, open_photo
from tintype.engine.naming import FORMAT_OF_SUFFIX, is_colored_copy
from tintype.engine.search import Index, default_embedder
from tintype.engine.sizing import working_shape
from tintype.errors import ConfigError, PhotoError, UnusableReference
from tintype.photo import Photo

FloatArray = NDArray[np.float32]
Made = TypeVar("Made")
Picture = str | os.PathLike[str] | bytes | NDArray[Any] | PillowImage
"""What one reference may be given as."""

LEAST_SIDE: Final = 32
"""Pixels; a picture with a shorter side is too small to be a reference."""
LEAST_CHROMA: Final = 4.0
"""Mean C*ab in CIE units below which a picture that shows no color anywhere either (see `Photo`) is gray:
gray photographs stored as JPEG have less than 1, faintly toned ones up to 4."""
JUDGED_SIZE: Final = 128
"""Side of the square of the area at which references are judged."""
MOST_NEAREST: Final = 16
"""More references than these out of a folder make no photograph better."""


class References:
    """One or several photographs with colors to take, for any number of photographs and threads.

    `sources` is one path, bytes of a picture file, array or PIL image, or a sequence of these. Raises
    `UnusableReference` when one cannot be read, is gray (mean chroma below 4 CIE units, and beyond 6 in less
    than a twentieth of it) or has a side of less than 32 pixels, and `ConfigError` when there is none.
    """

    def __init__(self, sources: Picture | Sequence[Picture]) -> None:
        given = _listed(sources)
        if not given:
            raise ConfigError("no reference is given; name at least one photograph to take colors from")
        self.names = tuple(_name(source, number) for number, source in enumerate(given))
        self._sources = given
        self._photos = [open_reference(source, name) for source, name in zip(given, self.names, strict=True)]
        self._kept: dict[Hashable, Any] = {}
        self._lock = RLock()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._photos)

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Width and height of each, in pixels, when upright."""
        return tuple((photo.width, photo.height) for photo in self._photos)

    @property
    def sha256(self) -> str:
        """Hash of the file, or of an array: kind, shape and samples; of several: of their hashes."""
        return self.keep("sha256", self._hashes)

    def lab(self, size: int, multiple: int = 1) -> list[FloatArray]:
        """L*a*b* of each, [h, w, 3], CIE units, float32, not to be written to.

        Each keeps the ratio of its sides as well as `multiple` lets it, with the area of a square of side
        `size`; antialiased. The second call for a size gives the arrays of the first. Raises
        `UnusableReference` when a file has changed or vanished since it was opened.
        """
        return self.keep(
            (size, multiple),
            lambda: [
                _lab(photo, name, size, multiple)
                for photo, name in zip(self._photos, self.names, strict=True)
            ],
        )

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, called once for each key: whatever is found out about these references."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            made: Made = self._kept[key]
            return made

    def for_photo(self, lightness: FloatArray) -> "References":  # noqa: ARG002  as `Folder` has it
        """The references for a photograph of L* [H, W]: these, whatever it shows."""
        return self

    def _hashes(self) -> str:
        hashes = [_hash(source, name) for source, name in zip(self._sources, self.names, strict=True)]
        return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()


class Folder:
    """A folder of photographs, out of which each photograph gets those that resemble it as its references.

    Likeness is that of the features that the shipped model's encoder finds in the gray pictures (see
    `engine.search`). `nearest` (1..16) is how many each photograph gets. The folder is read, at any depth,
    when the first photograph asks; a photograph is never its own reference. Pictures that cannot be read, or
    are gray or tiny, and colored copies that Tintype made are left out; `notices` names them.

    Raises `ConfigError` for an impossible `nearest`, `UnusableReference` when there is no such folder or no
    picture file in it.
    """

    def __init__(self, path: str | os.PathLike[str], nearest: int = 1) -> None:
        if not 1 <= nearest <= MOST_NEAREST:
            raise ConfigError(
                f"a photograph can have between 1 and {MOST_NEAREST} references from a folder, not {nearest}"
            )
        self.path = Path(path)
        self.nearest = nearest
        self._files = _picture_files(self.path)
        self._left_out: list[str] = []
        self._index: Index | None = None
        self._opened: dict[tuple[str, ...], References] = {}
        self._lock = Lock()

    @property
    def notices(self) -> tuple[str, ...]:
        """Which pictures were left out, and why, one line each; known once a photograph has asked."""
        return tuple(self._left_out)

    def for_photo(self, lightness: FloatArray) -> References:
        """The references for a photograph of L* [H, W] in 0..100, the most like it first.

        Raises `UnusableReference` when the folder holds none for it.
        """
        with self._lock:
            if self._index is None:
                self._index = self._read()
        found = self._index.nearest(lightness, self.nearest)
        if not found:
            raise UnusableReference(
                f"the folder {self.path} holds no other photograph than the one to be colored; add some"
            )
        names = tuple(each.name for each in found)
        with self._lock:
            if names not in self._opened:
                self._opened[names] = References([self.path / name for name in names])
            return self._opened[names]

    def _read(self) -> Index:
        """Look at all pictures of the folder; notes those that are left out."""
        embedder = default_embedder()
        index = Index.empty(embedder)
        for path in self._files:
            name = path.relative_to(self.path).as_posix()
            try:
                photo = open_reference(path, str(path))
                index.add(name, photo.lightness(*embedder.shape(photo.width, photo.height)))
            except PhotoError as error:
                self._left_out.append(str(error))
        if not len(index):
            raise UnusableReference(
                f"none of the {len(self._files)} pictures in {self.path} can be a reference; the first: "
                f"{self._left_out[0]}"
            )
        return index


ReferenceSource = References | Folder | Picture | Sequence[Picture]
"""References as a caller may give them; the path of a folder means its photographs most like each."""


def as_references(source: ReferenceSource, nearest: int | None = None) -> References | Folder:
    """References of any kind. `nearest` is how many each photograph gets out of a folder, 1 unless given.

    Raises as `References` and `Folder` do, and `ConfigError` when `nearest` is given and there is no folder.
    """
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return Folder(source, 1 if nearest is None else nearest)
    if nearest is not None and not isinstance(source, Folder):
        raise ConfigError("how many are nearest goes with a folder of references; name a folder, or leave it")
    return source if isinstance(source, References | Folder) else References(source)


def open_reference(source: Picture, name: str) -> Photo:
    """A photograph that colors can be taken from. Raises `UnusableReference`, see `References`."""
    try:
        photo = open_photo(source)
        if min(photo.width, photo.height) < LEAST_SIDE:
            raise UnusableReference(
                f"cannot take colors from {name}: {photo.width}×{photo.height} pixels are too few; "
                f"give one with at least {LEAST_SIDE} a side"
            )
        lab = photo.lab(*working_shape(photo.width, photo.height, JUDGED_SIZE, 1))
    except UnusableReference:
        raise
    except PhotoError as error:
        raise UnusableReference(f"cannot take colors from {error}") from error
    chroma = float(np.hypot(lab[..., 1], lab[..., 2]).mean())
    if chroma < LEAST_CHROMA and not photo.has_own_color:
        raise UnusableReference(
            f"cannot take colors from {name}: it is gray (mean chroma {chroma:.1f}); give a color photograph"
        )
    return photo


def _lab(photo: Photo, name: str, size: int, multiple: int) -> FloatArray:
    try:
        lab = photo.lab(*working_shape(photo.width, photo.height, size, multiple))
    except PhotoError as error:
        raise UnusableReference(f"the reference {name} was changed meanwhile: {error}") from error
    lab.flags.writeable = False
    return lab


def _listed(sources: Picture | Sequence[Picture]) -> list[Picture]:
    """The sources as a list; a single one is a list of one."""
    single = isinstance(sources, str | os.PathLike | bytes | np.ndarray) or is_pillow(sources)
    return [sources] if single else list(sources)  # type: ignore[list-item,arg-type]  # mypy joins the union


def _name(source: Picture, number: int) -> str:
    """What messages call a reference."""
    return os.fspath(source) if isinstance(source, str | os.PathLike) else f"reference {number + 1}"


def _hash(source: Picture, name: str) -> str:
    if isinstance(source, np.ndarray):
        kind = f"{source.dtype.str} {source.shape} ".encode()
        return sha256(kind + np.ascontiguousarray(source).tobytes()).hexdigest()
    try:
        return sha256(encoded(source)).hexdigest()
    except OSError as error:
        raise UnusableReference(f"the reference {name} vanished meanwhile ({error.strerror})") from error


def _picture_files(folder: Path) -> list[Path]:
    """Picture files in a folder at any depth, by name; no colored copies."""
    if not folder.is_dir():
        raise UnusableReference(f"{folder}: no such folder of references; check the name")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in FORMAT_OF_SUFFIX and path.is_file() and not is_colored_copy(path)
    )
    if not files:
        raise UnusableReference(
            f"{folder}: no picture files in this folder; put color photographs there (JPEG, PNG, TIFF, …)"
        )
    return files
