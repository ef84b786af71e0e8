"""The plugin's hooks, run in the order of Buildkite's agent, with a stand-in for its meta-data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.surfaces.agent import SURFACES, Agent

HOOKS = SURFACES / "buildkite" / "compass-event" / "hooks"
META_DATA = """case $2 in
set) cat > "$HOME/meta-data-$3" ;;
get) cat "$HOME/meta-data-$3" 2>/dev/null || printf %s "$5" ;;
esac"""


def hook(agent: Agent, name: str, **env: str) -> int:
    """Run a hook of a job, with the plugin's settings in the environment."""
    settings = {
        "BUILDKITE": "true",
        "BUILDKITE_JOB_ID": "018f-77",
        "BUILDKITE_AGENT_TOKEN": "secret",
    }
    prefix = "BUILDKITE_PLUGIN_COMPASS_EVENT_"
    settings[f"{prefix}API_URL"] = agent.sandbox.url
    settings[f"{prefix}ENVIRONMENT"] = "production"
    agent.program("buildkite-agent", META_DATA)
    return agent.run(HOOKS / name, settings | env, ("bash",))


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ({"BUILDKITE_COMMAND_EXIT_STATUS": "0"}, "SUCCESSFUL"),
        ({"BUILDKITE_COMMAND_EXIT_STATUS": "3"}, "FAILED"),
        ({"BUILDKITE_COMMAND_EXIT_STATUS": "-1", "BUILDKITE_JOB_CANCELLED": "true"}, "CANCELLED"),
    ],
)
def test_a_job_is_begun_and_ended(after: dict[str, str], state: str, agent: Agent) -> None:
    assert hook(agent, "pre-command") == 0
    assert hook(agent, "pre-exit", **after) == 0
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]


def test_a_job_whose_command_was_never_run_has_failed(agent: Agent) -> None:
    hook(agent, "pre-exit")
    assert agent.states() == ["FAILED"]


def test_a_list_is_several_components(agent: Agent) -> None:
    """Buildkite numbers its items, from 0. They take the place of the organisation's one."""
    base = "ari:cloud:compass:1-2-3-4-5:component/1-2-3-4-5/1-2-3-4-"
    many = {f"BUILDKITE_PLUGIN_COMPASS_EVENT_COMPONENT_ID_{i}": f"{base}{i}" for i in range(11)}
    assert hook(agent, "pre-command", **many) == 0
    components = [json.loads(one.body)["componentId"] for one in agent.sandbox.requests]
    assert sorted(components) == sorted(many.values())


def test_what_was_begun_is_kept_with_the_build(agent: Agent) -> None:
    """From one hook to the other, whatever the program writes into the record."""
    agent.program(
        "compass-event", 'echo "$COMPASS_STATE" >> "$COMPASS_RECORD"; cat "$COMPASS_RECORD" > seen'
    )
    hook(agent, "pre-command")
    (kept,) = agent.folder.glob("meta-data-compass-event-018f-77-*")
    assert kept.read_text() == "in_progress\n"
    hook(agent, "pre-exit", BUILDKITE_COMMAND_EXIT_STATUS="0")
    assert (agent.workspace / "seen").read_text() == "in_progress\n0\n"


# Buildkite's agent sources a hook, and hands the changes of the environment on.
SOURCED = """\
export BUILDKITE_PLUGIN_COMPASS_EVENT_API_URL="$COMPASS_API_URL"
before=$(compgen -e | sort)
BUILDKITE_PLUGIN_COMPASS_EVENT_ENVIRONMENT=production . "{hooks}/pre-command"
. "{hooks}/pre-command"
diff <(echo "$before") <(compgen -e | sort) > leaked || true
case $- in *[eu]*) echo options >> leaked ;; esac
export BUILDKITE_COMMAND_EXIT_STATUS=0
BUILDKITE_PLUGIN_COMPASS_EVENT_ENVIRONMENT=production . "{hooks}/pre-exit"
. "{hooks}/pre-exit"
"""


def test_a_hook_leaves_nothing_to_the_command_and_to_other_plugins(agent: Agent) -> None:
    """Two entries of the plugin in one job report two events."""
    agent.program("buildkite-agent", META_DATA)
    job = {"BUILDKITE": "true", "BUILDKITE_JOB_ID": "018f-77", "COMPASS_SEQUENCE_NUMBER": "219"}
    assert agent.run(SOURCED.format(hooks=HOOKS), job, ("bash",)) == 0
    assert (agent.workspace / "leaked").read_text() == ""
    bodies = [json.loads(one.body)["event"] for one in agent.sandbox.requests]
    assert [next(iter(body)) for body in bodies] == ["deployment", "build"] * 2
    assert [event["state"] for event in agent.sandbox.feed()["events"]] == ["SUCCESSFUL"] * 2


def test_a_lost_report_fails_the_job_only_if_asked(agent: Agent) -> None:
    agent.sandbox.add_faults([{"status": 400, "times": 3}])
    strict = {"BUILDKITE_PLUGIN_COMPASS_EVENT_ON_ERROR": "fail"}
    assert hook(agent, "pre-command", **strict) == 0
    assert hook(agent, "pre-exit", BUILDKITE_COMMAND_EXIT_STATUS="0") == 0
    assert hook(agent, "pre-exit", BUILDKITE_COMMAND_EXIT_STATUS="0", **strict) == 1


def test_docker_takes_the_place_of_the_command(agent: Agent) -> None:
    (agent.bin / "compass-event").unlink()
    agent.program("docker", 'printf "%s\\n" "$*" > docker.log')
    assert (
        hook(agent, "pre-command", BUILDKITE_PLUGIN_COMPASS_EVENT_IMAGE="mirror.acme.example/ce:1")
        == 0
    )
    called = Path(agent.workspace / "docker.log").read_text()
    for passed in ("COMPASS_API_TOKEN", "COMPASS_ENVIRONMENT", "COMPASS_RECORD", "BUILDKITE"):
        assert f" -e {passed} " in called
    assert "BUILDKITE_AGENT_TOKEN" not in called
    assert called.endswith(" mirror.acme.example/ce:1\n")
