"""At most so many requests per user in a sliding window.

The guide: "Only 100 requests per user per minute are allowed." Assumed: the minute slides, every
request with credentials counts whatever its answer, and a request over the limit does not count.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock

WINDOW = 60.0
USERS = 10_000
"""Users that are remembered at a time; the one seen first goes first."""


class RateLimit:
    """Safe for threads."""

    def __init__(self, limit: int | None, clock: Callable[[], float]) -> None:
        """`limit`: requests per user and minute; None or 0 for no limit."""
        self._limit = limit
        self._clock = clock
        self._admitted: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def admit(self, user: str) -> bool:
        """Count a request of `user`; False if it is one too many."""
        if not self._limit:
            return True
        with self._lock:
            now, times = self._clock(), self._admitted[user[:320]]  # no address is longer
            if len(self._admitted) > USERS:
                del self._admitted[next(iter(self._admitted))]
            while times and now - times[0] >= WINDOW:
                times.popleft()
            if len(times) >= self._limit:
                return False
            times.append(now)
            return True
