"""GitHub Actions, on github.com and GitHub Enterprise Server.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compass_action import tracking
from compass_action.errors import Problem
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot

from . import git
from .github_triggers import read_trigger
from .reading import at, number, repository_page, repository_url
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
    slug, server = env.get("GITHUB_REPOSITORY"), env.get("GITHUB_SERVER_URL", "https://github.com")
    page = repository_page(f"{server}/{slug}") if slug else None
    run_url = job_url = None
    if page and env.get("GITHUB_RUN_ID"):
        run_url = f"{page}/actions/runs/{env['GITHUB_RUN_ID']}"
        if inputs.check_run_id:
            job_url = f"{run_url}/job/{inputs.check_run_id}"
        run_url += f"/attempts/{env.get('GITHUB_RUN_ATTEMPT') or 1}"
    run = CiRun(
        system="github",
        repository_url=repository_url(page),
        workflow=workflow_file(env),
        workflow_name=env.get("GITHUB_WORKFLOW") or None,
        run_id=env.get("GITHUB_RUN_ID") or None,
        run_number=number(env.get("GITHUB_RUN_NUMBER")),
        run_attempt=number(env.get("GITHUB_RUN_ATTEMPT")) or 1,
        job=env.get("GITHUB_JOB") or None,
        job_id=str(inputs.check_run_id) if inputs.check_run_id else None,
        leg=inputs.job_index if (inputs.job_total or 1) > 1 else None,
        called=_called_file(inputs.workflow_ref, env),
        actor=env.get("GITHUB_TRIGGERING_ACTOR") or env.get("GITHUB_ACTOR") or None,
        author_name=at(trigger, "head_commit.author.name"),
        author_email=at(trigger, "head_commit.author.email"),
        run_url=run_url,
        job_url=job_url,
        status=inputs.job_status,
        withholds_secrets=_withholds_secrets(env, trigger),
        foreign_files=_foreign_files(env, trigger, git.parse(snapshot.git).commit),
        rehearsal="act" if env.get("ACT") == "true" else None,
        remarks=_remarks(inputs),
    )
    read = read_trigger(env.get("GITHUB_EVENT_NAME", ""), trigger, inputs)
    return run._replace(**(_refs(env) | read))


def _refs(env: Mapping[str, str]) -> dict[str, Any]:
    """Read what was checked out: a branch, a tag or a pull request."""
    ref = env.get("GITHUB_REF") or None
    of_request = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", ref or "", re.ASCII)
    named = env.get("GITHUB_REF_NAME") or None
    kind = env.get("GITHUB_REF_TYPE") or ""
    for prefix, name in (("refs/heads/", "branch"), ("refs/tags/", "tag")):
        if ref and ref.startswith(prefix):
            kind, named = name, named or ref.removeprefix(prefix)
    branch = named if kind == "branch" and not of_request else None
    # On a pull request GITHUB_SHA is a merge commit that nobody has pushed, or the base's.
    pushed = not of_request and not env.get("GITHUB_EVENT_NAME", "").startswith("pull_request")
    return {
        "ref": ref,
        "branch": env.get("GITHUB_HEAD_REF") or branch,
        "tag": named if kind == "tag" else None,
        "commit": env.get("GITHUB_SHA") or None if pushed else None,
        "pull_request": of_request[1] if of_request else None,
    }


# These have the repository's secrets, and may concern what a stranger has written.
WITH_SECRETS = ("pull_request_target", "workflow_run", "issue_comment")


def _foreign_files(
    env: Mapping[str, str], trigger: Mapping[str, Any], checked_out: str | None
) -> str | None:
    """Say why the checkout's files are not to be believed, if they may be a fork's."""
    name, own = env.get("GITHUB_EVENT_NAME", ""), env.get("GITHUB_REPOSITORY")
    if name not in WITH_SECRETS:
        return None
    heads = {
        "pull_request_target": at(trigger, "pull_request.head.repo.full_name"),
        "workflow_run": at(trigger, "workflow_run.head_repository.full_name"),
        "issue_comment": None if at(trigger, "issue.pull_request.url") else own,
    }
    if heads[name] == own or (checked_out and checked_out == env.get("GITHUB_SHA")):
        return None
    return (
        f"the checkout may be a fork's, and {name} has this repository's secrets, so that anybody could "
        "report for any component. Give component-id"
    )


def _remarks(inputs: Inputs) -> tuple[str, ...]:
    if inputs.check_run_id or inputs.workflow_ref:
        return ()
    return (
        "This server tells neither the job's check run nor its workflow. If one run calls a reusable "
        "workflow twice, give each call its pipeline-id, or their events overwrite each other.",
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
    """Name a job by its check run, as GitHub's own addresses do; it is another one for each leg,
    call and attempt. Where the server does not tell it, the job's key and leg stand in.
    """
    if run.job_id:
        return below(_run_path(run), "jobs", run.job_id)
    if run.called is not None:  # its key may occur twice in the run
        return None
    found = below(_run_path(run), "jobs", run.job)
    return found if run.leg is None else below(found, run.leg)


def _pipeline_path(run: CiRun) -> str | None:
    if run.deployment_task:
        return path("deployments", run.deployment_task)
    return file_path(run.workflow)


def _pipeline_job_path(run: CiRun) -> str | None:
    pipeline = _pipeline_path(run)
    if run.deployment_task:
        return pipeline
    # The file that is called, without the ref it is called at, keeps these jobs apart from the
    # caller's own of the same key.
    if run.called is not None:
        pipeline = pipeline and f"{pipeline}/calls/{file_path(run.called)}"
    return below(pipeline, "jobs", run.job)


def _run_number(run: CiRun) -> int | None:
    if run.deployment_task:
        return number(run.deployment_id)
    return pack(run.run_number, run.run_attempt or 1)


def _job_number(run: CiRun) -> int | None:
    if run.deployment_task:
        return number(run.deployment_id)
    # The check run's id rises with the creation of the job, over re-runs of old runs too.
    if run.job_id:
        return number(run.job_id)
    if run.called is not None:
        return None
    return pack(run.run_number, run.run_attempt or 1, run.leg or 0)


def _records(env: Mapping[str, str]) -> tuple[Place, ...]:
    folder = env.get("RUNNER_TEMP")
    return (Place(f"{folder}/{tracking.FOLDER_NAME}", tracking.FILE_NAMES),) if folder else ()


def _unfilled(inputs: Inputs) -> Iterator[Problem]:
    """Ask for what tells the legs of a matrix apart, which no variable does."""
    if inputs.scope == "job" and not inputs.check_run_id and not inputs.pipeline_id:
        what = "it is not given, so that the legs of a matrix could not be told apart. Write "
        what += "COMPASS_CHECK_RUN_ID: ${{ job.check_run_id }} under env, or give pipeline-id."
        yield Problem("check-run-id", what)


SYSTEM = System(
    "github",
    "GitHub",
    detect,
    parse,
    Naming(
        run=_run_path,
        job=_job_path,
        pipeline=_pipeline_path,
        pipeline_job=_pipeline_job_path,
        run_number=_run_number,
        job_number=_job_number,
    ),
    workspace="GITHUB_WORKSPACE",
    trigger="GITHUB_EVENT_PATH",
    state="STATE_COMPASS_TRACKED",
    records=_records,
    needs_git=lambda env: env.get("GITHUB_EVENT_NAME") in WITH_SECRETS,
    checkout="Add a step with actions/checkout before this one",
    debug="RUNNER_DEBUG",
    unfilled=_unfilled,
    speaker="github",
)
