"""Compass is down, or our first job fails: the project's work goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, deployments, states
from tests.moments import seconds

DOWN = {"status": 503, "headers": {"Retry-After": "3600"}}


@pytest.mark.parametrize(("on_error", "code", "shown"), [("warn", 0, "PASS"), ("fail", 1, "FAIL")])
def test_an_outage_fails_a_pipeline_only_where_that_is_asked_for(
    pipeline: Pipeline, sandbox: Sandbox, on_error: str, code: int, shown: str
) -> None:
    """At its end: the beginning never does."""
    sandbox.add_faults([DOWN, DOWN])
    done = pipeline("pipeline", inputs={"on-error": on_error, "timeout": 5})
    assert done.returncode == code, done.stdout + done.stderr
    assert "PASS  test" in done.stdout
    assert f"{shown}  compass-event-succeeded" in done.stdout


def test_a_beginning_that_was_lost_is_carried_by_the_outcome(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """With the pipeline's true start."""
    sandbox.add_faults([DOWN])
    done = pipeline("pipeline", inputs={"on-error": "fail", "timeout": 5})
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created SUCCESSFUL"]
    assert seconds(event) > 0


def test_a_first_job_that_breaks_stops_nothing(
    pipeline: Pipeline, sandbox: Sandbox, commands: Path
) -> None:
    """It ends without a word and leaves no file; the end is reported all the same."""
    program = (commands / "compass-event").read_text()
    broken = '#!/bin/sh\n[ "$INPUT_STATE" != in_progress ] || exit 139\n'
    (commands / "compass-event").write_text(broken + program)
    done = pipeline("pipeline", inputs={"on-error": "fail"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARN 139" in done.stderr
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created SUCCESSFUL"]


def test_without_begin_only_the_outcome_is_reported(pipeline: Pipeline, sandbox: Sandbox) -> None:
    """So a pipeline that is cancelled leaves nothing open; GitLab tells the start to the last job."""
    done = pipeline("pipeline", inputs={"begin": False})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "compass-event-started" not in done.stdout
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created SUCCESSFUL"]
    assert seconds(event) > 0


def test_a_failed_job_that_may_fail_is_reported_as_failed(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """For GitLab the pipeline went well, so the job for success reports what the note says."""
    done = pipeline(DATA / "allowed.yml", DEPLOYMENT_EXITS_WITH="3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS  compass-event-job-succeeded" in done.stdout
    [event] = deployments(sandbox)
    assert states(event) == ["created FAILED"]


def test_our_jobs_run_where_the_project_says(pipeline: Pipeline) -> None:
    """As docs/gitlab.md shows: a hidden job of the project's, which GitLab merges with ours."""
    shown = pipeline(DATA / "tags.yml", "--preview")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    jobs = yaml.safe_load(shown.stdout)
    ours = [job for name, job in jobs.items() if name.startswith("compass-event-")]
    assert [job["tags"] for job in ours] == [["linux", "arm64"]] * 5
    assert "tags" not in jobs["test"]
