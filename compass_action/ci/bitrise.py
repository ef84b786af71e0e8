"""Bitrise.

https://devcenter.bitrise.io/en/references/available-environment-variables.html
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
    time,
)
from .run import CiRun
from .system import Naming, System, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Bitrise; its command line, on somebody's own machine, has no build."""
    return bool(env.get("BITRISE_BUILD_SLUG"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from `BITRISE_*`."""
    env = given(snapshot.env)
    repository = repository_url(env.get("GIT_REPOSITORY_URL"))
    tag, change = env.get("BITRISE_GIT_TAG"), pull_request(env.get("BITRISE_PULL_REQUEST"))
    branch = None if tag else env.get("BITRISE_GIT_BRANCH")
    app, started = env.get("BITRISE_APP_SLUG"), time(env.get("BITRISE_BUILD_TRIGGER_TIMESTAMP"))
    return CiRun(
        system="bitrise",
        repository_url=repository,
        server=f"app.bitrise.io/app/{path(app)}" if app else None,
        workflow_name=env.get("BITRISE_APP_TITLE"),
        run_id=env.get("BITRISE_BUILD_SLUG"),
        run_number=number(env.get("BITRISE_BUILD_NUMBER")),
        job=env.get("BITRISE_TRIGGERED_WORKFLOW_ID"),
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        # A build that was started by hand is of a branch, whose commit the clone has found.
        commit=commit(env.get("BITRISE_GIT_COMMIT"))
        or (None if change else commit(env.get("GIT_CLONE_COMMIT_HASH"))),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        author_name=env.get("GIT_CLONE_COMMIT_AUTHOR_NAME"),
        author_email=env.get("GIT_CLONE_COMMIT_AUTHOR_EMAIL"),
        run_url=env.get("BITRISE_BUILD_URL"),
        run_started_at=started,
        job_started_at=started,
        status=env.get("BITRISE_BUILD_STATUS"),
    )


def _build(run: CiRun) -> str | None:
    # Every workflow, and everything that is built again, is a build of its own.
    return path("builds", run.run_id)


SYSTEM = System(
    "bitrise",
    "Bitrise",
    detect,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=lambda run: "builds",
        pipeline_job=lambda run: path("workflows", run.job),
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    workspace="$BITRISE_SOURCE_DIR",
    hints={
        "state": "a step with `is_always_run: true`, where $BITRISE_BUILD_STATUS is set",
        "external-event-source-id": "$GIT_REPOSITORY_URL",
    },
)
