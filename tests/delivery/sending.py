"""Sending without a network: a clock of the tests' own, and a Compass that answers from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from compass_action.connection.answer import Answer, Reply
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


def payload(name: str = "a") -> Payload:
    """A small request."""
    return Payload("build", name, json.dumps({"for": name}).encode())


def keys(receipts: Sequence[Receipt]) -> list[str | None]:
    """How each failed; None where it did not."""
    return [receipt.failure and receipt.failure.key for receipt in receipts]
