"""Writing packed sets: under a temporary name until they are whole, so that the asked-for name is a whole set
or nothing.

A run that is killed leaves a hidden folder, `.NAME.….partial`, which nothing takes for a set.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from tintype.data.packed import FORMAT, INDEX, MANIFEST, PICTURES, hash_picture
from tintype.data.sources import Picture
from tintype.errors import DataError

PARTIAL: Final = ".partial"


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A temporary folder that becomes `out` when the block ends, and is deleted when it fails.

    Raises `DataError` when `out` exists, when a killed run has left its temporary folder, or when writing
    fails.
    """
    if out.exists():
        raise DataError(f"{out} exists already; name another folder or delete it first")
    _check_for_remains(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=PARTIAL, dir=out.parent))
    except OSError as error:
        raise _cannot_write(out, error) from error
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        temporary.rename(out)
    except OSError as error:
        raise _cannot_write(out, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _check_for_remains(out: Path) -> None:
    if not out.parent.is_dir():
        return
    for path in out.parent.iterdir():
        if path.name.startswith(f".{out.name}.") and path.name.endswith(PARTIAL):
            raise DataError(
                f"{path} was left by a run that was killed, or belongs to one at work; when none is, delete "
                "that folder and start again"
            )


def _cannot_write(out: Path, error: OSError) -> DataError:
    return DataError(f"cannot write {out} ({error.strerror}); free some space or name another folder")


def _umask() -> int:
    """What the system takes from the rights of new folders; asking means setting it for a moment."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


class SetWriter:
    """A packed set that grows picture by picture, in a folder that is there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = (folder / PICTURES).open("wb")
        self._digest = sha256()
        self._index: list[tuple[int, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._index)

    def add(self, picture: Picture) -> None:
        """Store a picture, uint8 [H, W, 3]. Raises `OSError` when that fails."""
        self._index.append((self._file.tell(), *picture.shape[:2]))
        hash_picture(self._digest, picture)
        self._file.write(np.ascontiguousarray(picture).data)

    def finish(self, more: Mapping[str, Any]) -> dict[str, Any]:
        """Write index and manifest, the latter with `more` in it; returns the manifest."""
        self._file.flush()
        os.fsync(self._file.fileno())
        np.save(self.folder / INDEX, np.array(self._index, dtype=np.int64).reshape(-1, 3), allow_pickle=False)
        manifest = {
            "format": FORMAT,
            "pictures": len(self),
            "bytes": self._file.tell(),
            "sha256": self._digest.hexdigest(),
            **more,
        }
        write_json(self.folder / MANIFEST, manifest)
        return manifest


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON for people and programs; names that are no Unicode are written with escapes."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_bytes(text.encode("utf-8", "backslashreplace"))
