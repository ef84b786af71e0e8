"""GitHub without Docker: the steps of no-docker/action.yml, their scripts run by a real bash."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from compass_action.inputs import INPUTS
from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_jobs import EMAIL, RUN, SHOP, TOKEN, Shown, read_feed, read_sent, tracked
from tests.moments import in_order
from tests.github_runner import read_log
from tests.github_runner.file_commands import parse_pairs

ROOT = Path(__file__).parents[1]
MANIFEST = yaml.load((ROOT / "no-docker" / "action.yml").read_text(), yaml.BaseLoader)  # noqa: S506 - texts only
STEPS = {step["id"]: step for step in MANIFEST["runs"]["steps"]}
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")  # GitHub's `shell: bash`


class Ran(NamedTuple):
    """One step that has run."""

    exit_code: int
    outputs: Mapping[str, str]
    log: Any


RunStep = Callable[..., Ran]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The action as the runner has downloaded it, with a library of a single file to install."""
    folder = tmp_path / "_actions" / "compass-event"
    folder.mkdir(parents=True)
    for name in ("no-docker", "compass_action", "entrypoint.py"):
        (folder / name).symlink_to(ROOT / name)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel = wheels / "pinned-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pinned.py", "")
        about = "pinned-1.dist-info/"
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: pinned\nVersion: 1\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"pinned==1 --hash=sha256:{digest}\n")
    return folder


@pytest.fixture
def run_step(tmp_path: Path, checkout: Path) -> RunStep:
    """Run the script of a step, with these variables, and read what it leaves for the runner."""

    def run(step: str, **variables: str) -> Ran:
        files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_bytes(b"")
        env = {
            "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_ACTION_PATH": str(checkout / "no-docker"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path / "wheels"),
            **{name: str(file) for name, file in files.items()},
            **variables,
        }
        done = subprocess.run(
            [*BASH, STEPS[step]["run"]],
            env=env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        outputs = parse_pairs(files["GITHUB_OUTPUT"].read_bytes())
        return Ran(done.returncode, outputs, read_log(done.stdout, done.stderr))

    return run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def run_report(run_step: RunStep, sandbox: Sandbox, tmp_path: Path) -> RunStep:
    """Run the step that reports; the libraries are those of the tests."""

    def run(**inputs: str) -> Ran:
        variables = {
            "COMPASS_EVENT_PYTHON": sys.executable,
            "GITHUB_ACTIONS": "true",
            "GITHUB_JOB": "deploy",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "7421",
            "GITHUB_RUN_NUMBER": "42",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
            "GITHUB_WORKSPACE": str(tmp_path),
            "INPUT_API_TOKEN": TOKEN,
            "INPUT_API_URL": sandbox.url,
            "INPUT_COMPONENT_ID": SHOP,
            "INPUT_EMAIL": EMAIL,
        }
        return run_step("event", **{**variables, **inputs})

    return run


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
