"""Jenkins's shared library: what it reports, and that it never breaks a build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.moments import in_order
from tests.surfaces.jenkins.play import HERE, ROOT, Build, play, write_program

COMMAND = ("compass-event",)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (tmp_path / "shop@tmp").mkdir()
    return folder


def played(name: str, workspace: Path, sandbox: Sandbox, *programs: str) -> Build:
    return play(HERE / "pipelines" / f"{name}.groovy", workspace, sandbox.url, *programs)


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The type's own part of every request, in order, with the common fields beside it."""
    bodies = [json.loads(one.body)["event"] for one in sandbox.requests]
    return [
        body | next(part for name, part in body.items() if name.endswith("Properties"))
        for event in bodies
        for body in event.values()
    ]


@pytest.mark.parametrize(
    ("name", "states", "result"),
    [
        ("deployment", ["IN_PROGRESS", "SUCCESSFUL"], "SUCCESS"),
        ("build", ["IN_PROGRESS", "SUCCESSFUL"], "SUCCESS"),
        ("failure", ["IN_PROGRESS", "FAILED"], "FAILURE"),
        ("unstable", ["IN_PROGRESS", "FAILED"], "UNSTABLE"),
        ("unstable-before", ["IN_PROGRESS", "SUCCESSFUL"], "UNSTABLE"),
        ("aborted", ["IN_PROGRESS", "CANCELLED"], "ABORTED"),
        ("not-built", ["IN_PROGRESS", "CANCELLED"], "NOT_BUILT"),
        ("error-of-the-language", ["IN_PROGRESS", "FAILED"], "FAILURE"),
    ],
)
def test_a_block_is_begun_and_ended_with_its_true_outcome(
    name: str, states: list[str], result: str, workspace: Path, sandbox: Sandbox
) -> None:
    build = played(name, workspace, sandbox, *COMMAND)
    assert [one["state"] for one in sent(sandbox)] == states
    assert build.result == result
    assert len(sandbox.feed()["events"]) == 1


def test_a_deployment_starts_with_its_block(workspace: Path, sandbox: Sandbox) -> None:
    """And ends after it; the build began in January."""
    played("deployment", workspace, sandbox, *COMMAND)
    begun, ended = sent(sandbox)
    assert begun["startedAt"] == ended["startedAt"]
    assert in_order("2026-02-01T00:00:00Z", begun["startedAt"])
    assert in_order(ended["startedAt"], ended["completedAt"])


def test_a_build_starts_when_jenkins_says(workspace: Path, sandbox: Sandbox) -> None:
    played("build", workspace, sandbox, *COMMAND)
    assert {one["startedAt"] for one in sent(sandbox)} == {"2026-01-31T01:23:45.123Z"}


def test_what_the_block_returns_is_returned(workspace: Path, sandbox: Sandbox) -> None:
    build = played("returned", workspace, sandbox, *COMMAND)
    assert build.log[-1] == "version 1.2.3"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unknown-input", "compassEvent: nothing was reported. Not an input: enviroment."),
        ("no-credentials", "compassEvent: nothing was reported. Could not find credentials"),
        ("refused", "not an ARI"),
    ],
)
def test_what_is_wrong_is_said_and_the_block_runs_all_the_same(
    name: str, said: str, workspace: Path, sandbox: Sandbox
) -> None:
    build = played(name, workspace, sandbox, *COMMAND)
    assert (build.result, build.thrown) == ("SUCCESS", None)
    assert "deployed" in build.log
    assert any(said in line for line in build.log)
    assert sandbox.requests == []


def test_without_the_program_the_block_runs_all_the_same(workspace: Path, sandbox: Sandbox) -> None:
    """An agent with neither the command nor Docker."""
    (workspace.parent / "bin").mkdir()
    write_program(workspace.parent / "bin" / "docker", "#!/bin/sh\nexit 127\n")
    build = played("deployment", workspace, sandbox)
    assert (build.result, build.thrown) == ("SUCCESS", None)
    assert "deploying" in build.log


def test_a_lost_report_fails_the_build_if_that_is_asked(workspace: Path, sandbox: Sandbox) -> None:
    """At the end, not at the start; the deployment has run."""
    sandbox.add_faults([{"status": 400, "times": 2}])
    build = played("fail-if-lost", workspace, sandbox, *COMMAND)
    assert "deployed" in build.log
    assert build.result == "FAILURE"
    assert build.thrown == (
        "AbortException: compassEvent: the event could not be reported; see above."
    )


