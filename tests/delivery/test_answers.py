"""What an answer of the server means; everything in it is foreign text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.connection.answer import Answer
from compass_action.delivery import answers
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.schemas import Payload


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


X = "x"


@pytest.mark.parametrize(
    ("kind", "message", "shown"),
    [
        ("K", X * 300, "K: " + X * 300),
        ("K", X * 301, "K: " + X * 299 + "…"),
        (X * 60, "", X * 60),
        (X * 61, "", X * 59 + "…"),
        ("K", "\n" * 1199 + "ab", "K: a"),
        ("K", "\n" * 1200 + "a", "K"),
        ("\n" * 239 + "ab", "", "a"),
        (None, "said", "no type: said"),
        (7, 7, "no type"),
    ],
)
def test_what_the_server_says_is_cut(kind: object, message: object, shown: str) -> None:
    """At 300 characters of a message and 60 of a type; what is read of it, at four times as many."""
    assert answers.read(403, errors((kind, message)))[1] == f"HTTP 403, {shown}"


def test_a_detail_has_five_errors_and_skips_what_is_none() -> None:
    body = json.dumps({"errors": [{"type": c} for c in "abcdef"]}).encode()
    assert answers.read(400, body)[1] == "HTTP 400, a; b; c; d; e"
    assert answers.read(400, b'{"errors": [7, {"type": "a"}]}')[1] == "HTTP 400, a"


KNOWN = {
    202: None, 400: "invalid", 401: "credentials", 403: "permission", 404: "unexpected",
    408: "server", 409: "sources", 413: "invalid", 422: "invalid", 429: "rate-limit",
}  # fmt: skip


def test_every_status_has_its_meaning() -> None:
    classes = {1: "unexpected", 2: "unexpected", 3: "redirect", 4: "unexpected", 5: "server"}
    for status in range(100, 600):
        failure, _ = answers.read(status, b"")
        expected = KNOWN.get(status, classes[status // 100])
        assert (failure and failure.key) == expected, status
    failure, _ = answers.read(404, errors(("NEW", "")))
    assert failure
    assert failure.key == "not-found"


def test_what_an_answer_means_is_noted_on_the_receipt() -> None:
    """With the clocks' difference, which another kind of failure says nothing about."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    first = Receipt(Payload("build", "c", b"{}"), FAILURES["timeout"], attempts=3)
    date = "Mon, 23 Nov 2026 11:59:00 GMT"
    accepted = answers.judge(first, Answer(202, b"", None, date), now)
    assert accepted == Receipt(first.payload, None, "", 202, 3, 60.0)
    refused = answers.judge(accepted, Answer(401, b"", None, None), now)
    assert refused == Receipt(first.payload, FAILURES["credentials"], "HTTP 401", 401, 3, None)
    cut = answers.judge(accepted, ConnectionResetError(), now)
    said = "the connection was cut"
    assert cut == Receipt(first.payload, FAILURES["connection"], said, None, 3, 60.0)
