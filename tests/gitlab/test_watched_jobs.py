"""The note that a watched job leaves: what it survives, and what is said and sent without it."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, deployments, states
from tests.moments import seconds

# The runner's isolation would throw away what a script leaves to the job's after_script.
SHARED = ("--force-shell-executor",)
REPORTING = ("compass-event-job-succeeded", "compass-event-job-failed")
NO_NOTE = 'Warning: The job "{}" left no note of how it ended'


def test_a_job_keeps_an_after_script_and_a_report_of_its_own(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """As docs/gitlab.md shows: both after_scripts run, and later jobs get its own variables."""
    done = pipeline(
        DATA / "notes.yml", "both", "release", *REPORTING, inputs={"job": "both"}, executor=SHARED
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cleaned up after both" in done.stdout
    assert "released 1.2.3" in done.stdout
    assert "Warning" not in done.stdout
    [event] = deployments(sandbox)
    assert states(event) == ["created SUCCESSFUL"]
    assert 1 <= seconds(event) < 4


@pytest.mark.parametrize("job", ["own-script", "own-report"])
def test_a_job_that_replaces_the_note_is_a_warning(
    pipeline: Pipeline, sandbox: Sandbox, job: str
) -> None:
    """It may have failed and be allowed to, so nothing is sent; and nothing fails."""
    done = pipeline(DATA / "notes.yml", job, *REPORTING, inputs={"job": job}, executor=SHARED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert NO_NOTE.format(job) in done.stdout
    assert "takes the note's place: keep both." in done.stdout
    assert "Nothing is sent." in done.stdout
    assert "pipeline-id" not in done.stdout
    assert "WARN" not in done.stderr
    assert sandbox.requests == []


@pytest.mark.parametrize("job", ["own-script", "own-report"])
def test_a_failed_job_that_replaces_the_note_is_reported_as_failed(
    pipeline: Pipeline, sandbox: Sandbox, job: str
) -> None:
    """GitLab starts the one job or the other, so this much is known without a note."""
    done = pipeline(
        DATA / "notes.yml",
        job,
        *REPORTING,
        inputs={"job": job, "environment": "eu/live"},
        executor=SHARED,
        DEPLOYMENT_EXITS_WITH="9",
    )
    assert NO_NOTE.format(job) in done.stdout
    assert "FAIL 9" in done.stderr
    assert "PASS  compass-event-job-failed" in done.stdout
    [event] = deployments(sandbox)
    assert states(event) == ["created FAILED"]
    assert event["identity"]["pipelineId"] == f"gitlab.example/acme/shop/.gitlab-ci.yml/jobs/{job}"


@pytest.mark.parametrize(
    ("inputs", "kind", "where"),
    [
        ({"environment": "production"}, "deployment", ".gitlab-ci.yml/jobs/stopped"),
        ({}, "build", "pipelines/901/jobs/"),
    ],
)
def test_a_job_that_was_stopped_has_failed(
    pipeline: Pipeline, sandbox: Sandbox, inputs: dict[str, object], kind: str, where: str
) -> None:
    """At its timeout a job runs no after_script. Its times are not known, so none is made up."""
    done = pipeline(
        DATA / "notes.yml",
        "stopped",
        *REPORTING,
        inputs={"job": "stopped"} | inputs,
        CI_PIPELINE_ID="901",
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "PASS  compass-event-job-failed" in done.stdout
    assert "Or it was stopped, as by its timeout." in done.stdout
    [event] = sandbox.feed()["events"]
    assert (event["type"], states(event)) == (kind, ["created FAILED"])
    assert event["identity"]["pipelineId"].startswith(f"gitlab.example/acme/shop/{where}")
    part: dict[str, Any] = event["event"][f"{kind}Properties"]
    assert not {"startedAt", "completedAt"} <= set(part)


def test_a_stopped_job_that_is_run_again_is_another_deployment(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """The number that stands in for the first one's id is taken by no other job."""
    inputs: dict[str, object] = {"job": "stopped", "environment": "production"}
    for _ in range(2):
        pipeline(DATA / "notes.yml", "stopped", *REPORTING, inputs=inputs)
    first, second = deployments(sandbox)
    assert first["identity"]["pipelineId"] == second["identity"]["pipelineId"]
    assert first["identity"]["sequenceNumber"] != second["identity"]["sequenceNumber"]


def test_a_job_that_is_not_watched_is_not_guessed_at(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """`job` names one that leaves no note: its outcome is not known, so nothing is sent."""
    done = pipeline("deployment", inputs={"job": "test"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert NO_NOTE.format("test") in done.stdout
    assert [e["type"] for e in sandbox.feed()["events"]] == ["build"]


def test_names_are_what_was_written(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """Backslashes, quotes and blanks: the note is printed as it is."""
    done = pipeline(DATA / "names.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert event["environment"] == r"eu\temp\\1"
    assert event["identity"]["pipelineId"] == (
        "gitlab.example/acme/shop/.gitlab-ci.yml/jobs/deploy%5Cnew%20%22x%22%20%5C%5Ct"
    )
    pipeline_named = event["event"]["deploymentProperties"]["pipeline"]["displayName"]
    assert pipeline_named == r'shop / deploy\new "x" \\t'
