"""Stopping between two steps when SIGINT or SIGTERM comes."""

import signal
import threading
from types import FrameType
from typing import Any, Self


class StopSignals:
    """While open, the first SIGINT or SIGTERM is noted in `received`; a second one does what it always does.

    Outside the main thread, where Python allows no handlers, signals stay the caller's affair.
    """

    def __init__(self) -> None:
        self.received = ""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *exception: object) -> None:
        self._restore()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received = signal.Signals(number).name
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()
