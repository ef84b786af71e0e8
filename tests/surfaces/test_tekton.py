"""The task's step, its references filled in and its script run as Tekton does."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.surfaces.agent import ROOT, SURFACES, Agent

TASK = yaml.safe_load((SURFACES / "tekton" / "compass-event.yaml").read_text())["spec"]
PIPELINE = yaml.safe_load((ROOT / "examples" / "tekton" / "pipeline.yaml").read_text())["spec"]


def run(agent: Agent, given: dict[str, str]) -> tuple[int, str]:
    """Run the task; its exit code and its result."""
    declared = {row["name"]: row["default"] for row in TASK["params"]}
    assert set(given) <= set(declared)
    result = agent.folder / "results" / "record"
    result.parent.mkdir(exist_ok=True)
    result.unlink(missing_ok=True)
    known = {f"params.{name}": text for name, text in (declared | given).items()}
    known |= {
        "results.record.path": str(result),
    }
    [step] = TASK["steps"]

    def fill(text: str) -> str:
        return re.sub(r"\$\(([\w.-]+)\)", lambda found: known[found[1]], text)

    assert "$(" not in re.sub(r"\$\(params\.\w+\)", "", step["image"])
    env = {row["name"]: fill(row["value"]) for row in step["env"]}
    code = agent.run(step["script"], env, ("sh",))
    return code, result.read_text()


def example(task: str, place: str) -> dict[str, str]:
    """What our example gives a task; what Tekton itself would fill in is made up."""
    [row] = [one for one in PIPELINE[place] if one["name"] == task]
    known: dict[str, Any] = {
        "context.pipelineRun.namespace": "ci",
        "context.pipelineRun.name": "deploy-run-7",
        "context.pipeline.name": "deploy",
        "params.number": "1769822625123",
        "params.dashboard": "https://tekton.acme.example",
    }
    return {
        one["name"]: re.sub(
            r"\$\(([\w.-]+)\)", lambda found: known.get(found[1], found[0]), one["value"]
        )
        for one in row["params"]
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Succeeded", "SUCCESSFUL"),
        ("Completed", "SUCCESSFUL"),
        ("Failed", "FAILED"),
        ("None", "CANCELLED"),
    ],
)
def test_the_example_begins_and_ends_one_event(status: str, state: str, agent: Agent) -> None:
    begin, end = example("begin", "tasks"), example("end", "finally")
    for given in (begin, end):  # a site that is given decides where the token goes
        assert given.pop("site") == "acme"
    code, record = run(agent, begin)
    assert code == 0
    assert end["record"] == "$(tasks.begin.results.record)"
    assert end["state"] == "$(tasks.status)"
    assert run(agent, end | {"record": record, "state": status})[0] == 0
    assert agent.states() == ["IN_PROGRESS", state]
    assert agent.shown() == [state]


def test_the_record_of_the_begin_is_there_at_the_end(agent: Agent) -> None:
    agent.program("compass-event", 'echo more >> "$COMPASS_RECORD"')
    assert run(agent, {"record": "begun\n"}) == (0, "begun\nmore\n")


def test_there_is_a_result_whatever_becomes_of_the_report(agent: Agent) -> None:
    """A task that waits for one is not run without it."""
    agent.program("compass-event", "exit 2")
    assert run(agent, {"state": "in_progress", "on-error": "fail"}) == (0, "")
    assert run(agent, {"state": "success"}) == (0, "")
    assert run(agent, {"state": "success", "on-error": "fail"}) == (2, "")
