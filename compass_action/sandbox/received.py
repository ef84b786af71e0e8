"""The requests as they came in, whatever became of them: the newest, for whoever tests a sender."""

from __future__ import annotations

from collections import deque
from email.message import Message
from threading import Lock
from typing import NamedTuple

MOST = 1_000
BYTES = 8 * 1024 * 1024
"""Of bodies and headers together. The oldest go first; the newest always stays."""


class Received(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: Message
    """Without Authorization: a token that came here by mistake is not kept."""
    users: tuple[str, ...]
    """The e-mail of each Authorization header, "" where it was not Basic."""
    body: bytes
    """Empty where it was not read."""
    arrived: float
    """By the sandbox's monotonic clock, when the headers were complete."""


class Requests:
    """Safe for threads."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Received, int]] = deque()
        self._size = 0
        self._lock = Lock()
        self.total = 0
        """How many came, kept or not."""

    def add(self, request: Received) -> None:
        """Keep a request, and let the oldest go for it."""
        size = len(request.body) + sum(map(len, request.headers.values())) + len(request.path)
        with self._lock:
            self._kept.append((request, size))
            self._size += size
            self.total += 1
            while len(self._kept) > 1 and (len(self._kept) > MOST or self._size > BYTES):
                self._size -= self._kept.popleft()[1]

    def kept(self) -> list[Received]:
        """Those that are kept, in order of arrival."""
        with self._lock:
            return [request for request, _ in self._kept]

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._kept.clear()
            self._size = self.total = 0
