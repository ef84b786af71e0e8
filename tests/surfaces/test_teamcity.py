"""The meta-runner, read as TeamCity reads it, its script run in the three steps of a build."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.surfaces.agent import SURFACES, Agent

RUNNER = ElementTree.parse(SURFACES / "teamcity" / "CompassEvent.xml").getroot()  # noqa: S314 ours
PARAMETERS = {row.attrib["name"]: row.attrib for row in RUNNER.findall("settings/parameters/param")}


def run(agent: Agent, **given: str) -> int:
    """Run a step that is made of the meta-runner."""
    settings = {f"env.{name}": text for name, text in given.items()}
    assert set(settings) <= set(PARAMETERS)
    values = {name: row["value"] for name, row in PARAMETERS.items()} | settings
    env = {name.removeprefix("env."): text for name, text in values.items() if text}
    [script] = RUNNER.findall(
        "settings/build-runners/runner/parameters/param[@name='script.content']"
    )
    references = re.findall(r"%([^%\s]*)%", script.text or "")
    assert references == ["teamcity.build.tempDir"]
    text = (script.text or "").replace("%teamcity.build.tempDir%", str(agent.folder))
    return agent.run(text, env, ("sh",))


@pytest.mark.parametrize(("passed", "state"), [(True, "SUCCESSFUL"), (False, "FAILED")])
def test_three_steps_begin_and_end_one_event(passed: bool, state: str, agent: Agent) -> None:
    """The one for the success is run if the build has succeeded, the one for the failure always."""
    site = {"INPUT_API_URL": agent.sandbox.url, "INPUT_ENVIRONMENT": "production"}
    assert run(agent, INPUT_STATE="in_progress", **site) == 0
    if passed:
        assert run(agent, INPUT_STATE="success", **site) == 0
    assert run(agent, INPUT_STATE="failure", **site) == 0
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]


def test_a_lost_report_fails_the_build_only_if_asked(agent: Agent) -> None:
    agent.program("compass-event", "exit 1")
    assert run(agent, INPUT_STATE="in_progress", INPUT_ON_ERROR="fail") == 0
    assert run(agent, INPUT_STATE="success", INPUT_ON_ERROR="fail") == 1
    (ended,) = agent.folder.glob("compass-event-ended-*")
    ended.unlink()
    assert run(agent, INPUT_STATE="success") == 0


@pytest.mark.parametrize("begun", [True, False])
def test_a_build_may_have_several_events(begun: bool, agent: Agent) -> None:
    """One after the other, each with its three steps, or with the last two of them."""
    site = {"INPUT_API_URL": agent.sandbox.url}
    for environment in ("staging", "production"):
        step = site | {"INPUT_ENVIRONMENT": environment}
        if begun:
            run(agent, INPUT_STATE="in_progress", **step)
        run(agent, INPUT_STATE="success", **step)
        run(agent, INPUT_STATE="failure", **step)
    assert agent.states() == (["IN_PROGRESS", "SUCCESSFUL"] if begun else ["SUCCESSFUL"]) * 2
    assert agent.shown() == ["SUCCESSFUL"] * 2


def test_what_is_begun_again_is_ended_again(agent: Agent) -> None:
    site = {"INPUT_API_URL": agent.sandbox.url, "INPUT_ENVIRONMENT": "production"}
    for _ in range(2):
        run(agent, INPUT_STATE="in_progress", **site)
        run(agent, INPUT_STATE="success", **site)
    assert agent.states() == ["IN_PROGRESS", "SUCCESSFUL"] * 2


def test_the_token_is_a_password() -> None:
    """Which TeamCity keeps apart, and masks in the log."""
    assert PARAMETERS["env.COMPASS_API_TOKEN"]["spec"].startswith("password ")
