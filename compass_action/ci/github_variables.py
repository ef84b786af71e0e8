"""What GitHub and its look-alikes say in the same variables and words: what was checked out, whose it is.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .reading import at, commit


def refs(env: Mapping[str, str]) -> dict[str, Any]:
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


def git_fields(ref: str | None, sha: str | None) -> dict[str, Any]:
    """Name ref and commit; a ref may be a branch's or tag's short name, or a commit."""
    if commit(ref):
        ref = None
    tag = ref.removeprefix("refs/tags/") if ref and ref.startswith("refs/tags/") else None
    branch = ref.removeprefix("refs/heads/") if ref and not tag else None
    if branch and branch.startswith("refs/"):
        branch = None
    full = f"refs/tags/{tag}" if tag else f"refs/heads/{branch}" if branch else None
    return {"ref": full, "branch": branch, "tag": tag, "commit": sha}


# These have the repository's secrets, and may concern what a stranger has written.
WITH_SECRETS = ("pull_request_target", "workflow_run", "issue_comment")


def foreign_files(
    env: Mapping[str, str], trigger: Mapping[str, Any], checked_out: str | None
) -> dict[str, Any]:
    """Say why the checkout's files are not to be believed, if they may be a fork's; and why those of
    another checkout below it are not, whose commit nobody looks at.
    """
    name, own = env.get("GITHUB_EVENT_NAME", ""), env.get("GITHUB_REPOSITORY")
    if name not in WITH_SECRETS:
        return {}
    heads = {
        "pull_request_target": at(trigger, "pull_request.head.repo.full_name"),
        "workflow_run": at(trigger, "workflow_run.head_repository.full_name"),
        "issue_comment": None if comments_on_request(trigger) else own,
    }
    if heads[name] == own:
        return {}
    reason = (
        f"the checkout may be a fork's, and {name} has this repository's secrets, so that anybody could "
        "decide what is reported"
    )
    if checked_out and checked_out == env.get("GITHUB_SHA"):
        return {"foreign_below": reason}
    return {"foreign_files": reason, "foreign_below": reason}


def comments_on_request(payload: Mapping[str, Any]) -> bool:
    """Tell a comment on a pull request, which is an issue as well."""
    issue = payload.get("issue")
    request = issue.get("pull_request") if isinstance(issue, Mapping) else None
    return isinstance(request, Mapping) or payload.get("is_pull") is True


def workflow_file(env: Mapping[str, str]) -> str | None:
    """Take the file from `acme/shop/.github/workflows/deploy.yml@refs/heads/main`.

    The ref is a hash, or missing, where a deployment was made for no branch or tag. The workflow's
    name is no stand-in for the file: two files may have the same.
    """
    file = re.match(r"(.+?\.ya?ml)(?:@.*)?$", env.get("GITHUB_WORKFLOW_REF", ""))
    # A workflow that the organisation requires lies in another repository, which then stays in it.
    return file[1].removeprefix(env.get("GITHUB_REPOSITORY", "") + "/") if file else None


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
