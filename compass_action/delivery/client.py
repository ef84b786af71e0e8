"""Sending: payloads over HTTPS to Compass, within a budget of time.

How requests are made is given (`Asking`). An attempt given up may still arrive: it carries the very
same bytes, so Compass stores one event.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from compass_action.connection import Asking
from compass_action.connection.answer import Answer, Reply
from compass_action.connection.connection import HEARING_SECONDS
from compass_action.errors import Interrupted, whereabouts
from compass_action.schemas import Payload

from . import answers, retry
from .failures import FAILURES, Failure
from .receipt import Receipt

ATTEMPT_SECONDS = 45.0
"""The longest one attempt may take, whatever trickles in."""
WORTHWHILE_SECONDS = 0.5
"""With less of the budget left no attempt is begun: it could only be cut off."""

Line = deque[int]
"""The places of one event's payloads, in their order."""


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
    asking: Asking,
    seconds: float,
    clock: Clockwork = Clockwork(),  # noqa: B008 - it cannot be changed
    tell: Callable[[Attempt], None] = lambda attempt: None,
    *,
    alone: bool = False,
) -> tuple[Receipt, ...]:
    """Send the payloads, as many at a time as `asking` can; one receipt for each, in order.

    `seconds` bounds everything, waits included. `tell` is told of each attempt when it is over.
    `alone`: no fleet of jobs sends at the same time, so that the rate limit needs no more patience
    than its window. Raises nothing.
    """
    receipts = [Receipt(payload, FAILURES["interrupted"]) for payload in payloads]
    try:
        _Delivery(receipts, asking, clock.monotonic() + seconds, clock, tell, alone=alone).run()
    except Interrupted:
        interrupted = FAILURES["interrupted"]
        receipts = [r if r.settled else r._replace(failure=interrupted) for r in receipts]
    except Exception as error:  # a fault of ours: what has an answer keeps it
        fault, detail = FAILURES["fault"], whereabouts(error)
        failed = (r if r.settled else r._replace(failure=fault, detail=detail) for r in receipts)
        receipts = list(failed)
    return tuple(receipts)


class _Delivery:
    """State: what waits, what is under way, and what became of it.

    What waits is a queue of lines, one for each event: an update waits behind those before it. A line
    whose first payload has failed goes to the end of the queue, so that one that the server chokes on
    does not use up the time of the others. The waits grow with the failures in a row, whosesoever.
    """

    def __init__(
        self,
        receipts: list[Receipt],
        asking: Asking,
        deadline: float,
        clock: Clockwork,
        tell: Callable[[Attempt], None],
        *,
        alone: bool,
    ) -> None:
        self._receipts, self._asking, self._deadline = receipts, asking, deadline
        self._clock, self._tell, self._alone = clock, tell, alone
        self._queue = deque(_line_up([receipt.payload for receipt in receipts]))
        self._under_way: dict[int, tuple[Line, retry.Turn]] = {}
        self._turns = retry.Turns(asking.most)
        self._held_up_by: Failure | None = None
        """What the last answer was, if it was one that may pass."""
        self._stopped_by: Failure | None = None

    def run(self) -> None:
        """Try until all are accepted or refused for good, or the budget is spent."""
        while self._queue or self._under_way:
            now = self._clock.monotonic()
            may_begin = bool(self._queue) and self._turns.is_free(now)
            wait = self._turns.wait(now) if may_begin else retry.PROBE_SECONDS
            if may_begin and wait + WORTHWHILE_SECONDS > self._remaining():
                left = max(self._remaining(), 0)
                self._give_up(f"the next attempt was due in {wait:.0f} s, with {left:.0f} s left")
            elif may_begin and wait == 0:
                self._begin(self._queue.popleft())
            elif self._under_way:
                reply = self._asking.hear(wait)
                if reply:
                    self._settle(*reply)
            else:
                self._clock.sleep(wait)

    def _remaining(self) -> float:
        return self._deadline - self._clock.monotonic()

    def _begin(self, line: Line) -> None:
        index = line[0]
        payload, attempts = self._receipts[index].payload, self._receipts[index].attempts + 1
        self._receipts[index] = Receipt(payload, FAILURES["timeout"], attempts=attempts)
        self._under_way[index] = (line, self._turns.begin(self._clock.monotonic()))
        self._asking.begin(index, payload.body, min(ATTEMPT_SECONDS, self._remaining()))

    def _settle(self, index: int, reply: Reply) -> None:
        """Take note of a reply, and of what it means for those that wait."""
        line, turn = self._under_way.pop(index)
        self._turns.end(turn)
        receipt = answers.judge(self._receipts[index], reply.answer, self._clock.now())
        self._receipts[index] = receipt
        failure = receipt.failure
        self._held_up_by = failure if failure and failure.retry else None
        if failure is None or not failure.retry:
            said = receipt.detail or "HTTP 202"
            self._tell(Attempt(receipt.attempts, said, failed=failure is not None))
            self._turns.trust(turn)
            line.popleft()
            if line:
                self._queue.appendleft(line)
            if failure and failure.stops_all:
                self._stopped_by = failure
        elif reply.was_kept and failure.key == "connection" and isinstance(reply.answer, Exception):
            self._queue.appendleft(line)  # no outage; on a new connection it goes out at once
            self._tell(Attempt(receipt.attempts, "the server had closed the connection"))
        else:
            self._queue.append(line)
            self._hold(failure, reply.answer, turn)
            wait = self._turns.wait(self._clock.monotonic())
            again = not self._stopped_by and wait + WORTHWHILE_SECONDS <= self._remaining()
            later = wait if again else None
            self._tell(Attempt(receipt.attempts, receipt.detail, failed=True, wait=later))
        if self._stopped_by:
            self._give_up("")

    def _give_up(self, note: str) -> None:
        """Give up all that wait: each keeps its own last failure, else has that which holds it up."""
        for index in chain.from_iterable(self._queue):
            receipt = self._receipts[index]
            if self._stopped_by:
                receipt = receipt._replace(failure=self._stopped_by, detail="not tried")
            elif receipt.attempts == 0:
                failure = self._held_up_by or FAILURES["budget"]
                receipt = receipt._replace(failure=failure, detail=f"not tried: {note}")
            else:
                receipt = receipt._replace(detail="; ".join(filter(None, (receipt.detail, note))))
            self._receipts[index] = receipt
        self._queue.clear()

    def _hold(self, failure: Failure, answer: Answer | Exception, turn: retry.Turn) -> None:
        """Wait as the server asks, else as the policy says."""
        first, now = self._turns.doubt(turn), self._clock.monotonic()
        failures, uniform, remaining = self._turns.failures, self._clock.uniform, self._remaining()
        asked = None
        if isinstance(answer, Answer):
            asked = retry.retry_after(answer.retry_after, self._clock.now())
        if asked is not None:
            wait = retry.wait_as_asked(asked, max(failures, 1), uniform)
        elif not first:
            return
        elif failure.key == "rate-limit":
            share = 0 if self._alone else remaining / len(self._receipts)
            wait = retry.rate_limit_wait(share, uniform)
        else:
            wait = retry.backoff(failures, remaining, uniform)
        self._turns.hold(now + wait)


def _line_up(payloads: Sequence[Payload]) -> Iterable[Line]:
    """Give one line for each event; only where a component stands twice an event can."""
    if len({payload.component_id for payload in payloads}) == len(payloads):
        return (deque([index]) for index in range(len(payloads)))
    from .updates import line_up

    return line_up(payloads)
