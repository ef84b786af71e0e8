"""Bitbucket: the pipes of the examples, step by step, and the feed that they leave.

The host's rules are in `tests/bitbucket_pipes.py`, the program is real: as a process, and once more,
with `--stages image`, in containers of the built image.
"""

from __future__ import annotations

import time

from compass_action.sandbox import Sandbox
from tests.bitbucket_pipes import (
    COMPONENTS,
    DEPLOYMENT,
    ENDED_DEPLOYMENT,
    ENVIRONMENT_UUID,
    FAILED_DEPLOYMENT,
    Host,
    RunPipe,
    Step,
    read_pipes,
    states,
)
from tests.moments import in_order, seconds


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
        "environmentId": ENVIRONMENT_UUID if host.forwards else "production",
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
