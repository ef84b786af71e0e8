"""What comes back over a connection."""

from __future__ import annotations

from typing import NamedTuple

ACCEPTED = 202


class Answer(NamedTuple):
    """One HTTP answer, as far as it is looked at."""

    status: int
    body: bytes
    retry_after: str | None = None
    date: str | None = None
    """The server's clock, as its Date header has it."""


class AttemptTimeoutError(Exception):
    """One attempt took longer than it may."""


class TooLargeError(Exception):
    """An answer is larger than any that makes sense."""


class Reply(NamedTuple):
    """What became of one request."""

    answer: Answer | Exception
    """The answer, or what went wrong."""
    was_kept: bool = False
    """It was made on a connection that an earlier answer had come over: if it failed, the server may
    merely have closed that."""
