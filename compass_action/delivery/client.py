"""Sending: payloads over HTTPS to Compass, within a budget of time.

How one request is made is a function that is given (`connection.Connection.ask`). An attempt given up
may still arrive: it carries the very same bytes, so Compass stores one event.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from compass_action.connection.answer import Answer, Reply
from compass_action.connection.connection import HEARING_SECONDS
from compass_action.errors import Interrupted
from compass_action.schemas import Payload

from . import answers, retry
from .failures import FAILURES, Failure
from .receipt import Receipt

ATTEMPT_SECONDS = 45.0
"""The longest one attempt may take, whatever trickles in."""
WORTHWHILE_SECONDS = 0.5
"""With less of the budget left no attempt is begun: it could only be cut off."""

Ask = Callable[[bytes, float], Reply]
"""Makes one request of a body; what became of it is told at the latest after so many seconds."""


def _sleep(seconds: float) -> None:
    """Sleep in pieces, so that a signal is heard whenever it comes."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, HEARING_SECONDS))


class Attempt(NamedTuple):
    """What became of one attempt, told when it happens."""

    number: int
    """Of this payload's attempts, from 1."""
    detail: str
    """What the server or the network said."""
    failed: bool = False
    wait: float | None = None
    """Seconds until the next attempt; None if there is none."""


class Clockwork(NamedTuple):
    """The client's clocks, waits and chance; tests put others in their place."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = _sleep
    uniform: Callable[[float, float], float] = random.SystemRandom().uniform
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """For a Retry-After that names a date."""


def send(
    payloads: Sequence[Payload],
    ask: Ask,
    seconds: float,
    clock: Clockwork = Clockwork(),  # noqa: B008 - it cannot be changed
    tell: Callable[[Attempt], None] = lambda attempt: None,
    *,
    alone: bool = False,
) -> tuple[Receipt, ...]:
    """Send the payloads one after another; one receipt for each, in order. Raises nothing.

    `seconds` bounds everything, waits included. `tell` is told of each attempt when it is over.
    `alone`: no fleet of jobs sends at the same time, so that the rate limit needs no more patience
    than its window.
    """
    receipts = [Receipt(payload, FAILURES["interrupted"]) for payload in payloads]
    try:
        _deliver(receipts, ask, clock.monotonic() + seconds, clock, tell, alone)
    except Interrupted:
        interrupted = FAILURES["interrupted"]
        receipts = [r if r.settled else r._replace(failure=interrupted) for r in receipts]
    return tuple(receipts)


def _deliver(
    receipts: list[Receipt],
    ask: Ask,
    deadline: float,
    clock: Clockwork,
    tell: Callable[[Attempt], None],
    alone: bool,
) -> None:
    """Try until all are accepted or refused for good, or the budget is spent; fill the receipts.

    What failed goes to the end of the queue, so that one payload the server chokes on does not use
    up the time of the others. The waits between attempts grow with the failures in a row, whosesoever.
    """
    waiting = deque(range(len(receipts)))
    sent: list[float] = []
    failures, wait = 0, 0.0
    last: Failure | None = None
    while waiting:
        wait = max(wait, retry.pace(sent, clock.monotonic()))
        remaining = deadline - clock.monotonic()
        if wait + WORTHWHILE_SECONDS > remaining:
            note = f"the next attempt was due in {wait:.0f} s, with {max(remaining, 0):.0f} s left"
            for index in waiting:
                receipts[index] = _given_up(receipts[index], last, note)
            return
        if wait > 0:
            clock.sleep(wait)
        index = waiting.popleft()
        sent.append(clock.monotonic())
        attempts = receipts[index].attempts + 1
        receipts[index] = Receipt(receipts[index].payload, FAILURES["timeout"], attempts=attempts)
        reply = ask(receipts[index].payload.body, min(ATTEMPT_SECONDS, deadline - sent[-1]))
        receipts[index] = receipt = _judge(receipts[index], reply.answer, clock.now())
        last = receipt.failure
        if last is None or not last.retry:
            tell(Attempt(attempts, receipt.detail or "HTTP 202", failed=last is not None))
            failures, wait = 0, 0.0
            if last and last.stops_all:
                for index in waiting:
                    receipts[index] = receipts[index]._replace(failure=last, detail="not tried")
                return
        elif reply.was_kept and last.key == "connection" and isinstance(reply.answer, Exception):
            waiting.appendleft(index)  # no outage; on a new connection it goes out at once
            wait = 0.0
            tell(Attempt(attempts, "the server had closed the connection"))
        else:
            waiting.append(index)
            failures += 1
            remaining = deadline - clock.monotonic()
            share = 0 if alone else remaining / len(receipts)
            wait = _wait(last, reply.answer, failures, remaining, share, clock)
            again = wait + WORTHWHILE_SECONDS <= remaining
            tell(Attempt(attempts, receipt.detail, failed=True, wait=wait if again else None))


def _wait(
    failure: Failure,
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


def _given_up(receipt: Receipt, last: Failure | None, note: str) -> Receipt:
    """Keep the payload's own last failure, else the one that has held all of them up."""
    if receipt.attempts == 0:
        return receipt._replace(failure=last or FAILURES["budget"], detail=f"not tried: {note}")
    return receipt._replace(detail=f"{receipt.detail}; {note}" if receipt.detail else note)


def _judge(receipt: Receipt, answer: Answer | Exception, now: datetime) -> Receipt:
    if isinstance(answer, Answer):
        failure, detail = answers.read(answer.status, answer.body)
        behind = retry.seconds_until(answer.date, now)
        return receipt._replace(
            failure=failure,
            detail=detail,
            http_status=answer.status,
            clock_ahead_seconds=None if behind is None else -behind,
        )
    failure, detail = answers.read_exception(answer)
    return receipt._replace(failure=failure, detail=detail, http_status=None)
