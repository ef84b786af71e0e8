"""A session of the tests' own, in the place of one that requests opens; and time that waits alone pass.

Each answer is what a fake network gives; what was asked of it, and how, is remembered.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, NamedTuple

Piece = bytes | Exception | Callable[[], bytes]


class Raw:
    """A body that comes in pieces. State: those that are still to come, and how they were asked for."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = list(pieces)
        self.reads: list[tuple[int, bool]] = []
        self.closed = False

    def read1(self, amount: int, decode_content: bool) -> bytes:
        """Give the next piece; there must be one."""
        self.reads.append((amount, decode_content))
        piece = self._pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece if isinstance(piece, bytes) else piece()

    def close(self) -> None:
        """Nothing more is read."""
        self.closed = True


class Response:
    """One answer."""

    def __init__(
        self,
        status: int,
        pieces: Iterable[Piece] = (b"",),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code, self.headers, self.raw = status, headers or {}, Raw(pieces)

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Asked(NamedTuple):
    """What one request was made with."""

    method: str
    url: str
    options: dict[str, Any]
    daemon: bool
    """Whether the thread that made it keeps the process alive: it must not."""


class Session:
    """Answers each request with the next of a script. State: what was asked, and how it was opened."""

    def __init__(self, script: Iterable[Response | Exception]) -> None:
        self._script = list(script)
        self.opened: list[tuple[Mapping[str, str], str | None]] = []
        self.asked: list[Asked] = []
        self.closed = threading.Event()

    def open(self, proxies: Mapping[str, str], ca_bundle: str | None) -> Session:
        """Stand in for `open_session`."""
        self.opened.append((proxies, ca_bundle))
        return self

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed.set()

    def request(self, method: str, url: str, **options: Any) -> Response:
        """Answer one request."""
        self.asked.append(Asked(method, url, options, threading.current_thread().daemon))
        said = self._script.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def post(self, url: str, **options: Any) -> Response:
        """Answer one that posts something."""
        return self.request("POST", url, **options)


class Time:
    """Stands in for the module `time`. State: what it shows, and the waits that made it pass."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.at += seconds


class Nobody:
    """A queue into which nobody puts anything."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def get(self, timeout: float) -> Any:
        """Wait in vain."""
        self._time.sleep(timeout)
        raise queue.Empty
