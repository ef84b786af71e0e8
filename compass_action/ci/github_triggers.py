"""What the payload of a GitHub trigger knows better than the job's environment.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
https://docs.github.com/en/webhooks/webhook-events-and-payloads

Each reader returns fields of `CiRun`. It takes all of a payload or nothing: a commit of one thing
and a branch of another would tell a story that never happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from compass_action.inputs.table import Inputs
from compass_action.text import same_name

from .github_variables import comments_on_request, git_fields
from .reading import at, commit, number, time, web_address

Payload = Mapping[str, Any]
Fields = dict[str, Any]

RANKS = {"error": 2, "failure": 2, "success": 2, "inactive": 2, "in_progress": 1}
"""Two statuses of one deployment may fall into one second; what has ended comes last."""

END_OF_SECOND = 999
"""A run that has ended comes after all that its jobs have reported in the same second."""


def read_trigger(name: str, payload: Payload, inputs: Inputs) -> Fields:
    """Read what the trigger of this name says of the run; nothing if it says nothing more."""
    reader = READERS.get(name)
    return reader(payload, inputs) if reader else {}


def _deployment(payload: Payload, inputs: Inputs) -> Fields:
    """A workflow that carries out GitHub's deployment: the state is the job's own."""
    git = git_fields(at(payload, "deployment.ref"), at(payload, "deployment.sha"))
    if not _is_of_deployment(payload, inputs):
        return git
    environment = at(payload, "deployment.environment")
    if inputs.environment and not same_name(inputs.environment, environment):
        return git | {"other_environment": environment}
    return git | {
        "deployment_id": at(payload, "deployment.id"),
        "deployment_task": at(payload, "deployment.task") or "deploy",
        "environment": environment,
        "actor": at(payload, "deployment.creator.login"),
    }


def _deployment_status(payload: Payload, inputs: Inputs) -> Fields:
    """A workflow that hears what became of a deployment; each status is a run of its own.

    A tracked job is an event of its own: the tests after a deployment, say.
    """
    if inputs.track:
        return git_fields(at(payload, "deployment.ref"), at(payload, "deployment.sha"))
    deployment = _deployment(payload, inputs)
    if "deployment_id" not in deployment:
        return deployment
    status = at(payload, "deployment_status.state")
    when = time(
        at(payload, "deployment_status.updated_at") or at(payload, "deployment_status.created_at")
    )
    started = time(at(payload, "deployment.created_at"))
    repository = at(payload, "repository.html_url")
    pages = ("log_url", "target_url", "environment_url")
    page = next(
        filter(None, (web_address(at(payload, f"deployment_status.{p}")) for p in pages)), None
    )
    rank = RANKS.get(status or "", 0)
    return deployment | {
        "workflow_name": at(payload, "workflow.name"),
        "run_id": at(payload, "deployment.id"),
        "run_number": None,
        "run_attempt": None,
        "job": None,
        "job_id": None,
        "leg": None,
        "called": None,
        "run_url": web_address(f"{repository}/deployments") if repository else None,
        "job_url": page,
        "status": status,
        "run_status": status,
        "run_started_at": started,
        "job_started_at": started,
        "ended_at": when if rank == 2 else None,
        "updated_at": when,
        "update_rank": rank,
    }


def _is_of_deployment(payload: Payload, inputs: Inputs) -> bool:
    """Tell whether the event is a deployment, and the payload names one."""
    return inputs.event_type in ("auto", "deployment") and at(payload, "deployment.id") is not None


def _workflow_run(payload: Payload, inputs: Inputs) -> Fields:
    """A workflow that follows another one. In scope `run` the event is that other run's."""
    run = payload.get("workflow_run")
    if not isinstance(run, Mapping) or at(run, "id") is None:
        return {}
    fields = {
        "ref": f"refs/heads/{at(run, 'head_branch')}" if at(run, "head_branch") else None,
        "branch": at(run, "head_branch"),
        "tag": None,
        "commit": at(run, "head_sha"),
        "pull_request": _first_pull_request(run),
        "author_name": at(run, "head_commit.author.name"),
        "author_email": at(run, "head_commit.author.email"),
    }
    if inputs.scope != "run":
        return fields
    finished = at(run, "conclusion")
    attempt = number(at(run, "run_attempt")) or 1
    page = web_address(at(run, "html_url"))
    started = _happened(run, "run_started_at", "started_at")
    updated = _happened(run, "updated_at", "completed_at") if finished else None
    return fields | {
        "workflow": (at(run, "path") or "").partition("@")[0] or None,
        "workflow_name": at(run, "name") or at(payload, "workflow.name"),
        "run_id": at(run, "id"),
        "run_number": number(at(run, "run_number")),
        "run_attempt": attempt,
        "job": None,
        "job_id": None,
        "leg": None,
        "called": None,
        "actor": at(run, "triggering_actor.login") or at(run, "actor.login"),
        "run_url": f"{page}/attempts/{attempt}" if page else None,
        "job_url": None,
        "run_started_at": started,
        "ended_at": updated,
        "status": finished or at(run, "status"),
        "run_status": finished or at(run, "status"),
        "updated_at": updated or _happened(run, "updated_at") or started,
        "update_rank": END_OF_SECOND if finished else 0,
    }