def test_a_lost_report_does_not_hide_why_the_block_failed(
    workspace: Path, sandbox: Sandbox
) -> None:
    sandbox.add_faults([{"status": 400, "times": 2}])
    build = played("fail-twice", workspace, sandbox, *COMMAND)
    assert build.thrown == "AbortException: script returned exit code 3"


def test_values_arrive_as_they_were_written(workspace: Path, sandbox: Sandbox) -> None:
    """Neither Jenkins nor a shell changes them; a list is several components, a map is YAML."""
    played("values", workspace, sandbox, *COMMAND)
    assert {one["displayName"] for one in sent(sandbox)} == {"costs $PRICE, ${PRICE} or $$"}
    assert {one["description"] for one in sent(sandbox)} == {
        '"quoted"; $(touch planted) `touch planted`'
    }
    assert {one["environment"]["category"] for one in sent(sandbox)} == {"STAGING"}
    assert len(sandbox.requests) == 4
    assert not (workspace / "planted").exists()


def test_docker_is_given_names_only_and_no_secret_of_others(
    workspace: Path, sandbox: Sandbox
) -> None:
    """The stand-in for Docker runs the program with those variables alone."""
    build = played("image", workspace, sandbox, *COMMAND, "docker")
    assert [one["state"] for one in sent(sandbox)] == ["IN_PROGRESS", "SUCCESSFUL"]
    runs = (workspace / "docker.log").read_text()
    assert len(runs.splitlines()) == 2
    assert "mirror.acme.example/compass-event:0.2.0" in runs
    assert "-e COMPASS_API_TOKEN" in runs
    assert "-e JOB_NAME" in runs
    assert f"-v {workspace}:{workspace} -v {workspace}@tmp:{workspace}@tmp" in runs
    assert "GIT_PASSWORD" not in runs
    assert "made-up-token" not in runs + "".join(build.log)


def test_without_the_command_docker_runs_the_released_image(
    workspace: Path, sandbox: Sandbox
) -> None:
    played("deployment", workspace, sandbox, "docker")
    assert [one["state"] for one in sent(sandbox)] == ["IN_PROGRESS", "SUCCESSFUL"]
    assert " compassevent/compass-event:" in (workspace / "docker.log").read_text()


def test_credentials_in_the_environment_come_first(workspace: Path) -> None:
    """The stand-in takes those alone."""
    credentials = ("folder@acme.example", "token-of-the-folder")
    with running_sandbox(credentials=credentials) as sandbox:
        played("credentials-of-the-folder", workspace, sandbox, *COMMAND)
        assert len(sandbox.feed()["events"]) == 1
        assert sandbox.feed()["refused"] == []


@pytest.mark.parametrize(
    ("example", "deploy", "states"),
    [
        ("declarative", "exit 0", ["IN_PROGRESS", "IN_PROGRESS", "SUCCESSFUL", "SUCCESSFUL"]),
        ("declarative", "exit 1", ["IN_PROGRESS", "IN_PROGRESS", "FAILED", "FAILED"]),
        ("scripted", "exit 0", ["IN_PROGRESS", "IN_PROGRESS", "SUCCESSFUL", "SUCCESSFUL"]),
        ("scripted", "exit 1", ["IN_PROGRESS", "IN_PROGRESS", "FAILED", "FAILED"]),
    ],
)
def test_the_examples_run(
    example: str, deploy: str, states: list[str], workspace: Path, sandbox: Sandbox
) -> None:
    """Build and deployment, each begun and ended."""
    (workspace / "Makefile").write_text("all:\n\t@echo built\n")
    write_program(workspace / "deploy.sh", f"#!/bin/sh\n{deploy}\n")
    jenkinsfile = ROOT / "examples" / "jenkins" / f"{example}.Jenkinsfile"
    build = play(jenkinsfile, workspace, sandbox.url, *COMMAND)
    assert "built" in build.log
    assert [one["state"] for one in sent(sandbox)] == states
    assert ["buildProperties" in one for one in sent(sandbox)] == [True, False, False, True]
    assert build.result == ("SUCCESS" if deploy == "exit 0" else "FAILURE")
