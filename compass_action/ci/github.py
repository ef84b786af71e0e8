"""GitHub Actions, on github.com and GitHub Enterprise Server.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import at, number, repository_url
from .run import CiRun
from .system import Naming, System, below, file_path, pack, path

# Gitea and Forgejo run the same workflows and set the same variables, but have other pages and ids.
LOOK_ALIKES = ("FORGEJO_ACTIONS", "GITEA_ACTIONS")


def detect(env: Mapping[str, str]) -> bool:
    """Recognise GitHub Actions, and not its look-alikes."""
    return env.get("GITHUB_ACTIONS") == "true" and not any(env.get(name) for name in LOOK_ALIKES)


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run from `GITHUB_*`, the trigger, and what action.yml's defaults hand over."""
    env, trigger = snapshot.env, snapshot.trigger
    slug = env.get("GITHUB_REPOSITORY")
    repository = repository_url(f"{env.get('GITHUB_SERVER_URL', 'https://github.com')}/{slug}")
    pull_request = at(trigger, "pull_request.number")
    ref = env.get("GITHUB_REF") or None
    branch = env.get("GITHUB_HEAD_REF") or None
    if not branch and not pull_request and env.get("GITHUB_REF_TYPE") == "branch":
        branch = env.get("GITHUB_REF_NAME") or None
    run_url = job_url = None
    if slug and repository and env.get("GITHUB_RUN_ID"):
        run_url = f"{repository}/actions/runs/{env['GITHUB_RUN_ID']}"
        if inputs.check_run_id:
            job_url = f"{run_url}/job/{inputs.check_run_id}"
        run_url += f"/attempts/{env.get('GITHUB_RUN_ATTEMPT') or 1}"
    return CiRun(
        system="github",
        repository_url=repository if slug else None,
        workflow=workflow_file(env),
        workflow_name=env.get("GITHUB_WORKFLOW") or None,
        run_id=env.get("GITHUB_RUN_ID") or None,
        run_number=number(env.get("GITHUB_RUN_NUMBER")),
        run_attempt=number(env.get("GITHUB_RUN_ATTEMPT")) or 1,
        job=env.get("GITHUB_JOB") or None,
        job_id=str(inputs.check_run_id) if inputs.check_run_id else None,
        leg=inputs.job_index if (inputs.job_total or 1) > 1 else None,
        called=_called_file(inputs.workflow_ref, env),
        ref=ref,
        branch=branch,
        tag=env.get("GITHUB_REF_NAME") or None if env.get("GITHUB_REF_TYPE") == "tag" else None,
        # On a pull request GITHUB_SHA is a merge commit that nobody has pushed.
        commit=at(trigger, "pull_request.head.sha") or env.get("GITHUB_SHA") or None,
        pull_request=pull_request,
        pull_request_url=at(trigger, "pull_request.html_url"),
        actor=env.get("GITHUB_TRIGGERING_ACTOR") or env.get("GITHUB_ACTOR") or None,
        author_name=at(trigger, "head_commit.author.name"),
        author_email=at(trigger, "head_commit.author.email"),
        run_url=run_url,
        job_url=job_url,
        # No variable names the environment of a job; only the deployment events' payload has one.
        environment=at(trigger, "deployment.environment"),
        status=inputs.job_status,
        withholds_secrets=_withholds_secrets(env, trigger),
    )


def workflow_file(env: Mapping[str, str]) -> str | None:
    """Take the file from `acme/shop/.github/workflows/deploy.yml@refs/heads/main`.

    The ref is a hash, or missing, where a deployment was made for no branch or tag. The workflow's
    name is no stand-in for the file: two files may have the same.
    """
    file = re.match(r"(.+?\.ya?ml)(?:@.*)?$", env.get("GITHUB_WORKFLOW_REF", ""))
    # A workflow that the organisation requires lies in another repository, which then stays in it.
    return file[1].removeprefix(env.get("GITHUB_REPOSITORY", "") + "/") if file else None


def _called_file(workflow_ref: str | None, env: Mapping[str, str]) -> str | None:
    """Take the file of the workflow that the job stands in, if another one calls it."""
    if not workflow_ref or workflow_ref == env.get("GITHUB_WORKFLOW_REF"):
        return None
    return workflow_ref.partition("@")[0]


def _withholds_secrets(env: Mapping[str, str], trigger: Mapping[str, Any]) -> str | None:
    """Say why GitHub hands no secrets to this run, if it does not."""
    if env.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "a run that Dependabot started"
    return withheld_from_fork(env, trigger)


def withheld_from_fork(env: Mapping[str, str], trigger: Mapping[str, Any]) -> str | None:
    """Say that a pull request from a fork runs without secrets, if this is one."""
    head = at(trigger, "pull_request.head.repo.full_name")
    base = at(trigger, "pull_request.base.repo.full_name")
    if pull_request_event(env) and base and head != base:  # a deleted fork has no head.repo
        return "a pull request from a fork"
    return None


def pull_request_event(env: Mapping[str, str]) -> bool:
    """Tell the events of a pull request that run without secrets; pull_request_target has them."""
    name = env.get("GITHUB_EVENT_NAME", "")
    return name.startswith("pull_request") and name != "pull_request_target"


def _run_path(run: CiRun) -> str | None:
    return path("runs", run.run_id, "attempts", run.run_attempt)


def _job_path(run: CiRun) -> str | None:
    # The legs of a matrix share their job's key; so do the jobs of a workflow that is called twice
    # in one run, which only the id of the check run tells apart.
    found = below(_run_path(run), "jobs", run.job)
    if run.called is not None:
        return below(found, run.job_id)
    return found if run.leg is None else below(found, run.leg)


def _pipeline_job_path(run: CiRun) -> str | None:
    # The file that is called, without the ref it is called at. It keeps these jobs apart from the
    # caller's own of the same key, whose sequence numbers are made otherwise.
    pipeline = file_path(run.workflow)
    if run.called is not None:
        pipeline = pipeline and f"{pipeline}/calls/{file_path(run.called)}"
    return below(pipeline, "jobs", run.job)


def _run_number(run: CiRun) -> int | None:
    return pack(run.run_number, run.run_attempt or 1)


def _job_number(run: CiRun) -> int | None:
    if run.called is not None:
        # The check run's id rises with time, and is another one for each call and attempt.
        return number(run.job_id)
    return pack(run.run_number, run.run_attempt or 1, run.leg or 0)


SYSTEM = System(
    "github",
    detect,
    parse,
    Naming(
        run=_run_path,
        job=_job_path,
        pipeline=lambda run: file_path(run.workflow),
        pipeline_job=_pipeline_job_path,
        run_number=_run_number,
        job_number=_job_number,
    ),
    workspace="GITHUB_WORKSPACE",
    trigger="GITHUB_EVENT_PATH",
    state="STATE_COMPASS_TRACKED",
    debug="RUNNER_DEBUG",
    speaker="github",
)
