"""Several connections at a time, for real on loopback."""

from __future__ import annotations

import queue
import time
from types import SimpleNamespace

import pytest

from compass_action.connection import connections as module
from compass_action.connection.answer import Answer
from compass_action.connection.connections import Connections
from compass_action.connection.destination import Destination
from compass_action.sandbox import running_sandbox
from tests.connection.playing import Nobody, Time
from tests.faults.server import running_adversary
from tests.recorded import TESTS

EVENT = (TESTS / "events" / "valid" / "deployment-full.json").read_bytes()


def at(port: int) -> Destination:
    return Destination(f"http://127.0.0.1:{port}/compass/v1/events", "ada@acme.example", "made-up")


def test_answers_come_as_they_arrive_each_with_its_number() -> None:
    """The slow one last, though it was asked first."""
    with running_sandbox(faults=[{"delay": 0.6}]) as sandbox:
        connections = Connections(at(sandbox.server_port), 2)
        connections.begin(7, EVENT, 10)
        while not sandbox.requests:
            time.sleep(0.01)
        connections.begin(3, EVENT, 10)
        heard = [connections.hear(5), connections.hear(5)]
        connections.close()
    assert [one and one[0] for one in heard] == [3, 7]
    answers = [one and one[1].answer for one in heard]
    assert [isinstance(one, Answer) and one.status for one in answers] == [202, 202]


def test_nothing_is_heard_where_no_answer_comes_in_time() -> None:
    with running_sandbox(faults=[{"delay": 5}]) as sandbox:
        connections = Connections(at(sandbox.server_port), 1)
        connections.begin(0, EVENT, 10)
        start = time.monotonic()
        assert connections.hear(0.5) is None
        assert 0.4 < time.monotonic() - start < 4


def test_connections_are_kept_and_no_more_are_opened_than_are_needed() -> None:
    with running_sandbox() as sandbox, running_adversary({}, sandbox.server_port) as server:
        connections = Connections(at(server.port), 8)
        for number in range(5):  # one after another
            connections.begin(number, EVENT, 10)
            assert connections.hear(10) is not None
        assert server.connections == 1
        for number in range(3):
            connections.begin(number, EVENT, 10)
        assert {heard[0] for _ in range(3) if (heard := connections.hear(10))} == {0, 1, 2}
        connections.close()
    assert server.connections <= 3


def test_a_failure_is_heard_like_an_answer() -> None:
    """Nobody listens at that port, and both are told so."""
    connections = Connections(at(9), 2)
    connections.begin(0, EVENT, 5)
    connections.begin(1, EVENT, 5)
    heard = [connections.hear(5), connections.hear(5)]
    assert sorted(one[0] for one in heard if one) == [0, 1]
    assert all(one and isinstance(one[1].answer, Exception) for one in heard)


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(0.5, [0.2, 0.2, 0.1]), (0.2, [0.2]), (0.1, [0.1]), (0, [0.001]), (-1, [0.001])],
)
def test_a_reply_is_waited_for_in_pieces(
    seconds: float, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a signal is heard within a fifth of a second."""
    clock = Time()
    monkeypatch.setattr(module, "time", clock)
    queues = SimpleNamespace(SimpleQueue=lambda: Nobody(clock), Empty=queue.Empty)
    monkeypatch.setattr(module, "queue", queues)
    connections = Connections(at(9), 1)
    assert connections.hear(seconds) is None
    assert clock.waits == pytest.approx(waits)
