"""The image as GitHub's runner starts it for action.yml: main, then post, each in a container of
its own, with files that belong to the runner's user.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.github_runner import Job, JobResult, StepResult, as_container, step, uses
from tests.github_runner.steps import Outcome
from tests.image.engine import COMPONENT, EMAIL, ENGINE, IMAGE, ROOT, TOKEN

RUNNER = 1001  # the uid of the hosted runners' user
PIPELINE = "github.com/acme/shop/runs/7421/attempts/2/jobs/51725241954"

RunJob = Callable[..., JobResult]


@pytest.fixture
def run_job(tmp_path: Path, workspace: Path, sandbox: Sandbox) -> RunJob:
    """Run a job that uses the action and then ends as told: the third leg of a matrix, re-run."""
    asked = {
        "api-url": sandbox.url,
        "email": EMAIL,
        "api-token": "${{ secrets.COMPASS_API_TOKEN }}",
        "component-id": COMPONENT,
    }

    def run(ends: Outcome = "success", **more: str) -> JobResult:
        job = Job(
            ROOT,
            workspace=workspace,
            temp=tmp_path / "_temp",
            execute=as_container(IMAGE, engine=ENGINE),
            github={"job": "test", "run_attempt": "2", "workflow": "CI"},
            strategy={"job-index": 3, "job-total": 4},
            secrets={"COMPASS_API_TOKEN": TOKEN},
            owner=RUNNER,
        )
        return job.run(
            [uses(asked | {n.replace("_", "-"): v for n, v in more.items()}), step(ends)]
        )

    return run


def assert_ended(stage: StepResult, outcome: Outcome = "success", exit_code: int = 0) -> None:
    """And show the log if it ended otherwise."""
    assert (stage.outcome, stage.exit_code) == (outcome, exit_code), stage.visible_log


def test_a_build_arrives(run_job: RunJob, sandbox: Sandbox) -> None:
    """Hyphens in the variables' names and all."""
    job = run_job()
    assert_ended(job.stage("main"))
    (event,) = sandbox.feed()["events"]
    assert event["component_id"] == COMPONENT
    assert (event["type"], event["state"]) == ("build", "SUCCESSFUL")
    assert event["identity"] == {"pipelineId": PIPELINE}


def test_outputs_and_summary_reach_the_runner(run_job: RunJob, tmp_path: Path) -> None:
    """Files of another user, which only he and root may write: why the image has no USER."""
    job = run_job()
    main = job.stage("main")
    assert_ended(main)
    assert main.outputs["outcome"] == "accepted"
    assert main.outputs["event-type"] == "build"
    assert main.outputs["pipeline-id"] == PIPELINE
    assert main.outputs["http-status"] == "202"
    assert main.summary
    files = list((tmp_path / "_temp" / "_runner_file_commands").iterdir())
    assert {(file.stat().st_uid, file.stat().st_mode & 0o777) for file in files} == {
        (RUNNER, 0o644)
    }


def test_the_post_stage_updates_a_tracked_job(run_job: RunJob, sandbox: Sandbox) -> None:
    """The containers share nothing but the state, which the runner hands on."""
    job = run_job(ends="failure", track="true")
    assert_ended(job.stage("main"))
    assert_ended(job.stage("post"))
    (event,) = sandbox.feed()["events"]
    assert event["identity"] == {"pipelineId": PIPELINE}
    updates = [(update["verdict"], update["state"]) for update in event["history"]]
    assert updates == [("created", "IN_PROGRESS"), ("overwritten", "FAILED")]


def test_the_post_stage_of_an_untracked_job_sends_nothing(
    run_job: RunJob, sandbox: Sandbox
) -> None:
    job = run_job()
    assert_ended(job.stage("post"))
    assert len(sandbox.requests) == 1


def test_the_token_is_in_no_log(run_job: RunJob) -> None:
    """But for the command by which the runner learns to mask it."""
    job = run_job(track="true", debug="true")
    for stage in (job.stage("main"), job.stage("post")):
        assert_ended(stage)
        lines = (stage.raw_stdout + stage.raw_stderr).splitlines()
        assert not [line for line in lines if TOKEN in line and not line.startswith("::add-mask::")]


def test_a_wrong_input_ends_with_2(run_job: RunJob, sandbox: Sandbox) -> None:
    """The container's exit code is the step's."""
    job = run_job(component_id="shop")
    assert_ended(job.stage("main"), "failure", 2)
    assert "component-id" in job.stage("main").visible_log
    assert sandbox.requests == []
