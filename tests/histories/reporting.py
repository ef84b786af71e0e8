"""What the jobs of a run report, and the build or deployment that each report is about."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.histories.hosts import OUTCOMES, RUNNING, Execution, env
from tests.histories.runs import Run, Slot, World
from tests.histories.truth import Report, Thing


def report_job(world: World, run: Run, slot: Slot, execution: Execution, ended: datetime) -> None:
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


def report_step(
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


def report_run(
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
