"""Google Cloud Build. Its values are substitutions, which a step sees where they are mapped: with
`automapSubstitutions: true`, or one by one under `env`. So it is not detected but named by `ci`.

https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
"""

from __future__ import annotations

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import commit, given, named_ref, pull_request, pull_request_url, repository_url
from .run import CiRun
from .system import Naming, System, path


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from the substitutions, by their own names."""
    env = given(snapshot.env)
    project, place, build = (env.get(name) for name in ("PROJECT_ID", "LOCATION", "BUILD_ID"))
    # REPO_FULL_NAME has no host, and the head's repository may be a fork.
    given_source = repository_url(inputs.external_event_source_id)
    tag, change = env.get("TAG_NAME"), pull_request(env.get("_PR_NUMBER"))
    branch = (env.get("_HEAD_BRANCH") if change else None) or env.get("BRANCH_NAME")
    branch = None if tag else branch
    server = path(project, place)
    page = None
    if project and place and build:
        region = f"builds;region={place}/{build}?project={project}"
        page = f"https://console.cloud.google.com/cloud-build/{region}"
    return CiRun(
        system="cloudbuild",
        server=f"console.cloud.google.com/cloud-build/{server}" if server else None,
        workflow=env.get("TRIGGER_NAME"),
        workflow_name=env.get("TRIGGER_NAME"),
        run_id=build,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("COMMIT_SHA")),
        pull_request=change,
        pull_request_url=pull_request_url(given_source, change),
        run_url=page,
    )


def _build(run: CiRun) -> str | None:
    return path("builds", run.run_id)


def _trigger(run: CiRun) -> str | None:
    return path("triggers", run.workflow)


SYSTEM = System(
    "cloudbuild",
    "Cloud Build",
    lambda env: False,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=_trigger,
        pipeline_job=_trigger,
        # Nothing rises, and no variable has the start. A retry is a new build.
        run_number=lambda run: None,
        job_number=lambda run: None,
    ),
    hints={
        "state": "the last step is reached where all went well: state=success; the failure is told "
        "by a step after one with allowFailure, or by the topic cloud-builds",
        "external-event-source-id": "COMPASS_EXTERNAL_EVENT_SOURCE_ID=https://github.com/"
        "$REPO_FULL_NAME under env",
        "pipeline-id": "set options: {automapSubstitutions: true}, or BUILD_ID=$BUILD_ID and the "
        "others under env",
        "sequence-number": "seconds since 1970 that the first step has kept in /workspace",
    },
)
