"""The thread that speaks on a connection: it ends with it, and a busy one is not waited for."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace

import pytest
import requests

from compass_action.connection import connection as module
from compass_action.connection.answer import Answer
from compass_action.connection.connection import Connection
from tests.connection.loopback import at, talking, undated
from tests.connection.playing import Response, Session
from tests.faults.server import make_answer, read_request


def speaking() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.endswith("(_speak)")}


def end(threads: set[threading.Thread]) -> bool:
    """Whether they all end."""
    for thread in threads:
        thread.join(5)
    return not any(thread.is_alive() for thread in threads)


def test_no_thread_goes_on_once_its_connection_is_given_up_or_closed() -> None:
    """Neither after a failure nor after the last answer."""

    def answer_once(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            if number:
                connection.sendall(make_answer(202, b""))
                read_request(connection)

    before = speaking()
    with talking(answer_once) as where:
        connection = Connection(where)
        assert isinstance(connection.ask(b"a", 5).answer, Exception)
        assert isinstance(connection.ask(b"a", 5).answer, Answer)
        assert len(speaking() - before) >= 1
        connection.close()
        assert end(speaking() - before)


def test_who_is_busy_with_the_rest_of_an_answer_is_not_waited_for() -> None:
    """After half of the time, at most a second, another connection is opened; the old one is closed."""
    over = threading.Event()

    def accept_and_drip(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            if number == 0:
                connection.sendall(make_answer(202, b""))
                read_request(connection)
                connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\nx")
                over.wait(10)
            elif number == 2:
                connection.sendall(make_answer(202, b""))

    before = speaking()
    with talking(accept_and_drip) as where:
        connection = Connection(where)
        for _ in range(2):
            assert undated(connection.ask(b"a", 10).answer) == Answer(202, b"")
        second = connection.ask(b"b", 1)  # it is closed without an answer
        assert isinstance(second.answer, requests.ConnectionError)
        assert second.was_kept is False
        assert undated(connection.ask(b"c", 10).answer) == Answer(202, b"")
        over.set()
        connection.close()
        assert end(speaking() - before)


@pytest.mark.parametrize(("seconds", "wait"), [(10, 1), (2, 1), (1, 0.5)])
def test_a_connection_is_waited_for_half_of_the_time_at_most_a_second(
    seconds: float, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return super().wait(timeout)

    monkeypatch.setattr(module, "threading", SimpleNamespace(Event=Event, Thread=threading.Thread))
    monkeypatch.setattr(module, "open_session", Session([Response(400), Response(400)]).open)
    connection = Connection(at(9))
    connection.ask(b"a", 10)
    waits.clear()
    assert connection.ask(b"b", seconds).was_kept
    assert waits == [wait]
    connection.close()
