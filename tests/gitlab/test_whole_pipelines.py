"""A whole pipeline is one build: begun in .pre, ended in .post by the job that GitLab lets run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import COMPONENT, states
from tests.moments import seconds


def test_a_pipeline_that_passes_is_one_successful_build(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """Begun with the pipeline, ended after its last job, with the duration between."""
    done = pipeline("pipeline", CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["component_id"]) == ("build", COMPONENT)
    assert event["identity"] == {"pipelineId": "gitlab.example/acme/shop/pipelines/901"}
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert 1.5 <= seconds(event) < 15
    requests = [request.body.decode() for request in sandbox.requests]
    assert requests[0].count("completedAt") == 0
    assert all(event["started_at"] in request for request in requests)


def test_a_pipeline_that_fails_is_one_failed_build(pipeline: Pipeline, sandbox: Sandbox) -> None:
    done = pipeline("pipeline", CI_PIPELINE_ID="902", TESTS_EXIT_WITH="3")
    assert done.returncode == 1, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert event["identity"] == {"pipelineId": "gitlab.example/acme/shop/pipelines/902"}
    assert states(event) == ["created IN_PROGRESS", "overwritten FAILED"]
    assert 1.5 <= seconds(event) < 15


def test_a_pipeline_that_is_retried_days_later_is_no_build_of_days(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """It is the same pipeline, with its first start; when it went on nobody tells."""
    friday = (datetime.now(UTC) - timedelta(hours=61)).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {"CI_PIPELINE_ID": "901", "CI_PIPELINE_CREATED_AT": friday}
    pipeline("pipeline", "compass-event-started", **known)
    done = pipeline("pipeline", "test", "compass-event-succeeded", **known)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The run began more than a day ago" in done.stdout
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert (event["started_at"], event["completed_at"]) == (friday, None)


def test_two_pipelines_are_two_builds(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """The failed one keeps its state."""
    pipeline("pipeline", CI_PIPELINE_ID="903", TESTS_EXIT_WITH="1")
    pipeline("pipeline", CI_PIPELINE_ID="904")
    events = sandbox.feed()["events"]
    assert [(e["identity"]["pipelineId"][-3:], e["state"]) for e in events] == [
        ("903", "FAILED"),
        ("904", "SUCCESSFUL"),
    ]


def test_an_environment_makes_it_a_deployment(pipeline: Pipeline, sandbox: Sandbox) -> None:
    done = pipeline("pipeline", CI_PIPELINE_ID="905", inputs={"environment": "eu/live"})
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["environment"]) == ("deployment", "eu/live")
    assert event["identity"]["pipelineId"] == "gitlab.example/acme/shop/.gitlab-ci.yml"
    assert event["identity"]["sequenceNumber"] == 905
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]


def test_the_names_of_the_jobs_are_free(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """So that a project can include the template more than once."""
    done = pipeline("pipeline", inputs={"job-prefix": "shop-events"})
    assert "shop-events-succeeded" in done.stdout
    assert "compass-event-succeeded" not in done.stdout
    assert len(sandbox.feed()["events"]) == 1