def _happened(run: Mapping[str, Any], *names: str) -> datetime | None:
    """Read the first of these times of a run that is one; Gitea has others than GitHub, and writes what
    has not happened yet as a time long ago.
    """
    found = (time(at(run, name)) for name in names)
    return next((moment for moment in found if moment and moment.year > 1970), None)


def _first_pull_request(run: Mapping[str, Any]) -> str | None:
    requests = run.get("pull_requests")
    first = requests[0] if isinstance(requests, list) and requests else None
    return at(first, "number") if isinstance(first, Mapping) else None


def _merge_group(payload: Payload, inputs: Inputs) -> Fields:
    """A merge queue's try: `refs/heads/gh-readonly-queue/main/pr-104-<sha>` is nobody's branch."""
    queued = re.search(r"/pr-(\d+)-", at(payload, "merge_group.head_ref") or "", re.ASCII)
    return git_fields(at(payload, "merge_group.base_ref"), at(payload, "merge_group.head_sha")) | {
        "pull_request": queued[1] if queued else None
    }


def _pull_request(payload: Payload, inputs: Inputs) -> Fields:
    """A pull request: its head, or what it became when it was merged."""
    request = payload.get("pull_request")
    if not isinstance(request, Mapping):
        return {}
    merged = at(payload, "action") == "closed" and request.get("merged") is True
    commit = at(request, "merge_commit_sha") if merged else at(request, "head.sha")
    branch = at(request, "base.ref") if merged else at(request, "head.ref")
    closed = at(request, "state") == "closed"
    # Where the head's branch is gone, Gitea names the request's own ref.
    return git_fields(branch, commit) | {
        "pull_request": at(request, "number"),
        "pull_request_url": web_address(at(request, "html_url")),
        "pull_request_status": "merged"
        if request.get("merged")
        else "closed"
        if closed
        else "open",
    }


def _issue_comment(payload: Payload, inputs: Inputs) -> Fields:
    """A comment, which on a pull request says nothing of the commit that it is about."""
    if not comments_on_request(payload):
        return {}
    page = at(payload, "issue.pull_request.html_url") or at(payload, "issue.html_url")
    return git_fields(None, None) | {
        "pull_request": at(payload, "issue.number"),
        "pull_request_url": web_address(page),
    }


def _repository_dispatch(payload: Payload, inputs: Inputs) -> Fields:
    """A call from outside, which may say in its own words what it is about."""
    ref, sha = at(payload, "client_payload.ref"), at(payload, "client_payload.sha")
    return git_fields(ref, sha) if ref and commit(sha) else {}


def _release(payload: Payload, inputs: Inputs) -> Fields:
    tag = at(payload, "release.tag_name")
    return {"ref": f"refs/tags/{tag}", "branch": None, "tag": tag} if tag else {}


def _check_suite(payload: Payload, inputs: Inputs) -> Fields:
    return git_fields(at(payload, "check_suite.head_branch"), at(payload, "check_suite.head_sha"))


def _check_run(payload: Payload, inputs: Inputs) -> Fields:
    branch = at(payload, "check_run.check_suite.head_branch")
    return git_fields(branch, at(payload, "check_run.head_sha"))


def _status(payload: Payload, inputs: Inputs) -> Fields:
    return git_fields(None, at(payload, "sha"))


READERS: Mapping[str, Callable[[Payload, Inputs], Fields]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "deployment": _deployment,
    "deployment_status": _deployment_status,
    "issue_comment": _issue_comment,
    "merge_group": _merge_group,
    "pull_request": _pull_request,
    "pull_request_comment": _issue_comment,
    "pull_request_review": _pull_request,
    "pull_request_review_comment": _pull_request,
    "pull_request_target": _pull_request,
    "release": _release,
    "repository_dispatch": _repository_dispatch,
    "status": _status,
    "workflow_run": _workflow_run,
}
"""By the name of the trigger. The others say no more than the environment. Gitea and Forgejo have some of
them, and one of their own."""
