"""Telling pages that something has changed."""

from __future__ import annotations

from threading import Condition

MOST = 64
"""Pages that are told at a time. Each holds a thread."""


class Live:
    """Safe for threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._open = 0
        self._closed = False
        self.revision = 0
        """Rises with each change."""

    def change(self) -> None:
        """Tell all who wait."""
        with self._changed:
            self.revision += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, revision: int, seconds: float) -> int | None:
        """The revision once it is another one, or as it is after some seconds; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.revision != revision, seconds)
            return None if self._closed else self.revision

    def enter(self) -> bool:
        """Count one who waits; False if there are too many."""
        with self._changed:
            if self._open >= MOST:
                return False
            self._open += 1
            return True

    def leave(self) -> None:
        """Count one less."""
        with self._changed:
            self._open -= 1
