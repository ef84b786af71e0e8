"""Travis CI, in the cloud and Enterprise.

https://docs.travis-ci.com/user/environment-variables/#default-environment-variables
"""

from __future__ import annotations

import re
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

HOSTS = {"": "github.com"} | {
    "github": "github.com", "bitbucket": "bitbucket.org", "gitlab": "gitlab.com",
}  # fmt: skip
"""By the word that newer pages have in front of the repository."""
PAGE = r"(?:app\.)?([^/]+)/(?:(github|bitbucket|gitlab|assembla)/)?(.+)/(?:builds|jobs)/\d+"


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Travis CI."""
    return env.get("TRAVIS") == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `TRAVIS_*`."""
    env = given(snapshot.env)
    slug, page = env.get("TRAVIS_REPO_SLUG"), env.get("TRAVIS_BUILD_WEB_URL")
    repository = _repository(slug, page)
    change, tag = pull_request(env.get("TRAVIS_PULL_REQUEST")), env.get("TRAVIS_TAG")
    # TRAVIS_BRANCH is the tag on a tag, and on a pull request where it is to be merged.
    branch = env.get("TRAVIS_PULL_REQUEST_BRANCH") if change else env.get("TRAVIS_BRANCH")
    branch = None if tag else branch
    position = re.fullmatch(r"\d+\.(\d+)", env.get("TRAVIS_JOB_NUMBER", ""), re.ASCII)
    server = (address(page) or "").partition("/builds/")[0]
    withheld = change and env.get("TRAVIS_SECURE_ENV_VARS") == "false"
    return CiRun(
        system="travis",
        repository_url=repository,
        server=server or None,
        workflow_name=(slug or "").rpartition("/")[2] or None,
        run_id=env.get("TRAVIS_BUILD_ID"),
        run_number=number(env.get("TRAVIS_BUILD_NUMBER")),
        job=env.get("TRAVIS_JOB_NAME") or env.get("TRAVIS_BUILD_STAGE_NAME"),
        job_id=env.get("TRAVIS_JOB_ID"),
        leg=int(position[1]) - 1 if position else None,
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        # On a pull request TRAVIS_COMMIT is a merge commit that nobody has pushed.
        commit=commit(env.get("TRAVIS_PULL_REQUEST_SHA") if change else env.get("TRAVIS_COMMIT")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        run_url=page,
        job_url=env.get("TRAVIS_JOB_WEB_URL"),
        status=env.get("TRAVIS_TEST_RESULT"),
        withholds_secrets="a pull request from a fork" if withheld else None,
    )


def _repository(slug: str | None, page: str | None) -> str | None:
    """Name the repository. The slug has no host; the page's address shows which one, on Travis' own."""
    found = re.fullmatch(PAGE, address(page) or "", re.ASCII)
    if not slug or not found or found[1] not in ("travis-ci.com", "travis-ci.org"):
        return None
    host = HOSTS.get(found[2] or "")
    return repository_url(f"https://{host}/{slug}") if host else None


def _run(run: CiRun) -> str | None:
    return path("builds", run.run_id)


SYSTEM = System(
    "travis",
    "Travis CI",
    detect,
    parse,
    Naming(
        run=_run,
        job=lambda run: below(_run(run), "jobs", run.job_id),
        pipeline=lambda run: "builds",
        # A name is neither needed nor unique; the place in the definition is.
        pipeline_job=lambda run: path("jobs", run.leg),
        run_number=lambda run: None,
        job_number=lambda run: None,
        restarts_keep_ids=True,
    ),
    workspace="$TRAVIS_BUILD_DIR",
    hints={
        "state": "report in after_script, where $TRAVIS_TEST_RESULT is set",
        "external-event-source-id": '"https://HOST/$TRAVIS_REPO_SLUG"',
        "sequence-number": '"$(date +%s)", taken once at the job\'s start',
    },
)
