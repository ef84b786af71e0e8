"""Bitbucket: what goes into a pipe and what comes out of it, by the host's rules for variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compass_action.errors import InputError
from compass_action.sandbox import Sandbox
from tests.bitbucket_pipes import (
    COMPONENTS,
    DEPLOYMENT,
    ENDED_DEPLOYMENT,
    ENVIRONMENT_UUID,
    FAILED_DEPLOYMENT,
    MANIFEST,
    REPOSITORY_VARIABLES,
    TOKEN,
    Host,
    RunPipe,
    Step,
    places,
    read_pipes,
    states,
)


@pytest.mark.parametrize("named", [True, False], ids=["account/pipe", "docker://"])
def test_a_list_of_components_is_one_event_for_each(
    run_pipe: RunPipe, sandbox: Sandbox, named: bool
) -> None:
    """A list arrives as NAME_COUNT, NAME_0, NAME_1, also where pipe.yml has a default for NAME."""
    variables = read_pipes("build")[1] | {"COMPASS_COMPONENT_ID": COMPONENTS}
    run_pipe(Step("bitbucket-after-script"), variables, manifest=MANIFEST if named else None)
    found = [(e["component_id"], e["state"]) for e in sandbox.feed()["events"]]
    assert found == [(component, "FAILED") for component in COMPONENTS]


def test_pipe_yml_fetches_the_credentials(run_pipe: RunPipe, sandbox: Sandbox, host: Host) -> None:
    """From the repository's variables of the same name; nothing but the outcome has to be mapped."""
    only = {"COMPASS_STATE": "$BITBUCKET_EXIT_CODE"}
    run_pipe(Step("bitbucket-after-script"), only, host, MANIFEST)
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created FAILED"]


def test_a_name_that_does_not_exist_is_not_given(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host
) -> None:
    """Not even under the host's own name: it is absent, and never the text `$NAME`."""
    variables = read_pipes("build")[1] | {
        "COMPASS_COMPONENT_ID": "$COMPONENT_OF_NOBODY",
        "COMPASS_ENVIRONMENT": "$BITBUCKET_DEPLOYMENT_ENVIRONMENT",
        "BITBUCKET_DEPLOYMENT_ENVIRONMENT": "$BITBUCKET_DEPLOYMENT_ENVIRONMENT",
        "BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID": "$BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID",
    }
    run_pipe(Step("bitbucket-after-script"), variables, host)
    [event] = sandbox.feed()["events"]
    assert (event["type"], event["component_id"]) == ("build", COMPONENTS[0])
    assert b"$" not in sandbox.requests[0].body


def test_an_exit_code_outside_after_script_is_an_error(
    run_pipe: RunPipe, sandbox: Sandbox, host: Host
) -> None:
    """There is none in the script; the message names the input, and nothing is sent."""
    log = run_pipe(Step("bitbucket-branch"), read_pipes("build")[1], host, exit_code=2)
    assert f"✖ {InputError.headline}: state: it is not given" in log
    assert sandbox.requests == []


def test_braces_and_foreign_secrets_never_reach_compass(
    run_pipe: RunPipe, sandbox: Sandbox, clone: Path
) -> None:
    """Bitbucket puts braces around its UUIDs, and hands a pipe credentials that are not for it."""
    logs = [run_pipe(DEPLOYMENT, read_pipes("deployment")[0] | {"COMPASS_DEBUG": True})]
    logs += [run_pipe(FAILED_DEPLOYMENT, read_pipes("deployment")[1])]
    bodies = [request.body.decode() for request in sandbox.requests]
    left = [path.read_text() for path in clone.rglob("*") if path.is_file()]
    assert len(bodies) == 2
    for text in bodies:
        assert re.search(r'[^"]*\{[0-9a-f]{8}-', text) is None
    for text in (*bodies, *logs, *left):
        assert "DECOY" not in text
        assert TOKEN not in text
        assert REPOSITORY_VARIABLES["DEPLOY_KEY"] not in text


def test_outputs_are_appended_for_later_steps(run_pipe: RunPipe, clone: Path) -> None:
    """NAME=value lines, behind what other pipes have written; the last of a name counts."""
    file = Path(places(clone)["BITBUCKET_PIPELINES_VARIABLES_PATH"])
    file.write_text("VERSION=1.2.3\n")
    run_pipe(FAILED_DEPLOYMENT, read_pipes("deployment")[1])
    first, *lines = file.read_text().splitlines()
    assert first == "VERSION=1.2.3"
    assert {
        "COMPASS_OUTCOME=accepted",
        "COMPASS_EVENT_TYPE=deployment",
        "COMPASS_STATE=FAILED",
        f"COMPASS_COMPONENT_IDS={COMPONENTS[0]}",
        f"COMPASS_ENVIRONMENT_ID={ENVIRONMENT_UUID}",
        "COMPASS_SEQUENCE_NUMBER=218001000",
        "COMPASS_HTTP_STATUS=202",
        "COMPASS_SEND_ATTEMPTS=1",
    } <= set(lines)
    assert all(re.fullmatch(r"COMPASS_[A-Z_]+=.+", line) for line in lines)


BLUE, RED, GREEN, YELLOW, RESET = ("\x1b[34m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m")


def test_the_log_speaks_as_pipes_do(run_pipe: RunPipe, sandbox: Sandbox) -> None:
    """INFO in blue, a green tick for what was accepted, a red cross for what failed."""
    lines = run_pipe(ENDED_DEPLOYMENT, read_pipes("deployment")[1]).splitlines()
    assert lines[0].startswith(f"{BLUE}INFO: deployment SUCCESSFUL ")
    assert lines[-1] == f"{GREEN}✔ accepted by Compass{RESET}"
    refused = read_pipes("deployment")[1] | {"COMPASS_API_TOKEN": "wrong"}
    log = run_pipe(ENDED_DEPLOYMENT, refused)
    assert f"\n{YELLOW}WARNING: " in log
    log = run_pipe(ENDED_DEPLOYMENT, refused | {"COMPASS_ON_ERROR": "fail"}, exit_code=1)
    assert f"\n{RED}✖ " in log
    assert "✔" not in log
