"""GitLab CI, on gitlab.com and self-managed.

https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action import tracking
from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot

from .reading import address, given, number, repository_page, repository_url, time
from .run import CiRun
from .system import Naming, System, below, file_path, path

DEFINITION = ".gitlab-ci.yml"


def detect(env: Mapping[str, str]) -> bool:
    """Recognise GitLab CI. Others also use the names `CI_PIPELINE_*`, so they prove nothing."""
    return env.get("GITLAB_CI") == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the pipeline and job from `CI_*`."""
    env = given(snapshot.env)
    page = repository_page(env.get("CI_PROJECT_URL"))
    tag, merge_request = env.get("CI_COMMIT_TAG"), env.get("CI_MERGE_REQUEST_IID")
    external = env.get("CI_EXTERNAL_PULL_REQUEST_IID")  # of a repository on GitHub
    source = "CI_MERGE_REQUEST_SOURCE" if merge_request else "CI_EXTERNAL_PULL_REQUEST_SOURCE"
    branch = env.get(f"{source}_BRANCH_NAME") or env.get("CI_COMMIT_BRANCH")
    if not (branch or tag or merge_request or external):
        branch = env.get("CI_COMMIT_REF_NAME")
    merge_request_url = None
    if merge_request:
        project = repository_page(env.get("CI_MERGE_REQUEST_PROJECT_URL")) or page
        merge_request_url = f"{project}/-/merge_requests/{merge_request}" if project else None
    author = re.fullmatch(r"(.*?)\s*<([^<>]*)>", env.get("CI_COMMIT_AUTHOR", ""))
    retries, leg = number(env.get("CI_JOB_RETRY_COUNT")), number(env.get("CI_NODE_INDEX"))
    deploys = env.get("CI_ENVIRONMENT_ACTION", "start") == "start"  # not stop, verify, access …
    return CiRun(
        system="gitlab",
        repository_url=repository_url(page),
        workflow=_definition(env.get("CI_CONFIG_PATH")),
        workflow_name=env.get("CI_PIPELINE_NAME"),
        run_id=env.get("CI_PIPELINE_ID"),
        run_number=number(env.get("CI_PIPELINE_IID")),
        job=env.get("CI_JOB_NAME"),
        job_id=env.get("CI_JOB_ID"),
        job_attempt=None if retries is None else retries + 1,
        leg=leg - 1 if leg and (number(env.get("CI_NODE_TOTAL")) or 1) > 1 else None,
        ref=f"refs/tags/{tag}" if tag else f"refs/heads/{branch}" if branch else None,
        branch=branch,
        tag=tag,
        # In a merged-results pipeline CI_COMMIT_SHA is a merge commit that nobody has pushed.
        commit=env.get(f"{source}_BRANCH_SHA") or env.get("CI_COMMIT_SHA"),
        pull_request=merge_request or external,
        pull_request_url=merge_request_url,
        actor=env.get("GITLAB_USER_LOGIN"),
        author_name=author[1] or None if author else None,
        author_email=author[2] or None if author else None,
        run_url=env.get("CI_PIPELINE_URL"),
        job_url=env.get("CI_JOB_URL"),
        environment=env.get("CI_ENVIRONMENT_NAME") if deploys else None,
        environment_id=env.get("CI_ENVIRONMENT_SLUG") if deploys else None,
        environment_tier=env.get("CI_ENVIRONMENT_TIER") if deploys else None,
        run_started_at=time(env.get("CI_PIPELINE_CREATED_AT")),
        job_started_at=time(env.get("CI_JOB_STARTED_AT")),
        status=env.get("CI_JOB_STATUS"),
        withholds_secrets=_withholds_secrets(env),
    )


def _definition(path: str | None) -> str:
    """Name the pipeline's definition: `.gitlab-ci.yml`, `ci.yml@acme/templates`, or the address of a file,
    of which user, password and query stay out. One that cannot be read may hold them anywhere.
    """
    scheme, mark, _ = (path or "").partition("://")
    if not mark:
        return path or DEFINITION
    found = address(path)
    return f"{scheme}://{found}" if found and "%40" not in found else DEFINITION  # an @, quoted


def _withholds_secrets(env: Mapping[str, str]) -> str | None:
    """Say why GitLab hands no variables to this run, if it does not."""
    source = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    if source and source != env.get("CI_MERGE_REQUEST_PROJECT_ID", source):
        return "a merge request from a fork"
    if env.get("CI_COMMIT_REF_PROTECTED") == "false":
        return "an unprotected branch or tag, if the variables are protected"
    return None


def _records(env: Mapping[str, str]) -> tuple[Place, ...]:
    # A job's script tells its after_script by the file; later jobs have it in a variable.
    folder = env.get("CI_PROJECT_DIR")
    return (Place(f"{folder}/{tracking.DOTENV_NAME}"),) if folder else ()


SYSTEM = System(
    "gitlab",
    "GitLab",
    detect,
    parse,
    Naming(
        run=lambda run: path("pipelines", run.run_id),
        job=lambda run: path("pipelines", run.run_id, "jobs", run.job_id),
        pipeline=lambda run: file_path(run.workflow),
        pipeline_job=lambda run: below(file_path(run.workflow), "jobs", run.job),
        # A retried job is a new job with a higher id; its pipeline stays the same pipeline.
        run_number=lambda run: number(run.run_id),
        job_number=lambda run: number(run.job_id),
    ),
    # The template. A dotenv file of an earlier job comes before its variables.
    surfaces=Surfaces(("INPUT_",)),
    workspace="$CI_PROJECT_DIR",
    records=_records,
    speaker="gitlab",
)
