"""Which repositories there are, and how their pipelines run and are run again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

from tests.histories.hosts import HOSTS, OUTCOMES, RUNNING, Execution, env
from tests.histories.repositories import PATHS, make
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


def histories(runs: int = 8) -> st.SearchStrategy[list[Report]]:
    """Short histories, for properties."""
    return st.randoms(use_true_random=False).map(lambda random: write(random, runs, 3))


def write(random: Random, runs: int, repositories: int) -> list[Report]:
    """Make up a history; `runs` counts the re-runs too."""
    world = World(random)
    places = [(host, path) for host in HOSTS for path in PATHS[host.system]]
    if repositories <= len(HOSTS) and world.chance(2):  # of one name, so that the host must tell
        places = [(host, PATHS[host.system][0]) for host in HOSTS]
    chosen = [make(random, *place) for place in random.sample(places, repositories)]
    past: list[Run] = []
    for _ in range(runs):
        world.now += timedelta(seconds=random.randrange(1, 120))
        if past and world.chance(4):
            _rerun(world, random.choice(past[-6:]))
        else:
            past.append(_run(world, random.choice(chosen)))
    # Stable: the reports of one moment stay in the order in which they were made.
    return [report for _, report in sorted(world.reports, key=lambda pair: pair[0])]


def _run(world: World, repository: Repository) -> Run:
    host, pipeline = repository.host, world.random.choice(repository.pipelines)
    builds = (host.url, repository.path, pipeline.file)
    run = Run(repository, pipeline, world.count(host.url, "run"), world.count(*builds), world.now)
    _perform(world, run, _slots(pipeline))
    return run


def _rerun(world: World, run: Run) -> None:
    slots = _slots(run.pipeline)
    if run.pipeline.scope == "job" and world.chance(2):
        slots = world.random.sample(slots, world.random.randrange(1, len(slots) + 1))
    elif run.pipeline.scope == "run" and run.repository.host.system != "github":
        slots = slots[-1:]  # the job that reports the end is retried
    _perform(world, run, slots)


def _slots(pipeline: Pipeline) -> list[Slot]:
    return [
        Slot(job, call, leg)
        for job in pipeline.jobs
        for call in range(max(job.calls, 1))
        for leg in range(job.legs)
    ]


def _perform(world: World, run: Run, slots: list[Slot]) -> None:
    """Run the slots, all of them or again some of them."""
    run.attempt += 1
    begun = run.created if run.attempt == 1 else max(world.now, run.ended)
    run.ended = begun
    for slot in slots:
        # The two jobs of a run that is reported as a whole need each other; others are side by side.
        started = run.ended if run.pipeline.scope == "run" else begun
        started += timedelta(seconds=world.random.randrange(1, 60))
        ended = started + timedelta(seconds=world.random.randrange(1, 300))
        run.ended = max(run.ended, ended)
        execution = _execution(world, run, slot, started)
        if run.pipeline.scope == "job":
            _report_job(world, run, slot, execution, ended)
        else:
            first, last = slot is slots[0], slot is slots[-1]
            _report_run(world, run, execution, ended, first=first, last=last)


def _execution(world: World, run: Run, slot: Slot, started: datetime) -> Execution:
    host = run.repository.host
    job_id, attempt = world.count(host.url, "job"), run.attempt
    if host.system == "bitbucket":
        job_id = run.steps.setdefault(slot, job_id)
        before = run.things.get(slot)
        attempt = before.place[1] + 1 if before and len(before.place) > 1 else 1
    return Execution(
        run.repository, run.pipeline, slot.job, run.run_id, run.run_number, attempt,
        slot.leg, job_id, run.created, started,
    )  # fmt: skip


def _report_job(world: World, run: Run, slot: Slot, execution: Execution, ended: datetime) -> None:
    """A job reports itself: its end, and its start too if it is tracked."""
    system, job = run.repository.host.system, slot.job
    place = {
        "github": (run.run_number, run.attempt, slot.leg),
        "bitbucket": (run.run_number, execution.attempt, slot.leg),
        "gitlab": (execution.job_id,),
    }[system]
    if job.calls:
        place = (execution.job_id,)
    thing = _thing(world, run, slot, place, job.environment(slot.leg))
    running, word = RUNNING[system], world.random.choice(list(OUTCOMES[system]))
    begun = execution.started if job.tracked or system == "gitlab" else None
    clock = ended
    # (On GitLab, the stages of one job share nothing by which the second could know.)
    if job.tracked and system != "gitlab" and world.chance(2):
        clock = execution.started - timedelta(seconds=world.random.randrange(0, 90))
    pocket = f"{run.repository.url} {run.run_id}" if system == "bitbucket" else ""
    if job.tracked:
        extra = {"track": "true"} if system == "github" else {"state": running}
        pocket = f"{run.repository.host.url} {execution.job_id}" if system == "github" else pocket
        made = env(execution, running, extra)
        begin = Report(thing, execution.started, "IN_PROGRESS", made, (), 0, begun, pocket)
        world.reports.append((execution.started, begin))
    track = {"track": "true"} if job.tracked and system == "github" else {}
    command = ("post",) if track else ()
    made = env(execution, word, track)
    state = OUTCOMES[system][word][thing.kind == "deployment"]
    end = Report(thing, clock, state, made, command, int(job.tracked), begun, pocket)
    world.reports.append((ended, end))


def _report_run(
    world: World, run: Run, execution: Execution, ended: datetime, *, first: bool, last: bool
) -> None:
    """The first job reports the start of the run, the last one its end."""
    system = run.repository.host.system
    thing = run.things.get(None)
    if thing is None or (first and system == "github"):
        place = {
            "github": (run.run_number, run.attempt),
            "bitbucket": (run.run_number,),
            "gitlab": (run.run_id,),
        }[system]
        thing = _thing(world, run, None, place, run.pipeline.environment)
        # GitHub's jobs share nothing by which the last one could know it.
        run.begun = {"gitlab": run.created, "bitbucket": execution.started}.get(system)
    word = world.random.choice(list(OUTCOMES[system])) if last else RUNNING[system]
    state = OUTCOMES[system][word][thing.kind == "deployment"] if last else "IN_PROGRESS"
    extra = {"environment": run.pipeline.environment} if run.pipeline.environment else {}
    arguments = () if system == "github" else ("--state", word)
    pocket = "" if system == "github" else f"{run.repository.url} {run.run_id}"
    moment = ended if last else execution.started
    made = env(execution, word, extra)
    report = Report(thing, moment, state, made, arguments, int(last), run.begun, pocket)
    world.reports.append((moment, report))


def _thing(
    world: World, run: Run, slot: Slot | None, place: tuple[int, ...], environment: str | None
) -> Thing:
    before = run.things.get(slot)
    kind = "deployment" if environment else "build"
    serial = world.count("thing")
    reruns = before.serial if before else None
    run.things[slot] = Thing(serial, kind, run.repository, environment, place, reruns)
    return run.things[slot]
