"""What an answer costs: how long each part of it is waited for, and how much of it is taken."""

from __future__ import annotations

import time

import pytest
from urllib3.exceptions import ProtocolError

from compass_action.connection import connection as module
from compass_action.connection.answer import Answer, AttemptTimeoutError, Reply
from compass_action.connection.connection import first, read_body
from compass_action.connection.destination import Destination
from tests.connection.loopback import asking, at
from tests.connection.playing import Nobody, Piece, Response, Session, Time


def test_an_attempt_waits_for_each_part_of_an_answer_no_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten seconds for a connection, thirty for the headers; less where less is left."""
    session = Session([Response(202), Response(202), Response(202)])
    monkeypatch.setattr(module, "open_session", session.open)
    where = Destination("https://acme.example/x", "äda", "tökn", {"https": "http://p:1"}, "/ca.pem")
    asking(where, b"a", seconds=100)
    asking(where, b"b", seconds=20)
    asking(where, b"c", seconds=0)
    while len(session.asked) < 3:  # nobody has waited for the answer
        time.sleep(0.01)
    assert session.opened == [({"https": "http://p:1"}, "/ca.pem")] * 3
    assert [asked.options.pop("timeout") for asked in session.asked] == [
        (10, 30),
        (pytest.approx(10), pytest.approx(19, abs=0.5)),
        (0.00095, 0.00095),
    ]
    auths = [asked.options.pop("auth") for asked in session.asked]
    assert {(auth.username, auth.password) for auth in auths} == {("äda".encode(), "tökn".encode())}
    assert {(asked.method, asked.url, asked.daemon) for asked in session.asked} == {
        ("POST", "https://acme.example/x", True)
    }
    assert [asked.options for asked in session.asked] == [
        {"data": body, "allow_redirects": False, "stream": True} for body in (b"a", b"b", b"c")
    ]


@pytest.mark.parametrize(("seconds", "for_the_body"), [(100, 5), (4, 1.9)])
def test_a_body_is_waited_for_only_so_long(
    seconds: float, for_the_body: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seconds, or half of what is left."""
    given: list[float] = []

    def read(_: object, seconds: float) -> bytes:
        given.append(seconds)
        return b"read"

    monkeypatch.setattr(module, "open_session", Session([Response(400)]).open)
    monkeypatch.setattr(module, "read_body", read)
    [reply] = asking(at(9), b"a", seconds=seconds)
    assert reply == Reply(Answer(400, b"read"))
    assert given == [pytest.approx(for_the_body, abs=0.1)]


def test_an_answer_that_repeats_what_was_sent_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor what is no UTF-8."""
    said = b"\xff ada@acme.example:made-up-token made-up-token"
    monkeypatch.setattr(module, "open_session", Session([Response(400, [said, b""])]).open)
    [reply] = asking(at(9), b"a")
    assert reply.answer == Answer(400, "\ufffd *** ***".encode())


def test_an_answer_brings_what_is_looked_at_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = {"Retry-After": "7", "Date": "then", "Server": "x"}
    monkeypatch.setattr(module, "open_session", Session([Response(429, headers=headers)]).open)
    assert asking(at(9), b"a") == [Reply(Answer(429, b"", "7", "then"), was_kept=False)]


def test_a_reply_came_over_a_new_connection_unless_it_is_said() -> None:
    assert Reply(Answer(202, b"")).was_kept is False


KIB = 1024


@pytest.mark.parametrize(
    ("pieces", "size", "closed"),
    [
        ([b""], 0, False),
        ([b"ab", b"c", b""], 3, False),
        ([b"x" * (64 * KIB - 1), b""], 64 * KIB - 1, False),
        ([b"x" * 64 * KIB], 64 * KIB, True),
        ([b"x" * (64 * KIB - 1), b"yz"], 64 * KIB + 1, True),
        ([b"ab", ConnectionResetError()], 2, True),
        ([b"ab", ProtocolError()], 2, True),
    ],
)
def test_a_body_is_read_as_far_as_it_comes(pieces: list[Piece], size: int, closed: bool) -> None:
    """And not unpacked; a connection on which something is left cannot be used again."""
    response = Response(200, pieces)
    body = read_body(response, 10)  # type: ignore[arg-type]
    assert len(body) == size
    assert response.raw.closed is closed
    assert set(response.raw.reads) == {(64 * KIB, False)}


@pytest.mark.parametrize(("each", "read"), [(1.0, 3), (1.5, 2), (3.0, 1), (0.5, 6)])
def test_a_body_is_read_as_long_as_there_is_time(
    each: float, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Time()
    monkeypatch.setattr(module, "time", time)

    def drip() -> bytes:
        time.sleep(each)
        return b"x"

    response = Response(200, [drip] * 9)
    assert read_body(response, 3) == b"x" * read  # type: ignore[arg-type]
    assert response.raw.closed


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(0.5, [0.2, 0.2, 0.1]), (0.2, [0.2]), (0.1, [0.1]), (0, [0.001]), (-1, [0.001])],
)
def test_an_answer_is_waited_for_in_pieces(
    seconds: float, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a signal is heard within a fifth of a second."""
    time = Time()
    monkeypatch.setattr(module, "time", time)
    answer = first(Nobody(time), seconds)  # type: ignore[arg-type]
    assert isinstance(answer, AttemptTimeoutError)
    assert time.waits == pytest.approx(waits)
