"""The image as Bitbucket Pipelines starts a pipe: the clone at its own path, variables by name."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.image.engine import COMPONENT, DATA, EMAIL, TOKEN, read_env, run_image

CLONE_DIR = "/opt/atlassian/pipelines/agent/build"
PIPES = ".bitbucket/pipelines/generated/pipeline/pipes"

Pipe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_pipe(workspace: Path, sandbox: Sandbox) -> Pipe:
    """Run the pipe in a repository that has a compass.yml."""
    shutil.copy(DATA / "compass.yml", workspace)
    (workspace / PIPES / "acme" / "compass-event").mkdir(parents=True)
    variables = {
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
    }

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return run_image(
            env=read_env("bitbucket.env") | variables | more,
            mounts={workspace: CLONE_DIR},
            options=(f"--workdir={CLONE_DIR}",),
        )

    return run


def test_a_deployment_of_the_clones_component_arrives(run_pipe: Pipe, sandbox: Sandbox) -> None:
    done = run_pipe(COMPASS_STATE="0")
    assert done.returncode == 0, done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert event["component_id"] == COMPONENT
    assert (event["type"], event["state"]) == ("deployment", "SUCCESSFUL")
    assert event["environment"] == "production"
    assert TOKEN not in done.stdout + done.stderr


def test_a_variable_that_was_not_resolved_is_not_given(run_pipe: Pipe, sandbox: Sandbox) -> None:
    """Bitbucket leaves `$NAME` in a pipe's variables where NAME is not defined."""
    done = run_pipe(COMPASS_STATE="0", COMPASS_COMPONENT_ID="$COMPASS_COMPONENT_ID")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sandbox.feed()["events"][0]["component_id"] == COMPONENT


def test_outputs_become_variables(run_pipe: Pipe, workspace: Path) -> None:
    """NAME=value lines, which a step lists under `output-variables`."""
    done = run_pipe(COMPASS_STATE="0")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (workspace / ".bitbucket" / "pipelines" / "variables").read_text().splitlines()
    assert "COMPASS_OUTCOME=accepted" in lines
    assert "COMPASS_EVENT_TYPE=deployment" in lines


def test_a_second_pipe_ends_what_the_first_began(run_pipe: Pipe, sandbox: Sandbox) -> None:
    """They share the storage of pipes; the second stands in after-script with the exit code."""
    begun = run_pipe(COMPASS_STATE="in_progress")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    ended = run_pipe(COMPASS_STATE="127")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (event,) = sandbox.feed()["events"]
    assert [update["verdict"] for update in event["history"]] == ["created", "overwritten"]
    assert [update["state"] for update in event["history"]] == ["IN_PROGRESS", "FAILED"]


def test_what_is_not_delivered_stays_in_the_clone(run_pipe: Pipe, workspace: Path) -> None:
    """A refusal under `warn` does not fail the step, and the outbox can be replayed later."""
    done = run_pipe(COMPASS_STATE="0", COMPASS_API_TOKEN="wrong", COMPASS_OUTBOX="out.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (workspace / ".bitbucket" / "pipelines" / "variables").read_text().splitlines()
    assert "COMPASS_HTTP_STATUS=401" in lines
