"""Histories of the further CI systems, in scope `job`: installations that build the same repositories,
runs of several jobs and legs, some tracked, some run again as each system does it.

Taken for granted: a job of one name and leg does not begin twice within a millisecond, and where a
system tells nothing that rises, what is begun and not over keeps its record until its end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

from compass_action import ci, event
from compass_action.event.event import Event
from compass_action.inputs.given import parse
from compass_action.snapshot import Snapshot
from compass_action.tracking import Identity, Tracked, read_record
from tests.histories.executions import Execution, milliseconds, seconds
from tests.histories.repositories import COMPONENTS, ENVIRONMENTS
from tests.histories.systems import SYSTEMS

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SERVERS = ("one.example", "two.example")


@dataclass(frozen=True)
class Thing:
    """One build or deployment of the real world."""

    serial: int
    system: str
    execution: Execution
    environment: str | None
    reruns: int | None = None


class Report(NamedTuple):
    """One start of our program by a job."""

    thing: Thing
    at: datetime
    """What the machine's clock shows."""
    env: dict[str, str]
    tracked: bool
    """Another report is made of this thing."""


class Sent(NamedTuple):
    """A report, and the event it led to."""

    report: Report
    event: Event

    @property
    def identity(self) -> Identity:
        return event.tracked_of(self.event).identity


class World:
    """The world in the making."""

    def __init__(self, random: Random, system: str) -> None:
        self.random, self.system, self.kind = random, system, SYSTEMS[system]
        self.now = START
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.reports: list[tuple[datetime, Report]] = []
        self.things: list[Thing] = []

    def count(self, *of: str) -> int:
        self.counts[of] += 1
        return self.counts[of]

    def tick(self) -> datetime:
        """Another millisecond, or many."""
        self.now += timedelta(milliseconds=self.random.choice((1, 400, 1_000, 61_000)))
        return self.now

    def run(self) -> None:
        """A new run, with its jobs and their legs."""
        kind, choice = self.kind, self.random.choice
        server, project = choice(SERVERS), choice(("shop", "shop-api"))
        branch = choice(("main", "feature/x"))
        per = {"project": (server, project), "branch": (server, project, branch)}
        number = self.count("number", *per.get(kind.counts, (server,)))
        run_id, created = self.count("run", server), self.tick()
        count = self.random.randrange(1, 4) if kind.jobs else 1
        for job in ("test", "deploy", "release")[:count]:
            legs = self.random.randrange(1, 4) if kind.legs else 1
            for leg in range(legs):
                self.perform(
                    Execution(
                        server, project, branch, job, leg, legs, number, run_id, 1,
                        self.job_id(server, project, leg), created, self.tick(),
                    )
                )  # fmt: skip

    def job_id(self, server: str, project: str, leg: int) -> int:
        """The legs of one job of CircleCI share its number."""
        if self.system == "circleci" and leg:
            return self.counts["job", server]
        return self.count("job", server)

    def again(self) -> None:
        """Something that has been run is run again."""
        before = self.random.choice(self.things[-6:])
        was, kind = before.execution, self.kind
        if kind.again == "run":
            per = {"project": (was.server, was.project),
                   "branch": (was.server, was.project, was.branch)}  # fmt: skip
            was = replace(
                was,
                number=self.count("number", *per.get(kind.counts, (was.server,))),
                run_id=self.count("run", was.server),
            )
        elif kind.again == "attempt":
            latest = max(t.execution.attempt for t in self.things if self.same_run(t, before))
            was = replace(was, attempt=latest + 1)
        if kind.again != "nothing":
            was = replace(was, job_id=self.count("job", was.server))
        self.perform(replace(was, started=self.tick()), before.environment, before.serial)

    @staticmethod
    def same_run(one: Thing, other: Thing) -> bool:
        a, b = one.execution, other.execution
        return (a.server, a.run_id) == (b.server, b.run_id)

    def perform(
        self, execution: Execution, environment: str | None = None, reruns: int | None = None
    ) -> None:
        """Report an execution: its end, and its start too if it is tracked."""
        deploys = self.random.randrange(2) == 0 if reruns is None else environment is not None
        if deploys or not self.kind.builds:
            environment = environment or self.random.choice(ENVIRONMENTS[:4])
        thing = Thing(len(self.things), self.system, execution, environment, reruns)
        self.things.append(thing)
        tracked = self.random.randrange(3) == 0
        moment = execution.started
        if tracked:
            self.report(thing, moment, moment, "in_progress", tracked)
            moment = self.tick()
        clock = moment
        if tracked and self.random.randrange(2) == 0:
            clock -= timedelta(seconds=90)  # it steps back
        self.report(thing, moment, clock, self.random.choice(("success", "failure")), tracked)

    def report(
        self, thing: Thing, moment: datetime, clock: datetime, state: str, tracked: bool
    ) -> None:
        repository = f"https://git.example/acme/{thing.execution.project}"
        env = {
            "CI": "true", "COMPASS_COMPONENT_ID": COMPONENTS[0], "COMPASS_STATE": state,
            "COMPASS_EXTERNAL_EVENT_SOURCE_ID": repository, "COMPASS_RECORD": "begun.jsonl",
        } | self.kind.env(thing.execution)  # fmt: skip
        if thing.environment:
            env["COMPASS_ENVIRONMENT"] = thing.environment
        self.reports.append((moment, Report(thing, clock, env, tracked)))


def write(random: Random, system: str, runs: int = 6) -> list[Report]:
    """Make up a history of one system; `runs` counts what is run again."""
    world = World(random, system)
    for _ in range(runs):
        if world.things and random.randrange(2) == 0:
            world.again()
        else:
            world.run()
    return [report for _, report in sorted(world.reports, key=lambda pair: pair[0])]


def histories() -> st.SearchStrategy[list[Report]]:
    """Histories of two systems that build the same repositories, one after the other."""
    return st.tuples(
        st.sampled_from(list(SYSTEMS)),
        st.sampled_from(list(SYSTEMS)),
        st.randoms(use_true_random=False),
    ).map(lambda drawn: [r for system in dict.fromkeys(drawn[:2]) for r in write(drawn[2], system)])


def play(history: list[Report]) -> list[Sent]:
    """Play a history through the pure half of the program; each job keeps its own record."""
    kept: defaultdict[tuple[str, int], list[Tracked]] = defaultdict(list)
    sent = []
    for report in history:
        pocket = kept[report.thing.system, report.thing.serial]
        inputs, _, problems = parse({}, report.env)
        assert problems == []
        system = ci.detect(report.env, inputs.ci)
        assert system.name == report.thing.system
        taken = Snapshot(report.env, report.at)
        run = ci.with_given(system.parse(taken, inputs), inputs)
        inputs = inputs._replace(url=inputs.url or "https://ci.example/")
        built = event.build(inputs, run, system, taken, tuple(pocket))
        if built.events[0].part["state"] == "IN_PROGRESS":
            record = read_record(event.track(built).to_json())
            assert record is not None
            pocket.append(record)
        sent.append(Sent(report, built.events[0]))
    return sent


def place_of(thing: Thing, first: Report) -> tuple[int, ...]:
    """Where a deployment stands among those of its pipeline and environment, as its system counts."""
    of, numbered = thing.execution, SYSTEMS[thing.system].numbered
    return {
        "run": (of.number, of.attempt, of.leg),
        "job": (of.job_id, of.leg),
        "moment": (int(milliseconds(first.at)),),
        "start": (int(milliseconds(of.started)),),
        "second": (int(seconds(of.started)), of.leg),
    }[numbered]
