"""Folders of reports that appear whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tintype.errors import ConfigError
from tintype.photo.atomic import cannot_save

PAGE: Final = "index.html"
FIGURES: Final = "figures"
TABLES: Final = "tables"
MARK: Final = '<meta name="generator" content="tintype report '
"""Stands near the beginning of every page."""
HEAD: Final = 4096
"""Bytes of a page in which its mark is looked for."""


def check_free(folder: Path, overwrite: bool) -> None:
    """Raise `ConfigError` when a report must not be written there.

    That is when the folder exists, unless it is to be overwritten and holds an older report and nothing else.
    """
    if not os.path.lexists(folder):
        return
    if not overwrite:
        raise ConfigError(
            f"{folder} exists and is left as it is; name another folder, or replace it with --overwrite"
        )
    if folder.is_symlink() or not folder.is_dir():
        raise ConfigError(f"{folder} is no folder; name another")
    if foreign := _foreign(folder):
        raise ConfigError(f"{folder} holds {foreign}, which no report wrote; name another folder")


def _foreign(folder: Path) -> str:
    """The name of something in a folder that an older report did not write; empty when there is nothing."""
    names = sorted(each.name for each in folder.iterdir())
    if not names:
        return ""
    own = {PAGE, FIGURES, TABLES}
    if not _is_page(folder / PAGE):
        return next((name for name in names if name != PAGE), PAGE)
    return next(
        (
            name
            for name in names
            if name not in own and ((folder / name).is_symlink() or not _is_page(folder / name / PAGE))
        ),
        "",
    )


def _is_page(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return MARK.encode() in file.read(HEAD)
    except OSError:
        return False


@contextmanager
def new_folder(target: Path, overwrite: bool) -> Iterator[Path]:
    """A folder to write into that gets its name when the block ends without an error.

    Until then it has a hidden name beside it, and is removed after any error; an older report stays as it is
    until the new one is complete. Raises `ConfigError` as `check_free`, and `SaveError`.
    """
    check_free(target, overwrite)
    temporary = _hidden(target)
    try:
        temporary.mkdir(parents=True)
        yield temporary
        check_free(target, overwrite)
        _publish(temporary, target)
    except OSError as error:
        raise cannot_save(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _publish(temporary: Path, target: Path) -> None:
    """Give the folder its name, and take away what had it."""
    if not os.path.lexists(target):
        temporary.rename(target)
        return
    old = _hidden(target)
    target.rename(old)
    try:
        temporary.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)


def _hidden(target: Path) -> Path:
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.part")
