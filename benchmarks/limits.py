"""A simulated Compass with its rate limit, and what nobody can do better under it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from compass_action.delivery import retry

Outage = tuple[float, float]
NO_OUTAGE = (0.0, 0.0)


@dataclass
class Compass:
    """What the simulation counts, and the limit."""

    outage: Outage = NO_OUTAGE
    requests: int = 0
    accepted: set[int] = field(default_factory=set)
    last: float = 0.0
    """When the newest event was accepted."""
    admitted: deque[float] = field(default_factory=deque)

    def answer(self, event: int, now: float) -> int:
        """Answer one request."""
        self.requests += 1
        if self.outage[0] <= now < self.outage[1]:
            return 503
        while self.admitted and now - self.admitted[0] >= retry.WINDOW_SECONDS:
            self.admitted.popleft()
        if len(self.admitted) >= retry.WINDOW_REQUESTS:
            return 429
        self.admitted.append(now)
        self.accepted.add(event)
        self.last = now
        return 202


def optimum(starts: Sequence[float], outage: Outage) -> float:
    """When the last event could be accepted, if somebody who knows all gave out the turns."""
    turns: deque[float] = deque(maxlen=retry.WINDOW_REQUESTS)
    for start in starts:
        full = len(turns) == retry.WINDOW_REQUESTS
        turn = max(start, turns[0] + retry.WINDOW_SECONDS if full else 0.0)
        turns.append(outage[1] if outage[0] <= turn < outage[1] else turn)
    return turns[-1]


def fewest_requests(starts: Sequence[float], outage: Outage) -> float:
    """The fewest requests per event of clients that ask at once when they start.

    Of the first requests Compass cannot accept more than fit the limit; each of the others is in
    vain and needs at least one more, even if that one comes at the perfect moment.
    """
    compass = Compass(outage)
    for number, start in enumerate(starts):
        compass.answer(number, start)
    return (2 * len(starts) - len(compass.accepted)) / len(starts)
