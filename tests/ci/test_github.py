"""What is particular to GitHub's jobs besides their recorded runs."""

from __future__ import annotations

import pytest

from compass_action import ci
from compass_action.ci.github import SYSTEM
from compass_action.ci.run import CiRun
from compass_action.errors import Problem
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place
from compass_action.tracking import FILE_NAMES
from compass_action.workspace import GitTexts
from tests.recorded import interpret, snapshot


@pytest.mark.parametrize(
    ("event", "needed"),
    [
        ("pull_request_target", True),
        ("workflow_run", True),
        ("issue_comment", True),
        ("pull_request", False),
        ("push", False),
        (None, False),
    ],
)
def test_it_matters_what_is_checked_out_where_strangers_meet_secrets(
    event: str | None, *, needed: bool
) -> None:
    """On GitHub and on what runs GitHub's workflows."""
    env = {"GITHUB_EVENT_NAME": event} if event else {}
    found = [ci.SYSTEMS[name].needs_git(env) for name in ("github", "gitea", "forgejo")]
    assert found == [needed] * 3


def test_records_lie_in_the_job_s_own_temporary_folder() -> None:
    assert SYSTEM.records({}) == ()
    assert SYSTEM.records({"RUNNER_TEMP": "/tmp/job"}) == (
        Place("/tmp/job/compass-event", FILE_NAMES),
    )


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        (Inputs(), True),
        (Inputs(workflow_ref="acme/shop/.github/workflows/ci.yml@refs/heads/main"), True),
        (Inputs(check_run_id=52883190444), False),
        (Inputs(pipeline_id="shop/7421"), False),
        (Inputs(scope="run"), False),
    ],
)
def test_a_command_is_asked_for_the_check_run(inputs: Inputs, *, asked: bool) -> None:
    what = (
        "it is not given, so that the legs of a matrix could not be told apart. Write "
        "COMPASS_CHECK_RUN_ID: ${{ job.check_run_id }} under env, or give pipeline-id."
    )
    assert list(SYSTEM.unfilled(inputs)) == ([Problem("check-run-id", what)] if asked else [])


RUN = CiRun(
    "github",
    workflow=".github/workflows/de ploy.yml",
    run_id="19283746501",
    run_number=7421,
    run_attempt=2,
    job="deploy",
)
CALLED = RUN._replace(called="acme/platform/.github/workflows/deploy it.yml")
DEPLOYMENT = RUN._replace(deployment_id="2210944", deployment_task="deploy:db/one")
ATTEMPT = "runs/19283746501/attempts/2"
FILE = ".github/workflows/de%20ploy.yml"


@pytest.mark.parametrize(
    ("run", "job", "pipeline_job", "number"),
    [
        (RUN, f"{ATTEMPT}/jobs/deploy", f"{FILE}/jobs/deploy", 7_421_002_000),
        (RUN._replace(leg=0), f"{ATTEMPT}/jobs/deploy/0", f"{FILE}/jobs/deploy", 7_421_002_000),
        (RUN._replace(leg=3), f"{ATTEMPT}/jobs/deploy/3", f"{FILE}/jobs/deploy", 7_421_002_003),
        (RUN._replace(job_id="528"), f"{ATTEMPT}/jobs/528", f"{FILE}/jobs/deploy", 528),
        (RUN._replace(run_attempt=None), None, f"{FILE}/jobs/deploy", 7_421_001_000),
        (RUN._replace(workflow=None), f"{ATTEMPT}/jobs/deploy", None, 7_421_002_000),
        (RUN._replace(job=None), None, None, 7_421_002_000),
        (
            CALLED,
            None,
            f"{FILE}/calls/acme/platform/.github/workflows/deploy%20it.yml/jobs/deploy",
            None,
        ),
        (
            CALLED._replace(job_id="528"),
            f"{ATTEMPT}/jobs/528",
            f"{FILE}/calls/acme/platform/.github/workflows/deploy%20it.yml/jobs/deploy",
            528,
        ),
        (CALLED._replace(workflow=None), None, None, None),
        (DEPLOYMENT, f"{ATTEMPT}/jobs/deploy", "deployments/deploy:db%2Fone", 2_210_944),
        (
            DEPLOYMENT._replace(job_id="528"),
            f"{ATTEMPT}/jobs/528",
            "deployments/deploy:db%2Fone",
            2_210_944,
        ),
    ],
)  # fmt: skip
def test_a_job_is_named_by_its_check_run_else_by_key_and_leg(
    run: CiRun, job: str | None, pipeline_job: str | None, number: int | None
) -> None:
    """A called workflow's key may occur twice in the run, so that without the check run it is no name."""
    naming = SYSTEM.naming
    assert naming is not None
    assert (naming.job(run), naming.pipeline_job(run), naming.job_number(run)) == (
        job,
        pipeline_job,
        number,
    )


def test_a_run_s_number_is_that_of_the_deployment_it_is_about() -> None:
    naming = SYSTEM.naming
    assert naming is not None
    assert naming.run_number(RUN) == 7_421_002_000
    assert naming.run_number(RUN._replace(run_attempt=None)) == 7_421_001_000
    assert naming.run_number(DEPLOYMENT) == 2_210_944
    assert (naming.pipeline(RUN), naming.pipeline(DEPLOYMENT)) == (
        FILE,
        "deployments/deploy:db%2Fone",
    )


BASE = "1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e"
HEAD = "c4d5e6f7a8b9c0d1e2f30415263748596a7b8c9d"


@pytest.mark.parametrize(("checked_out", "believed"), [(BASE, True), (HEAD, False), ("", False)])
def test_files_of_the_base_s_commit_are_the_repository_s_own(
    checked_out: str, *, believed: bool
) -> None:
    """pull_request_target runs at the base's commit, unless somebody checks out the head."""
    taken = snapshot("github-pull_request_target")._replace(git=GitTexts(head=checked_out))
    assert taken.env["GITHUB_SHA"] == BASE
    assert (interpret(taken).run.foreign_files is None) is believed


def test_no_commit_is_not_the_commit_that_is_not_told() -> None:
    taken = snapshot("github-pull_request_target")
    env = {name: value for name, value in taken.env.items() if name != "GITHUB_SHA"}
    assert interpret(taken._replace(env=env)).run.foreign_files is not None
