"""Semaphore.

https://docs.semaphoreci.com/reference/env-vars
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
    time,
)
from .run import CiRun
from .system import Naming, System, below, of_second, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Semaphore."""
    return env.get("SEMAPHORE") == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `SEMAPHORE_*`."""
    env = {
        name.removeprefix("SEMAPHORE_"): value
        for name, value in given(snapshot.env).items()
        if name.startswith("SEMAPHORE_")
    }
    repository = repository_url(env.get("GIT_URL"))
    tag, change = env.get("GIT_TAG_NAME"), pull_request(env.get("GIT_PR_NUMBER"))
    # On a pull request GIT_BRANCH is where it is to be merged, and GIT_SHA a merge commit.
    branch = env.get("GIT_WORKING_BRANCH") or env.get("GIT_PR_BRANCH" if change else "GIT_BRANCH")
    branch = None if tag else branch
    head, base = env.get("GIT_PR_SLUG"), env.get("GIT_REPO_SLUG")
    organization = env.get("ORGANIZATION_URL", "").rstrip("/")
    server, project = address(organization), path(env.get("PROJECT_NAME"))
    workflow, job = env.get("WORKFLOW_ID"), env.get("JOB_ID")
    ended = time(env.get("PIPELINE_DONE_AT")) if inputs.scope == "run" else None
    several = (number(env.get("JOB_COUNT")) or 1) > 1
    index = number(env.get("JOB_INDEX"))
    return CiRun(
        system="semaphore",
        repository_url=repository,
        server=f"{server}/projects/{project}" if server and project else None,
        workflow_name=env.get("PROJECT_NAME"),
        run_id=path(workflow, "pipelines", env.get("PIPELINE_ID")),
        job=env.get("JOB_NAME"),
        job_id=job,
        leg=index - 1 if several and index else None,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("GIT_PR_SHA") if change else env.get("GIT_SHA")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("PIPELINE_PROMOTED_BY") or env.get("WORKFLOW_TRIGGERED_BY"),
        author_name=env.get("GIT_COMMIT_AUTHOR"),
        run_url=f"{organization}/workflows/{workflow}" if server and workflow else None,
        job_url=f"{organization}/jobs/{job}" if server and job else None,
        job_started_at=time(env.get("JOB_CREATION_TIME")),
        # The job's in the epilogue only, the pipeline's in `after_pipeline` only.
        status=env.get("JOB_RESULT"),
        run_status=env.get("PIPELINE_RESULT"),
        run_started_at=time(env.get("PIPELINE_STARTED_AT")),
        ended_at=ended,
        withholds_secrets="a pull request from a fork" if head and base and head != base else None,
    )


def _run(run: CiRun) -> str | None:
    # A promotion, and what is run again, are pipelines of their own.
    return f"workflows/{run.run_id}" if run.run_id else None


def _job_number(run: CiRun) -> int | None:
    # Workflows are counted for each branch anew, and a job's creation is told in seconds: in one of
    # them the legs of a job are created, and perhaps a job of another branch.
    return of_second(run.job_started_at, run.leg or 0, run.job_id)


SYSTEM = System(
    "semaphore",
    "Semaphore",
    detect,
    parse,
    Naming(
        run=_run,
        job=lambda run: below(_run(run), "jobs", run.job_id),
        pipeline=lambda run: "workflows",
        pipeline_job=lambda run: path("jobs", run.job),
        run_number=lambda run: of_second(run.run_started_at, 0, run.run_id),
        job_number=_job_number,
        of_seconds=True,
    ),
    workspace="~/$SEMAPHORE_GIT_DIR",
    hints={
        "state": "report in the epilogue, where $SEMAPHORE_JOB_RESULT is set, and with scope: run "
        "in after_pipeline, where $SEMAPHORE_PIPELINE_RESULT is",
        "external-event-source-id": "$SEMAPHORE_GIT_URL",
    },
)
