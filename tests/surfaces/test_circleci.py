"""The orb, its steps run as CircleCI runs them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.surfaces.agent import SURFACES, Agent

ORB = yaml.safe_load((SURFACES / "circleci" / "orb.yml").read_text())


def run(agent: Agent, command: str, given: dict[str, str], passed: bool = True) -> list[int]:
    """Run a command of the orb in a job that has passed so far, or has not; the exit codes."""
    definition = ORB["commands"][command]
    assert set(given) <= set(definition["parameters"])
    values = {name: row["default"] for name, row in definition["parameters"].items()} | given

    def fill(text: str) -> str:
        return re.sub(r"<< parameters\.([\w-]+) >>", lambda found: values[found[1]], text)

    codes = []
    for step in definition["steps"]:
        row: dict[str, Any] = step["run"]
        if row.get("when", "on_success") == ("on_success" if passed else "on_fail"):
            env = {name: fill(text) for name, text in row["environment"].items()}
            env |= {"CIRCLECI": "true"}
            codes.append(agent.run(row["command"], env, ("bash", "-eo", "pipefail")))
    return codes


@pytest.mark.parametrize(("passed", "state"), [(True, "SUCCESSFUL"), (False, "FAILED")])
def test_a_job_is_begun_and_ended(passed: bool, state: str, agent: Agent) -> None:
    given = {"api-url": agent.sandbox.url, "environment": "production"}
    assert run(agent, "begin", given) == [0]
    assert run(agent, "end", given, passed) == [0]
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]


def test_what_is_left_empty_is_the_organisations(agent: Agent) -> None:
    """The component is; the environment is the step's."""
    run(agent, "begin", {"environment": "staging"})
    [event] = agent.sandbox.feed()["events"]
    assert event["event"]["deploymentProperties"]["environment"]["environmentId"] == "staging"


def test_a_lost_report_fails_the_job_only_if_asked(agent: Agent) -> None:
    agent.sandbox.add_faults([{"status": 400, "times": 4}])
    given = {"environment": "production"}
    assert run(agent, "begin", given | {"on-error": "fail"}) == [0]
    assert run(agent, "end", given) == [0]
    assert run(agent, "end", given | {"on-error": "fail"}) == [1]


def test_docker_takes_the_place_of_the_command(agent: Agent) -> None:
    """With the names of the variables that concern it; a token of CircleCI's is none of them."""
    (agent.bin / "compass-event").unlink()
    agent.program("docker", 'printf "%s\\n" "$*" > docker.log')
    agent.program("env", "/usr/bin/env; echo CIRCLE_OIDC_TOKEN=secret")
    assert run(agent, "begin", {"environment": "production"}) == [0]
    called = (agent.workspace / "docker.log").read_text()
    assert " -e COMPASS_API_TOKEN " in called
    assert " -e INPUT_ENVIRONMENT " in called
    assert " -e CIRCLECI " in called
    assert "OIDC" not in called
    assert "made-up-token" not in called
    assert re.search(r" compassevent/compass-event:[0-9.]+\n$", called)
