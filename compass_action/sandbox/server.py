"""The server: one thread for each connection, on loopback unless another address is asked for."""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compass_action.sandbox import rows
from compass_action.sandbox.activity import everything
from compass_action.sandbox.body import LARGE_MOST
from compass_action.sandbox.connections import Connections
from compass_action.sandbox.faults import Fault, FaultLine, parse_fault
from compass_action.sandbox.feed import KEEP, Feed
from compass_action.sandbox.guard import is_loopback
from compass_action.sandbox.handler import Handler
from compass_action.sandbox.intake import Intake
from compass_action.sandbox.live import Live
from compass_action.sandbox.metrics import Metric, of_components
from compass_action.sandbox.problems import UNFINISHED_MINUTES, Problem, find
from compass_action.sandbox.received import Received, Requests
from compass_action.sandbox.service import Service
from compass_action.sandbox.store import Store

HOST = "127.0.0.1"
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Sandbox(ThreadingHTTPServer):
    """A stand-in for Compass that is listening. Made by `running_sandbox`."""

    daemon_threads = True
    request_queue_size = 128

    url: str
    """`http://127.0.0.1:PORT`, what to write into `api-url`."""

    def __init__(self, host: str, port: int, service: Service) -> None:
        self.service = service
        self.connections = Connections()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), partial(Handler, service))
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self.server_port}"

    @property
    def requests(self) -> list[Received]:
        """The newest requests but those to the sandbox's own endpoints, in order of arrival."""
        return self.service.requests.kept()

    def feed(self, component: str | None = None) -> dict[str, Any]:
        """What `GET /activity` answers, all pages of it in one."""
        return everything(self.service.store, self.service.requests.total, component)

    def problems(self, *, ended: bool = True) -> list[Problem]:
        """What is wrong with what was sent; `ended`: what is in progress stays so."""
        minutes = self.service.unfinished_minutes
        return find(self.service.store, self.service.now(), ended=ended, minutes=minutes)

    def metrics(self) -> dict[str, tuple[Metric, ...]]:
        """The five metrics of each component, by its ARI."""
        store = self.service.store
        return of_components(store, self.service.now(), rows.components(store))

    def clear(self) -> None:
        """What `DELETE /activity` does."""
        self.service.feed.clear()
        self.service.requests.clear()

    def add_faults(self, faults: Iterable[Fault | Mapping[str, object]]) -> None:
        """Let the next requests go wrong; see `faults.py`. Raises FaultError."""
        self.service.faults.add(
            [one if isinstance(one, Fault) else parse_fault(one) for one in faults]
        )

    def server_bind(self) -> None:
        """Bind without HTTPServer's search for the host's name, which may ask a name server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve the connection in a thread of its own, if there is room for it."""
        if self.connections.enter(request):
            super().process_request(request, client_address)
        else:
            self.connections.turn_away(request)

    def service_actions(self) -> None:
        """Called again and again while it serves."""
        self.connections.sweep()

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self.connections.leave(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the waits of faults and pages, and what is still open."""
        self.service.stopping.set()
        self.service.live.close()
        self.connections.hang_up()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours, nor is our own end; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError) and not self.service.stopping.is_set():
            super().handle_error(request, client_address)


@contextmanager
def running_sandbox(
    port: int = 0,
    rate_limit: int | None = 100,
    credentials: tuple[str, str] | None = None,
    components: Iterable[str] | None = None,
    *,
    host: str = HOST,
    allowed_hosts: Iterable[str] = (),
    names: Mapping[str, str] = NO_NAMES,
    store: Path | None = None,
    keep: int = KEEP,
    unfinished_minutes: int = UNFINISHED_MINUTES,
    retry_after: int | None = None,
    faults: Iterable[Fault | Mapping[str, object]] = (),
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = utc_now,
    log: Callable[[str], None] | None = None,
) -> Iterator[Sandbox]:
    """A sandbox that listens until the block ends.

    Raises OSError if the port is not to be had, StoreError if the file is not.

    port           0 for any free one
    rate_limit     requests per user and minute; None or 0 for no limit
    credentials    the (email, token) that are right; None: any
    components     the ARIs of the components that exist; None: any
    host           the address to listen at; beyond loopback only the token `guard.TOKEN` is right
    allowed_hosts  names by which it is reached, beside addresses and those of this machine
    names          ARIs of components → what to call them
    store          the file that keeps the feed; None: it ends with the sandbox
    keep           how many events are kept, the newest
    unfinished_minutes  after so many something that is in progress is a problem
    retry_after    seconds to write into Retry-After of a 429; None: no such header
    faults         what shall go wrong first
    clock          what the rate limit and `Received.arrived` go by, in seconds
    now            what `received_at` in the feed goes by
    log            called with one line for each request; None: quiet
    """
    live = Live()
    database = Store(store)
    feed = Feed(database, now, keep=keep, changed=live.change)
    intake = Intake(
        feed,
        credentials=credentials,
        fixed_token=not is_loopback(host),
        components=components,
        rate_limit=rate_limit,
        retry_after=retry_after,
        clock=clock,
    )
    service = Service(
        database,
        feed,
        intake,
        FaultLine(),
        Requests(),
        threading.Semaphore(LARGE_MOST),
        live,
        threading.Event(),
        clock,
        lambda: now().timestamp() * 1000,
        log,
        frozenset(name.lower() for name in allowed_hosts),
        names,
        unfinished_minutes,
    )
    try:
        with Sandbox(host, port, service) as sandbox:
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
        database.close()
