"""A fleet of jobs on one token: the real retry policy, a virtual clock, a simulated Compass.

    python benchmarks/fleet.py

Compass admits 100 requests per user in any 60 seconds and answers 429, without Retry-After, to the
rest; in an outage it answers 503 to all. Every job makes its first request when it starts; what it
cannot deliver in its budget goes to its outbox, which a scheduled replay reads.
"""

from __future__ import annotations

import heapq
import random
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.limits import NO_OUTAGE, Compass, Outage, fewest_requests, optimum
from compass_action.delivery import retry
from compass_action.delivery.client import WORTHWHILE_SECONDS

MINUTE = 60.0
LATENCY = 0.2
"""Seconds a request takes."""
REPLAY_BUDGET = 3600.0
Sender = Generator[float, float, list[int]]
"""Yields how many seconds to sleep, is told the time, and returns what it could not deliver."""


def send(
    events: Sequence[int],
    budget: float,
    start: float,
    answer: Callable[[int, float], int],
    uniform: retry.Uniform,
    *,
    alone: bool = False,
) -> Sender:
    """Deliver as `client.send` does, step by step; a test compares the two."""
    now, deadline = start, start + budget
    waiting = deque(events)
    sent: list[float] = []
    failures, wait = 0, 0.0
    while waiting:
        wait = max(wait, retry.pace(sent, now))
        if wait + WORTHWHILE_SECONDS > deadline - now:
            break
        if wait > 0:
            now = yield wait
        event = waiting.popleft()
        sent.append(now)
        status = answer(event, now)
        now = yield LATENCY
        if status == 202:
            failures, wait = 0, 0.0
            continue
        waiting.append(event)
        failures += 1
        if status == 429:
            share = 0 if alone else (deadline - now) / len(events)
            wait = retry.rate_limit_wait(share, uniform)
        else:
            wait = retry.backoff(failures, deadline - now, uniform)
    return list(waiting)


@dataclass(frozen=True)
class Scenario:
    """One row of the table."""

    name: str
    jobs: int
    within: float
    """Seconds in which they start, evenly by chance."""
    budget: float
    outage: Outage = NO_OUTAGE
    replay_every: float = 0.0
    """Seconds between scheduled replays of all outboxes, one at a time; 0 for none."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    accepted: int
    spooled: int
    """Still in an outbox at the end."""
    lost: int
    requests: int
    finish: float
    optimum: float
    bound: float
    """The fewest requests per event any policy could do with; see `fewest_requests`."""


def simulate(scenario: Scenario, seed: int = 1) -> Outcome:
    """Play one scenario to its end."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    starts = sorted(chance.uniform(0, scenario.within) for _ in range(scenario.jobs))
    compass = Compass(scenario.outage)
    outbox: list[int] = []
    replaying = False
    # Entries of one moment are taken in the order in which they came: the number decides.
    agenda: list[tuple[float, int, Sender | None, bool]] = []
    numbers = iter(range(sys.maxsize))

    def begin(events: Sequence[int], budget: float, start: float, *, replays: bool) -> None:
        sender = send(events, budget, start, compass.answer, chance.uniform, alone=replays)
        step(sender, None, start, replays=replays)

    def step(sender: Sender, now: float | None, at: float, *, replays: bool) -> None:
        nonlocal replaying
        try:
            pause = next(sender) if now is None else sender.send(now)
        except StopIteration as end:
            outbox.extend(end.value)
            replaying = replaying and not replays
        else:
            heapq.heappush(agenda, (at + pause, next(numbers), sender, replays))

    for start in starts:
        heapq.heappush(agenda, (start, next(numbers), None, False))
    coming: Iterator[int] = iter(range(scenario.jobs))
    next_replay = scenario.replay_every or float("inf")
    while agenda or (outbox and scenario.replay_every):
        if outbox and not replaying and next_replay <= (agenda[0][0] if agenda else next_replay):
            held, outbox[:] = list(outbox), []
            replaying = True
            begin(held, REPLAY_BUDGET, next_replay, replays=True)
            next_replay += scenario.replay_every
            continue
        if not agenda:
            next_replay += scenario.replay_every
            continue
        now, _, sender, replays = heapq.heappop(agenda)
        while next_replay < now and (replaying or not outbox):
            next_replay += scenario.replay_every
        if sender is None:
            begin([next(coming)], scenario.budget, now, replays=False)
        else:
            step(sender, now, now, replays=replays)
    lost = scenario.jobs - len(compass.accepted | set(outbox))
    return Outcome(
        len(compass.accepted),
        len(set(outbox) - compass.accepted),
        lost,
        compass.requests,
        compass.last,
        optimum(starts, scenario.outage),
        fewest_requests(starts, scenario.outage),
    )


