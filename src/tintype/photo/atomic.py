"""Files that appear whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tintype.errors import SaveError

NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
"""What file systems without hard links answer when asked for one."""

OPEN_FILES: Final = "/proc/self/fd"

ADVICE: Final = {
    errno.ENOSPC: "make room on the disk or choose another folder",
    errno.EDQUOT: "make room within the quota or choose another folder",
    errno.EFBIG: "files of this size are not allowed there; choose another folder or format",
    errno.ENOENT: "there is no such folder; make it first",
    errno.ENOTDIR: "part of the path is not a folder; correct it",
    errno.EACCES: "writing there is not permitted; choose another folder",
    errno.EPERM: "writing there is not permitted; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENAMETOOLONG: "choose a shorter name",
}


@contextmanager
def new_file(path: Path, overwrite: bool) -> Iterator[int]:
    """A descriptor to write to and read from, whose file gets its name when the block ends without an error.

    Until then the file has no name at all where the system can do that (Linux), so that not even a killed
    process leaves a part of it; elsewhere it has a hidden temporary name, removed after any error. Without
    `overwrite` a file that exists is never touched, even if it appears at the last moment.

    Raises `SaveError`; errors of the block go through.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise SaveError(f"{path}: a folder has that name; choose another")
        if not overwrite and target.exists():
            raise exists(path)
        descriptor, temporary = _open(target)
    except OSError as error:
        raise cannot_save(path, error) from error
    try:
        yield descriptor
        try:
            os.fsync(descriptor)
            _publish(descriptor, temporary, target, overwrite)
        except FileExistsError:
            raise exists(path) from None
        except OSError as error:
            raise cannot_save(path, error) from error
    finally:
        os.close(descriptor)
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def exists(path: Path) -> SaveError:
    """What to tell of a name that is taken."""
    return SaveError(
        f"{path}: exists already and is left as it is; overwrite it on purpose or choose another name"
    )


def cannot_save(path: Path | str, error: OSError) -> SaveError:
    """What to tell of a file that the system would not write."""
    advice = ADVICE.get(error.errno or 0, "check the path and the disk")
    return SaveError(f"{path}: not saved ({os.strerror(error.errno) if error.errno else error}); {advice}")


def _open(target: Path) -> tuple[int, Path | None]:
    """An unnamed file in the target's folder, or else one with a hidden name, which is given too."""
    unnamed = getattr(os, "O_TMPFILE", 0)
    if unnamed and Path(OPEN_FILES).is_dir():
        with suppress(OSError):
            return os.open(target.parent, unnamed | os.O_RDWR | os.O_CLOEXEC, 0o666), None
    temporary = _free_name(target)
    return os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666), temporary


def _publish(descriptor: int, temporary: Path | None, target: Path, overwrite: bool) -> None:
    """Give the file its name and take the temporary one away.

    Raises `OSError`; `FileExistsError` when the name is taken and must not be.
    """
    if temporary is None and not overwrite:
        _link_unnamed(descriptor, target)
        return
    if temporary is None:
        temporary = _free_name(target)
        _link_unnamed(descriptor, temporary)
    try:
        if overwrite:
            temporary.replace(target)
        else:
            _move_to_free(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _move_to_free(temporary: Path, target: Path) -> None:
    """Move a file to a name that nobody has; a name that somebody takes meanwhile is an error."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        temporary.replace(target)


def _link_unnamed(descriptor: int, name: Path) -> None:
    """Give an unnamed file a name (open(2), O_TMPFILE).

    By way of a folder's descriptor, since `os.link` follows symbolic links only then (CPython 3.11 to 3.14).
    """
    folder = os.open(OPEN_FILES, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(str(descriptor), name, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _free_name(target: Path) -> Path:
    """A hidden name beside the target that nobody guesses."""
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.part")
