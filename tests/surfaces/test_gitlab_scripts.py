"""The template's scripts in a plain sh, as images have it: names are never read as anything else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

TEMPLATE = Path(__file__).parents[2] / "templates" / "compass-event.yml"
_, JOBS = yaml.safe_load_all(TEMPLATE.read_text())
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]
NAMES = [
    "deploy",
    r"deploy\new \\t \c \0101",
    'it\'s "quoted" `touch pwned` $(touch pwned) %s %n & ; # x',
    "-n -e eu/west=1",
]
STUB = """#!/bin/sh
printf '%s\\n' "$CI_JOB_STATUS" "$CI_JOB_ID" "$CI_JOB_NAME" "$CI_JOB_URL" "$CI_JOB_STARTED_AT" \\
    "$INPUT_COMPLETED_AT" "$CI_ENVIRONMENT_NAME" > called
"""


def run(shell: str, folder: Path, job: str, keyword: str, env: Mapping[str, str]) -> str:
    """Run one script of a job as GitLab's runner does: in a shell that ends at the first failure."""
    [script] = JOBS[f".$[[ inputs.job-prefix ]]-{job}"][keyword]
    stub = folder / "compass-event"
    stub.write_text(STUB)
    stub.chmod(0o755)
    done = subprocess.run(
        [shell, *(["sh"] if shell == "busybox" else []), "-eu", "-c", script],
        cwd=folder,
        env={"PATH": f"{folder}:/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "pwned").exists()
    return done.stdout


def job(name: str) -> dict[str, str]:
    """What GitLab tells a job, in part."""
    return {
        "CI_JOB_STATUS": "failed",
        "CI_JOB_ID": "7788",
        "CI_JOB_NAME": name,
        "CI_JOB_URL": "https://gitlab.example/acme/shop/-/jobs/7788",
        "CI_JOB_STARTED_AT": "2026-11-23T16:50:00Z",
        "CI_ENVIRONMENT_NAME": name,
        "CI_ENVIRONMENT_SLUG": "eu",
        "CI_ENVIRONMENT_TIER": "other",
    }


def reporting(name: str) -> dict[str, str]:
    """What the job that reports another one is told of itself."""
    return {
        "CI_JOB_STATUS": "running",
        "CI_JOB_ID": "7799",
        "CI_JOB_NAME": "compass-event-job-failed",
        "CI_PIPELINE_URL": "https://gitlab.example/acme/shop/-/pipelines/901",
        "COMPASS_WATCHED_NAME": name,
    }


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_what_the_watched_job_notes_is_what_the_other_one_reports(
    tmp_path: Path, shell: str, name: str
) -> None:
    """GitLab splits the note's lines at their first equals sign."""
    assert run(shell, tmp_path, "watched", "after_script", job(name)) == ""
    lines = (tmp_path / "compass-event-watched.env").read_text().splitlines()
    note = {key: value for key, _, value in (line.partition("=") for line in lines)}
    assert note["COMPASS_WATCHED_NAME"] == name
    assert note["COMPASS_WATCHED_ENVIRONMENT_NAME"] == name
    assert note["COMPASS_WATCHED_ENVIRONMENT_ACTION"] == "start"
    assert run(shell, tmp_path, "of-job", "script", reporting("other") | note) == ""
    assert (tmp_path / "called").read_text().splitlines() == [
        "failed",
        "7788",
        name,
        "https://gitlab.example/acme/shop/-/jobs/7788",
        "2026-11-23T16:50:00Z",
        note["COMPASS_WATCHED_COMPLETED_AT"],
        name,
    ]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_a_failed_job_without_a_note_is_reported_with_nothing_made_up(
    tmp_path: Path, shell: str, name: str
) -> None:
    """The id is that of the job that reports it; the times and the environment stay empty."""
    env = reporting(name) | {"COMPASS_WATCHED_STATUS": "failed"}
    said = run(shell, tmp_path, "of-job", "script", env)
    assert said.startswith(f'Warning: The job "{name}" left no note of how it ended\n')
    assert (tmp_path / "called").read_text().splitlines() == [
        "failed",
        "7799",
        name,
        "https://gitlab.example/acme/shop/-/pipelines/901",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_without_a_note_and_an_outcome_nothing_is_reported(
    tmp_path: Path, shell: str, name: str
) -> None:
    said = run(shell, tmp_path, "of-job", "script", reporting(name))
    assert said.startswith(f'Warning: The job "{name}" left no note of how it ended\n')
    assert said.endswith("Nothing is sent.\n")
    assert not (tmp_path / "called").exists()
