"""Bitbucket Pipelines, in a step's own script and inside a pipe.

https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from compass_action import tracking
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot
from compass_action.text import json_line
from compass_action.tracking import NOTE_NAME

from .reading import given, number, repository_url, slug_of
from .run import CiRun
from .system import Naming, System, below, file_path, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Bitbucket Pipelines."""
    return bool(env.get("BITBUCKET_BUILD_NUMBER"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run from `BITBUCKET_*`."""
    # What a step maps to a pipe by its own name may arrive unresolved where it does not exist.
    env = given(snapshot.env)
    repository = repository_url(env.get("BITBUCKET_GIT_HTTP_ORIGIN"))
    if env.get("BITBUCKET_REPO_FULL_NAME"):
        repository = f"https://bitbucket.org/{env['BITBUCKET_REPO_FULL_NAME']}"
    branch, tag = (env.get(f"BITBUCKET_{name}") or None for name in ("BRANCH", "TAG"))
    build, pull_request = env.get("BITBUCKET_BUILD_NUMBER"), env.get("BITBUCKET_PR_ID") or None
    attempt, note = _find_attempt(env, snapshot.records)
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
        run_attempt=attempt,
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
        note=note,
    )


def _find_attempt(env: Mapping[str, str], records: Iterable[str]) -> tuple[int | None, str | None]:
    """Count the attempts of the whole build, and say what has to be kept to count on.

    Bitbucket counts the runs of each step alone, and only those steps that are run again: "Deploy"
    fails, its second run succeeds, and "Test" behind it has its first one. So the attempt is one, and
    one more for each further run of any step, as far as the pipes' shared storage has seen them. It is
    fixed for a run of a step at its first report. Without the storage it is None.
    """
    step, times = slug_of(env.get("BITBUCKET_STEP_UUID")), env.get("BITBUCKET_STEP_RUN_NUMBER")
    build, run = env.get("BITBUCKET_BUILD_NUMBER"), number(times) or 1
    if not step or not env.get("BITBUCKET_PIPE_SHARED_STORAGE_DIR"):
        return None, None
    steps, fixed = _read_attempts(records, build)
    here = f"{step}/{run}"
    if here in fixed:
        return fixed[here], None
    steps[step] = max(run, steps.get(step, 1))
    fixed[here] = 1 + sum(highest - 1 for highest in steps.values())
    return fixed[here], json_line({"build": build, "steps": steps, "attempts": fixed})


def _read_attempts(
    records: Iterable[str], build: str | None
) -> tuple[dict[str, int], dict[str, int]]:
    """Read the highest run of each step, and the attempts that are fixed; nothing if it is damaged."""
    for line in records:
        try:
            kept: Any = json.loads(line)
            counts = [{str(k): int(v) for k, v in kept[n].items()} for n in ("steps", "attempts")]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        if kept.get("build") == build and all(0 < n < 1_000 for c in counts for n in c.values()):
            return counts[0], counts[1]
    return {}, {}


def _records(env: Mapping[str, str]) -> tuple[Place, ...]:
    folder = env.get("BITBUCKET_PIPE_SHARED_STORAGE_DIR")
    return (Place(folder, tracking.FILE_NAMES), Place(f"{folder}/{NOTE_NAME}")) if folder else ()


def _pipeline(run: CiRun) -> str | None:
    # One environment can be deployed to once in a pipeline, so the step, for which there is no
    # lasting name, need not be part of the deployment.
    return file_path(run.workflow)


SYSTEM = System(
    "bitbucket",
    "Bitbucket",
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
        job_number=lambda run: pack(
            run.run_number, run.run_attempt or run.job_attempt or 1, run.leg or 0
        ),
    ),
    workspace="$BITBUCKET_CLONE_DIR",
    records=_records,
    speaker="pipes",
)
