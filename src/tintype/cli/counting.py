"""Telling how many of many are done: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tintype.cli.exits import say

LINE_SECONDS: Final = 30
"""Seconds between two plain lines."""

Tell = Callable[[int, int | None], None]
"""Gets how many are done, and how many there are if that is known."""


@contextmanager
def counting(what: str) -> Iterator[Tell]:
    """Give a function to call with counts; takes the bar down at the end."""
    if not sys.stderr.isatty():
        yield Lines(what)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


class Lines:
    """A plain line now and then, and at the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        """Tell that so many are done, unless that was told just now."""
        if done == total or time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            say(f"{done} {self._what}" if total is None else f"{done} of {total} {self._what}")
