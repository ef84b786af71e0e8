"""The step that installs: where it cannot, that is a failed delivery and not a red job. What pip does in
it is tried in `pip/`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.no_docker import job
from tests.no_docker.job import MANIFEST, NOT_INSTALLED, ROOT, STEPS, RunStep, assert_lost

checkout, run_step = job.checkout, job.run_step


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with little on it."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "bash").symlink_to(str(shutil.which("bash")))
    return folder


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("on_error", "exit_code", "kind"),
    [("warn-all", 0, "warning"), ("dunno", 0, "warning"), ("Fail", 1, "error")],
)
def test_what_cannot_be_installed_is_a_failed_delivery(
    run_step: RunStep, on_error: str, exit_code: int, kind: str
) -> None:
    """The job goes on unless asked otherwise; here the temp folder takes no file."""
    ran = run_step("install", ON_ERROR=on_error, RUNNER_TEMP="/proc")
    assert (ran.exit_code, ran.outputs) == (exit_code, {})
    assert [(one.kind, one.title) for one in ran.log.annotations] == [(kind, NOT_INSTALLED)]
    assert STEPS["event"]["if"] == "steps.install.outputs.python"
    value = MANIFEST["outputs"]["outcome"]["value"]
    assert value == "${{ steps.event.outputs.outcome || 'failed' }}"


@pytest.mark.parametrize("temp", ["", "/nowhere"])
def test_a_runner_without_a_temp_folder_is_a_failed_delivery(run_step: RunStep, temp: str) -> None:
    """Nothing is written to the workspace instead."""
    assert_lost(run_step("install", RUNNER_TEMP=temp))


def test_a_debian_without_venv_is_told_which_package_is_needed(
    run_step: RunStep, tools: Path
) -> None:
    """Its Python has the module venv, which cannot make a pip."""
    python, disguise = tools / "python3", tools / "disguise.py"
    write_program(
        python,
        "case \"$*\" in *'-m venv'*) echo 'ensurepip is not available' >&2; exit 1 ;; esac\n"
        f'exec {sys.executable} -I {disguise} "$@"',
    )
    disguise.write_text(
        "import runpy, sys\n"
        f"sys.executable = {str(python)!r}\n"
        "if '-c' not in sys.argv:\n"
        "    sys.argv = sys.argv[sys.argv.index('utf8') + 1:]\n"
        "    runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    ran = run_step("install", PATH=str(tools))
    assert_lost(ran)
    assert "ensurepip is not available" in ran.log.visible_log
    assert "python3-venv" in ran.log.annotations[0].message


@pytest.mark.parametrize("found", ["none", "too old", "a stub"])
@pytest.mark.parametrize(
    ("on_error", "exit_code", "kind"), [("warn", 0, "warning"), ("fail", 1, "error")]
)
def test_a_runner_without_python_is_told_what_to_do(
    run_step: RunStep, tools: Path, found: str, on_error: str, exit_code: int, kind: str
) -> None:
    """Never a red job under warn; the stub is Windows's, which only opens the store."""
    if found == "too old":
        write_program(tools / "python3", "exit 1")
    if found == "a stub":
        write_program(tools / "python", "echo 'Python was not found'; exit 9009")
    ran = run_step("install", PATH=str(tools), ON_ERROR=on_error)
    assert (ran.exit_code, ran.outputs) == (exit_code, {})
    (one,) = ran.log.annotations
    assert (one.kind, one.title) == (kind, "Compass Event found no Python")
    assert "actions/setup-python" in one.message


def test_the_bound_is_two_minutes() -> None:
    """Shorter than the five that GitHub leaves a cancelled job."""
    script = (ROOT / "no-docker" / "install.sh").read_text()
    assert "\nseconds=120 " in script
    assert '"$RUNNER_TEMP" "$seconds"' in script


def test_what_installs_sees_no_secret() -> None:
    assert STEPS["install"]["env"] == {"ON_ERROR": "${{ inputs.on-error }}"}
