"""Examples that run the image with Docker: their commands, with what the CI system tells a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from tests.recorded import read_recording
from tests.surfaces.agent import ARI, ROOT, Agent

# A container sees the variables that it is given, and the folders that stand at the same place here.
DOCKER = """names=
while [ "$1" != compassevent/compass-event:0.2.0 ]; do
  [ "$1" != -e ] || names="$names $2"
  shift
done
for name in $names; do eval "set -- \\"\\$@\\" \\"$name=\\$$name\\""; done
shift
exec env -i PATH="$PATH" "$@" compass-event"""


class Example(NamedTuple):
    """One of the examples."""

    file: str
    recording: str
    begin: Callable[[Any], Iterator[str]]
    end: Callable[[Any], Iterator[str]]
    ended: dict[str, str]
    """What the system tells at the end."""


def appveyor(section: str) -> Callable[[Any], Iterator[str]]:
    def commands(file: Any) -> Iterator[str]:
        for name, text in file["environment"].items():
            if name not in ("COMPASS_API_TOKEN", "COMPASS_SITE"):
                yield f"export {name}='{text}'"
        yield file[section][0]["sh"]

    return commands


def travis(section: str) -> Callable[[Any], Iterator[str]]:
    def commands(file: Any) -> Iterator[str]:
        for line in file["env"]["global"]:
            name, _, text = line.partition("=")
            if name != "COMPASS_SITE":
                text = text.strip('"')
                yield f'export {name}="{text}"'
        yield from file[section]

    return commands


def semaphore(*path: str) -> Callable[[Any], Iterator[str]]:
    def commands(file: Any) -> Iterator[str]:
        task = file["blocks"][0]["task"]
        for row in task["env_vars"]:
            if row["name"] != "COMPASS_SITE":
                yield f"export {row['name']}='{row['value']}'"
        yield "checkout() { :; }"
        for name in path:
            task = task[name]
        yield from task

    return commands


def bitrise(step: int) -> Callable[[Any], Iterator[str]]:
    def commands(file: Any) -> Iterator[str]:
        yield "export COMPASS_ENVIRONMENT=production"
        [row] = file["workflows"]["deploy"]["steps"][step].values()
        yield row["inputs"][0]["content"]

    return commands


EXAMPLES = [
    Example("appveyor/appveyor.yml", "appveyor-push", appveyor("build_script"), appveyor("on_success"), {}),
    Example("travis/travis.yml", "travis-branch", travis("before_script"), travis("after_script"),
            {"TRAVIS_TEST_RESULT": "0"}),
    Example("semaphore/semaphore.yml", "semaphore-branch", semaphore("prologue", "commands"),
            semaphore("epilogue", "always", "commands"), {"SEMAPHORE_JOB_RESULT": "passed"}),
    Example("bitrise/bitrise.yml", "bitrise-push", bitrise(1), bitrise(3), {"BITRISE_BUILD_STATUS": "0"}),
]  # fmt: skip
OURS = ("COMPASS_PIPELINE_ID", "COMPASS_SEQUENCE_NUMBER", "COMPASS_EXTERNAL_EVENT_SOURCE_ID")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.recording)
def test_the_begin_and_the_end_are_one_deployment(example: Example, agent: Agent) -> None:
    """With compass.yml in the checkout, and nothing but what the system tells."""
    file = yaml.safe_load((ROOT / "examples" / example.file).read_text())
    (agent.workspace / "compass.yml").write_text(f"name: shop\nid: {ARI}\n")
    agent.program("docker", DOCKER)
    env = read_recording(example.recording) | dict.fromkeys((*OURS, "COMPASS_COMPONENT_ID"), "")
    secrets = {"COMPASS_EMAIL": "ci@acme.example", "COMPASS_API_TOKEN": "made-up-token"}
    for commands, told in ((example.begin, {}), (example.end, example.ended)):
        script = "\n".join(commands(file))
        assert agent.run(script, env | secrets | told) == 0
    assert agent.states() == ["IN_PROGRESS", "SUCCESSFUL"]
    [event] = agent.sandbox.feed()["events"]
    assert event["started_at"] is not None
