"""The runs of a world in the making: what they have done, and what is kept of them to run them again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from tests.histories.truth import Job, Pipeline, Report, Repository, Thing

FIRST = {"job": 1_000}
"""Where a counter does not begin at 0: ids of jobs lie far above the 256 legs a matrix may have."""
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Slot(NamedTuple):
    """One leg of one job of a run; a job of a called workflow has a slot for each call."""

    job: Job
    call: int
    leg: int


@dataclass
class Run:
    """A run that has begun, and may be run again."""

    repository: Repository
    pipeline: Pipeline
    run_id: int
    run_number: int
    created: datetime
    attempt: int = 0
    ended: datetime = START
    begun: datetime | None = None
    """The start of the whole run as it was reported, where that is kept for the end."""
    steps: dict[Slot, int] = field(default_factory=dict)
    """Bitbucket's steps, which keep their id when they are run again."""
    step_runs: Counter[Slot] = field(default_factory=Counter)
    """How often each of them has run."""
    reported: list[int] = field(default_factory=list)
    """The serials of the things that the steps of a stage have reported."""
    failed: Slot | None = None
    """The step of a stage at which it ended, because it failed."""
    things: dict[Slot | None, Thing] = field(default_factory=dict)
    """What each slot was last; None stands for the whole run."""


@dataclass
class World:
    """The world in the making."""

    random: Random
    now: datetime = START
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    reports: list[tuple[datetime, Report]] = field(default_factory=list)

    def count(self, *of: str) -> int:
        """The next number of a counter."""
        self.counts[of] += 1
        return FIRST.get(of[-1], 0) + self.counts[of]

    def chance(self, part: int) -> bool:
        """Once in so many times."""
        return self.random.randrange(part) == 0
