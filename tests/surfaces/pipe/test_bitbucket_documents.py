"""What the README and the pipe's page show of Bitbucket is run as it stands, but for the address."""

from __future__ import annotations

import pytest
import yaml

from compass_action.sandbox import Sandbox
from tests.bitbucket_pipes import (
    DEPLOYMENT,
    ENDED_DEPLOYMENT,
    FAILED_DEPLOYMENT,
    Host,
    RunPipe,
    Step,
    read_variables,
    states,
)
from tests.surfaces.documents import README, ROOT, snippets

QUICK_START = yaml.safe_load(snippets(README, "yaml")["Bitbucket Pipelines"])
DEFINITION = yaml.safe_load(snippets(ROOT / "docs" / "bitbucket.md", "yaml")["YAML Definition"])


@pytest.mark.parametrize(
    ("end", "expected"), [(ENDED_DEPLOYMENT, "SUCCESSFUL"), (FAILED_DEPLOYMENT, "FAILED")]
)
def test_the_readmes_pipes_are_one_deployment(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host, end: Step, expected: str
) -> None:
    before, after = read_variables(QUICK_START)
    run_pipe(DEPLOYMENT, before, host)
    run_pipe(end, after, host)
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["environment"]) == ("deployment", "production")
    assert states(event) == ["created IN_PROGRESS", f"overwritten {expected}"]


@pytest.mark.parametrize(("code", "state"), [("0", "SUCCESSFUL"), ("2", "FAILED")])
def test_the_definition_of_the_pipes_page_reports_a_build(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host, code: str, state: str
) -> None:
    [variables] = read_variables(DEFINITION)
    run_pipe(Step("bitbucket-after-script", {"BITBUCKET_EXIT_CODE": code}), variables, host)
    [event] = sandbox.feed()["events"]
    assert (event["type"], states(event)) == ("build", [f"created {state}"])
