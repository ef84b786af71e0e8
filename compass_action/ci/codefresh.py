"""Codefresh.

https://codefresh.io/docs/docs/pipelines/variables/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    commit,
    given,
    named_ref,
    pull_request,
    pull_request_url,
    repository_url,
    time,
)
from .run import CiRun
from .system import Naming, System, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Codefresh."""
    return bool(env.get("CF_BUILD_ID"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from `CF_*`."""
    env = given(snapshot.env)
    # CF_REPO_OWNER and CF_REPO_NAME have no host; the commit's page has it.
    page = re.sub(r"/(?:-/)?commits?/[^/]+$", "", env.get("CF_COMMIT_URL", ""))
    repository = repository_url(page) if page != env.get("CF_COMMIT_URL") else None
    change = pull_request(env.get("CF_PULL_REQUEST_NUMBER"))
    named, released = env.get("CF_BRANCH"), env.get("CF_RELEASE_TAG")
    tag = named if named and named == released else None  # CF_BRANCH is a branch or a tag
    branch = None if tag else named
    build, started = env.get("CF_BUILD_ID"), time(env.get("CF_BUILD_TIMESTAMP"))
    return CiRun(
        system="codefresh",
        repository_url=repository,
        workflow=env.get("CF_PIPELINE_NAME"),
        workflow_name=env.get("CF_PIPELINE_NAME"),
        run_id=build,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("CF_PULL_REQUEST_HEAD_COMMIT_SHA") if change else None)
        or commit(env.get("CF_REVISION")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("CF_BUILD_INITIATOR"),
        author_name=env.get("CF_COMMIT_AUTHOR"),
        run_url=env.get("CF_BUILD_URL"),
        run_started_at=started,
        job_started_at=started,
    )


def _build(run: CiRun) -> str | None:
    return path("codefresh", "builds", run.run_id)


def _pipeline(run: CiRun) -> str | None:
    # Below the repository, for accounts that share one server are not told apart.
    return path("codefresh", *(run.workflow or "").split("/")) if run.workflow else None


SYSTEM = System(
    "codefresh",
    "Codefresh",
    detect,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=_pipeline,
        pipeline_job=_pipeline,
        run_number=lambda run: None,
        job_number=lambda run: None,
        # Whether a restart has an id of its own is not documented.
        restarts_keep_ids=True,
    ),
    workspace="$CF_VOLUME_PATH/$CF_REPO_NAME",
    hints={
        "state": "hooks: on_success and on_fail, each with a step of its own",
        "external-event-source-id": "https://HOST/${{CF_REPO_OWNER}}/${{CF_REPO_NAME}}",
    },
)
