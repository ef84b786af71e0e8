"""CircleCI, in the cloud and on a server of one's own.

https://circleci.com/docs/reference/variables/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    commit,
    given,
    named_ref,
    number,
    repository_url,
)
from .run import CiRun
from .system import Naming, System, below, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise CircleCI."""
    return env.get("CIRCLECI") == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `CIRCLE_*`. Which of them are there depends on where the code is hosted."""
    env = given(snapshot.env)
    branch, tag = env.get("CIRCLE_BRANCH"), env.get("CIRCLE_TAG")
    if branch and re.fullmatch(r"pull/\d+", branch, re.ASCII):  # a fork's branch has no other name
        branch = None
    # Where a commit belongs to several pull requests CircleCI names any one of them.
    page = env.get("CIRCLE_PULL_REQUEST")
    of_page = re.search(r"/(\d+)$", page or "", re.ASCII)
    forked = number(env.get("CIRCLE_PR_NUMBER"))
    return CiRun(
        system="circleci",
        repository_url=repository_url(env.get("CIRCLE_REPOSITORY_URL")),
        server=_server(env),
        workflow_name=env.get("CIRCLE_PROJECT_REPONAME"),
        run_id=env.get("CIRCLE_WORKFLOW_ID"),
        job=env.get("CIRCLE_JOB"),
        job_id=env.get("CIRCLE_BUILD_NUM"),
        leg=_leg(env),
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        commit=commit(env.get("CIRCLE_SHA1")),
        pull_request=str(forked) if forked else of_page[1] if of_page else None,
        pull_request_url=page,
        actor=env.get("CIRCLE_USERNAME"),
        run_url=_workflow_page(env),
        job_url=env.get("CIRCLE_BUILD_URL"),
        withholds_secrets="a pull request from a fork" if forked else None,
    )


def _leg(env: Mapping[str, str]) -> int | None:
    several = (number(env.get("CIRCLE_NODE_TOTAL")) or 1) > 1
    return number(env.get("CIRCLE_NODE_INDEX")) if several else None


def _server(env: Mapping[str, str]) -> str | None:
    """Name the project: its id is another one on every server, and stays if the project is renamed."""
    host = (address(env.get("CIRCLE_BUILD_URL")) or "circleci.com").partition("/")[0]
    project = env.get("CIRCLE_PROJECT_ID")
    if not project and env.get("CIRCLE_PROJECT_REPONAME"):
        project = path(env.get("CIRCLE_PROJECT_USERNAME"), env.get("CIRCLE_PROJECT_REPONAME"))
    return f"{host.removeprefix('app.')}/{project}" if project else None


def _workflow_page(env: Mapping[str, str]) -> str | None:
    host = (address(env.get("CIRCLE_BUILD_URL")) or "").partition("/")[0]
    workflow = env.get("CIRCLE_WORKFLOW_ID")
    if host.removeprefix("app.") != "circleci.com" or not workflow:
        return env.get("CIRCLE_BUILD_URL")
    return f"https://app.circleci.com/pipelines/workflows/{workflow}"


def _run(run: CiRun) -> str | None:
    # What is run again is a new workflow; only its pipeline stays.
    return path("workflows", run.run_id)


def _job(run: CiRun) -> str | None:
    found = below(_run(run), "jobs", run.job_id)
    return found if run.leg is None else below(found, run.leg)


SYSTEM = System(
    "circleci",
    "CircleCI",
    detect,
    parse,
    Naming(
        run=_run,
        job=_job,
        # The name of the workflow, which stands in its definition, is in no variable.
        pipeline=lambda run: "workflows",
        pipeline_job=lambda run: path("jobs", run.job),
        run_number=lambda run: None,
        # Every execution of a job has a number of its own, but the legs of one share it.
        job_number=lambda run: pack(number(run.job_id), 0, run.leg or 0),
    ),
    surfaces=Surfaces(("INPUT_",)),
    workspace="$CIRCLE_WORKING_DIRECTORY",
    hints={
        "state": "no variable has the outcome: use one step with `when: on_success` and one with "
        "`when: on_fail`",
        "external-event-source-id": "<< pipeline.project.git_url >>",
    },
)
