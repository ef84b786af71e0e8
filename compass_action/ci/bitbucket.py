"""Bitbucket Pipelines, in a step's own script and inside a pipe.

https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action import tracking
from compass_action.inputs.given import UNRESOLVED
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot

from .reading import number, repository_url, slug_of
from .run import CiRun
from .system import Naming, System, below, file_path, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Bitbucket Pipelines."""
    return bool(env.get("BITBUCKET_BUILD_NUMBER"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run from `BITBUCKET_*`."""
    # What a step maps to a pipe by its own name may arrive unresolved where it does not exist.
    env = {n: value for n, value in snapshot.env.items() if not UNRESOLVED.fullmatch(value)}
    repository = repository_url(env.get("BITBUCKET_GIT_HTTP_ORIGIN"))
    if env.get("BITBUCKET_REPO_FULL_NAME"):
        repository = f"https://bitbucket.org/{env['BITBUCKET_REPO_FULL_NAME']}"
    branch, tag = (env.get(f"BITBUCKET_{name}") or None for name in ("BRANCH", "TAG"))
    build, pull_request = env.get("BITBUCKET_BUILD_NUMBER"), env.get("BITBUCKET_PR_ID") or None
    pull_request_url = None
    if repository and pull_request:
        pull_request_url = f"{repository}/pull-requests/{pull_request}"
    return CiRun(
        system="bitbucket",
        repository_url=repository,
        workflow="bitbucket-pipelines.yml",
        workflow_name=None,
        run_id=build or None,
        run_number=number(build),
        job_id=slug_of(env.get("BITBUCKET_STEP_UUID")),
        job_attempt=number(env.get("BITBUCKET_STEP_RUN_NUMBER")) or 1,
        leg=number(env.get("BITBUCKET_PARALLEL_STEP")),
        ref=f"refs/tags/{tag}" if tag else f"refs/heads/{branch}" if branch else None,
        branch=branch,
        tag=tag,
        commit=env.get("BITBUCKET_COMMIT") or None,
        pull_request=pull_request,
        pull_request_url=pull_request_url,
        actor=slug_of(env.get("BITBUCKET_STEP_TRIGGERER_UUID")),
        run_url=f"{repository}/pipelines/results/{build}" if repository else None,
        environment=env.get("BITBUCKET_DEPLOYMENT_ENVIRONMENT") or None,
        environment_id=slug_of(env.get("BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID")),
        status=env.get("BITBUCKET_EXIT_CODE") or None,
    )


def _records(env: Mapping[str, str]) -> tuple[Place, ...]:
    folder = env.get("BITBUCKET_PIPE_SHARED_STORAGE_DIR")
    return (Place(folder, tracking.FILE_NAMES),) if folder else ()


def _pipeline(run: CiRun) -> str | None:
    # One environment can be deployed to once in a pipeline, so the step, for which there is no
    # lasting name, need not be part of the deployment.
    return file_path(run.workflow)


SYSTEM = System(
    "bitbucket",
    detect,
    parse,
    Naming(
        run=lambda run: path("builds", run.run_id),
        job=lambda run: below(
            path("builds", run.run_id), "steps", run.job_id, "runs", run.job_attempt
        ),
        pipeline=_pipeline,
        pipeline_job=_pipeline,
        run_number=lambda run: pack(run.run_number),
        # A step that is run again keeps the build's number.
        job_number=lambda run: pack(run.run_number, run.job_attempt or 1, run.leg or 0),
    ),
    workspace="BITBUCKET_CLONE_DIR",
    records=_records,
    speaker="pipes",
)
