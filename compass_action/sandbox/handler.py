"""HTTP/1.1: the routes, how an answer is written, how a fault spoils it.

The events operation answers at `/compass/v1/events` and, as on an Atlassian site, below
`/gateway/api`. The other endpoints are the sandbox's own.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, BinaryIO, cast

from compass_action.sandbox.body import HungUpError, UnreadableError, read_body
from compass_action.sandbox.contract import Complaint, parse_json
from compass_action.sandbox.faults import Fault, parse_faults
from compass_action.sandbox.intake import STAND_IN, Answer, answer_errors, answer_json

if TYPE_CHECKING:
    from compass_action.sandbox.server import Sandbox

EVENTS = ("/compass/v1/events", "/gateway/api/compass/v1/events")
ENDPOINTS = {
    f"POST {EVENTS[0]}": "send an event (below /gateway/api too)",
    "GET /activity": "what Compass would show now, and what was refused",
    "DELETE /activity": "forget all of it",
    "POST /faults": "let the next requests go wrong",
    "GET /faults": "what is still to go wrong",
    "DELETE /faults": "let nothing go wrong any more",
    "GET /": "this list",
}
FAULT_TYPES = {
    401: "PERMISSION_DENIED",
    403: "PERMISSION_DENIED",
    404: "COMPONENT_NOT_FOUND",
    409: "ATTACHED_EVENT_SOURCE_LIMIT_REACHED",
    500: "INTERNAL_SERVER_ERROR",
}
"""Status of a fault → error type in its answer, where the fault brings no body of its own."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Sandbox
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120.0
    """Seconds for which a connection may be silent."""

    def _answer_request(self) -> None:
        """Answer one request, whatever its method."""
        arrived = self.server.clock()
        path = self.path.partition("?")[0]
        fault = None
        if path in EVENTS and self.command == "POST":
            fault = self.server.fault_line.take()
            if fault is not None and fault.drop == "before":
                self._receive(b"", arrived)
                self._drop(fault, "the connection was closed before the body was read")
                return
        try:
            body = read_body(self.headers, cast(BinaryIO, self.rfile))
        except HungUpError:
            self.close_connection = True
            return
        except UnreadableError as error:
            self._receive(b"", arrived)
            self._refuse_and_close(error.status, error.why)
            return
        if route := ROUTES.get((self.command, path)):
            self._write(route(self, body))
            return
        self._receive(body, arrived)
        if path in EVENTS and self.command == "POST":
            self._answer_event(body, fault or Fault())
        else:
            self._write(self._misdirected(path))

    # http.server finds them by these names.
    do_GET = do_POST = do_DELETE = do_PUT = _answer_request  # noqa: N815
    do_PATCH = do_HEAD = do_OPTIONS = _answer_request  # noqa: N815

    def _answer_event(self, body: bytes, fault: Fault) -> None:
        intake = self.server.intake
        if fault.status is None:
            answer = intake.decide(self.headers.get("Authorization"), body)
        else:
            answer = _answer_of(fault.status)
            name = FAULT_TYPES.get(fault.status) if fault.body is None else None
            intake.note_refusal(fault.status, [name] if name else [], "a fault, on request")
        if fault.drop == "after":
            self._drop(fault, None)
            return
        self.server.stopping.wait(fault.delay)
        text = answer.body if fault.body is None else fault.body.encode()
        self._write(Answer(answer.status, text, {**answer.headers, **fault.headers}), fault.drip)

    def _drop(self, fault: Fault, refused: str | None) -> None:
        """Close the connection without an answer."""
        if refused is not None:
            self.server.intake.note_refusal(None, [], f"a fault, on request: {refused}")
        self.server.stopping.wait(fault.delay)
        self.close_connection = True
        self._log("no answer")

    def _misdirected(self, path: str) -> Answer:
        allowed = [method for method, known in ROUTES if known == path]
        if path in EVENTS:
            allowed = ["POST"]
        if allowed:
            complaint = Complaint(None, f"{path} answers {' and '.join(allowed)} only")
            return self.server.intake.refuse(405, [complaint], {"Allow": ", ".join(allowed)})
        complaint = Complaint(None, f"There is nothing at {path}. Events go to POST {EVENTS[0]}")
        return self.server.intake.refuse(404, [complaint])

    def _receive(self, body: bytes, arrived: float) -> None:
        self.server.receive(self.command, self.path, self.headers, body, arrived)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server says of a request it cannot read, in the shape of all our errors."""
        self._refuse_and_close(code, message or HTTPStatus(code).phrase)

    def _refuse_and_close(self, status: int, why: str) -> None:
        """Answer a request of which something is still unread, and end the connection.

        Closing at once would make the kernel send a reset, and the client lose the answer: so
        say that no more will come, and let the client finish first (RFC 9112, section 9.6).
        """
        self.close_connection = True
        self._write(self.server.intake.refuse(status, [Complaint(None, why)]))
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
            if self.server.stopping.wait(drip):
                self.close_connection = True
                return

    def _log(self, outcome: str) -> None:
        if self.server.log is not None:
            # The request line is the client's text: quoted, so that it cannot write to a terminal.
            self.server.log(f"{self.requestline!a} {outcome}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """`_log` says it all."""

    def _say_what_this_is(self, _body: bytes) -> Answer:
        return answer_json(200, {"stand_in": STAND_IN, "endpoints": ENDPOINTS})

    def _show_activity(self, _body: bytes) -> Answer:
        return answer_json(200, self.server.feed())

    def _clear_activity(self, _body: bytes) -> Answer:
        self.server.clear()
        return Answer(204)

    def _show_faults(self, _body: bytes) -> Answer:
        return answer_json(200, self.server.fault_line.waiting())

    def _add_faults(self, body: bytes) -> Answer:
        try:
            faults = parse_faults(parse_json(body))
        except ValueError as error:
            return answer_errors(400, [Complaint(None, str(error))])
        self.server.add_faults(faults)
        return Answer(204)

    def _clear_faults(self, _body: bytes) -> Answer:
        self.server.fault_line.clear()
        return Answer(204)


ROUTES: dict[tuple[str, str], Callable[[Handler, bytes], Answer]] = {
    ("GET", "/"): Handler._say_what_this_is,
    ("GET", "/activity"): Handler._show_activity,
    ("DELETE", "/activity"): Handler._clear_activity,
    ("GET", "/faults"): Handler._show_faults,
    ("POST", "/faults"): Handler._add_faults,
    ("DELETE", "/faults"): Handler._clear_faults,
}
"""The sandbox's own endpoints; requests to them are not counted."""


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
