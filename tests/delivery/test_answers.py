"""What an answer of the server or the network means; everything in it is foreign text."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from itertools import pairwise

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from compass_action.delivery import answers


def errors(*pairs: tuple[object, object]) -> bytes:
    return json.dumps(
        {"errors": [{"type": kind, "message": said} for kind, said in pairs]}
    ).encode()


def test_202_is_the_only_answer_that_accepts() -> None:
    assert answers.read(202, errors(("COMPONENT_NOT_FOUND", "never looked at"))) == (None, "")


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (200, "unexpected"), (204, "unexpected"), (301, "redirect"), (308, "redirect"),
        (400, "invalid"), (401, "credentials"), (403, "permission"), (404, "unexpected"),
        (408, "server"), (409, "sources"), (413, "invalid"), (418, "unexpected"),
        (422, "invalid"), (429, "rate-limit"), (500, "server"), (503, "server"),
    ],
)  # fmt: skip
def test_without_an_error_of_compass_the_status_counts(status: int, key: str) -> None:
    """A 404 without one comes from somebody else: nothing of Compass is there."""
    failure, detail = answers.read(status, b"<html>not for machines</html>")
    assert failure
    assert (failure.key, detail) == (key, f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "kind", "key", "hint"),
    [
        (404, "COMPONENT_NOT_FOUND", "not-found", "Compare component-id with"),
        (400, "CREATE_EVENT_SOURCE_NOT_FOUND", "not-found", "Compare component-id with"),
        (400, "PERMISSION_DENIED", "permission", "The token's account needs access"),
        (400, "ATTACHED_EVENT_SOURCE_LIMIT_REACHED", "sources", "Detach some"),
        (400, "STORE_CONFLICT_EXCEPTION", "server", "Compass or something in front"),
        (400, "INTERNAL_SERVER_ERROR", "server", "Compass or something in front"),
        (400, "COMPONENT_ARI_INVALID", "invalid", "Copy component-id again"),
        (400, "CLOUD_ID_INVALID", "invalid", "Leave cloud-id out"),
        (400, "COMPASS_NOT_AVAILABLE", "invalid", "Compass is not switched on"),
        (400, "FORMAT_INVALID", "invalid", "A value has the wrong form"),
        (400, "FIELD_MISSING", "invalid", "The type's own part lacks a field"),
        (400, "FIELD_CANNOT_BE_NULL", "invalid", "A field is null"),
        (400, "ONE_OF_DIRECTIVE_VALIDATION_ERROR", "invalid", "An event has exactly one type"),
        (400, "CONSTRAINT_VIOLATION", "invalid", "A value is out of its bounds"),
        (400, "ARGUMENT_INVALID", "invalid", "A value is not accepted"),
        (404, "SOMETHING_NEW", "not-found", "Compare component-id with"),
        (503, "SOMETHING_NEW", "server", "Compass or something in front"),
    ],
)
def test_an_error_type_of_the_contract_comes_before_the_status(
    status: int, kind: str, key: str, hint: str
) -> None:
    """With what to do; a type that is not known leaves it to the status."""
    failure, detail = answers.read(status, errors((kind, "said so")))
    assert failure
    assert failure.key == key
    assert failure.hint.startswith(hint)
    assert detail == f"HTTP {status}, {kind}: said so"


def test_of_several_errors_the_first_known_one_decides_and_five_are_shown() -> None:
    body = errors(("NEW", "a"), ("PERMISSION_DENIED", "b"), *[("FORMAT_INVALID", "c")] * 9)
    failure, detail = answers.read(400, body)
    assert failure
    assert failure.key == "permission"
    assert detail == "HTTP 400, NEW: a; PERMISSION_DENIED: b" + "; FORMAT_INVALID: c" * 3


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"errors": null}', b'{"errors": {}}', b'{"errors": [7, null]}',
     b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_a_body_of_another_form_says_nothing(body: bytes) -> None:
    assert answers.read(403, body)[1] == "HTTP 403"


def test_a_message_is_one_short_line() -> None:
    _, detail = answers.read(400, errors((None, "a\n::error::b\x1b[31m " + "x" * 1000), (7, None)))
    assert detail.startswith("HTTP 400, no type: a ::error::b [31m xxx")
    assert detail.endswith("xx…; no type")
    assert len(detail) < 400


@given(st.integers(100, 999), st.binary(max_size=80))
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    failure, detail = answers.read(status, body)
    assert (failure is None) == (status == 202)
    assert detail.isprintable()


def chain(*links: BaseException) -> BaseException:
    """The first one, made from the others, as requests wraps what urllib3 wraps."""
    for outer, inner in pairwise(links):
        outer.__context__ = inner
    return links[0]


PROXY = "Tunnel connection failed: "


@pytest.mark.parametrize(
    ("error", "key", "detail", "again"),
    [
        (chain(requests.ConnectionError(), socket.gaierror(-2, "x")),
         "name", "no address was found for the host", True),
        (chain(requests.ConnectionError(), ConnectionRefusedError(errno.ECONNREFUSED, "x")),
         "connection", "the connection was refused", True),
        (chain(requests.ConnectionError(), ConnectionResetError(errno.ECONNRESET, "x")),
         "connection", "the connection was cut", True),
        (requests.ConnectTimeout(), "timeout", "no connection was made in time", True),
        (requests.ReadTimeout(), "timeout", "no answer came in time", True),
        (chain(requests.exceptions.SSLError(), ssl.SSLCertVerificationError("x")),
         "tls", "the certificate could not be verified", False),
        (chain(requests.exceptions.ProxyError(), OSError(PROXY + "407 Proxy Auth")),
         "proxy", "the proxy did not open the connection (HTTP 407)", False),
        (chain(requests.exceptions.ProxyError(), OSError(PROXY + "503 Later")),
         "proxy", "the proxy did not open the connection (HTTP 503)", True),
        (requests.exceptions.InvalidProxyURL(),
         "proxy", "the proxy's address is not valid; write http://HOST:PORT", False),
        (requests.exceptions.InvalidSchema(),
         "proxy", "a proxy of this kind is not supported; write http://HOST:PORT", False),
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /x"),
         "tls", "the file of trusted certificates cannot be read", False),
        (ValueError("s3cret"), "connection", "the connection failed (ValueError)", True),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_a_fault_of_the_network_is_known_by_its_cause(
    error: BaseException, key: str, detail: str, again: bool
) -> None:
    """Wherever it stands in the chain; its own text, which can hold anything, is not shown."""
    failure, told = answers.read_exception(error)
    assert (failure.key, told, failure.retry) == (key, detail, again)


def test_a_circle_of_causes_comes_to_an_end() -> None:
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert answers.read_exception(one)[0].key == "connection"
