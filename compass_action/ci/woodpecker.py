"""Woodpecker.

https://woodpecker-ci.org/docs/usage/environment
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    repository_url,
    time,
)
from .run import CiRun
from .system import Naming, System, below, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Woodpecker, whose plugins see some of Drone's variables, and GitLab's names."""
    return env.get("CI") == "woodpecker"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the workflow from `CI_*`."""
    env = given(snapshot.env)
    ref, tag = env.get("CI_COMMIT_REF"), env.get("CI_COMMIT_TAG")
    of_ref = re.match(r"refs/(?:pull|pull-requests|merge-requests)/(\d+)/", ref or "", re.ASCII)
    change = pull_request(env.get("CI_COMMIT_PULL_REQUEST")) or (of_ref[1] if of_ref else None)
    # On a pull request CI_COMMIT_BRANCH is where it is to be merged.
    branch = env.get("CI_COMMIT_SOURCE_BRANCH") if change else env.get("CI_COMMIT_BRANCH")
    branch = None if tag else branch
    page = env.get("CI_PIPELINE_URL")
    return CiRun(
        system="woodpecker",
        repository_url=repository_url(env.get("CI_REPO_URL")),
        server=(address(page) or "").partition("/pipeline/")[0] or None,
        run_id=env.get("CI_PIPELINE_NUMBER"),
        run_number=number(env.get("CI_PIPELINE_NUMBER")),
        job=env.get("CI_WORKFLOW_NAME"),
        job_id=env.get("CI_WORKFLOW_NUMBER"),
        ref=ref or named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("CI_COMMIT_SHA")),
        pull_request=change,
        pull_request_url=env.get("CI_PIPELINE_FORGE_URL") if change else None,
        actor=env.get("CI_PIPELINE_AUTHOR"),
        author_name=env.get("CI_COMMIT_AUTHOR"),
        author_email=env.get("CI_COMMIT_AUTHOR_EMAIL"),
        run_url=page,
        environment=env.get("CI_PIPELINE_DEPLOY_TARGET"),
        run_started_at=time(env.get("CI_PIPELINE_STARTED")),
        # Of this workflow, so far.
        status=env.get("CI_PIPELINE_STATUS"),
    )


def _run(run: CiRun) -> str | None:
    return path("pipeline", run.run_id)


SYSTEM = System(
    "woodpecker",
    "Woodpecker",
    detect,
    parse,
    Naming(
        run=_run,
        # The legs of a matrix have one name, and numbers of their own. Without the step: what one
        # step of the workflow begins, another one ends.
        job=lambda run: below(_run(run), "workflows", run.job_id),
        pipeline=lambda run: "workflows",
        pipeline_job=lambda run: path("workflows", run.job),
        # A restart is a new pipeline.
        run_number=lambda run: run.run_number,
        job_number=lambda run: pack(run.run_number, 0, number(run.job_id) or 0),
    ),
    surfaces=Surfaces(("PLUGIN_",)),
    workspace="$CI_WORKSPACE",
    hints={"external-event-source-id": "the setting external_event_source_id"},
)
