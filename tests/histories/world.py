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
    if run.pipeline.scope == "stage":  # from the failed step on
        if run.failed is None:
            return
        slots = slots[slots.index(run.failed) :]
    elif run.pipeline.scope == "job" and world.chance(2):
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
        started = begun if run.pipeline.scope == "job" else run.ended
        started += timedelta(seconds=world.random.randrange(1, 60))
        ended = started + timedelta(seconds=world.random.randrange(1, 300))
        run.ended = max(run.ended, ended)
        execution = _execution(world, run, slot, started)
        if run.pipeline.scope == "job":
            _report_job(world, run, slot, execution, ended)
        elif run.pipeline.scope == "stage":
            _report_step(world, run, slot, execution, ended, first=slot is slots[0])
            if run.failed:
                break
        else:
            first, last = slot is slots[0], slot is slots[-1]
            _report_run(world, run, execution, ended, first=first, last=last)


def _execution(world: World, run: Run, slot: Slot, started: datetime) -> Execution:
    host = run.repository.host
    job_id, attempt = world.count(host.url, "job"), run.attempt
    if host.system == "bitbucket":
        job_id = run.steps.setdefault(slot, job_id)
        run.step_runs[slot] += 1
        attempt = run.step_runs[slot]
    return Execution(
        run.repository, run.pipeline, slot.job, run.run_id, run.run_number, attempt,
        slot.leg, job_id, run.created, started,
    )  # fmt: skip


def _report_job(world: World, run: Run, slot: Slot, execution: Execution, ended: datetime) -> None:
    """A job reports itself: its end, and its start too if it is tracked."""
    system, job = run.repository.host.system, slot.job
    place = {
        "github": (run.run_number, run.attempt, slot.leg),
        # (Each leg deploys to an environment of its own, so that only what is run again is compared.)
        "bitbucket": (run.run_number, run.attempt),
        "gitlab": (execution.job_id,),
    }[system]
    if run.repository.host.check_runs:
        place = (execution.job_id,)
    thing = _thing(world, run, slot, place, job.environment(slot.leg))
    running, word = RUNNING[system], world.random.choice(list(OUTCOMES[system]))
    begun = execution.started if job.tracked or system == "gitlab" else None
    clock = ended
    # (On GitLab, the stages of one job share nothing by which the second could know.)
    if job.tracked and system != "gitlab" and world.chance(2):
        clock = execution.started - timedelta(seconds=world.random.randrange(0, 90))
    state = OUTCOMES[system][word][thing.kind == "deployment"]
    track = {"track": "true"} if job.tracked and system == "github" else {}
    command = ("post",) if track else ()
    for number, components in enumerate(job.calls_of_us or (run.repository.components,)):
        pocket = f"{run.repository.url} {run.run_id}" if system == "bitbucket" else ""
        asked = {"component-id": "\n".join(components)} | _given_id(run, slot, thing)
        if job.tracked:
            extra = track or {"state": running}
            if system == "github":
                pocket = f"{run.repository.host.url} {execution.job_id} {number}"
            made = env(execution, running, asked | extra)
            begin = Report(
                thing, execution.started, "IN_PROGRESS", made, components, (), 0, begun, pocket
            )
            world.reports.append((execution.started, begin))
        made = env(execution, word, asked | track)
        end = Report(
            thing, clock, state, made, components, command, int(job.tracked), begun, pocket
        )
        world.reports.append((ended, end))


def _given_id(run: Run, slot: Slot, thing: Thing) -> dict[str, str]:
    """Where the server tells nothing of a called workflow, its users give each call an id."""
    host = run.repository.host
    if not slot.job.calls or host.check_runs:
        return {}
    call = f"{run.repository.url} {run.pipeline.file} {slot.job.name} call {slot.call}"
    one = f"{call} run {run.run_id} {run.attempt} {slot.leg}"
    return {"pipeline-id": one if thing.kind == "build" else call}


def _report_step(
    world: World, run: Run, slot: Slot, execution: Execution, ended: datetime, *, first: bool
) -> None:
    """A step of a Bitbucket stage: its first one begins the stage's deployment, each one ends it.

    What is run again is a new deployment, which the steps behind it go on with.
    """
    again = run.step_runs[slot] > 1
    thing = run.things.get(None)
    if thing is None or first or again:
        place = (run.run_number, run.attempt, world.count("order"))
        thing = _thing(world, run, None, place, run.pipeline.environment)
    run.begun = execution.started if thing.serial not in run.reported else run.begun
    pocket, components = f"{run.repository.url} {run.run_id}", run.repository.components
    word = world.random.choice(list(OUTCOMES["bitbucket"]))
    run.failed = None if word == "0" else slot
    state = OUTCOMES["bitbucket"][word][1]
    stage = run.reported.count(thing.serial)
    if stage == 0:
        made = env(execution, RUNNING["bitbucket"], {"state": RUNNING["bitbucket"]})
        begin = Report(
            thing, execution.started, "IN_PROGRESS", made, components, (), 0, run.begun, pocket
        )
        world.reports.append((execution.started, begin))
    made = env(execution, word, {})
    end = Report(thing, ended, state, made, components, (), stage + 1, run.begun, pocket)
    world.reports.append((ended, end))
    run.reported.append(thing.serial)


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
    components = run.repository.components
    report = Report(thing, moment, state, made, components, arguments, int(last), run.begun, pocket)
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
