"""How requests are made: over one connection for one payload, over several for many."""

from __future__ import annotations

import threading
from typing import ClassVar

import pytest

from compass_action.connection import connect, connection, connections, one_at_a_time
from compass_action.connection.answer import Answer, Reply
from compass_action.connection.destination import Destination

WHERE = Destination("http://127.0.0.1:9/compass/v1/events", "ada@acme.example", "made-up")


class Line:
    """Stands in for a connection: it answers with what it was asked."""

    made: ClassVar[list[Line]] = []

    def __init__(self, destination: Destination) -> None:
        self.destination, self.closed, self.daemons = destination, 0, list[bool]()
        self.made.append(self)

    def ask(self, body: bytes, seconds: float) -> Reply:
        """Answer, or fail where that is asked."""
        self.daemons.append(threading.current_thread().daemon)
        if body == b"fail":
            raise RuntimeError("no thread to spare")
        return Reply(Answer(202, body + f" {seconds}".encode()))

    def close(self) -> None:
        """Count how often."""
        self.closed += 1


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    monkeypatch.setattr(Line, "made", [])
    monkeypatch.setattr(connection, "Connection", Line)
    monkeypatch.setattr(connections, "Connection", Line)
    return Line.made


def test_one_payload_goes_over_one_connection_which_is_closed(lines: list[Line]) -> None:
    """And without another thread to wait for it."""
    with connect(WHERE, 1) as asking:
        [line] = lines
        assert (line.destination, line.closed, asking.most) == (WHERE, 0, 1)
        asking.begin(7, b"a", 5)
        assert asking.hear(1) == (7, Reply(Answer(202, b"a 5")))
        assert (line.closed, line.daemons) == (0, [False])
    assert [line.closed for line in lines] == [1]


@pytest.mark.parametrize(("number", "most"), [(2, 2), (7, 7), (8, 8), (9, 8), (1000, 8)])
def test_many_payloads_go_over_several_connections_all_closed(
    number: int, most: int, lines: list[Line]
) -> None:
    """Over no more than eight."""
    with connect(WHERE, number) as asking:
        assert asking.most == most
        assert [line.destination for line in lines] == [WHERE] * most
        asking.begin(7, b"a", 5)
        assert asking.hear(5) == (7, Reply(Answer(202, b"a 5")))
        assert [line.closed for line in lines] == [0] * most
    assert [line.closed for line in lines] == [1] * most
    assert [line.daemons for line in lines if line.daemons] == [[True]]


def test_a_connection_that_cannot_be_made_is_a_reply(lines: list[Line]) -> None:
    """And it can be asked again."""
    with connect(WHERE, 2) as asking:
        for number in range(5):
            asking.begin(number, b"fail", 5)
            heard = asking.hear(5)
            assert heard
            assert heard[0] == number
            assert isinstance(heard[1].answer, RuntimeError)


def test_requests_one_at_a_time_are_made_when_their_answer_is_heard() -> None:
    asked: list[bytes] = []

    def ask(body: bytes, seconds: float) -> Reply:
        asked.append(body)
        return Reply(Answer(202, b""))

    asking = one_at_a_time(ask)
    asking.begin(3, b"a", 5)
    assert asked == []
    assert asking.hear(0) == (3, Reply(Answer(202, b"")))
    assert (asked, asking.most) == ([b"a"], 1)
