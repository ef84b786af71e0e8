"""Pipelines of all kinds: none breaks, and none is created for our sake."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, created, states

MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_IID": "44",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature",
    "CI_COMMIT_BRANCH": "",
}
PUSH = {"CI_PIPELINE_SOURCE": "push"}
BOTH = '$CI_PIPELINE_SOURCE == "merge_request_event" || $CI_COMMIT_BRANCH == "main"'
REPORTS = ("pipeline", "job")
ENDS = {"pipeline": "compass-event-succeeded", "job": "compass-event-job-succeeded"}


@pytest.mark.parametrize("report", REPORTS)
def test_a_merge_request_is_left_alone(pipeline: Pipeline, sandbox: Sandbox, report: str) -> None:
    """Its pipeline has the project's jobs, and none of ours."""
    done = pipeline(DATA / "merge-requests.yml", inputs={"report": report}, **MERGE_REQUEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS  test" in done.stdout
    assert "compass-event-" not in done.stdout.replace("compass-event-watched.env", "")
    assert sandbox.requests == []


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    ("example", "trigger"), [("only-branches", MERGE_REQUEST), ("merge-requests", PUSH)]
)
@pytest.mark.parametrize("only_if", [None, BOTH])
def test_no_pipeline_is_created_that_would_not_exist_without_us(
    pipeline: Pipeline, report: str, example: str, trigger: Mapping[str, str], only_if: str | None
) -> None:
    """Where the project has no job in a pipeline, ours are none or stand in .pre and .post alone."""
    inputs: dict[str, object] = {"report": report}
    if only_if:
        inputs["only-if"] = only_if
    listed = pipeline(DATA / f"{example}.yml", "--list-json", inputs=inputs, **trigger)
    assert created(listed) == []


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    ("example", "trigger"), [("only-branches", PUSH), ("merge-requests", MERGE_REQUEST)]
)
def test_what_only_if_allows_is_reported(
    pipeline: Pipeline, sandbox: Sandbox, report: str, example: str, trigger: Mapping[str, str]
) -> None:
    """Also a merge request, if it is asked for."""
    done = pipeline(DATA / f"{example}.yml", inputs={"report": report, "only-if": BOTH}, **trigger)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"PASS  {ENDS[report]}" in done.stdout
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["state"]) == ("build", "SUCCESSFUL")


def test_only_if_limits_a_pipelines_report(pipeline: Pipeline, sandbox: Sandbox) -> None:
    inputs: dict[str, object] = {"only-if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}
    assert pipeline("pipeline", inputs=inputs, CI_COMMIT_BRANCH="feature").returncode == 0
    assert sandbox.requests == []
    assert pipeline("pipeline", inputs=inputs).returncode == 0
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]


def test_a_pipeline_without_the_watched_job_is_not_broken(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """With the default only-if the job that reports it is alone, says so, and passes."""
    done = pipeline(
        "deployment",
        inputs={"only-if": '$CI_PIPELINE_SOURCE != "merge_request_event"'},
        CI_COMMIT_BRANCH="feature",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'The job "deploy" left no note' in done.stdout
    assert "give its rules as only-if" in done.stdout
    assert [e["type"] for e in sandbox.feed()["events"]] == ["build"]


def test_a_merge_request_in_which_the_watched_job_is_missing_is_not_broken(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """A condition that promises too much: GitLab would refuse the pipeline if the need were none."""
    done = pipeline(
        DATA / "only-branches.yml", inputs={"report": "job", "only-if": BOTH}, **MERGE_REQUEST
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'The job "test" left no note' in done.stdout
    assert sandbox.requests == []