def typical(scenario: Scenario) -> Outcome:
    """Play a scenario five times, by other chances; the outcome with the median finish.

    What was lost in any of them counts.
    """
    outcomes = sorted((simulate(scenario, seed) for seed in range(5)), key=lambda o: o.finish)
    return replace(outcomes[2], lost=sum(outcome.lost for outcome in outcomes))


TEN_MINUTES = (25 * MINUTE, 35 * MINUTE)
SCENARIOS = (
    Scenario("1,000 in a minute", 1000, MINUTE, 120),
    Scenario("1,000 in a minute", 1000, MINUTE, 700),
    Scenario("1,000 in a minute", 1000, MINUTE, 1200),
    Scenario("1,000 in a minute", 1000, MINUTE, 3600),
    Scenario("1,000 in a minute", 1000, MINUTE, 10, replay_every=5 * MINUTE),
    Scenario("1,000 in a minute", 1000, MINUTE, 10, replay_every=MINUTE),
    Scenario("1,000 in a minute", 1000, MINUTE, 1, replay_every=MINUTE),
    Scenario("10,000 in an hour, outage", 10_000, 60 * MINUTE, 120, TEN_MINUTES),
    Scenario("10,000 in an hour, outage", 10_000, 60 * MINUTE, 3600, TEN_MINUTES),
    Scenario("10,000 in an hour, outage", 10_000, 60 * MINUTE, 10, TEN_MINUTES, 30 * MINUTE),
    Scenario("10,000 in an hour, outage", 10_000, 60 * MINUTE, 10, TEN_MINUTES, 60 * MINUTE),
    Scenario("10,000 in an hour, outage", 10_000, 60 * MINUTE, 1, TEN_MINUTES, 60 * MINUTE),
    Scenario("4,000 in an hour, outage", 4_000, 60 * MINUTE, 120, TEN_MINUTES),
    Scenario("4,000 in an hour, outage", 4_000, 60 * MINUTE, 1200, TEN_MINUTES),
)


def make_row(scenario: Scenario, outcome: Outcome) -> str:
    """Write one row of the Markdown table."""
    replayed = f"replay every {scenario.replay_every / 60:.0f} min" if scenario.replay_every else ""
    cells = (
        scenario.name,
        f"{scenario.budget:.0f} s" + (f", {replayed}" if replayed else ""),
        f"{outcome.accepted:,}",
        f"{outcome.spooled:,}",
        str(outcome.lost),
        f"{outcome.requests / max(outcome.accepted, 1):.2f}",
        f"{outcome.bound:.2f}",
        f"{outcome.finish / 60:.1f} min",
        f"{outcome.optimum / 60:.1f} min",
        f"{outcome.finish / outcome.optimum:.2f}" if not outcome.spooled else "",
    )
    return f"| {' | '.join(cells)} |"


HEAD = (
    "Jobs", "Budget of each", "Accepted", "Spooled", "Lost", "Requests per accepted", "At least",
    "Finish", "Optimum", "Ratio",
)  # fmt: skip


def main() -> int:
    """Print the table; 1 if an event was lost."""
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}\n")
    lost = 0
    for scenario in SCENARIOS:
        outcome = typical(scenario)
        lost += outcome.lost
        sys.stdout.write(make_row(scenario, outcome) + "\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
