"""How much a client may ask for: requests a second, and bytes in one of them. Addresses stay in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from tintype.web.settings import Rate

MOST_CLIENTS: Final = 20_000
"""Clients remembered for one limit; the one seen longest ago is forgotten first."""


class Buckets:
    """Token buckets (Turner 1986), one for each client, for use from many threads."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, client: str) -> float:
        """Take one token: 0 if there was one, else the seconds until there is."""
        with self._lock:
            now = self._clock()
            level, seen = self._levels.pop(client, (self._rate.burst, now))
            level = min(self._rate.burst, level + (now - seen) * self._rate.per_second)
            granted = level >= 1
            self._levels[client] = (level - 1 if granted else level, now)
            if len(self._levels) > MOST_CLIENTS:
                self._levels.popitem(last=False)
            return 0.0 if granted else (1 - level) / self._rate.per_second


def refusal(method: str, length: str | None, most: int) -> int | None:
    """The HTTP status that refuses a request for the body it announces, or None.

    A body without an announced length is refused too (411), so that none can turn out longer than allowed.
    """
    if length is None:
        return 411 if method not in ("GET", "HEAD") else None
    return 413 if not length.isascii() or not length.isdigit() or int(length) > most else None
