"""Buildkite.

https://buildkite.com/docs/pipelines/configure/environment-variables
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
)
from .run import CiRun
from .system import Naming, System, below, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Buildkite."""
    return env.get("BUILDKITE") == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `BUILDKITE_*`."""
    env = {
        name.removeprefix("BUILDKITE_"): value
        for name, value in given(snapshot.env).items()
        if name.startswith("BUILDKITE_")
    }
    repository = repository_url(env.get("REPO"))
    change, tag = pull_request(env.get("PULL_REQUEST")), env.get("TAG")
    branch = env.get("BRANCH", "").rpartition(":")[2] or None  # a fork's is `user:branch`
    branch = None if branch == tag else branch
    build, job = env.get("BUILD_URL"), env.get("JOB_ID")
    several = (number(env.get("PARALLEL_JOB_COUNT")) or 1) > 1
    server = path(env.get("ORGANIZATION_SLUG"), env.get("PIPELINE_SLUG"))
    return CiRun(
        system="buildkite",
        repository_url=repository,
        server=f"buildkite.com/{server}" if server else None,
        workflow_name=env.get("PIPELINE_NAME") or env.get("PIPELINE_SLUG"),
        run_id=env.get("BUILD_NUMBER"),
        run_number=number(env.get("BUILD_NUMBER")),
        job=env.get("STEP_KEY") or env.get("LABEL"),
        job_id=job,
        job_attempt=(number(env.get("RETRY_COUNT")) or 0) + 1,
        leg=number(env.get("PARALLEL_JOB")) if several else None,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("COMMIT")),  # it is `HEAD` where a build was made for a branch
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("BUILD_CREATOR") or env.get("BUILD_AUTHOR"),
        author_name=env.get("BUILD_AUTHOR"),
        author_email=env.get("BUILD_AUTHOR_EMAIL"),
        run_url=build,
        job_url=f"{build}#{job}" if build and job else build,
        environment=env.get("GITHUB_DEPLOYMENT_ENVIRONMENT"),
        # After the command: in the hooks post-command and pre-exit.
        status="canceled" if env.get("JOB_CANCELLED") == "true" else env.get("COMMAND_EXIT_STATUS"),
    )


def _run(run: CiRun) -> str | None:
    return path("builds", run.run_id)


SYSTEM = System(
    "buildkite",
    "Buildkite",
    detect,
    parse,
    Naming(
        run=_run,
        job=lambda run: below(_run(run), "jobs", run.job_id, "attempts", run.job_attempt),
        pipeline=lambda run: "builds",
        # A step needs neither a key nor a label.
        pipeline_job=lambda run: path("steps", run.job) if run.job else "steps",
        # A rebuild is a new build; a retry of a job belongs to the same one.
        run_number=lambda run: run.run_number,
        job_number=lambda run: pack(run.run_number, run.job_attempt or 1, run.leg or 0),
    ),
    workspace="$BUILDKITE_BUILD_CHECKOUT_PATH",
    hints={
        "state": "report in the hook pre-exit, where $BUILDKITE_COMMAND_EXIT_STATUS is set",
        "external-event-source-id": "$BUILDKITE_REPO",
    },
)
