"""Class scores of a packed set's pictures, computed once and stored beside them.

They lie in a folder of the packed set, for the classifier lite2 at 160 pixels in `scores-lite2-160`:

    scores.bin     float16 [n, K]: for each picture, in the set's order, the scores of K classes
    scores.json    what they follow from, how many they are, and their sha256

While they are computed, the folder has the hidden name `.scores-lite2-160.partial`, and whoever starts again
goes on there. `tintype.train.embed` computes them.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from tintype.data.packed import PackedSet
from tintype.data.writing import PARTIAL, write_json
from tintype.errors import DataError

SCORES: Final = "scores.bin"
MANIFEST: Final = "scores.json"
FORMAT: Final = 1

Scores = NDArray[np.float16]


@dataclass(frozen=True)
class Origin:
    """What scores follow from."""

    pictures: str
    """Content hash of the packed set."""
    classifier: str
    """Its name in `tintype.nets.fusion`."""
    size: int
    """Side of the square that the classifier sees, in pixels."""
    weights: str
    """sha256 of the classifier's weights."""


class StoredScores:
    """Scores of a packed set or of some of its pictures, memory-mapped.

    Raises `DataError` when the folder does not hold whole scores; `check` looks at their hash too.
    """

    def __init__(self, folder: Path, numbers: Sequence[int] | None = None) -> None:
        self.folder = folder
        try:
            manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            if manifest["format"] != FORMAT:
                raise ValueError("another format")
            shape = (manifest["count"], manifest["classes"])
            self._rows: Scores = np.memmap(folder / SCORES, dtype=np.float16, mode="r").reshape(shape)
            self.origin = Origin(**manifest["origin"])
            self.sha256: str = manifest["sha256"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(folder, str(error)) from error
        self._numbers = np.arange(len(self._rows)) if numbers is None else np.asarray(numbers, dtype=np.int64)

    def __reduce__(self) -> tuple[type["StoredScores"], tuple[Path, list[int]]]:
        """Travel to worker processes by name, not by content."""
        return StoredScores, (self.folder, self._numbers.tolist())

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, numbers: NDArray[np.int64], /) -> Scores:
        """The scores of these pictures, a copy, float16 [B, K]."""
        rows: Scores = np.array(self._rows[self._numbers[numbers]])
        return rows

    def of(self, numbers: Sequence[int]) -> "StoredScores":
        """The scores of these pictures alone, which are then numbered from 0."""
        return StoredScores(self.folder, self._numbers[list(numbers)].tolist())

    def check(self) -> None:
        """Raise `DataError` when the scores are not those that were computed."""
        if _sha256(self.folder / SCORES) != self.sha256:
            raise _damaged(self.folder, "its hash does not match")


def scores_folder(pictures: PackedSet, classifier: str, size: int) -> Path:
    """Where the scores of this classifier, which sees squares of this size, are or would be."""
    return pictures.folder / f"scores-{classifier}-{size}"


def open_scores(pictures: PackedSet, classifier: str, size: int) -> StoredScores:
    """The stored scores of a packed set, whole and of these pictures.

    Raises `DataError`, which says how to make them, when there are none or others.
    """
    folder = scores_folder(pictures, classifier, size)
    if not folder.is_dir():
        raise DataError(
            f"{pictures.folder} has no scores of {classifier} at {size} pixels; make them: "
            f"tintype data embed {pictures.folder} --classifier {classifier} --size {size}"
        )
    scores = StoredScores(folder)
    if (scores.origin.pictures, len(scores)) != (pictures.content_hash, len(pictures)):
        raise DataError(f"{folder} is of other pictures; delete that folder and start `tintype data embed`")
    scores.check()
    return scores


class ScoresWriter:
    """Scores that grow, `step` pictures at a time; `done` says how many are there from an earlier attempt.

    Raises `DataError` when they cannot be written. What is there then stays, to go on with.
    """

    def __init__(self, folder: Path, origin: Origin, count: int, classes: int, step: int) -> None:
        self.folder = folder
        self.partial = folder.with_name(f".{folder.name}{PARTIAL}")
        self._manifest = {"format": FORMAT, "count": count, "classes": classes, "origin": asdict(origin)}
        self._row = classes * np.dtype(np.float16).itemsize
        self.done = 0
        try:
            if self._is_ours():
                rows = (self.partial / SCORES).stat().st_size // self._row
                self.done = count if rows == count else rows // step * step
            else:
                self._begin()
            self._file = (self.partial / SCORES).open("r+b")
        except OSError as error:
            raise self._cannot_write(error) from error
        self._file.seek(self.done * self._row)

    def _is_ours(self) -> bool:
        """Whether an earlier attempt left scores that follow from the same."""
        try:
            left = json.loads((self.partial / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return {key: left.get(key) for key in self._manifest} == self._manifest

    def _begin(self) -> None:
        shutil.rmtree(self.partial, ignore_errors=True)
        self.partial.mkdir()
        (self.partial / SCORES).touch()
        write_json(self.partial / MANIFEST, self._manifest)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, scores: NDArray[np.float32]) -> None:
        """Store the scores of the next pictures, [B, K], rounded to float16.

        Raises `DataError` when one of them is no finite number there.
        """
        with np.errstate(over="ignore"):
            rounded = scores.astype(np.float16)
        if not np.isfinite(rounded).all():
            raise DataError(
                f"a score of picture {self.done} or soon after is no number that float16 holds; choose "
                "another classifier"
            )
        try:
            self._file.write(rounded.tobytes())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._cannot_write(error) from error
        self.done += len(scores)

    def finish(self) -> StoredScores:
        """Give the folder its name, when there are scores of all pictures."""
        try:
            whole = self._manifest | {"sha256": _sha256(self.partial / SCORES)}
            fresh = self.partial / f".{MANIFEST}{PARTIAL}"
            write_json(fresh, whole)
            fresh.replace(self.partial / MANIFEST)
            self.partial.rename(self.folder)
        except OSError as error:
            raise self._cannot_write(error) from error
        return StoredScores(self.folder)

    def _cannot_write(self, error: OSError) -> DataError:
        return DataError(
            f"cannot write {self.folder} ({error.strerror}); free some space or get the right to write "
            "there; the same command then goes on where it stopped"
        )


def _damaged(folder: Path, why: str) -> DataError:
    return DataError(
        f"{folder} holds no whole scores ({why}); delete that folder and start `tintype data embed` again"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
