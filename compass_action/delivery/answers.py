"""What the server's and the network's answers mean: which of the failures each is. Pure.

Answers are told apart by status and by `errors[].type`, which the contract keeps stable; the
messages are only shown. Everything in an answer is foreign text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.connection.answer import ACCEPTED, Answer
from compass_action.connection.dates import seconds_until
from compass_action.text import one_line

from .failures import FAILURES, Failure
from .receipt import Receipt

DETAIL_MAX_CHARS = 300
ERRORS_MAX = 5

BY_STATUS = {
    400: "invalid", 401: "credentials", 403: "permission", 404: "not-found", 408: "server",
    409: "sources", 413: "invalid", 422: "invalid", 429: "rate-limit",
}  # fmt: skip


class ErrorType(NamedTuple):
    """What one of Compass's error types means; the contract keeps them stable."""

    failure: str
    """A key of `FAILURES`."""
    hint: str = ""
    """What to do, where more can be said than the failure's own hint does."""


_VALUE = "compare it with the payload that dry-run prints."
# STORE_CONFLICT and INTERNAL_SERVER_ERROR are seen with other statuses than 5xx, and pass.
BY_ERROR_TYPE = {
    "COMPONENT_NOT_FOUND": ErrorType("not-found"),
    "CREATE_EVENT_SOURCE_NOT_FOUND": ErrorType("not-found"),
    "PERMISSION_DENIED": ErrorType("permission"),
    "ATTACHED_EVENT_SOURCE_LIMIT_REACHED": ErrorType("sources"),
    "STORE_CONFLICT_EXCEPTION": ErrorType("server"),
    "INTERNAL_SERVER_ERROR": ErrorType("server"),
    "COMPONENT_ARI_INVALID": ErrorType(
        "invalid", "Copy component-id again from the component's page."
    ),
    "CLOUD_ID_INVALID": ErrorType("invalid", "Leave cloud-id out: the component's ARI has it."),
    "COMPASS_NOT_AVAILABLE": ErrorType(
        "invalid", "Compass is not switched on for this site; check site."
    ),
    "FORMAT_INVALID": ErrorType("invalid", f"A value has the wrong form; {_VALUE}"),
    "FIELD_MISSING": ErrorType(
        "invalid", "The type's own part lacks a field; give it in properties."
    ),
    "FIELD_CANNOT_BE_NULL": ErrorType(
        "invalid", "A field is null; leave it out of properties instead."
    ),
    "ONE_OF_DIRECTIVE_VALIDATION_ERROR": ErrorType(
        "invalid", "An event has exactly one type; check properties."
    ),
    "CONSTRAINT_VIOLATION": ErrorType("invalid", f"A value is out of its bounds; {_VALUE}"),
    "ARGUMENT_INVALID": ErrorType("invalid", f"A value is not accepted; {_VALUE}"),
}


def read(status: int, body: bytes) -> tuple[Failure | None, str]:
    """Read an answer: None if the event is accepted, else the failure, and what the server said."""
    if status == ACCEPTED:
        return None, ""
    errors = list(_errors(body))
    detail = "; ".join(f"{kind}: {message}" if message else kind for kind, message in errors)
    known = next((BY_ERROR_TYPE[kind] for kind, _ in errors if kind in BY_ERROR_TYPE), None)
    failure = FAILURES[known.failure if known else _key_by_status(status, spoken=bool(errors))]
    if known and known.hint:
        failure = failure._replace(hint=known.hint)
    return failure, f"HTTP {status}" + (f", {detail}" if detail else "")


def _key_by_status(status: int, *, spoken: bool) -> str:
    """Tell the failure by the status alone; `spoken`: Compass's own errors came with it."""
    if status == 404 and not spoken:  # nothing of Compass is there
        return "unexpected"
    return BY_STATUS.get(status) or (
        "server" if status >= 500 else "redirect" if 300 <= status < 400 else "unexpected"
    )


