"""A job's own result: of a job that another one watches, and of a job that reports itself."""

from __future__ import annotations

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, deployments, states
from tests.moments import in_order, seconds

DEPLOY = "gitlab.example/acme/shop/.gitlab-ci.yml/jobs/deploy"


def test_a_watched_job_is_a_deployment_of_its_own(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """Name, id, page, start and end are the watched job's, not those of the job that reports it."""
    done = pipeline("deployment", CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert event["identity"]["pipelineId"] == DEPLOY
    assert event["identity"]["environmentId"] == "production"
    assert event["url"].endswith(f"/-/jobs/{event['identity']['sequenceNumber']}")
    assert states(event) == ["created SUCCESSFUL"]
    assert 1 <= seconds(event) < 4
    [build] = [e for e in sandbox.feed()["events"] if e["type"] == "build"]
    assert states(build) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert in_order(build["started_at"], event["started_at"])


def test_a_watched_job_that_fails_is_a_failed_deployment(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    done = pipeline("deployment", DEPLOYMENT_EXITS_WITH="127")
    assert done.returncode == 1, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert states(event) == ["created FAILED"]
    assert 1 <= seconds(event) < 4


def test_a_watched_job_that_never_ran_deployed_nothing(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """The tests fail, so the pipeline does, but no deployment did."""
    done = pipeline("deployment", TESTS_EXIT_WITH="1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert [e["type"] for e in sandbox.feed()["events"]] == ["build"]
    assert deployments(sandbox) == []


def test_a_pipeline_without_the_watched_job_is_a_pipeline_without_its_report(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """On another branch `deploy` is not there: a job that needs it would forbid the whole pipeline."""
    done = pipeline("deployment", CI_COMMIT_BRANCH="feature")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(e["type"], e["state"]) for e in sandbox.feed()["events"]] == [("build", "SUCCESSFUL")]


def test_a_retried_job_is_a_new_deployment(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """In the same pipeline, under an id of its own: the failed one stays as it was."""
    pipeline("deployment", CI_PIPELINE_ID="901", DEPLOYMENT_EXITS_WITH="1")
    again = ("deploy", "compass-production-job-succeeded")
    done = pipeline("deployment", *again, CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = deployments(sandbox)
    assert (states(first), states(second)) == (["created FAILED"], ["created SUCCESSFUL"])
    assert first["identity"]["pipelineId"] == second["identity"]["pipelineId"] == DEPLOY
    assert first["identity"]["sequenceNumber"] != second["identity"]["sequenceNumber"]


def test_a_job_reports_itself_from_start_to_end(pipeline: Pipeline, sandbox: Sandbox) -> None:
    done = pipeline("job")
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert (event["identity"]["pipelineId"], event["environment"]) == (DEPLOY, "staging")
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert 1.5 <= seconds(event) < 5


def test_a_job_that_reports_itself_does_so_whenever_it_runs(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """A retry and the button to re-deploy run it alone: each time it is another deployment."""
    for _ in range(3):
        assert pipeline("job", "deploy", CI_PIPELINE_ID="901").returncode == 0
    found = deployments(sandbox)
    assert [states(event) for event in found] == [
        ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    ] * 3
    assert len({event["identity"]["sequenceNumber"] for event in found}) == 3


def test_reports_that_cannot_be_made_do_not_stop_a_job(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """The inputs are wrong, at its start as at its end."""
    done = pipeline("job", inputs={"component-id": "shop"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("component-id: ") == 2
    assert "./deploy.sh" in done.stdout
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("exits_with", "expected"),
    [
        ("0", ["created IN_PROGRESS", "overwritten SUCCESSFUL"]),
        ("4", ["created IN_PROGRESS", "overwritten FAILED", "overwritten ROLLED_BACK"]),
    ],
)
def test_a_canary_its_promotion_and_undoing_it_are_one_deployment(
    pipeline: Pipeline, sandbox: Sandbox, exits_with: str, expected: list[str]
) -> None:
    pipeline("canary", CI_PIPELINE_ID="901", DEPLOYMENT_EXITS_WITH=exits_with)
    [event] = deployments(sandbox)
    assert event["identity"] == {
        "pipelineId": "gitlab.example/acme/shop/.gitlab-ci.yml",
        "environmentId": "production",
        "sequenceNumber": 901,
    }
    assert states(event) == expected


def test_a_job_that_fails_reports_that(pipeline: Pipeline, sandbox: Sandbox) -> None:
    done = pipeline("job", DEPLOYMENT_EXITS_WITH="127")
    assert done.returncode == 1, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert states(event) == ["created IN_PROGRESS", "overwritten FAILED"]


def test_the_outputs_of_a_job_are_not_the_inputs_of_the_next(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """GitLab hands them on under the names of inputs, and above a job's own variables."""
    done = pipeline(DATA / "outputs.yml", CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "staging was accepted as SUCCESSFUL in staging" in done.stdout
    staging, production = deployments(sandbox)
    assert (staging["environment"], production["environment"]) == ("staging", "production")
    assert staging["identity"]["environmentId"] == "staging"
    assert production["identity"]["environmentId"] == "production"
    assert production["identity"]["pipelineId"].endswith("/jobs/production")
    assert [states(e) for e in (staging, production)] == [["created SUCCESSFUL"]] * 2
    categories = [
        e["event"]["deploymentProperties"]["environment"]["category"] for e in (staging, production)
    ]
    assert categories == ["STAGING", "PRODUCTION"]
    assert in_order(staging["started_at"], production["started_at"])
    assert seconds(production) > 0
    [announced] = [e for e in sandbox.feed()["events"] if e["type"] == "lifecycle"]
    assert announced["state"] == "PRODUCTION"
    [build] = [e for e in sandbox.feed()["events"] if e["type"] == "build"]
    assert states(build) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
