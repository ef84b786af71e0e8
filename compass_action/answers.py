"""What the server's and the network's answers mean: one table of failures. Pure.

Answers are told apart by status and by `errors[].type`, which the contract keeps stable; the
messages are only shown. Everything in an answer is foreign text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .wording import one_line

ACCEPTED = 202
DETAIL_MAX_CHARS = 300
ERRORS_MAX = 5


class Answer(NamedTuple):
    """One HTTP answer, as far as it is looked at."""

    status: int
    body: bytes
    retry_after: str | None = None


class Failure(NamedTuple):
    """One way in which a delivery can fail."""

    key: str
    headline: str
    """The first line of the message, and a heading of the README's Troubleshooting."""
    hint: str
    """What to do, in one line."""
    retry: bool
    """Worth another attempt now."""
    spool: bool
    """May pass later: the payload belongs into the outbox."""


_TABLE = (
    Failure("invalid", "Compass refused the event", "The answer names what it does not accept; compare it with the payload that dry-run prints.", False, False),
    Failure("credentials", "Compass refused the credentials", "Check that email and api-token belong together and that the token has not expired.", False, True),
    Failure("permission", "Compass denied permission", "The token's account needs access to Compass on this site, and to the component.", False, True),
    Failure("not-found", "Compass does not know the component", "Check component-id against the component's page, and that site is the component's site.", False, False),
    Failure("sources", "The component has too many event sources", "Detach some on the component's page in Compass, and keep external-event-source-id constant.", False, True),
    Failure("rate-limit", "Compass's rate limit was reached", "100 requests per user and minute are shared by all jobs with this account; use outbox and replay, or several accounts.", True, True),
    Failure("server", "Compass could not take the event now", "Compass or something in front of it has a problem; see Atlassian's status page.", True, True),
    Failure("redirect", "The server answered with a redirect", "It is not followed, for it would take the token along. Check site or api-url.", False, True),
    Failure("unexpected", "The server did not answer like Compass", "Check site or api-url, and whether a proxy or login page answers in its place.", False, True),
    Failure("name", "The host name could not be resolved", "Check site or api-url, and the runner's name server.", True, True),
    Failure("tls", "The server's certificate was not trusted", "If a proxy inspects TLS here, name its certificate in REQUESTS_CA_BUNDLE or SSL_CERT_FILE.", False, True),
    Failure("proxy", "The proxy refused the connection", "Check HTTPS_PROXY, and NO_PROXY if Compass should be reached directly.", True, True),
    Failure("connection", "Compass could not be reached", "Check that this runner may open connections to the site.", True, True),
    Failure("timeout", "Compass did not answer in time", "Nothing is wrong with the event; it may even have arrived.", True, True),
    Failure("budget", "The time budget ran out", "Raise timeout, or keep an outbox and replay it later.", False, True),
    Failure("interrupted", "The run was interrupted", "The job was cancelled or stopped while sending.", False, True),
)  # fmt: skip
FAILURES: Mapping[str, Failure] = {failure.key: failure for failure in _TABLE}

BY_STATUS = {
    400: "invalid", 401: "credentials", 403: "permission", 404: "not-found", 408: "server",
    409: "sources", 413: "invalid", 422: "invalid", 429: "rate-limit",
}  # fmt: skip

# Error types that say more than their status. STORE_CONFLICT and INTERNAL_SERVER_ERROR are seen
# with other statuses than 5xx, and pass.
BY_ERROR_TYPE = {
    "COMPONENT_NOT_FOUND": "not-found",
    "CREATE_EVENT_SOURCE_NOT_FOUND": "not-found",
    "PERMISSION_DENIED": "permission",
    "ATTACHED_EVENT_SOURCE_LIMIT_REACHED": "sources",
    "STORE_CONFLICT_EXCEPTION": "server",
    "INTERNAL_SERVER_ERROR": "server",
}

