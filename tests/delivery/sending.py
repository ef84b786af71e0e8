"""Sending without a network: a clock of the tests' own, and a Compass that answers from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from compass_action.connection import Asking, one_at_a_time
from compass_action.connection.answer import Answer, AttemptTimeoutError, Reply
from compass_action.delivery import client
from compass_action.delivery.client import Clockwork
from compass_action.delivery.receipt import Receipt
from compass_action.schemas import Payload

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """Time that passes only in waits. State: what it shows, and the waits so far."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self.work = Clockwork(
            lambda: self.at, self.sleep, uniform=lambda low, high: high, now=lambda: START
        )

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.at += seconds


class Compass:
    """Answers each request with the next of a script; the last one for ever. State: what was asked."""

    def __init__(self, script: Iterable[int | Answer | Reply | Callable[[bytes], int]]) -> None:
        self._script = list(script)
        self.asked: list[bytes] = []
        self.seconds: list[float] = []
        """How long each answer was waited for at most."""

    def ask(self, body: bytes, seconds: float) -> Reply:
        """Take one request."""
        self.asked.append(body)
        self.seconds.append(seconds)
        said = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if callable(said):
            said = said(body)
        if isinstance(said, Reply):
            return said
        return Reply(said if isinstance(said, Answer) else Answer(said, b""))


class Lanes:
    """A Compass that is asked several things at a time; each answer takes a while.

    State: what was begun and when, and what has not been answered yet.
    """

    def __init__(
        self,
        clock: Clock,
        answer: Callable[[str, int], int | Answer | Exception] = lambda name, attempt: 202,
        takes: Callable[[str], float] = lambda name: 0.1,
    ) -> None:
        """`answer` is told whose request it is, and which attempt of it; `takes` is in seconds."""
        self._clock, self._answer, self._takes = clock, answer, takes
        self._coming: list[tuple[float, int, int | Answer | Exception]] = []
        self.begun: list[tuple[str, float]] = []
        self.most = 0
        """How many were under way at a time."""

    def asking(self, most: int = 8) -> Asking:
        """How requests are made of it."""
        return Asking(self.begin, self.hear, most)

    def begin(self, number: int, body: bytes, seconds: float) -> None:
        """Take one request."""
        name = json.loads(body)["for"]
        self.begun.append((name, self._clock.at))
        said = self._answer(name, [one for one, _ in self.begun].count(name))
        takes = self._takes(name)
        if takes > seconds:
            takes, said = seconds, AttemptTimeoutError()
        self._coming.append((self._clock.at + takes, number, said))
        self.most = max(self.most, len(self._coming))

    def hear(self, seconds: float) -> tuple[int, Reply] | None:
        """Let time pass until the next answer."""
        due, number, said = min(self._coming, key=lambda coming: coming[:2])
        if due > self._clock.at + seconds:
            self._clock.at += seconds
            return None
        self._coming.remove((due, number, said))
        self._clock.at = max(self._clock.at, due)
        return number, Reply(Answer(said, b"") if isinstance(said, int) else said)


def payload(name: str = "a") -> Payload:
    """A small request."""
    return Payload("build", name, json.dumps({"for": name}).encode())


def send(
    payloads: Sequence[Payload], compass: Compass, clock: Clock, seconds: float = 120
) -> tuple[Receipt, ...]:
    """Send them one at a time."""
    return client.send(payloads, one_at_a_time(compass.ask), seconds, clock.work)


def keys(receipts: Sequence[Receipt]) -> list[str | None]:
    """How each failed; None where it did not."""
    return [receipt.failure and receipt.failure.key for receipt in receipts]
