"""Several connections at a time, for many requests; their answers come in whatever order."""

from __future__ import annotations

import queue
import threading
import time

from .answer import Reply
from .connection import HEARING_SECONDS, Connection
from .destination import Destination

CONNECTIONS_MAX = 8


class Connections:
    """State: which connections are free, and the replies that nobody has heard yet."""

    def __init__(self, destination: Destination, number: int) -> None:
        # The one that was free last is used next: what is rarely needed is rarely opened.
        self._free = [Connection(destination) for _ in range(number)]
        self._replies: queue.SimpleQueue[tuple[int, Reply]] = queue.SimpleQueue()

    def begin(self, number: int, body: bytes, seconds: float) -> None:
        """Begin to post a body on a free connection; `number` will stand at the reply."""
        arguments = (self._free.pop(), number, body, seconds)
        threading.Thread(target=self._ask, args=arguments, daemon=True).start()

    def _ask(self, connection: Connection, number: int, body: bytes, seconds: float) -> None:
        try:
            reply = connection.ask(body, seconds)
        except Exception as error:  # a system without threads to spare, say
            reply = Reply(error)
        self._free.append(connection)  # first, for whoever hears the reply may begin another one
        self._replies.put((number, reply))

    def hear(self, seconds: float) -> tuple[int, Reply] | None:
        """Wait for the next reply, in pieces, so that a signal is heard; None if none comes in time."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            try:
                return self._replies.get(timeout=max(min(left, HEARING_SECONDS), 0.001))
            except queue.Empty:
                if left <= HEARING_SECONDS:
                    return None

    def close(self) -> None:
        """End the threads of those that are free; the others end with their attempts or the process."""
        for connection in self._free:
            connection.close()
