"""Bitbucket: the pipes of the examples, step by step, and the feed that they leave.

The host's rules are in `bitbucket_pipes.py`, the program is real: here as a process; and once more, in
tests/image/test_bitbucket_stages.py, in containers of the built image.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.bitbucket_pipes import (
    COMPONENTS,
    EMAIL,
    HOSTS,
    ROOT,
    TOKEN,
    Host,
    Step,
    container_env,
    make_clone,
    places,
    read_pipes,
    seconds,
    states,
)
from tests.moments import in_order

# What starts a container of the pipe, with an environment and a clone: its exit code and its log.
Launch = Callable[[Mapping[str, str], Path], subprocess.CompletedProcess[str]]
RunPipe = Callable[..., str]

DEPLOYMENT = Step("bitbucket-deployment")
FAILED_DEPLOYMENT = Step("bitbucket-deployment", {"BITBUCKET_EXIT_CODE": "127"})
ENDED_DEPLOYMENT = Step("bitbucket-deployment", {"BITBUCKET_EXIT_CODE": "0"})
UUID = "5f2c7d0e-94a1-4b3f-8c55-0d1f7e6a9b21"


@pytest.fixture
def launch() -> Launch:
    """As a process of this machine."""

    def start(env: Mapping[str, str], clone: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(ROOT / "entrypoint.py")],
            env=dict(env) | places(clone),
            cwd=clone,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in for Compass on loopback, which takes these credentials only."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository's clone, with a component at its root and another one in a folder."""
    make_clone(tmp_path / "clone")
    return tmp_path / "clone"


@pytest.fixture(params=HOSTS, ids=str)
def host(request: pytest.FixtureRequest) -> Host:
    """Each way in which Bitbucket may behave."""
    found: Host = request.param
    return found


@pytest.fixture
def run_pipe(launch: Launch, sandbox: Sandbox, clone: Path) -> RunPipe:
    """Run a pipe in a step and return its log; it must end with the exit code given."""

    def run(
        step: Step,
        variables: Mapping[str, object],
        host: Host = HOSTS[0],
        manifest: Mapping[str, Any] | None = None,
        exit_code: int = 0,
    ) -> str:
        given = {"COMPASS_API_URL": sandbox.url, **variables}
        done = launch(container_env(step, given, host, manifest), clone)
        assert done.returncode == exit_code, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    return run


def test_a_command_not_found_in_a_production_step_is_a_failed_deployment(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host
) -> None:
    """`after-script` tells the real exit code, 127; the start is the one that was reported."""
    begin, end = read_pipes("deployment")
    run_pipe(DEPLOYMENT, begin, host)
    time.sleep(0.2)
    run_pipe(FAILED_DEPLOYMENT, end, host)
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["environment"]) == ("deployment", "production")
    assert event["event"]["deploymentProperties"]["environment"]["category"] == "PRODUCTION"
    assert states(event) == ["created IN_PROGRESS", "overwritten FAILED"]
    assert 0.2 <= seconds(event) < 10
    assert event["identity"] == {
        "pipelineId": "bitbucket.org/acme/billing/bitbucket-pipelines.yml",
        "environmentId": UUID if host.forwards else "production",
        "sequenceNumber": 218_001_000,
    }


def test_a_start_and_an_end_in_two_steps_are_one_deployment(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host
) -> None:
    """They share a stage's environment and the pipes' storage; the start is the first step's."""
    begin, end = read_pipes("two-steps")
    run_pipe(DEPLOYMENT, begin, host)
    time.sleep(0.2)
    other_step = {"BITBUCKET_STEP_UUID": "{1a2b3c4d-0000-4a3b-b4c5-d6e7f8091a2b}"}
    run_pipe(Step(ENDED_DEPLOYMENT.recorded, {**ENDED_DEPLOYMENT.changes, **other_step}), end, host)
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert 0.2 <= seconds(event) < 10


def test_an_end_without_a_start_invents_none(run_pipe: RunPipe, sandbox: Sandbox) -> None:
    run_pipe(ENDED_DEPLOYMENT, read_pipes("deployment")[1])
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created SUCCESSFUL"]
    assert (event["started_at"], event["completed_at"] is None) == (None, False)


def test_a_step_that_is_run_again_is_a_new_deployment(run_pipe: RunPipe, sandbox: Sandbox) -> None:
    """Of the same build: the failed one stays as it was, and lends nothing to the new one."""
    begin, end = read_pipes("deployment")
    again = {"BITBUCKET_STEP_RUN_NUMBER": "2"}
    run_pipe(DEPLOYMENT, begin)
    run_pipe(FAILED_DEPLOYMENT, end)
    time.sleep(0.1)
    run_pipe(Step(DEPLOYMENT.recorded, again), begin)
    run_pipe(Step(DEPLOYMENT.recorded, again | {"BITBUCKET_EXIT_CODE": "0"}), end)
    first, second = sandbox.feed()["events"]
    assert states(first) == ["created IN_PROGRESS", "overwritten FAILED"]
    assert states(second) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert second["identity"]["sequenceNumber"] == 218_002_000
    assert in_order(first["completed_at"], second["started_at"])
    assert first["completed_at"] != second["started_at"]


def test_a_step_without_an_environment_is_a_build_with_its_true_duration(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host
) -> None:
    begin, end = read_pipes("build")
    run_pipe(Step("bitbucket-branch"), begin, host)
    time.sleep(0.2)
    run_pipe(Step("bitbucket-after-script", {"BITBUCKET_EXIT_CODE": "0"}), end, host)
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["component_id"]) == ("build", COMPONENTS[0])
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    assert 0.2 <= seconds(event) < 10


def test_parallel_steps_are_builds_of_their_own(run_pipe: RunPipe, sandbox: Sandbox) -> None:
    """Each has a UUID; one fails, and the other one does not cover it."""
    outcomes = {
        "{0a0a0a0a-8192-4a3b-b4c5-d6e7f8091a2b}": "0",
        "{1b1b1b1b-8192-4a3b-b4c5-d6e7f8091a2b}": "2",
    }
    for leg, (uuid, code) in enumerate(outcomes.items()):
        changes = {
            "BITBUCKET_STEP_UUID": uuid,
            "BITBUCKET_PARALLEL_STEP": str(leg),
            "BITBUCKET_EXIT_CODE": code,
        }
        run_pipe(Step("bitbucket-parallel", changes), read_pipes("parallel")[leg])
    found = [
        (e["identity"]["pipelineId"].rsplit("/", 3)[1], e["state"], e["component_id"])
        for e in sandbox.feed()["events"]
    ]
    assert sorted(found) == [
        (uuid.strip("{}"), state, component)
        for uuid, state in zip(outcomes, ("SUCCESSFUL", "FAILED"), strict=True)
        for component in COMPONENTS
    ]


def test_parallel_deployments_of_one_build_are_two(run_pipe: RunPipe, sandbox: Sandbox) -> None:
    for leg in ("0", "1"):
        changes = {"BITBUCKET_PARALLEL_STEP": leg, "BITBUCKET_EXIT_CODE": "0"}
        run_pipe(Step("bitbucket-deployment", changes), read_pipes("deployment")[1])
    numbers = [e["identity"]["sequenceNumber"] for e in sandbox.feed()["events"]]
    assert numbers == [218_001_000, 218_001_001]
