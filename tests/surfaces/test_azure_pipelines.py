"""The template, expanded and run as Azure Pipelines does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.surfaces.agent import ORGANISATION, SURFACES, Agent

TEMPLATE = yaml.safe_load((SURFACES / "azure-pipelines" / "compass-event.yml").read_text())


def expand(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The template's steps, the given ones in their place."""
    declared = {row["name"]: row["default"] for row in TEMPLATE["parameters"]}
    assert set(given) <= set(declared)
    values = declared | given
    steps: list[dict[str, Any]] = []
    for step in TEMPLATE["steps"]:
        if "${{ each step in parameters.steps }}" in step:
            assert list(step.values()) == [["${{ step }}"]]
            steps += values["steps"]
            continue
        env = {
            name: re.sub(r"\$\{\{ parameters\.(\w+) \}\}", lambda found: values[found[1]], text)
            for name, text in step["env"].items()
        }
        steps.append(step | {"env": env})
    return steps


def fill(text: str, macros: Mapping[str, str]) -> str:
    return re.sub(r"\$\(([\w.]+)\)", lambda found: macros.get(found[1], found[0]), text)


def run(agent: Agent, steps: list[dict[str, Any]]) -> tuple[str, list[int]]:
    """Run a job; its status, and the steps' exit codes. Macros that are not known stay."""
    status, codes = "Succeeded", []
    for step in steps:
        if status == "Failed" and step.get("condition") != "always()":
            continue
        macros = {"Agent.JobStatus": status} | ORGANISATION
        env = {name: fill(text, macros) for name, text in step.get("env", {}).items()}
        agent_env = {"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(agent.folder)}
        code = agent.run(step["bash"], env | agent_env, ("bash", "--noprofile", "--norc"))
        codes.append(code)
        status = status if code == 0 else "Failed"
    return status, codes


@pytest.mark.parametrize(
    ("work", "state", "status"),
    [("true", "SUCCESSFUL", "Succeeded"), ("exit 3", "FAILED", "Failed")],
)
def test_steps_are_begun_and_ended(work: str, state: str, status: str, agent: Agent) -> None:
    steps = expand(
        {
            "api_url": agent.sandbox.url,
            "environment": "production",
            "steps": [{"bash": work}],
        }
    )
    assert run(agent, steps)[0] == status
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]


def test_a_lost_report_fails_the_job_only_if_asked(agent: Agent) -> None:
    agent.sandbox.add_faults([{"status": 400, "times": 4}])
    given = {"environment": "production", "steps": [{"bash": "true"}]}
    assert run(agent, expand(given)) == ("Succeeded", [0, 0, 0])
    assert run(agent, expand(given | {"on_error": "fail"})) == ("Failed", [0, 0, 1])
