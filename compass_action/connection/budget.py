"""A budget of time, for what is asked besides sending: it is spent, and never exceeded."""

from __future__ import annotations

import time

HEARING_SECONDS = 0.2
"""A wait is made in pieces of this length, so that a signal is heard whenever it comes."""


class Budget:
    """State, for time runs: how much of some seconds is left since it was made."""

    def __init__(self, seconds: float) -> None:
        self._begun = time.monotonic()
        self._seconds = seconds

    @property
    def spent(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds that are left, never below zero."""
        return max(self._seconds - self.spent, 0.0)

    def wait(self, seconds: float) -> bool:
        """Wait so long; False, at once, if that would use up what is left."""
        if seconds >= self.left:
            return False
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, HEARING_SECONDS))
        return True
