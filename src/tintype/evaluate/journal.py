"""What is kept while an evaluation runs, so that it goes on where it was stopped: a line for each picture."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tintype.errors import ConfigError, SaveError
from tintype.evaluate.results import Chosen
from tintype.evaluate.scoring import Scored, Scores

SUFFIX: Final = ".partial.jsonl"
FORMAT: Final = 1


def journal_of(out: Path) -> Path:
    """Where the journal of an evaluation into `out` lies."""
    return out.with_name(out.name + SUFFIX)


class Journal:
    """The journal of one evaluation. `header` says what is evaluated.

    A journal of the same header is gone on with, after `replay` has given what it holds, but for a last line
    that was not finished. `begin` gives what a new journal holds in its first line beyond the header; that of
    an old one is kept. Raises `ConfigError` when the journal belongs to another evaluation, `SaveError` when
    it cannot be written.
    """

    def __init__(self, path: Path, header: dict[str, Any], begin: Callable[[], dict[str, Any]]) -> None:
        self.path = path
        asked = json.loads(json.dumps(header | {"journal": FORMAT}))
        first = next(_whole_lines(path), None) if path.is_file() else None
        self.first: dict[str, Any] = asked | begin() if first is None else self._check(first, asked)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")
            if first is None:
                self._file.truncate(0)
                self._write(self.first)
        except OSError as error:
            raise self._cannot_write(error) from error

    def _check(self, line: bytes, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            first: Any = json.loads(line)
        except ValueError:
            first = None
        if not isinstance(first, dict):
            raise self._damaged(1)
        changed = sorted(key for key in asked if first.get(key) != asked[key])
        if changed:
            raise ConfigError(
                f"{self.path} was begun with other {', '.join(changed)}; give the same to go on, name "
                "another -o, or delete it to begin anew"
            )
        return first

    def replay(self) -> Iterator[Scored]:
        """The pictures that are in it already, in order; to be read to the end before more are added."""
        whole = 0
        for number, line in enumerate(_whole_lines(self.path)):
            if number:
                try:
                    scored = _scored(json.loads(line))
                except (ValueError, TypeError, KeyError) as error:
                    raise self._damaged(number + 1) from error
                yield scored
            whole += len(line)
        self._file.truncate(whole)

    def _damaged(self, line: int) -> ConfigError:
        return ConfigError(f"{self.path} is damaged in line {line}; delete it to begin anew")

    def add(self, scored: Scored) -> None:
        """Keep a picture. Raises `SaveError`."""
        try:
            self._write(asdict(scored))
        except OSError as error:
            raise self._cannot_write(error) from error

    def _write(self, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        self._file.write(text.encode("utf-8", "surrogateescape") + b"\n")
        self._file.flush()

    def _cannot_write(self, error: OSError) -> SaveError:
        return SaveError(
            f"cannot write {self.path} ({os.strerror(error.errno or 0)}); make room and run it again to go on"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def _scored(stored: dict[str, Any]) -> Scored:
    entries = {name: Scores(**scores) for name, scores in stored.pop("entries").items()}
    first, second = stored.pop("codes")
    reference = stored.pop("reference", None)
    chosen = None if reference is None else Chosen(**reference)
    return Scored(**stored, codes=(first, second), reference=chosen, entries=entries)
