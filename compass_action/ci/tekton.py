"""Tekton. A pod sees nothing of its run, so that its values have to be handed over, as parameters or
under `env`; the names are ours. It is not detected but named by `ci`.

https://tekton.dev/docs/pipelines/variables/
"""

from __future__ import annotations

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    branch_of,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
    tag_of,
    time,
)
from .run import CiRun
from .system import Naming, System, below, of_second, path


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read what was handed over as `TEKTON_*`, each named after the variable it comes from."""
    env = {
        name.removeprefix("TEKTON_"): value
        for name, value in given(snapshot.env).items()
        if name.startswith("TEKTON_")
    }
    repository = repository_url(env.get("REPO_URL"))
    branch, tag = env.get("SOURCE_BRANCH"), tag_of(env.get("SOURCE_BRANCH"))
    branch = None if tag else branch_of(branch) or branch
    change = pull_request(env.get("PULL_REQUEST_NUMBER"))
    started = time(
        env.get("PIPELINERUN_STARTED_AT")
    )  # in whole seconds, as all of Kubernetes' times
    return CiRun(
        system="tekton",
        repository_url=repository,
        workflow=path(env.get("PIPELINERUN_NAMESPACE"), env.get("PIPELINE_NAME")),
        workflow_name=env.get("PIPELINE_NAME"),
        run_id=env.get("PIPELINERUN_UID"),
        job=env.get("TASK_NAME"),
        job_id=env.get("TASKRUN_UID"),
        job_attempt=(number(env.get("TASK_RETRY_COUNT")) or 0) + 1,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("REVISION")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("SENDER"),
        run_url=env.get("DASHBOARD_URL"),
        run_started_at=started,
        job_started_at=started,
        status=env.get("TASKS_STATUS"),
    )


def _run(run: CiRun) -> str | None:
    return path("tekton", "pipelineruns", run.run_id)


def _job(run: CiRun) -> str | None:
    # A retry keeps the TaskRun and its id. A task that reports the others' end names no job.
    if not run.job_id:
        return _run(run)
    return below(_run(run), "taskruns", run.job_id, "attempts", run.job_attempt)


def _run_number(run: CiRun) -> int | None:
    return of_second(run.run_started_at, 0, run.run_id)


def _job_number(run: CiRun) -> int | None:
    return of_second(run.job_started_at, run.job_attempt or 1, run.run_id)


def _pipeline(run: CiRun) -> str | None:
    return f"tekton/{run.workflow}" if run.workflow else None


SYSTEM = System(
    "tekton",
    "Tekton",
    lambda env: False,
    parse,
    Naming(
        run=_run,
        job=_job,
        pipeline=_pipeline,
        pipeline_job=lambda run: (
            below(_pipeline(run), "tasks", run.job) if run.job else _pipeline(run)
        ),
        run_number=_run_number,
        job_number=_job_number,
        of_seconds=True,
    ),
    surfaces=Surfaces(("INPUT_",)),
    # None: not all tasks ran, as after a stop or a time-out.
    outcomes={"none": "cancelled"},
    hints={
        "state": "TEKTON_TASKS_STATUS=$(tasks.status) in a task below finally",
        "external-event-source-id": "TEKTON_REPO_URL from the trigger's parameters",
        "pipeline-id": "TEKTON_PIPELINERUN_UID=$(context.pipelineRun.uid) and the others, as "
        "parameters of the task",
        "sequence-number": "seconds since 1970 of the PipelineRun, as a result of the first task",
    },
)
