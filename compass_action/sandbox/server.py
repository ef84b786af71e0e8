"""The server: one thread for each connection, on 127.0.0.1 only.

What it answers is in `handler.py`, what it decides in `intake.py`.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http.server import ThreadingHTTPServer
from typing import Any

from compass_action.sandbox.faults import Fault, FaultLine, parse_fault
from compass_action.sandbox.handler import Handler
from compass_action.sandbox.intake import Intake, utc_now

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """One request as it came in, whatever became of it."""

    method: str
    path: str
    headers: Message = field(repr=False)  # holds the token
    body: bytes
    """Empty where it was not read."""
    arrived: float
    """By the sandbox's monotonic clock, when the headers were complete."""


class Sandbox(ThreadingHTTPServer):
    """A stand-in for Compass that is listening. Made by `running_sandbox`."""

    daemon_threads = True
    request_queue_size = 128

    url: str
    """`http://127.0.0.1:PORT`, what to write into `api-url`."""
    requests: list[Received]
    """Every request but those to the sandbox's own endpoints, in order of arrival."""

    def __init__(
        self,
        port: int,
        intake: Intake,
        clock: Callable[[], float],
        log: Callable[[str], None] | None,
    ) -> None:
        self.intake = intake
        self.clock = clock
        self.log = log
        self.fault_line = FaultLine()
        self.requests = []
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, port), Handler)
        self.url = f"http://{HOST}:{self.server_port}"

    def feed(self) -> dict[str, Any]:
        """What `GET /activity` answers. Waits until all that was accepted is in it."""
        return self.intake.activity() | {"requests": len(self.requests)}

    def clear(self) -> None:
        """What `DELETE /activity` does."""
        self.intake.clear()
        self.requests.clear()

    def add_faults(self, faults: Iterable[Fault | Mapping[str, object]]) -> None:
        """Let the next requests go wrong; see `faults.py`. Raises FaultError."""
        self.fault_line.add([one if isinstance(one, Fault) else parse_fault(one) for one in faults])

    def receive(self, method: str, path: str, headers: Message, body: bytes, at: float) -> None:
        """Keep a request for `requests`."""
        self.requests.append(Received(method, path, headers, body, at))

    def server_bind(self) -> None:
        """Bind without HTTPServer's search for the host's name, which may ask a name server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `hang_up` can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the waits of faults, and what is still open.

        A kept-alive connection would otherwise outlive the server and go on answering.
        """
        self.stopping.set()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def running_sandbox(
    port: int = 0,
    rate_limit: int | None = 100,
    credentials: tuple[str, str] | None = None,
    components: Iterable[str] | None = None,
    *,
    retry_after: int | None = None,
    faults: Iterable[Fault | Mapping[str, object]] = (),
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = utc_now,
    log: Callable[[str], None] | None = None,
) -> Iterator[Sandbox]:
    """A sandbox that listens until the block ends. Raises OSError if the port is not to be had.

    port         0 for any free one
    rate_limit   requests per user and minute; None or 0 for no limit
    credentials  the (email, token) that are right; None: any
    components   the ARIs of the components that exist; None: any
    retry_after  seconds to write into Retry-After of a 429; None: no such header
    faults       what shall go wrong first
    clock        what the rate limit and `Received.arrived` go by, in seconds
    now          what `received_at` in the feed goes by
    log          called with one line for each request; None: quiet
    """
    intake = Intake(
        credentials=credentials,
        components=components,
        rate_limit=rate_limit,
        retry_after=retry_after,
        clock=clock,
        now=now,
    )
    try:
        with Sandbox(port, intake, clock, log) as sandbox:
            sandbox.add_faults(faults)
            thread = threading.Thread(
                target=sandbox.serve_forever, args=(0.02,), name="sandbox", daemon=True
            )
            thread.start()
            try:
                yield sandbox
            finally:
                sandbox.shutdown()
                sandbox.hang_up()
                thread.join()
    finally:
        intake.close()
