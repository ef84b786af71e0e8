"""GitHub without Docker: the steps of no-docker/action.yml, their scripts run by a real bash."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compass_action.inputs.table import INPUTS
from compass_action.sandbox import Sandbox
from tests.github_jobs import RUN, Shown, read_feed, read_sent, tracked
from tests.moments import in_order
from tests.no_docker import job
from tests.no_docker.job import MANIFEST, STEPS, RunStep

checkout, run_step = job.checkout, job.run_step
sandbox, run_report = job.sandbox, job.run_report


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with little on it."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("bash", "cksum", "tr"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_libraries_are_installed_once_for_a_job(run_step: RunStep, tmp_path: Path) -> None:
    """With their hashes, into an environment of their own; a second step finds it."""
    first = run_step("install")
    assert first.exit_code == 0, first.log.visible_log
    python = first.outputs["python"]
    assert Path(python).is_relative_to(tmp_path)
    found = subprocess.run([python, "-I", "-c", "import pinned, sys; print(sys.prefix)"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    assert found.stdout.strip() == str(Path(python).parents[1])
    shutil.rmtree(tmp_path / "wheels")
    assert run_step("install").outputs == {"python": python}


def test_a_library_that_is_not_the_pinned_one_is_not_installed(
    run_step: RunStep, checkout: Path
) -> None:
    (checkout / "requirements.txt").write_text("pinned==1 --hash=sha256:" + "0" * 64)
    ran = run_step("install")
    assert ran.outputs == {}
    assert "DO NOT MATCH THE HASHES" in ran.log.visible_log


@pytest.mark.parametrize(
    ("on_error", "exit_code", "kind"), [("warn", 0, "warning"), ("Fail", 1, "error")]
)
def test_what_cannot_be_installed_is_a_failed_delivery(
    run_step: RunStep, tools: Path, on_error: str, exit_code: int, kind: str
) -> None:
    """The job goes on unless asked otherwise; here it is a Debian without python3-venv."""
    write_program(tools / "python3", 'case "$*" in *venv*) echo "no ensurepip" >&2; exit 1 ;; esac')
    ran = run_step("install", PATH=str(tools), ON_ERROR=on_error)
    assert (ran.exit_code, ran.outputs) == (exit_code, {})
    assert "no ensurepip" in ran.log.visible_log
    assert [(one.kind, one.title) for one in ran.log.annotations] == [
        (kind, "Compass Event could not be installed")
    ]
    assert STEPS["event"]["if"] == "steps.install.outputs.python"
    value = MANIFEST["outputs"]["outcome"]["value"]
    assert value == "${{ steps.event.outputs.outcome || 'failed' }}"


@pytest.mark.parametrize("found", ["none", "too old"])
def test_a_runner_without_python_is_told_what_to_do(
    run_step: RunStep, tools: Path, found: str
) -> None:
    if found == "too old":
        write_program(tools / "python3", "exit 1")
    ran = run_step("install", PATH=str(tools), ON_ERROR="warn")
    assert (ran.exit_code, ran.outputs) == (2, {})
    (error,) = ran.log.annotations
    assert (error.kind, error.title) == ("error", "Compass Event found no Python")
    assert "actions/setup-python" in error.message


def test_a_tracked_job_uses_the_action_twice(run_report: RunStep, sandbox: Sandbox) -> None:
    """A composite action has no post stage and no state, yet the end knows the start."""
    begun, ended = (
        run_report(INPUT_TRACK="true", INPUT_STATE="success"),
        run_report(INPUT_STATE="failure"),
    )
    assert (begun.exit_code, ended.exit_code) == (0, 0), begun.log.visible_log
    assert begun.outputs["state"] == "IN_PROGRESS"
    assert ended.outputs["outcome"] == "accepted"
    build = (f"{RUN}/attempts/1/jobs/deploy",)
    assert read_feed(sandbox) == [Shown("build", build, tracked("FAILED"))]
    first, last = read_sent(sandbox)
    assert first["startedAt"] == last["startedAt"]
    assert in_order(last["startedAt"], last["completedAt"])


def test_a_job_can_track_a_build_and_a_deployment(run_report: RunStep, sandbox: Sandbox) -> None:
    """Each end finds the start of its own event."""
    for environment in ("", "production"):
        run_report(INPUT_TRACK="true", INPUT_ENVIRONMENT=environment)
    for environment in ("", "production"):
        run_report(INPUT_STATE="success", INPUT_ENVIRONMENT=environment)
    assert [shown.history for shown in read_feed(sandbox)] == [tracked("SUCCESSFUL")] * 2
    started = [part["startedAt"] for part in read_sent(sandbox)]
    assert started[:2] == started[2:]


def test_the_exit_code_is_the_programs(run_report: RunStep, sandbox: Sandbox) -> None:
    ran = run_report(INPUT_STATE="sucess")
    assert ran.exit_code == 2
    assert [one.kind for one in ran.log.annotations] == ["error"]
    assert sandbox.requests == []


def test_strangers_text_reaches_no_script(run_report: RunStep, sandbox: Sandbox) -> None:
    """Inputs are variables, never spliced in; the scripts themselves hold no expression at all."""
    assert [step["run"] for step in STEPS.values() if "${{" in step["run"]] == []
    hostile = '$(touch owned) `touch owned` "; touch owned #'
    ran = run_report(INPUT_STATE="success", INPUT_DISPLAY_NAME=hostile)
    assert ran.exit_code == 0, ran.log.visible_log
    assert sandbox.feed()["events"][0]["display_name"] == hostile
    assert not Path("owned").exists()


def test_every_input_is_handed_over() -> None:
    """Under the name with underscores: some shells drop variables that have a hyphen."""
    asked = {f"INPUT_{row.field.upper()}": f"${{{{ inputs.{row.name} }}}}" for row in INPUTS}
    python = {"COMPASS_EVENT_PYTHON": "${{ steps.install.outputs.python }}"}
    assert STEPS["event"]["env"] == python | asked


def test_what_installs_sees_no_secret() -> None:
    assert STEPS["install"]["env"] == {"ON_ERROR": "${{ inputs.on-error }}"}
