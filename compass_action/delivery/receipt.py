"""What became of a payload. Pure."""

from __future__ import annotations

from typing import NamedTuple

from compass_action.schemas import Payload

from .failures import Failure


class Receipt(NamedTuple):
    """What became of one payload."""

    payload: Payload
    failure: Failure | None = None
    """None: Compass answered 202, accepted for processing."""
    detail: str = ""
    """What the server or the network said; foreign text."""
    http_status: int | None = None
    attempts: int = 0
    clock_ahead_seconds: float | None = None
    """By how much our clock is ahead of the server's, as far as its last answer told."""
    spooled: bool = False
    """The payload was written to the outbox."""

    @property
    def accepted(self) -> bool:
        """Whether Compass has it."""
        return self.failure is None

    @property
    def settled(self) -> bool:
        """Whether an answer has decided what becomes of it."""
        return self.failure is None or (self.attempts > 0 and not self.failure.retry)
