"""A stand-in on loopback for whoever is asked: Compass, with its events, or a host's REST API.

It keeps what is sent as Compass's guide says, and answers GraphQL as the sandbox does. Any answer can
be replaced by a fault.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from compass_action.event_types import EVENT_TYPES
from compass_action.sandbox import graphql
from compass_action.sandbox.graphql import Catalog, Known


class Fault(NamedTuple):
    """What comes in place of an answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    drip: float = 0.0
    """Seconds before each byte of the body."""


class Asked(NamedTuple):
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The name of a question in GraphQL."""
        return str(json.loads(self.body)["operationName"])


Answers = Callable[[Asked], "Fault | None"]


class StandIn(ThreadingHTTPServer):
    """It listens; made by `standing_in`."""

    daemon_threads = True

    def __init__(self, catalog: Catalog, rest: Mapping[str, Any]) -> None:
        self.catalog = catalog
        self.rest = dict(rest)
        """Answers to GET, by path with its query."""
        self.fault: Answers = lambda asked: None
        self.asked: list[Asked] = []
        self.takes = True
        """Whether what is accepted is shown."""
        self.date: str | None = None
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody who goes away before the answer is read is no error of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    @property
    def operations(self) -> list[str]:
        """The questions that came, in order."""
        return [one.operation for one in self.asked if one.path.endswith("/graphql")]

    def take(self, request: Mapping[str, Any]) -> None:
        """Take in an event: equal identity overwrites, if its number rises."""
        ((kind, body),) = request["event"].items()
        new = Known(request["componentId"], kind, body)
        kept = []
        for known in self.catalog.events:
            if _same(known, new):
                if known.body["updateSequenceNumber"] >= body["updateSequenceNumber"]:
                    return
                continue
            kept.append(known)
        self.catalog = self.catalog._replace(events=(*kept, new))


def _same(one: Known, other: Known) -> bool:
    return _identity(one) == _identity(other)


def _identity(event: Known) -> tuple[object, ...]:
    part = event.body[EVENT_TYPES[event.event_type].part]
    ids = (part.get("pipeline"), part.get("environment"), part.get("sequenceNumber"))
    named = [value.get("pipelineId") or value.get("environmentId") for value in ids[:2] if value]
    source = event.body["externalEventSourceId"]
    return (event.component_id, event.event_type, source, *named, ids[2], part.get("id"))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: StandIn
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
        self.server.asked.append(asked)
        self._write(self.server.fault(asked) or self._usual(asked))

    do_GET = do_POST = _answer  # noqa: N815

    def _usual(self, asked: Asked) -> Fault:
        server = self.server
        if asked.path == "/graphql":
            return _json(200, graphql.answer(json.loads(asked.body), server.catalog))
        if asked.path == "/compass/v1/events":
            if server.takes:
                server.take(json.loads(asked.body))
            return Fault(202, b"")
        if asked.path in server.rest:
            return _json(200, server.rest[asked.path])
        return _json(404, {"message": "Not Found"})

    def _write(self, answer: Fault) -> None:
        time.sleep(answer.delay)
        self.send_response_only(answer.status)
        headers = {"Date": self.server.date or self.date_time_string()}
        headers |= {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        pieces = [answer.body] if not answer.drip else [bytes([byte]) for byte in answer.body]
        try:
            for piece in pieces:
                time.sleep(answer.drip)
                self.wfile.write(piece)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Keep quiet."""


def _json(status: int, value: object) -> Fault:
    return Fault(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


@contextmanager
def standing_in(
    catalog: Catalog = Catalog("", ()),  # noqa: B008 - it cannot be changed
    rest: Mapping[str, Any] | None = None,
) -> Iterator[StandIn]:
    """A stand-in that listens until the block ends."""
    with StandIn(catalog, rest or {}) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