def _errors(body: bytes) -> Iterator[tuple[str, str]]:
    """Read `{"errors": [{"type": …, "message": …}]}`; nothing if the body is anything else."""
    import json

    try:
        payload: Any = json.loads(body.decode("utf-8"))
        errors = payload["errors"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for error in errors[:ERRORS_MAX] if isinstance(errors, list) else ():
        if isinstance(error, Mapping):
            kind, message = error.get("type"), error.get("message")
            yield (
                _shown(kind if isinstance(kind, str) else "no type", 60),
                _shown(message if isinstance(message, str) else "", DETAIL_MAX_CHARS),
            )


def _shown(text: str, limit: int) -> str:
    line = one_line(text[: limit * 4])
    return line if len(line) <= limit else line[: limit - 1] + "…"


class NetworkFault(NamedTuple):
    """What an exception on the way means."""

    exception: str
    """The name of a class of requests, urllib3 or the standard library; so that no import is needed."""
    failure: str
    """A key of `FAILURES`."""
    detail: str
    lasting: bool = False
    """No further attempt can change it."""


# The first whose exception is found anywhere in the chain counts.
NETWORK_FAULTS = (
    NetworkFault("SSLCertVerificationError", "tls", "the certificate could not be verified"),
    NetworkFault("ProxyError", "proxy", "the proxy did not open the connection"),
    NetworkFault(
        "InvalidProxyURL",
        "proxy",
        "the proxy's address is not valid; write http://HOST:PORT",
        lasting=True,
    ),
    NetworkFault(
        "InvalidSchema",
        "proxy",
        "a proxy of this kind is not supported; write http://HOST:PORT",
        lasting=True,
    ),
    NetworkFault("NameResolutionError", "name", "no address was found for the host"),
    NetworkFault("gaierror", "name", "no address was found for the host"),
    NetworkFault("AttemptTimeoutError", "timeout", "no complete answer came in time"),
    NetworkFault("ConnectTimeout", "timeout", "no connection was made in time"),
    NetworkFault("ReadTimeout", "timeout", "no answer came in time"),
    NetworkFault("ConnectionRefusedError", "connection", "the connection was refused"),
    NetworkFault("RemoteDisconnected", "connection", "the connection was closed without an answer"),
    NetworkFault("ConnectionResetError", "connection", "the connection was cut"),
    NetworkFault("SSLEOFError", "connection", "the connection was cut during the TLS handshake"),
    NetworkFault("SSLError", "connection", "no TLS connection could be made"),
    NetworkFault(
        "NewConnectionError", "connection", "no connection could be made"
    ),  # no route, say
    NetworkFault("IncompleteRead", "connection", "the answer broke off"),
    NetworkFault("ProtocolError", "connection", "the connection broke"),
)
CA_FILE_FAULTS = re.compile(r"CA certificate bundle|\[X509|PEM lib|NO_CERTIFICATE_OR_CRL_FOUND")
"""Words of requests and OpenSSL, which have no exceptions of their own for it."""


def read_exception(error: BaseException) -> tuple[Failure, str]:
    """Read what went wrong on the network. Its own text is not shown: it can hold anything."""
    causes = list(_causes(error))
    names = {name for cause in causes for name in _class_names(cause)}
    if any(isinstance(cause, OSError) and CA_FILE_FAULTS.search(str(cause)) for cause in causes):
        return FAILURES["tls"], "the file of trusted certificates cannot be read"
    fault = next((fault for fault in NETWORK_FAULTS if fault.exception in names), None)
    if fault:
        reason, lasting = "", fault.lasting
        if "SSL" in fault.exception:
            reason = _tls_reason(causes)
        elif fault.failure == "proxy":
            status = _proxy_status(causes)
            reason = f"HTTP {status}" if status else ""
            lasting = lasting or status in range(300, 500)
        failure = FAILURES[fault.failure]
        if lasting:
            failure = failure._replace(retry=False)
        return failure, fault.detail + (f" ({reason})" if reason else "")
    return FAILURES["connection"], f"the connection failed ({type(error).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through an exception and all it was made from."""
    todo: list[BaseException] = [error]
    seen: set[int] = set()
    while todo and len(seen) < 50:
        current = todo.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        linked = (current.__cause__, current.__context__, getattr(current, "reason", None))
        todo += [e for e in (*linked, *current.args) if isinstance(e, BaseException)]


def _class_names(error: BaseException) -> list[str]:
    return [cls.__name__ for cls in type(error).__mro__]


def _tls_reason(causes: Iterable[BaseException]) -> str:
    """OpenSSL's own short words: `certificate has expired`, `WRONG_VERSION_NUMBER`."""
    for name in ("verify_message", "reason"):
        for cause in causes:
            message = getattr(cause, name, None)
            if isinstance(message, str) and message:
                return _shown(message, 120)
    return ""


def _proxy_status(causes: Iterable[BaseException]) -> int | None:
    """The status with which a proxy refused to open a tunnel; http.client has it only in its text."""
    for cause in causes:
        match = re.search(r"Tunnel connection failed: (\d{3})\b", str(cause), re.ASCII)
        if match:
            return int(match[1])
    return None


def judge(receipt: Receipt, answer: Answer | Exception, now: datetime) -> Receipt:
    """Note on a receipt what an answer, or what went wrong in its place, means."""
    if isinstance(answer, Answer):
        failure, detail = read(answer.status, answer.body)
        behind = seconds_until(answer.date, now)
        return receipt._replace(
            failure=failure,
            detail=detail,
            http_status=answer.status,
            clock_ahead_seconds=None if behind is None else -behind,
        )
    failure, detail = read_exception(answer)
    return receipt._replace(failure=failure, detail=detail, http_status=None)
