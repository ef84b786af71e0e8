"""The step that installs: once for each job, from where the job gets its packages, and if it cannot,
then as a failed delivery and not as a red job.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.no_docker import job
from tests.no_docker.job import MANIFEST, ROOT, STEPS, Ran, RunStep, pin

checkout, run_step = job.checkout, job.run_step

NOT_INSTALLED = "Compass Event could not be installed"


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


def assert_lost(ran: Ran, title: str = NOT_INSTALLED) -> None:
    """A warning, nothing installed, and the job goes on."""
    assert (ran.exit_code, ran.outputs) == (0, {}), ran.log.visible_log
    assert [(one.kind, one.title) for one in ran.log.annotations] == [("warning", title)]
    assert "Nothing was sent." in ran.log.annotations[0].message


def test_the_libraries_are_installed_once_for_a_job(run_step: RunStep, tmp_path: Path) -> None:
    """With their hashes, into an environment of their own; a second step finds it."""
    first = run_step("install")
    assert first.exit_code == 0, first.log.visible_log
    python = first.outputs["python"]
    assert Path(python).is_relative_to(tmp_path)
    found = subprocess.run([python, "-I", "-c", "import pinned, sys; print(sys.prefix)"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    assert found.stdout.strip() == str(Path(python).parents[1])
    (tmp_path / "wheels").rename(tmp_path / "away")
    assert run_step("install").outputs == {"python": python}
    (tmp_path / "away").rename(tmp_path / "wheels")
    Path(python).unlink()  # an environment that was spoilt is made anew
    assert run_step("install").outputs == {"python": python}
    assert Path(python).exists()


PLANTED = {
    "PIP_TARGET": "elsewhere",
    "PIP_PREFIX": "elsewhere",
    "PIP_ROOT": "elsewhere",
    "PIP_USER": "1",
    "PIP_CONSTRAINT": "constraints.txt",
    "PIP_DRY_RUN": "1",
    "PIP_NO_BINARY": ":all:",
    "PIP_REQUIREMENT": "more.txt",
    "PIP_PYTHON": "/nowhere/python",
    "PIP_REPORT": "report.json",
    "PIP_LOG": "/nowhere/pip.log",
    "PIP_QUIET": "3",
    "pip_src": "elsewhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONPATH": "planted",
    "PYTHONUSERBASE": "planted",
}


def test_settings_for_the_jobs_own_packages_do_not_reach_pip(
    run_step: RunStep, tmp_path: Path
) -> None:
    """Each of them would put the libraries elsewhere, or nowhere, or break pip."""
    (tmp_path / "constraints.txt").write_text("pinned==2\n")
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "pip.py").write_text("raise SystemExit('planted')")
    before = {path.name for path in tmp_path.iterdir()}
    ran = run_step("install", **PLANTED)
    assert ran.exit_code == 0, ran.log.visible_log
    subprocess.run([ran.outputs["python"], "-I", "-c", "import pinned"], check=True)
    home = Path(ran.outputs["python"]).parents[1].name
    files = {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", ".cache"}
    assert {path.name for path in tmp_path.iterdir()} - before <= {home, *files}


def test_of_pips_files_too_only_the_index_counts(run_step: RunStep, tmp_path: Path) -> None:
    """A company's pip.conf names its index, and what else pip shall do with the job's packages.
    Its section for `install` comes before the global one.
    """
    (tmp_path / "pip.conf").write_text(
        "[install]\n"
        f"find-links =\n    {tmp_path}/none\n    {tmp_path}/wheels\n"
        f"target = {tmp_path}/elsewhere\n"
        "[global]\nfind-links = /nowhere\nno-index = true\nquiet = 3\ndry-run = true\n"
    )
    reach = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_NO_INDEX": ""}
    ran = run_step("install", PIP_FIND_LINKS="", **reach)
    assert ran.exit_code == 0, ran.log.visible_log
    subprocess.run([ran.outputs["python"], "-I", "-c", "import pinned"], check=True)
    assert not (tmp_path / "elsewhere").exists()
    other = run_step(
        "install", PIP_FIND_LINKS="/nowhere", RUNNER_TEMP=str(tmp_path / "wheels"), **reach
    )
    assert_lost(other)  # the environment comes before both


def test_a_library_that_is_not_the_pinned_one_is_not_installed(
    run_step: RunStep, checkout: Path
) -> None:
    (checkout / "requirements.txt").write_text("pinned==1 --hash=sha256:" + "0" * 64)
    ran = run_step("install")
    assert_lost(ran)
    assert "DO NOT MATCH THE HASHES" in ran.log.visible_log


def test_what_cannot_be_imported_is_not_complete(
    run_step: RunStep, checkout: Path, tmp_path: Path
) -> None:
    """As on a temp folder that is mounted noexec."""
    message = "failed to map segment from shared object"
    broken = pin("broken", f"raise ImportError('{message}')", tmp_path / "wheels")
    (checkout / "requirements.txt").write_text(broken)
    ran = run_step("install")
    assert_lost(ran)
    assert f"broken was installed and cannot be imported: {message}" in ran.log.visible_log
    assert "noexec" in ran.log.annotations[0].message
    assert list(tmp_path.glob("compass-event-*/complete")) == []


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


def test_installing_has_a_bound_of_its_own(tmp_path: Path, checkout: Path) -> None:
    """An index that never answers; after that no step of the job waits for it again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        command = [sys.executable, "-I", str(ROOT / "no-docker" / "install.py")]
        command += [str(checkout / "requirements.txt"), str(tmp_path), "3"]
        env = {"PIP_INDEX_URL": index, "HOME": str(tmp_path)}
        for said, at_least, at_most in (
            ("It took longer than 3 seconds", 2.5, 6),
            ("in vain", 0, 2),
        ):
            began = time.monotonic()
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stdout) == (1, "")
            assert said in done.stderr
            assert at_least <= time.monotonic() - began <= at_most


def test_the_bound_is_two_minutes() -> None:
    """Shorter than the five that GitHub leaves a cancelled job."""
    script = (ROOT / "no-docker" / "install.sh").read_text()
    assert "\nseconds=120 " in script
    assert '"$RUNNER_TEMP" "$seconds"' in script


def test_what_installs_sees_no_secret() -> None:
    assert STEPS["install"]["env"] == {"ON_ERROR": "${{ inputs.on-error }}"}
