"""What the payload of a GitHub trigger knows better than the job's environment.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
https://docs.github.com/en/webhooks/webhook-events-and-payloads

Each reader returns fields of `CiRun`. It takes all of a payload or nothing: a commit of one thing
and a branch of another would tell a story that never happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from compass_action.inputs.table import Inputs

from .reading import at, number, time, web_address

Payload = Mapping[str, Any]
Fields = dict[str, Any]

RANKS = {"error": 2, "failure": 2, "success": 2, "inactive": 2, "in_progress": 1}
"""Two statuses of one deployment may fall into one second; what has ended comes last."""

END_OF_SECOND = 999
"""A run that has ended comes after all that its jobs have reported in the same second."""

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


def read_trigger(name: str, payload: Payload, inputs: Inputs) -> Fields:
    """Read what the trigger of this name says of the run; nothing if it says nothing more."""
    reader = READERS.get(name)
    return reader(payload, inputs) if reader else {}


def _deployment(payload: Payload, inputs: Inputs) -> Fields:
    """A workflow that carries out GitHub's deployment: the state is the job's own."""
    git = _git(at(payload, "deployment.ref"), at(payload, "deployment.sha"))
    if not _concerns_deployment(payload, inputs):
        return git
    return git | {
        "deployment_id": at(payload, "deployment.id"),
        "deployment_task": at(payload, "deployment.task") or "deploy",
        "environment": at(payload, "deployment.environment"),
        "actor": at(payload, "deployment.creator.login"),
    }


def _deployment_status(payload: Payload, inputs: Inputs) -> Fields:
    """A workflow that hears what became of a deployment; each status is a run of its own.

    A tracked job is an event of its own: the tests after a deployment, say.
    """
    if inputs.track or not _concerns_deployment(payload, inputs):
        return _git(at(payload, "deployment.ref"), at(payload, "deployment.sha"))
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
    return _deployment(payload, inputs) | {
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


def _concerns_deployment(payload: Payload, inputs: Inputs) -> bool:
    """Tell whether the event is about the deployment, and not about the job that listens."""
    named = at(payload, "deployment.environment")
    return (
        inputs.event_type in ("auto", "deployment")
        and at(payload, "deployment.id") is not None
        and inputs.environment in (None, named)
    )


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
    return fields | {
        "workflow": (at(run, "path") or "").partition("@")[0] or None,
        "workflow_name": at(run, "name"),
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
        "run_started_at": time(at(run, "run_started_at")),
        "ended_at": time(at(run, "updated_at")) if finished else None,
        "status": finished or at(run, "status"),
        "run_status": finished or at(run, "status"),
        "updated_at": time(at(run, "updated_at")),
        "update_rank": END_OF_SECOND if finished else 0,
    }


def _first_pull_request(run: Mapping[str, Any]) -> str | None:
    requests = run.get("pull_requests")
    first = requests[0] if isinstance(requests, list) and requests else None
    return at(first, "number") if isinstance(first, Mapping) else None


def _merge_group(payload: Payload, inputs: Inputs) -> Fields:
    """A merge queue's try: `refs/heads/gh-readonly-queue/main/pr-104-<sha>` is nobody's branch."""
    queued = re.search(r"/pr-(\d+)-", at(payload, "merge_group.head_ref") or "", re.ASCII)
    return _git(at(payload, "merge_group.base_ref"), at(payload, "merge_group.head_sha")) | {
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
    return {
        "ref": f"refs/heads/{branch}" if branch else None,
        "branch": branch,
        "tag": None,
        "commit": commit,
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
    page = web_address(at(payload, "issue.pull_request.html_url"))
    if page is None:
        return {}
    return _git(None, None) | {
        "pull_request": at(payload, "issue.number"),
        "pull_request_url": page,
    }


def _repository_dispatch(payload: Payload, inputs: Inputs) -> Fields:
    """A call from outside, which may say in its own words what it is about."""
    ref, sha = at(payload, "client_payload.ref"), at(payload, "client_payload.sha")
    return _git(ref, sha) if ref and sha and COMMIT.fullmatch(sha) else {}


def _release(payload: Payload, inputs: Inputs) -> Fields:
    tag = at(payload, "release.tag_name")
    return {"ref": f"refs/tags/{tag}", "branch": None, "tag": tag} if tag else {}


def _check_suite(payload: Payload, inputs: Inputs) -> Fields:
    return _git(at(payload, "check_suite.head_branch"), at(payload, "check_suite.head_sha"))


def _check_run(payload: Payload, inputs: Inputs) -> Fields:
    branch = at(payload, "check_run.check_suite.head_branch")
    return _git(branch, at(payload, "check_run.head_sha"))


def _status(payload: Payload, inputs: Inputs) -> Fields:
    return _git(None, at(payload, "sha"))


def _git(ref: str | None, commit: str | None) -> Fields:
    """Name ref and commit; a ref may be a branch's or tag's short name, or a commit."""
    if ref and COMMIT.fullmatch(ref):
        ref = None
    tag = ref.removeprefix("refs/tags/") if ref and ref.startswith("refs/tags/") else None
    branch = ref.removeprefix("refs/heads/") if ref and not tag else None
    if branch and branch.startswith("refs/"):
        branch = None
    full = f"refs/tags/{tag}" if tag else f"refs/heads/{branch}" if branch else None
    return {"ref": full, "branch": branch, "tag": tag, "commit": commit}


READERS: Mapping[str, Callable[[Payload, Inputs], Fields]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "deployment": _deployment,
    "deployment_status": _deployment_status,
    "issue_comment": _issue_comment,
    "merge_group": _merge_group,
    "pull_request": _pull_request,
    "pull_request_review": _pull_request,
    "pull_request_review_comment": _pull_request,
    "pull_request_target": _pull_request,
    "release": _release,
    "repository_dispatch": _repository_dispatch,
    "status": _status,
    "workflow_run": _workflow_run,
}
"""By the name of the trigger. The others say no more than the environment."""
