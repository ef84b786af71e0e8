"""The file of `record` in the whole program: many events in one file, one after another and at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.faults.cell import COMPONENTS, EMAIL, TOKEN

ROOT = Path(__file__).parents[2]
BEGUN = 45
"""Two requests for each are still below the limit of a minute."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def env(sandbox: Sandbox, folder: Path, number: int, state: str) -> dict[str, str]:
    return {
        "JENKINS_URL": "https://jenkins.acme.example/", "JOB_NAME": "a-folder-with-a-long-name/shop",
        "BUILD_NUMBER": str(number),
        "BUILD_URL": f"https://jenkins.acme.example/job/a-folder-with-a-long-name/job/shop/{number}/",
        "GIT_URL": "https://git.acme.example/shop.git", "GIT_COMMIT": "0" * 40,
        "COMPASS_EMAIL": EMAIL, "COMPASS_API_TOKEN": TOKEN, "COMPASS_API_URL": sandbox.url,
        "COMPASS_COMPONENT_ID": COMPONENTS[0], "COMPASS_STATE": state,
        "COMPASS_RECORD": str(folder / "record"),
    }  # fmt: skip


def test_every_end_finds_its_start(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many were begun meanwhile."""
    for number in range(BEGUN):
        assert main([], env(sandbox, tmp_path, number, "running")) == 0
    assert (tmp_path / "record").stat().st_size > 16 * 1024
    for number in range(BEGUN):
        assert main([], env(sandbox, tmp_path, number, "success")) == 0
    said = capsys.readouterr().out
    assert "No start time" not in said
    assert "could not be asked" not in said
    lines = (tmp_path / "record").read_text().splitlines()
    assert len(lines) == BEGUN
    assert all(json.loads(line)["ended"] is True for line in lines)
    sent = [json.loads(request.body)["event"]["build"] for request in sandbox.requests]
    parts = [build["buildProperties"] for build in sent if "buildProperties" in build]
    assert [part["state"] for part in parts] == ["IN_PROGRESS"] * BEGUN + ["SUCCESSFUL"] * BEGUN
    starts = [part["startedAt"] for part in parts]
    assert starts[:BEGUN] == starts[BEGUN:]


def test_events_that_begin_at_the_same_time_all_have_their_record(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    entrypoint = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
    processes = [
        subprocess.Popen(entrypoint, env=env(sandbox, tmp_path, number, "running"), cwd=tmp_path)
        for number in range(20)
    ]
    assert [process.wait(60) for process in processes] == [0] * 20
    lines = (tmp_path / "record").read_text().splitlines()
    assert len({json.loads(line)["outputs"]["pipeline-id"] for line in lines}) == 20
    assert len(lines) == 20
