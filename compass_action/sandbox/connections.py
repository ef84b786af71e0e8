"""The connections that are open: so many at a time, for each has a thread. Safe for threads."""

from __future__ import annotations

import socket
import time
from collections import deque
from contextlib import suppress
from threading import Lock

MOST = 256
LINGER = 1.0
"""Seconds for which one that is turned away stays open, so that it gets its answer."""
BODY = b'{"errors": [{"type": null, "message": "Too many connections are open"}]}\n'
NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


class Connections:
    """State: those that are served, and those that are turned away, with the moments of their end."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        """How many there is room for."""
        self._served: set[socket.socket] = set()
        self._leaving: deque[tuple[socket.socket, float]] = deque()
        self._lock = Lock()

    def enter(self, connection: socket.socket) -> bool:
        """Count one; False if there is no room for it."""
        with self._lock:
            if len(self._served) >= self.most:
                return False
            self._served.add(connection)
            return True

    def leave(self, connection: socket.socket) -> None:
        """Count one less."""
        with self._lock:
            self._served.discard(connection)

    def turn_away(self, connection: socket.socket) -> None:
        """Answer that there is no room, without waiting for anything.

        Closing at once would make the kernel send a reset, and the client lose the answer.
        """
        connection.setblocking(False)
        with suppress(OSError):
            connection.send(NO_ROOM)
            connection.shutdown(socket.SHUT_WR)
        self._leaving.append((connection, time.monotonic() + LINGER))
        self.sweep()

    def sweep(self) -> None:
        """Close those that were turned away long enough ago, or before too many others."""
        now = time.monotonic()
        while self._leaving and (self._leaving[0][1] <= now or len(self._leaving) > self.most):
            connection, _ = self._leaving.popleft()
            with suppress(OSError):
                connection.recv(1024 * 1024)  # what is unread would be a reason for a reset, too
            connection.close()

    def hang_up(self) -> None:
        """End them all. A kept-alive one would otherwise outlive the server and go on answering."""
        with self._lock:
            for connection in self._served:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        while self._leaving:
            self._leaving.popleft()[0].close()
