"""Which repositories there are, and how their pipelines run and are run again."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from hypothesis import strategies as st

from tests.histories.hosts import HOSTS, Execution
from tests.histories.reporting import report_job, report_run, report_step
from tests.histories.repositories import PATHS, make
from tests.histories.runs import Run, Slot, World
from tests.histories.truth import Pipeline, Report, Repository


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
            report_job(world, run, slot, execution, ended)
        elif run.pipeline.scope == "stage":
            report_step(world, run, slot, execution, ended, first=slot is slots[0])
            if run.failed:
                break
        else:
            first, last = slot is slots[0], slot is slots[-1]
            report_run(world, run, execution, ended, first=first, last=last)


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
