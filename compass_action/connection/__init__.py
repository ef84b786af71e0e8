"""Where the requests go, and the connections they go over: one for one, several for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from .answer import Reply
from .destination import Destination

Ask = Callable[[bytes, float], Reply]
"""Makes one request of a body; what became of it is told at the latest after so many seconds."""


class Asking(NamedTuple):
    """How requests are made: over one connection, over several, or in a test."""

    begin: Callable[[int, bytes, float], None]
    """Begins a request of a body, under a number; within so many seconds there is a reply to it."""
    hear: Callable[[float], tuple[int, Reply] | None]
    """Waits for the next reply, and says to which number; None if none comes in so many seconds."""
    most: int = 1
    """How many may be under way at a time."""


def one_at_a_time(ask: Ask) -> Asking:
    """Make requests one after another."""
    begun: list[tuple[int, bytes, float]] = []

    def hear(_: float) -> tuple[int, Reply]:
        number, body, seconds = begun.pop()
        return number, ask(body, seconds)

    return Asking(lambda *request: begun.append(request), hear)


@contextmanager
def connect(destination: Destination, number: int) -> Iterator[Asking]:
    """Make requests over one connection, or over several for a number of payloads."""
    from .connection import Connection  # here, for a dry run does without requests

    if number == 1:
        connection = Connection(destination)
        yield one_at_a_time(connection.ask)
        connection.close()
        return
    from .connections import CONNECTIONS_MAX, Connections

    most = min(number, CONNECTIONS_MAX)
    connections = Connections(destination, most)
    yield Asking(connections.begin, connections.hear, most)
    connections.close()
