"""What Gitea Actions and Forgejo Actions share: their runners are forks of `act`, which sets GitHub's
variables, but the pages, the ids and what is left unsaid are their own.

https://docs.gitea.com/usage/actions/comparison
https://forgejo.org/docs/latest/user/actions/reference/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from . import git
from .github_triggers import read_trigger
from .github_variables import (
    WITH_SECRETS,
    foreign_files,
    refs,
    withheld_from_fork,
    workflow_file,
)
from .reading import at, commit, given, number, repository_page, repository_url, web_address
from .run import CiRun
from .system import Naming, System, below, file_path, pack, path

TRIGGERS = (
    "issue_comment", "pull_request", "pull_request_comment", "pull_request_review",
    "pull_request_review_comment", "pull_request_target", "release", "repository_dispatch", "workflow_run",
)  # fmt: skip
"""Those whose payloads are made like GitHub's; of a deployment neither server knows."""


def parse(system: str, snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run from `GITHUB_*` and the trigger.

    The server's address is that by which the runner reaches it, which may be an internal name; the
    trigger has the public one, for links. The number of a run counts all workflows of a repository,
    and is what the run's page is called by; the run's id is never in an address.
    """
    env, trigger = given(snapshot.env), snapshot.trigger
    slug, server = env.get("GITHUB_REPOSITORY"), env.get("GITHUB_SERVER_URL")
    internal = repository_page(f"{server}/{slug}") if slug and server else None
    public = repository_page(at(trigger, "repository.html_url"))
    page = public if slug and public and public.endswith("/" + slug) else internal
    number_of_run = number(env.get("GITHUB_RUN_NUMBER"))
    run = CiRun(
        system=system,
        repository_url=repository_url(internal),
        # Only newer servers say which file it is.
        workflow=workflow_file(env) or env.get("GITHUB_WORKFLOW"),
        workflow_name=env.get("GITHUB_WORKFLOW"),
        run_id=env.get("GITHUB_RUN_ID"),
        run_number=number_of_run,
        run_attempt=number(env.get("GITHUB_RUN_ATTEMPT")) or 1,
        job=env.get("GITHUB_JOB"),
        leg=inputs.job_index if (inputs.job_total or 1) > 1 else None,
        actor=env.get("GITHUB_ACTOR"),
        author_name=at(trigger, "head_commit.author.name"),
        author_email=at(trigger, "head_commit.author.email"),
        run_url=f"{page}/actions/runs/{number_of_run}" if page and number_of_run else None,
        status=inputs.job_status,
        withholds_secrets=withheld_from_fork(env, trigger),
        **foreign_files(env, trigger, git.parse(snapshot.git).commit),
    )
    named, told = env.get("GITHUB_EVENT_NAME", ""), refs(env)
    if (told["ref"] or "").endswith("/head"):  # GitHub would have a merge commit
        told["commit"] = env.get("GITHUB_SHA")
    read = read_trigger(named, trigger, inputs) if named in TRIGGERS else {}
    if "run_url" in read:
        read |= _followed(env, trigger)
    found = told | read
    return run._replace(**(found | {"commit": commit(found["commit"])}))


def _followed(env: Mapping[str, str], trigger: Mapping[str, Any]) -> dict[str, Any]:
    """Name another run as its own jobs do: no page for each attempt, and the file with its folder only
    where the server tells that.
    """
    file = (at(trigger, "workflow_run.path") or "").partition("@")[0]
    folder = (workflow_file(env) or "").rpartition("/")[0]
    return {
        "run_url": web_address(at(trigger, "workflow_run.html_url")),
        "workflow": f"{folder}/{file}" if folder and file and "/" not in file else file or None,
    }


def make(name: str, title: str, mark: str, but_not: str = "") -> System:
    """Make the record of the one that sets the variable `mark`."""
    return System(
        name,
        title,
        lambda env: (
            env.get("GITHUB_ACTIONS") == "true" and bool(env.get(mark)) and not env.get(but_not)
        ),
        lambda snapshot, inputs: parse(name, snapshot, inputs),
        Naming(
            run=_run,
            job=lambda run: _leg(below(_run(run), "jobs", run.job), run),
            pipeline=_pipeline,
            pipeline_job=lambda run: below(_pipeline(run), "jobs", run.job),
            run_number=lambda run: pack(run.run_number, run.run_attempt or 1),
            job_number=lambda run: pack(run.run_number, run.run_attempt or 1, run.leg or 0),
        ),
        surfaces=Surfaces(("INPUT_",), keep_hyphens=True),
        sets_inputs=lambda env: bool(env.get("GITHUB_ACTION_REPOSITORY")),
        workspace="$GITHUB_WORKSPACE",
        trigger="GITHUB_EVENT_PATH",
        needs_git=lambda env: env.get("GITHUB_EVENT_NAME") in WITH_SECRETS,
        debug="RUNNER_DEBUG",
        speaker="github",
        hints={
            "state": "state: ${{ job.status }}, which action.yml hands over by itself",
        },
    )


def _run(run: CiRun) -> str | None:
    # The id counts over the whole installation, and is not counted anew where a repository is.
    return path("runs", run.run_id, "attempts", run.run_attempt)


def _leg(job: str | None, run: CiRun) -> str | None:
    return job if run.leg is None else below(job, run.leg)


def _pipeline(run: CiRun) -> str | None:
    is_file = run.workflow and "/" in run.workflow
    return file_path(run.workflow) if is_file else path("workflows", run.workflow)
