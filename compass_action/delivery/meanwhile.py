"""Sending while something else goes on, which must not wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from compass_action.connection import connect
from compass_action.connection.destination import Destination
from compass_action.errors import Interrupted
from compass_action.schemas import Payload

from .client import Attempt
from .receipt import Receipt

T = TypeVar("T")
LONG_AGO_SECONDS = 1e9


class Meanwhile(Generic[T]):
    """Two steps in a thread of their own: something is made, then something is done with it.

    State: whether the rest is over, so that the second step is not begun, or given up.
    """

    def __init__(self, make: Callable[[], T], then: Callable[[T, threading.Event], None]) -> None:
        """`then` gets what was made, and the event that is set when everything is over."""
        self._make, self._then = make, then
        self._over, self._ready = threading.Event(), threading.Event()
        self._made: list[T] = []
        self._error: Exception | None = None
        threading.Thread(target=self._work, daemon=True).start()

    def finish(self) -> T:
        """Give the second step up if it is still under way; return, or raise, what the first made."""
        self._over.set()
        self._ready.wait()
        if self._error:
            raise self._error
        return self._made[0]

    def _work(self) -> None:
        try:
            made = self._make()
            self._made.append(made)
        except Exception as error:  # raised where somebody waits for it
            self._error = error
            return
        finally:
            self._ready.set()
        if not self._over.is_set():
            self._then(made, self._over)


def transmit(
    payloads: Sequence[Payload],
    destination: Destination,
    seconds: float,
    tell: Callable[[Attempt], None],
    over: threading.Event,
) -> tuple[Receipt, ...]:
    """Send the payloads as long as it is not over; one receipt for each, in order. Raises nothing.

    A request that is under way then may still arrive. That does no harm: its update number is lower
    than that of all that follows.
    """
    from . import client

    def wait(seconds: float) -> None:
        over.wait(seconds)

    clock = client.Clockwork(
        monotonic=lambda: time.monotonic() + (LONG_AGO_SECONDS if over.is_set() else 0),
        sleep=wait,
    )
    with connect(destination, len(payloads)) as asking:

        def begin(number: int, body: bytes, seconds: float) -> None:
            # Where it was over before the client looked at its clock, no wait would end its budget.
            if over.is_set():
                raise Interrupted
            asking.begin(number, body, seconds)

        return client.send(payloads, asking._replace(begin=begin), seconds, clock, tell)
