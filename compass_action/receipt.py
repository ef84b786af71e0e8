"""What became of a payload. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers import Failure
    from .schemas import Payload


@dataclass(frozen=True)
class Receipt:
    """What became of one payload."""

    payload: Payload
    failure: Failure | None = None
    """None: Compass answered 202, accepted for processing."""
    detail: str = ""
    """What the server or the network said; foreign text."""
    http_status: int | None = None
    attempts: int = 0
    spooled: bool = False
    """The payload was written to the outbox."""

    @property
    def accepted(self) -> bool:
        """Whether Compass has it."""
        return self.failure is None
