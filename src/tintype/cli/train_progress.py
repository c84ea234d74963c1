"""Telling how a training run goes: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tintype.cli.exits import say

if TYPE_CHECKING:
    from tintype.train.progress import Progress

LINE_SECONDS: Final = 30
"""Seconds between two plain lines."""

Watch = Callable[["Progress", int, float], None]
"""Called after each point of the curve with (progress, steps of the whole run, mean loss)."""


@contextmanager
def watching() -> Iterator[tuple[Callable[[str], None], Watch]]:
    """Give a function for lines and one for the curve's points; takes the bar down at the end."""
    if not sys.stderr.isatty():
        yield say, _Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=None, epoch=1, loss="")

        def watch(progress: "Progress", total: int, loss: float) -> None:
            bar.update(
                task, completed=progress.step, total=total, epoch=progress.epoch + 1, loss=f"{loss:.5f}"
            )

        def line(text: str) -> None:
            bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

        yield line, watch


class _Lines:
    """A plain line now and then."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, progress: "Progress", total: int, loss: float) -> None:
        if time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            say(f"step {progress.step} of {total}, epoch {progress.epoch + 1}, loss {loss:.5f}")
