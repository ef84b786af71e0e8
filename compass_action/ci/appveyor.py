"""AppVeyor.

https://www.appveyor.com/docs/environment-variables/
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
)
from .run import CiRun
from .system import Naming, System, below, path

HOSTS = {"github": "github.com", "bitbucket": "bitbucket.org", "gitlab": "gitlab.com"}
"""By the provider, whose capitals differ between documentation and jobs."""


def detect(env: Mapping[str, str]) -> bool:
    """Recognise AppVeyor, on Windows (`True`) and Linux (`true`)."""
    return env.get("APPVEYOR", "").lower() == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `APPVEYOR_*`."""
    env = {
        name.removeprefix("APPVEYOR_"): value
        for name, value in given(snapshot.env).items()
        if name.startswith("APPVEYOR_")
    }
    slug, host = env.get("REPO_NAME"), HOSTS.get(env.get("REPO_PROVIDER", "").lower())
    repository = repository_url(f"https://{host}/{slug}") if slug and host else None
    change = pull_request(env.get("PULL_REQUEST_NUMBER"))
    is_tag = env.get("REPO_TAG", "").lower() == "true"
    tag = env.get("REPO_TAG_NAME") if is_tag else None
    # On a pull request APPVEYOR_REPO_BRANCH is where it is to be merged.
    branch = env.get("PULL_REQUEST_HEAD_REPO_BRANCH") if change else env.get("REPO_BRANCH")
    branch = None if tag else branch
    head = commit(env.get("PULL_REQUEST_HEAD_COMMIT"))
    base, project = env.get("URL", "").rstrip("/"), _project(env)
    build, job = env.get("BUILD_ID"), env.get("JOB_ID")
    page = f"{base}/{project}/builds/{build}" if base and project and build else None
    position = number(env.get("JOB_NUMBER"))
    fork = change and slug and env.get("PULL_REQUEST_HEAD_REPO_NAME", slug) != slug
    return CiRun(
        system="appveyor",
        repository_url=repository,
        server=f"{address(base)}/{project}" if address(base) and project else None,
        workflow_name=env.get("PROJECT_NAME"),
        run_id=build,
        run_number=number(env.get("BUILD_NUMBER")),
        job=env.get("JOB_NAME"),
        job_id=job,
        leg=position - 1 if position else None,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=head if change else commit(env.get("REPO_COMMIT")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        author_name=env.get("REPO_COMMIT_AUTHOR"),
        author_email=env.get("REPO_COMMIT_AUTHOR_EMAIL"),
        run_url=page,
        job_url=f"{page}/job/{job}" if page and job else page,
        withholds_secrets="a pull request from a fork" if fork else None,
    )


def _project(env: Mapping[str, str]) -> str | None:
    return path("project", env.get("ACCOUNT_NAME"), env.get("PROJECT_SLUG"))


def _run(run: CiRun) -> str | None:
    return path("builds", run.run_id)


SYSTEM = System(
    "appveyor",
    "AppVeyor",
    detect,
    parse,
    Naming(
        run=_run,
        job=lambda run: below(_run(run), "jobs", run.job_id),
        pipeline=lambda run: "builds",
        # A name is neither needed nor unique; the place in the definition is.
        pipeline_job=lambda run: path("jobs", run.leg),
        # The number can be set back, and running incomplete jobs again keeps every id.
        run_number=lambda run: None,
        job_number=lambda run: None,
        restarts_keep_ids=True,
    ),
    workspace="$APPVEYOR_BUILD_FOLDER",
    hints={
        "state": "on_success and on_failure, each with a command of its own; on_finish knows no "
        "outcome",
        "sequence-number": "seconds since 1970, taken once in the section init",
    },
)
