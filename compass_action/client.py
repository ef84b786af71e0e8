"""Sending: payloads over HTTPS to Compass, within a budget of time.

An attempt runs in a thread of its own, so that nothing the network does (a name server that stalls,
a handshake that hangs, an answer that comes byte by byte) can hold the program beyond its budget, and
a signal is heard at once. An attempt given up may still arrive: it carries the very same bytes, so
Compass stores one event.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from . import answers, retry
from .answers import Answer
from .connection import Connection
from .errors import Interrupted
from .interruption import HEARING_SECONDS
from .line import Line
from .receipt import Receipt
from .schemas import Payload

ATTEMPT_SECONDS = 45.0
"""The longest one attempt may take, whatever trickles in."""
WORTHWHILE_SECONDS = 0.5
"""With less of the budget left no attempt is begun: it could only be cut off."""
STOPS_ALL = frozenset({"credentials", "tls", "redirect"})
"""What stopped one payload for good in such a way would stop the rest as well."""


def _sleep(seconds: float) -> None:
    """Sleep in pieces, so that a signal is heard whenever it comes."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, HEARING_SECONDS))


@dataclass(frozen=True)
class Clockwork:
    """The client's clocks, waits and chance; tests put others in their place."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = _sleep
    uniform: Callable[[float, float], float] = field(
        default_factory=lambda: random.SystemRandom().uniform
    )
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """For a Retry-After that names a date."""


def send(
    payloads: Sequence[Payload],
    connection: Connection,
    seconds: float,
    clockwork: Clockwork | None = None,
    on_attempt: Callable[[str], None] = lambda line: None,
    *,
    alone: bool = False,
) -> tuple[Receipt, ...]:
    """Send the payloads one after another; one receipt for each, in order. Raises nothing.

    `seconds` bounds everything, waits included. `on_attempt` is told of each attempt, for debugging.
    `alone`: no fleet of jobs sends at the same time, so that the rate limit needs no more patience
    than its window.
    """
    receipts = [Receipt(payload, answers.FAILURES["budget"]) for payload in payloads]
    line = Line(connection)
    try:
        clock = clockwork or Clockwork()
        _deliver(receipts, line, clock.monotonic() + seconds, clock, on_attempt, alone)
        line.hang_up()
    except Interrupted:
        interrupted = answers.FAILURES["interrupted"]
        receipts = [r if _settled(r) else replace(r, failure=interrupted) for r in receipts]
    return tuple(receipts)


def _settled(receipt: Receipt) -> bool:
    """Tell whether an answer has decided what becomes of the payload."""
    failure = receipt.failure
    return failure is None or (receipt.attempts > 0 and not failure.retry)


def _deliver(
    receipts: list[Receipt],
    line: Line,
    deadline: float,
    clock: Clockwork,
    on_attempt: Callable[[str], None],
    alone: bool,
) -> None:
    """Try until all are accepted or refused for good, or the budget is spent; fill the receipts.

    What failed goes to the end of the queue, so that one payload the server chokes on does not use
    up the time of the others. The waits between attempts grow with the failures in a row, whosesoever.
    """
    waiting = deque(range(len(receipts)))
    sent: list[float] = []
    failures, wait = 0, 0.0
    last: answers.Failure | None = None
    while waiting:
        wait = max(wait, retry.pace(sent, clock.monotonic()))
        remaining = deadline - clock.monotonic()
        if wait + WORTHWHILE_SECONDS > remaining:
            note = f"the next attempt was due in {wait:.0f} s, with {max(remaining, 0):.0f} s left"
            for index in waiting:
                receipts[index] = _given_up(receipts[index], last, note)
            return
        if wait > 0:
            on_attempt(f"waiting {wait:.1f} s")
            clock.sleep(wait)
        index = waiting.popleft()
        tried = answers.FAILURES["timeout"]  # until an answer says otherwise
        receipt = receipts[index]
        receipt = replace(receipt, failure=tried, detail="", attempts=receipt.attempts + 1)
        receipts[index] = receipt
        sent.append(clock.monotonic())
        answer = line.ask(receipt.payload.body, min(ATTEMPT_SECONDS, deadline - sent[-1]))
        receipts[index] = receipt = _judge(receipt, answer)
        on_attempt(f"attempt {receipt.attempts}: {receipt.detail or 'HTTP 202'}")
        last = receipt.failure
        if last is None or not last.retry:
            failures, wait = 0, 0.0
            if last and last.key in STOPS_ALL:
                for index in waiting:
                    receipts[index] = replace(receipts[index], failure=last, detail="not tried")
                return
        elif line.was_stale:
            waiting.appendleft(index)  # no outage; on a new connection it goes out at once
            wait = 0.0
        else:
            waiting.append(index)
            failures += 1
            remaining = deadline - clock.monotonic()
            share = 0 if alone else remaining / len(receipts)
            wait = _wait(last, answer, failures, remaining, share, clock)


def _wait(
    failure: answers.Failure,
    answer: Answer | Exception,
    failures: int,
    remaining: float,
    share: float,
    clock: Clockwork,
) -> float:
    """Seconds until the next attempt: as the server asks, else as the policy says."""
    if isinstance(answer, Answer):
        asked = retry.retry_after(answer.retry_after, clock.now())
        if asked is not None:
            return retry.wait_as_asked(asked, failures, clock.uniform)
    if failure.key == "rate-limit":
        return retry.rate_limit_wait(share, clock.uniform)
    return retry.backoff(failures, remaining, clock.uniform)


def _given_up(receipt: Receipt, last: answers.Failure | None, note: str) -> Receipt:
    """Keep the payload's own last failure, else the one that has held all of them up."""
    if receipt.attempts == 0:
        note = f"not tried: {note}"
        return replace(receipt, failure=last or receipt.failure, detail=note)
    return replace(receipt, detail=f"{receipt.detail}; {note}" if receipt.detail else note)


def _judge(receipt: Receipt, answer: Answer | Exception) -> Receipt:
    if isinstance(answer, Answer):
        failure, detail = answers.read(answer.status, answer.body)
        return replace(receipt, failure=failure, detail=detail, http_status=answer.status)
    failure, detail = answers.read_exception(answer)
    return replace(receipt, failure=failure, detail=detail, http_status=None)
