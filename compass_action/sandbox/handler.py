"""HTTP/1.1: one connection, how an answer is written, how a fault spoils it.

The events operation answers at `/compass/v1/events` and, as on an Atlassian site, below
`/gateway/api`. The other endpoints are the sandbox's own: `routes.py`.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from compass_action.sandbox import guard, routes
from compass_action.sandbox.answer import Answer, answer_errors
from compass_action.sandbox.body import HungUpError, UnreadableError, reading
from compass_action.sandbox.contract import Complaint
from compass_action.sandbox.faults import Fault
from compass_action.sandbox.intake import parse_basic
from compass_action.sandbox.received import Received
from compass_action.sandbox.routes import EVENTS
from compass_action.sandbox.service import Service

FAULT_TYPES = {
    403: "PERMISSION_DENIED",
    404: "COMPONENT_NOT_FOUND",
    409: "ATTACHED_EVENT_SOURCE_LIMIT_REACHED",
    500: "INTERNAL_SERVER_ERROR",
}
"""Status of a fault → error type in its answer, where the fault brings no body of its own."""
SECRET = ("Authorization", "Proxy-Authorization", "Cookie")
"""Headers that are not kept."""
HEARTBEAT = 15.0
"""Seconds after which a page that is told of changes hears something, changed or not."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30.0
    """Seconds for which a connection may be silent."""

    def __init__(self, service: Service, *connection: Any) -> None:
        self.service = service
        super().__init__(*connection)

    def _answer_request(self) -> None:
        """Answer one request, whatever its method."""
        service, arrived = self.service, self.service.clock()
        path = self.path.partition("?")[0]
        is_reading = self.command in guard.READING  # somebody looks around
        strange = guard.check(self.command, self.headers, service.allowed_hosts)
        if strange is not None:
            from_page = guard.is_from_page(self.headers)
            # A page that somebody visits must not make a problem of it, nor push one out.
            self._refuse_and_close(*strange, is_told=not from_page, harmless=is_reading)
            return
        fault = service.faults.take() if self._is_event(path) else None
        if fault is not None and fault.drop == "before":
            self._receive(b"", arrived)
            self._drop(fault, "the connection was closed before the body was read")
            return
        try:
            with reading(self.headers, self.rfile, service.large) as body:
                self._answer_body(path, body, arrived, fault)
        except HungUpError:
            self.close_connection = True
        except UnreadableError as error:
            self._receive(b"", arrived)
            self._refuse_and_close(error.status, error.why, harmless=error.status == 503)

    # http.server finds them by these names.
    do_GET = do_POST = do_DELETE = do_PUT = _answer_request  # noqa: N815
    do_PATCH = do_HEAD = do_OPTIONS = _answer_request  # noqa: N815

    def _answer_body(self, path: str, body: bytes, arrived: float, fault: Fault | None) -> None:
        service = self.service
        if (self.command, path) == ("GET", "/live"):
            self._tell_changes()
            return
        if self._is_event(path):
            authorization = self._receive(body, arrived)
            self._answer_event(authorization, body, fault or Fault())
        elif answer := routes.answer(service, self.command, self.path, self.headers, body):
            self._write(answer)
        else:
            self._receive(body, arrived)
            self._write(self._misdirected(path))

    def _is_event(self, path: str) -> bool:
        return path in EVENTS and self.command == "POST"

    def _answer_event(self, authorization: str | None, body: bytes, fault: Fault) -> None:
        if fault.status is None:
            answer = self.service.intake.decide(authorization, body)
        else:
            answer = _answer_of(fault.status)
            name = FAULT_TYPES.get(fault.status) if fault.body is None else None
            asked = Complaint(name, "a fault, on request")
            self.service.feed.refuse(fault.status, [asked], harmless=True)
        if fault.drop == "after":
            self._drop(fault, None)
            return
        self.service.stopping.wait(fault.delay)
        text = answer.body if fault.body is None else fault.body.encode()
        self._write(Answer(answer.status, text, {**answer.headers, **fault.headers}), fault.drip)

    def _drop(self, fault: Fault, refused: str | None) -> None:
        """Close the connection without an answer."""
        if refused is not None:
            asked = Complaint(None, f"a fault, on request: {refused}")
            self.service.feed.refuse(None, [asked], harmless=True)
        self.service.stopping.wait(fault.delay)
        self.close_connection = True
        self._log("no answer")

    def _misdirected(self, path: str) -> Answer:
        allowed = routes.methods(path)
        harmless = self.command in guard.READING  # somebody looks around
        if allowed:
            complaint = Complaint(None, f"{path} answers {' and '.join(allowed)} only")
            self.service.feed.refuse(405, [complaint], harmless=harmless)
            return answer_errors(405, [complaint], {"Allow": ", ".join(allowed)})
        complaint = Complaint(None, f"There is nothing at {path}. Events go to POST {EVENTS[0]}")
        self.service.feed.refuse(404, [complaint], harmless=harmless)
        return answer_errors(404, [complaint])

    def _receive(self, body: bytes, arrived: float) -> str | None:
        """Keep the request, without its Authorization, which is returned."""
        given: list[str] = self.headers.get_all("Authorization", [])
        for name in SECRET:
            del self.headers[name]
        users = tuple((parse_basic(one) or ("",))[0] for one in given)
        self.service.requests.add(
            Received(self.command, self.path, self.headers, users, body, arrived)
        )
        return given[0] if given else None

    def _tell_changes(self) -> None:
        """Server-sent events: the feed's revision, whenever it has changed, until somebody goes."""
        live = self.service.live
        if not live.enter():
            self._write(answer_errors(503, [Complaint(None, "Too many pages are open")]))
            return
        self.close_connection = True
        head = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store"]
        revision = live.revision
        try:
            self.wfile.write("\r\n".join([*head, "Connection: close", "", ""]).encode())
            self.wfile.write(f"retry: 1000\nevent: hello\ndata: {revision}\n\n".encode())
            while (now := live.wait(revision, HEARTBEAT)) is not None:
                line = ": still here" if now == revision else f"event: change\ndata: {now}"
                self.wfile.write(f"{line}\n\n".encode())
                revision = now
                self.service.stopping.wait(0.1)  # changes that come together are told together
        finally:
            live.leave()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server says of a request it cannot read, in the shape of all our errors."""
        self._refuse_and_close(code, message or HTTPStatus(code).phrase)

    def _refuse_and_close(
        self, status: int, why: str, *, is_told: bool = True, harmless: bool = False
    ) -> None:
        """Answer a request of which something is still unread, and end the connection.

        `is_told`: in the feed.

        Closing at once would make the kernel send a reset, and the client lose the answer: so
        say that no more will come, and let the client finish first (RFC 9112, section 9.6).
        """
        self.close_connection = True
        complaint = Complaint(None, why)
        if is_told:
            self.service.feed.refuse(status, [complaint], harmless=harmless)
        self._write(answer_errors(status, [complaint]))
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            for _ in range(1024):
                if not self.rfile.read1(65536):
                    break

    def _write(self, answer: Answer, drip: float = 0.0) -> None:
        """Write an answer, in one piece or byte by byte."""
        empty = answer.status in (204, 304)
        headers = {"date": f"Date: {self.date_time_string()}"}
        if not empty:
            headers["content-length"] = f"Content-Length: {len(answer.body)}"
        if answer.body:
            headers["content-type"] = "Content-Type: application/json"
        # A fault may replace any header, with a wrong one too.
        for name, value in answer.headers.items():
            headers[name.lower()] = f"{name}: {value}"
        if "close" in headers.get("connection", "").lower():
            self.close_connection = True
        elif self.close_connection:
            headers["connection"] = "Connection: close"
        lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}", *headers.values(), "", ""]
        data = "\r\n".join(lines).encode("latin-1")
        if not empty and self.command != "HEAD":
            data += answer.body
        self._log(str(answer.status))
        if not drip:
            self.wfile.write(data)
            return
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.service.stopping.wait(drip):
                self.close_connection = True
                return

    def _log(self, outcome: str) -> None:
        if self.service.log is not None:
            # The request line is the client's text: quoted, so that it cannot write to a terminal.
            self.service.log(f"{self.requestline!a} {outcome}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """`_log` says it all."""


def _answer_of(status: int) -> Answer:
    """The usual answer of a status that a fault asks for."""
    if status < 400 or status == 429:
        return Answer(status)
    name = FAULT_TYPES.get(status)
    return answer_errors(status, [Complaint(name, f"{status}, as a fault asked for it")])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
