"""The step that installs, with pip: once for each job, from where the job gets its packages, and only
what is pinned.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.no_docker import job
from tests.no_docker.job import ROOT, RunStep, assert_lost, pin

checkout, run_step = job.checkout, job.run_step


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
