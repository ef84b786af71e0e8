"""One question and its answer: what is asked, and how much of an answer is taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from compass_action.connection import exchange
from compass_action.connection.answer import Answer, AttemptTimeoutError, TooLargeError
from compass_action.connection.exchange import Reply
from compass_action.connection.request import Request
from compass_action.sandbox import running_sandbox
from compass_action.text import Secrets
from tests.connection.playing import Response, Session

URL = "https://acme.example/api"
MOST = 4 * 1024 * 1024


@contextmanager
def playing(monkeypatch: pytest.MonkeyPatch, *script: Response | Exception) -> Iterator[Session]:
    session = Session(script)
    monkeypatch.setattr(exchange, "open_session", session.open)
    yield session
    assert session.closed.wait(5)


def test_a_question_is_a_get_with_nothing_but_what_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with playing(monkeypatch, Response(200, [b"{}", b""])) as session:
        reply = exchange.exchange(Request(URL, {"X-A": "b"}), 10)
    assert reply == Reply(Answer(200, b"{}"))
    [asked] = session.asked
    assert (asked.method, asked.url, asked.daemon) == ("GET", URL, True)
    assert asked.options == {
        "data": None,
        "headers": {"X-A": "b"},
        "auth": None,
        "timeout": (9.5, 9.5),
        "allow_redirects": False,
        "stream": True,
    }
    assert session.opened == [({}, None)]


def test_a_body_is_posted_with_the_account_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = Request(
        URL,
        body=b"{}",
        basic=("äda@acme.example", "made-up"),
        proxies={"https": "http://p:1"},
        ca_bundle="/ca.pem",
    )
    with playing(monkeypatch, Response(200)) as session:
        exchange.exchange(request, 100)
    [asked] = session.asked
    assert (asked.method, asked.options["data"]) == ("POST", b"{}")
    auth = asked.options["auth"]
    assert (auth.username, auth.password) == ("äda@acme.example".encode(), b"made-up")
    assert asked.options["timeout"] == (10, 95)
    assert session.opened == [({"https": "http://p:1"}, "/ca.pem")]


def test_an_answer_brings_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its secrets hidden, what is no UTF-8 replaced."""
    headers = {"Retry-After": "7", "Date": "soon", "Server": "x"}
    request = Request(URL, secrets=Secrets(("made-up",)))
    with playing(monkeypatch, Response(503, [b"a made-up \xff", b""], headers)):
        reply = exchange.exchange(request, 10)
    assert reply == Reply(Answer(503, "a *** \ufffd".encode(), "7", "soon"))


@pytest.mark.parametrize(
    ("pieces", "size"),
    [([b"x" * MOST, b""], MOST), ([b"x" * MOST, b"x"], None), ([b"x" * (MOST + 1)], None)],
    ids=["just so", "one more", "one more at once"],
)
def test_no_answer_has_more_than_four_megabytes(
    pieces: list[bytes], size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no more of it is read than that takes."""
    response = Response(200, pieces)
    with playing(monkeypatch, response):
        answer = exchange.exchange(Request(URL), 10).answer
    if size is None:
        assert isinstance(answer, TooLargeError)
    else:
        assert isinstance(answer, Answer)
        assert len(answer.body) == size
    assert response.raw.closed is (size is None)


@pytest.mark.parametrize("status", [202, 302, 500])
def test_of_a_refusal_no_more_is_taken_than_its_status_needs(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as what it is, and not as an answer that is too large."""
    response = Response(status, [b"x" * 40 * 1024] * 3)
    with playing(monkeypatch, response):
        answer = exchange.exchange(Request(URL), 10).answer
    assert answer == Answer(status, b"x" * 80 * 1024)
    assert response.raw.closed


@pytest.mark.parametrize(("seconds", "for_the_body"), [(100, 5), (4, 1.9)])
def test_a_refusal_is_waited_for_only_so_long(
    seconds: float, for_the_body: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def read(_: object, seconds: float) -> bytes:
        given.append(seconds)
        return b""

    monkeypatch.setattr(exchange, "read_body", read)
    with playing(monkeypatch, Response(302)):
        exchange.exchange(Request(URL), seconds)
    assert given == [for_the_body]


def test_a_body_may_take_as_long_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[float, int]] = []

    def read(_: object, seconds: float, limit: int) -> bytes:
        given.append((seconds, limit))
        return b""

    monkeypatch.setattr(exchange, "read_body", read)
    with playing(monkeypatch, Response(200)):
        exchange.exchange(Request(URL), 100)
    assert given == [(95, MOST + 1)]


def test_what_goes_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = KeyError("x")
    with playing(monkeypatch, error):
        assert exchange.exchange(Request(URL), 10) == Reply(error)


def test_a_session_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("x")

    def fail(*_: object) -> Session:
        raise error

    monkeypatch.setattr(exchange, "open_session", fail)
    assert exchange.exchange(Request(URL), 10) == Reply(error)


def test_no_answer_comes_later_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def late() -> bytes:
        go.wait(10)
        return b""

    with playing(monkeypatch, Response(200, [late])):
        start = time.monotonic()
        reply = exchange.exchange(Request(URL), 0.3)
        seconds = time.monotonic() - start
        go.set()
    assert isinstance(reply.answer, AttemptTimeoutError)
    assert reply.clock_ahead_seconds is None
    assert 0.3 <= seconds < 5


@pytest.mark.parametrize("ahead", [-3600, 0, 90])
def test_the_clocks_are_compared_where_the_server_tells_its_own(
    ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = format_datetime(datetime.now(UTC) - timedelta(seconds=ahead), usegmt=True)
    with playing(monkeypatch, Response(200, headers={"Date": told})):
        reply = exchange.exchange(Request(URL), 10)
    assert reply.clock_ahead_seconds == pytest.approx(ahead, abs=5)


@pytest.mark.parametrize("told", [None, "", "soon", "Mon, 01 Jan 2035 00:00:00 +99999999999999"])
def test_a_date_that_says_nothing_is_none(
    told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {} if told is None else {"Date": told}
    with playing(monkeypatch, Response(200, headers=headers)):
        assert exchange.exchange(Request(URL), 10).clock_ahead_seconds is None


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (Request(URL, {"Authorization": "made-up"}), "Request(GET 'https://acme.example/api')"),
        (Request(URL, body=b"made-up"), "Request(POST 'https://acme.example/api')"),
        (Request(URL, body=b""), "Request(POST 'https://acme.example/api')"),
    ],
)
def test_a_request_shows_no_secret(request_: Request, shown: str) -> None:
    assert repr(request_) == shown


def test_a_question_is_answered_by_a_real_server() -> None:
    with running_sandbox() as sandbox:
        answer = exchange.exchange(Request(sandbox.url + "/nowhere"), 10).answer
    assert isinstance(answer, Answer)
    assert answer.status == 404
