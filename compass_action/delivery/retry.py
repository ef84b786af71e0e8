"""When to try, and when again: one policy, for the client and for the simulation of a fleet.

Failures are tried again after a random wait below a ceiling that doubles (full jitter), as long as
the budget lasts; a repeated request carries the very same bytes, so it can do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from compass_action.connection.dates import seconds_until

BASE_SECONDS = 1.0
CEILING_SECONDS = 30.0
LAST_SECONDS = 5.0
"""What a last attempt is left of the budget."""
WINDOW_SECONDS = 60.0
"""Compass counts 100 requests per user and minute."""
WINDOW_REQUESTS = 100
MARGIN_SECONDS = 1.0
"""A request may travel faster than the one that leaves the window for it did."""
PROBE_SECONDS = 3.0
"""So long the others wait for the answer to the first."""
NEGLIGIBLE_SECONDS = 1e-6
"""What is left of a wait by rounding."""
PATIENCE = 0.5
PATIENCE_IN_OUTAGE = 0.125
"""The shares of the budget left that a job with a long budget waits at most, after an answer 429 and
after other failures; found with benchmarks/fleet.py, which has the figures."""

Uniform = Callable[[float, float], float]


def backoff(failures: int, remaining: float, uniform: Uniform) -> float:
    """Seconds to wait after so many failures in a row, counted from 1, with `remaining` of budget.

    A wait that would outlast the budget is cut, so that the last attempt comes late, but in time.
    """
    ceiling = max(CEILING_SECONDS, remaining * PATIENCE_IN_OUTAGE)
    wait = uniform(0, min(ceiling, BASE_SECONDS * 2 ** min(failures, 16)))
    last = remaining - LAST_SECONDS
    return min(wait, last) if last > 0 else wait


def rate_limit_wait(share: float, uniform: Uniform) -> float:
    """Seconds to wait after an answer 429 that names no time, with a `share` of the budget's seconds
    for each payload; 0 for a sender that knows it is the only one, as a scheduled replay.

    The limit is shared by all jobs of the account, and none of them knows how many there are. So the
    wait falls anywhere in the window, that a fleet does not come back in step; and a job with a long
    budget spreads over half of what is left of it, for the more patient each one is, the fewer
    requests are wasted on refusals.
    """
    return uniform(0, max(WINDOW_SECONDS, share * PATIENCE))


def wait_as_asked(asked: float, failures: int, uniform: Uniform) -> float:
    """Seconds to wait after so many failures in a row, if the server asks for `asked` seconds.

    Never less than it asks for, and more by a part of that: whoever was refused in the same minute
    was told the same time. A server that asks for 0 again and again is left alone longer and longer.
    """
    spread = min(WINDOW_SECONDS, max(BASE_SECONDS * 2 ** min(failures - 1, 16), asked / 2))
    return asked + uniform(0, spread)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as a date; None if it is absent or nonsense.

    RFC 9110, section 10.2.3. Negative spans are 0.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    until = seconds_until(text, now)
    return None if until is None else max(0.0, until)


def pace(sent: Sequence[float], now: float) -> float:
    """Seconds to wait before the next of many requests, so that they stay within the window.

    `sent` are the times of the requests so far, on the same clock as `now`.
    """
    if len(sent) < WINDOW_REQUESTS:
        return 0.0
    return max(0.0, sent[-WINDOW_REQUESTS] + WINDOW_SECONDS + MARGIN_SECONDS - now)


def pacing(number: int) -> float:
    """Seconds for which the limit holds up the last of so many requests."""
    return (max(number, 1) - 1) // WINDOW_REQUESTS * (WINDOW_SECONDS + MARGIN_SECONDS)


def room(seconds: float) -> int:
    """How many requests so many seconds have room for, at most."""
    return WINDOW_REQUESTS * (1 + int(max(seconds, 0) // (WINDOW_SECONDS + MARGIN_SECONDS)))


class Turn(NamedTuple):
    """A request that is under way."""

    round: int
    """How many failures were known when it began."""
    began: float


class Turns:
    """When the next of several requests may begin. State: those that have begun, and how they fared.

    The first one goes alone, for what refuses it may refuse all; so does the first after a failure
    that may pass. Where its answer takes long, another one is tried. Requests that were under way
    already when a failure became known are of its round: their failures do not lengthen the wait, and
    their success does not end it.
    """

    def __init__(self, most: int) -> None:
        """`most` may be under way at a time."""
        self.failures = 0
        """Rounds in a row that have failed."""
        self._most, self._trusted = most, False
        self._round = 0
        self._under_way: list[Turn] = []
        self._sent: list[float] = []
        self._not_before = 0.0

    def is_free(self, now: float) -> bool:
        """Tell whether another request may be under way beside those that are."""
        if not self._trusted:
            probes = (turn.began for turn in self._under_way if turn.round == self._round)
            if any(now - began < PROBE_SECONDS for began in probes):
                return False
        return len(self._under_way) < self._most

    def wait(self, now: float) -> float:
        """Seconds until the next request may begin."""
        wait = max(self._not_before - now, pace(self._sent, now))
        return wait if wait > NEGLIGIBLE_SECONDS else 0.0

    def begin(self, now: float) -> Turn:
        """Note that a request begins."""
        self._sent.append(now)
        turn = Turn(self._round, now)
        self._under_way.append(turn)
        return turn

    def end(self, turn: Turn) -> None:
        """Note that a request is over."""
        self._under_way.remove(turn)

    def trust(self, turn: Turn) -> None:
        """Note that the server has answered it for good, be it with a refusal."""
        if turn.round == self._round:
            self._trusted, self.failures = True, 0

    def doubt(self, turn: Turn) -> bool:
        """Note that it failed in a way that may pass; returns whether it is the first of its round."""
        if turn.round != self._round:
            return False
        self._trusted, self._round = False, self._round + 1
        self.failures += 1
        return True

    def hold(self, until: float) -> None:
        """Begin no request until then."""
        self._not_before = max(self._not_before, until)
