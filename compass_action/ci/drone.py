"""Drone.

https://docs.drone.io/pipeline/environment/reference/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
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
from .system import Naming, System, below, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Drone; Harness sets `DRONE` as well."""
    return env.get("DRONE") == "true" and not any(name.startswith("HARNESS_") for name in env)


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build and its stage from `DRONE_*`."""
    env = given(snapshot.env)
    build, stage = env.get("DRONE_BUILD_NUMBER"), env.get("DRONE_STAGE_NAME")
    page = env.get("DRONE_BUILD_LINK")
    return source(env)._replace(
        system="drone",
        server=address(re.sub(r"/\d+$", "", page)) if page else None,
        run_id=build,
        run_number=number(build),
        job=stage,
        job_id=env.get("DRONE_STAGE_NUMBER"),
        run_url=page,
        environment=env.get("DRONE_DEPLOY_TO"),
        run_started_at=time(env.get("DRONE_BUILD_STARTED")),
        job_started_at=time(env.get("DRONE_STAGE_STARTED")),
        # Of the stage, so far. Somebody's stop counts as a failure there.
        status=env.get("DRONE_STAGE_STATUS") or env.get("DRONE_BUILD_STATUS"),
    )


def source(env: Mapping[str, str]) -> CiRun:
    """Read what is built, as Drone and those who copied its variables tell it."""
    repository = repository_url(env.get("DRONE_REPO_LINK"))
    ref = env.get("DRONE_COMMIT_REF")
    change = pull_request(env.get("DRONE_PULL_REQUEST"))
    # On a pull request DRONE_BRANCH is where it is to be merged; on a tag it may be a whole ref.
    named = env.get("DRONE_SOURCE_BRANCH") if change else env.get("DRONE_BRANCH")
    tag = env.get("DRONE_TAG") or tag_of(ref) or tag_of(env.get("DRONE_BRANCH"))
    branch = None if tag else branch_of(named) or named
    by = env.get("DRONE_BUILD_TRIGGER", "@")  # `@hook` and `@cron` are nobody
    return CiRun(
        system="drone",
        repository_url=repository,
        ref=ref or named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("DRONE_COMMIT_SHA")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=env.get("DRONE_COMMIT_AUTHOR") if by.startswith("@") else by,
        author_name=env.get("DRONE_COMMIT_AUTHOR_NAME") or env.get("DRONE_COMMIT_AUTHOR"),
        author_email=env.get("DRONE_COMMIT_AUTHOR_EMAIL"),
    )


def _run(run: CiRun) -> str | None:
    return path("builds", run.run_id)


SYSTEM = System(
    "drone",
    "Drone",
    detect,
    parse,
    Naming(
        run=_run,
        # Without the step: what one step of the stage begins, another one ends.
        job=lambda run: below(_run(run), "stages", run.job_id),
        pipeline=lambda run: "pipelines",
        pipeline_job=lambda run: path("pipelines", run.job),
        # A restart and a promotion are new builds.
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    surfaces=Surfaces(("PLUGIN_",)),
    workspace="$DRONE_WORKSPACE",
    hints={"external-event-source-id": "the setting external_event_source_id"},
)
