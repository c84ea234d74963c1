"""Telling how a batch goes: a bar on a terminal, plain lines elsewhere, JSON lines for programs.

Standard output carries data alone (JSON lines, or the bytes of a picture); what is for people goes to
standard error.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Final, Self

from tintype.cli.batch import Result
from tintype.cli.plan import Plan

FEWEST_FOR_A_RATE: Final = 4
"""Results before the rate is shown; the first come in a bunch, one from each worker."""


class _Bar:
    """Rich's progress bar on standard error, with rate and remaining time."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("coloring"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("coloring", total=total, rate="")
        self._progress.start()

    def say(self, line: str) -> None:
        """Write a line above the bar, as it is."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def advance(self) -> None:
        """Count one photograph."""
        task = self._progress.tasks[0]
        rate = ""
        if task.speed and task.completed >= FEWEST_FOR_A_RATE:
            rate = f"{task.speed:.1f}/s" if task.speed >= 1 else f"{1 / task.speed:.1f} s each"
        self._progress.update(self._task, advance=1, rate=rate)

    def stop(self) -> None:
        """Take the bar down."""
        self._progress.stop()


class Report:
    """Receives the results of one batch; a context manager, so that the bar is always taken down."""

    def __init__(self, plan: Plan, *, as_json: bool) -> None:
        self.counts: Counter[str] = Counter()
        self._plan = plan
        self._json = as_json
        self._bar = _Bar(len(plan.jobs)) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        for problem in self._plan.problems:
            self.add(Result(problem.source, None, "failed", problem.message))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    @property
    def failed(self) -> bool:
        """Whether anything could not be done."""
        return self.counts["failed"] > 0

    def add(self, result: Result) -> None:
        """Tell of one result: a line for a file that was colored or failed; skipped ones are counted only."""
        self.counts[result.status] += 1
        if self._json:
            sys.stdout.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if result.status == "failed":
            named = str(result.error).startswith(f"{result.input}: ")
            self._say(f"tintype: {result.error}" if named else f"tintype: {result.input}: {result.error}")
        elif result.status == "done":
            notices = "".join(f"; {notice}" for notice in result.notices)
            hints = "" if result.hints is None else f", hints from {result.hints}"
            like = f", like {' and '.join(result.references)}" if result.references else ""
            size = f"{result.width}×{result.height}{hints}{like}"
            self._say(f"{result.input} → {result.output} ({size}, {result.seconds:.1f} s{notices})")
        if self._bar:
            self._bar.advance()

    def finish(self, seconds: float, notices: Sequence[str] = ()) -> None:
        """Tell the sum of it, where there is more to tell than the one line above says, after what there is
        to notice of references."""
        for notice in notices:
            self._say(f"tintype: left out of the references: {notice}")
        left_out = ", ".join(f"{count} × {reason}" for reason, count in self._plan.left_out.items() if count)
        if self.counts.total() > 1 or left_out or self.counts["skipped"]:
            words = {"done": "colored", "skipped": "skipped", "failed": "failed"}
            counted = [
                f"{self.counts[status]} {word}" for status, word in words.items() if self.counts[status]
            ]
            told = ", ".join(counted) or "nothing to color"
            self._say(f"{told} in {seconds:.1f} s" + (f"; left out: {left_out}" if left_out else ""))

    def _say(self, line: str) -> None:
        """Write a line for a person, above the bar if there is one."""
        if self._bar:
            self._bar.say(line)
        else:
            print(line, file=sys.stderr, flush=True)
