"""Inputs that are wrong are refused before anything is sent; those that are right arrive unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline

REFUSED = {
    "timeout": "soon",
    "dry-run": "perhaps",
    "begin": "perhaps",
    "report": "everything",
    "event-type": "bild",
    "environment-category": "live",
    "job-prefix": "x; rm -rf /",
}


@pytest.mark.parametrize("name", REFUSED)
def test_gitlab_refuses_what_the_template_does_not_allow(
    pipeline: Pipeline, sandbox: Sandbox, name: str
) -> None:
    """A wrong type, an unknown option, a name that is none: the pipeline is not even created."""
    done = pipeline("pipeline", inputs={name: REFUSED[name]})
    assert done.returncode != 0
    assert "This GitLab CI configuration is invalid" in done.stderr
    assert name in done.stderr
    assert "starting" not in done.stdout
    assert sandbox.requests == []


def test_the_program_refuses_what_the_template_cannot_judge(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """All of it at once, with exit code 2, which GitLab shows and which stops nothing."""
    wrong: dict[str, object] = {"component-id": "shop", "timeout": 0, "url": "javascript:1"}
    done = pipeline("pipeline", inputs=wrong)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in wrong:
        assert f"  {name}: " in done.stdout
    assert done.stderr.count("WARN 2") == 2
    assert "./test.sh" in done.stdout
    assert sandbox.requests == []


def test_under_on_error_fail_wrong_inputs_fail_the_pipeline_at_its_end(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """Not at its beginning: the work is done all the same."""
    done = pipeline("pipeline", inputs={"component-id": "shop", "on-error": "fail"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "./test.sh" in done.stdout
    assert (done.stderr.count("WARN 2"), done.stderr.count("FAIL 2")) == (1, 1)
    assert sandbox.requests == []


def test_missing_secrets_are_named(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """On a protected branch nothing is withheld, so the configuration is wrong."""
    done = pipeline("pipeline", COMPASS_API_TOKEN="", CI_COMMIT_REF_PROTECTED="true")
    assert done.stderr.count("WARN 2") == 2
    assert "api-token: COMPASS_API_TOKEN is empty." in done.stdout
    assert sandbox.requests == []


def test_an_unprotected_branch_without_secrets_is_left_in_peace(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """GitLab withholds protected variables there; its pipeline goes on, and reports nothing."""
    done = pipeline("pipeline", COMPASS_API_TOKEN="", CI_COMMIT_REF_PROTECTED="false")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "GitLab hands no secrets to an unprotected branch or tag" in done.stdout
    assert sandbox.requests == []


HOSTILE = """it's "quoted" $(touch pwned) `touch pwned`; touch pwned # {{ x }} \\ ünïcode"""


def test_inputs_are_never_commands(pipeline: Pipeline, sandbox: Sandbox, tmp_path: Path) -> None:
    """They are variables of the job, whatever characters they hold."""
    done = pipeline("pipeline", inputs={"display-name": HOSTILE, "pipeline-name": HOSTILE})
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert event["display_name"] == HOSTILE
    assert [*tmp_path.rglob("pwned")] == []


def test_a_dollar_in_properties_is_a_dollar(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """Elsewhere GitLab puts variables in, as everywhere in its configuration."""
    inputs: dict[str, object] = {
        "properties": '{"pipeline": {"displayName": "costs $CI_PIPELINE_ID"}}',
        "description": "of pipeline $CI_PIPELINE_ID",
    }
    done = pipeline("pipeline", inputs=inputs, CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert event["event"]["buildProperties"]["pipeline"]["displayName"] == "costs $CI_PIPELINE_ID"
    assert event["event"]["description"] == "of pipeline 901"


def test_a_pipeline_started_by_hand_can_send_nothing(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """COMPASS_DRY_RUN is a variable of that pipeline, above what the file says."""
    done = pipeline("pipeline", COMPASS_DRY_RUN="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Authorization: Basic ***" in done.stdout
    assert sandbox.requests == []
