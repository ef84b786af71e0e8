"""The pipeline of this project's own mirror on GitLab, which makes a version of the catalogue."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from compass_action import __version__
from tests.gitlab.pipelines import ROOT, make_project, run_pipeline

CONFIGURATION = (ROOT / ".gitlab-ci.yml").read_text()


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    make_project(folder, CONFIGURATION, {})
    return folder


def run(
    mirror: Path, commands: Path, *jobs: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return run_pipeline(mirror, commands, *jobs, variables=variables)


def test_a_tag_is_tried_and_then_released(mirror: Path, commands: Path) -> None:
    """The dry run of the component needs no credentials and sends nothing."""
    done = run(mirror, commands, CI_COMMIT_TAG=__version__)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert said.index('"event":') < said.index(f"Creating the release {__version__}")


def test_a_tag_of_another_version_is_not_released(mirror: Path, commands: Path) -> None:
    """The image that the tagged template names has to be of that version."""
    done = run(mirror, commands, CI_COMMIT_TAG="99.0.0")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Creating the release" not in done.stdout


def test_the_release_is_that_of_the_tag() -> None:
    """The catalogue takes a version from this keyword, and from nothing else."""
    jobs = yaml.safe_load(CONFIGURATION)
    releasing = {name for name, job in jobs.items() if isinstance(job, dict) and "release" in job}
    assert releasing == {"create-release"}
    assert jobs["create-release"]["release"]["tag_name"] == "$CI_COMMIT_TAG"
    assert jobs["include"][0]["component"].endswith("/compass-event@$CI_COMMIT_SHA")