HINTS = {
    "COMPONENT_ARI_INVALID": "Copy component-id again from the component's page.",
    "CLOUD_ID_INVALID": "Leave cloud-id out: the component's ARI has it.",
    "COMPASS_NOT_AVAILABLE": "Compass is not switched on for this site; check site.",
    "FORMAT_INVALID": "A value has the wrong form; compare it with the payload that dry-run prints.",
    "FIELD_MISSING": "The type's own part lacks a field; give it in properties.",
    "FIELD_CANNOT_BE_NULL": "A field is null; leave it out of properties instead.",
    "ONE_OF_DIRECTIVE_VALIDATION_ERROR": "An event has exactly one type; check properties.",
    "CONSTRAINT_VIOLATION": "A value is out of its bounds; compare it with the payload that dry-run prints.",
    "ARGUMENT_INVALID": "A value is not accepted; compare it with the payload that dry-run prints.",
}


def read(status: int, body: bytes) -> tuple[Failure | None, str]:
    """Read an answer: None if the event is accepted, else the failure, and what the server said."""
    if status == ACCEPTED:
        return None, ""
    errors = list(_errors(body))
    detail = "; ".join(f"{kind}: {message}" if message else kind for kind, message in errors)
    types = [kind for kind, _ in errors]
    key = next((BY_ERROR_TYPE[kind] for kind in types if kind in BY_ERROR_TYPE), None)
    if status == 404 and not errors:  # not Compass's words: nothing of it is there
        key = "unexpected"
    if key is None:
        key = BY_STATUS.get(status) or (
            "server" if status >= 500 else "redirect" if 300 <= status < 400 else "unexpected"
        )
    failure = FAILURES[key]
    hint = next((HINTS[kind] for kind in types if kind in HINTS), None)
    if hint and key == "invalid":
        failure = failure._replace(hint=hint)
    return failure, f"HTTP {status}" + (f", {detail}" if detail else "")


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


class AttemptTimeoutError(Exception):
    """One attempt took longer than it may."""


# By the names of the exceptions of requests, urllib3 and the standard library; the first that is
# found anywhere in the chain counts. Names, so that this table needs no import.
BY_EXCEPTION = (
    ("SSLCertVerificationError", "tls", "the certificate could not be verified"),
    ("ProxyError", "proxy", "the proxy did not open the connection"),
    ("InvalidProxyURL", "proxy", "the proxy's address is none; write http://HOST:PORT"),
    ("InvalidSchema", "proxy", "a proxy of this kind is not supported; write http://HOST:PORT"),
    ("NameResolutionError", "name", "no address was found for the host"),
    ("gaierror", "name", "no address was found for the host"),
    ("AttemptTimeoutError", "timeout", "no whole answer came in time"),
    ("ConnectTimeout", "timeout", "no connection was made in time"),
    ("ReadTimeout", "timeout", "no answer came in time"),
    ("ConnectionRefusedError", "connection", "the connection was refused"),
    ("RemoteDisconnected", "connection", "the connection was closed without an answer"),
    ("ConnectionResetError", "connection", "the connection was cut"),
    ("SSLEOFError", "connection", "the connection was cut during the TLS handshake"),
    ("SSLError", "connection", "no TLS connection could be made"),
    ("NewConnectionError", "connection", "no connection could be made"),  # no route, say
    ("IncompleteRead", "connection", "the answer broke off"),
    ("ProtocolError", "connection", "the connection broke"),
)
LASTING = {"InvalidProxyURL", "InvalidSchema"}
"""What no further attempt can change."""
CA_FILE_FAULTS = re.compile(r"CA certificate bundle|\[X509|PEM lib|NO_CERTIFICATE_OR_CRL_FOUND")
"""Words of requests and OpenSSL, which have no exceptions of their own for it."""


def read_exception(error: BaseException) -> tuple[Failure, str]:
    """Read what went wrong on the network. Its own text is not shown: it can hold anything."""
    causes = list(_causes(error))
    names = {name for cause in causes for name in _class_names(cause)}
    if any(isinstance(cause, OSError) and CA_FILE_FAULTS.search(str(cause)) for cause in causes):
        return FAILURES["tls"], "the file of trusted certificates cannot be read"
    for name, key, detail in BY_EXCEPTION:
        if name in names:
            reason = _tls_reason(causes) if "SSL" in name else ""
            failure = FAILURES[key]
            if key == "proxy":
                status = _proxy_status(causes)
                reason = f"HTTP {status}" if status else ""
                lasting = name in LASTING or status in range(300, 500)
                failure = failure._replace(retry=not lasting)
            return failure, detail + (f" ({reason})" if reason else "")
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
