"""CONTRIBUTING's recipe for a new CI system, followed once: one record, and the whole program knows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from compass_action import ci
from compass_action.ci import unknown
from compass_action.ci.reading import number, repository_url
from compass_action.ci.run import CiRun
from compass_action.ci.system import Naming, System, below, path
from compass_action.inputs.table import Inputs
from compass_action.sandbox import running_sandbox
from compass_action.snapshot import Place, Snapshot
from tests.moments import seconds
from tests.program.steps import Job, Ran, shown


def detect(env: Mapping[str, str]) -> bool:
    """Recognise it by a variable of its own."""
    return bool(env.get("HUDSUCKER_RUN"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run."""
    env = snapshot.env
    return CiRun(
        system="hudsucker",
        repository_url=repository_url(env.get("HUDSUCKER_REPO")),
        workflow_name="Hula hoop",
        run_id=env.get("HUDSUCKER_RUN"),
        run_number=number(env.get("HUDSUCKER_RUN")),
        job=env.get("HUDSUCKER_JOB"),
        branch="main",
        run_url=env.get("HUDSUCKER_PAGE"),
        status=env.get("HUDSUCKER_RESULT"),
    )


def records(env: Mapping[str, str]) -> tuple[Place, ...]:
    """Name the file in which a job's steps find what one of them began."""
    return (Place(env["HUDSUCKER_RECORD"]),) if env.get("HUDSUCKER_RECORD") else ()


SYSTEM = System(
    "hudsucker",
    "Hudsucker",
    detect,
    parse,
    Naming(
        run=lambda run: path("runs", run.run_id),
        job=lambda run: below(path("runs", run.run_id), "jobs", run.job),
        pipeline=lambda run: "pipeline",
        pipeline_job=lambda run: path("pipeline", run.job),
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    workspace="$HUDSUCKER_FOLDER",
    outcomes={"dingus": "success"},
    records=records,
    hints={},
)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line in NAMES."""
    others = {name: system for name, system in ci.SYSTEMS.items() if system is not unknown.SYSTEM}
    table = {**others, "hudsucker": SYSTEM, unknown.SYSTEM.name: unknown.SYSTEM}
    monkeypatch.setattr(ci, "SYSTEMS", table)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("environment", "kind", "identity"),
    [
        ("", "build", ["git.acme.example/toys/runs/1958/jobs/extrude"]),
        (
            "production",
            "deployment",
            ["git.acme.example/toys/pipeline/extrude", "production", 1958],
        ),
    ],
)
def test_a_new_system_is_one_record(
    environment: str, kind: str, identity: list[object], tmp_path: Path
) -> None:
    """Begin, end, its own word for an outcome, a record that it left, the log."""
    with running_sandbox() as sandbox:
        job = Job(tmp_path, sandbox.url, "shell")
        host = {
            "HUDSUCKER_RUN": "1958",
            "HUDSUCKER_REPO": "https://git.acme.example/toys.git",
            "HUDSUCKER_JOB": "extrude",
            "HUDSUCKER_PAGE": "https://hudsucker.acme.example/1958",
            "HUDSUCKER_FOLDER": str(tmp_path),
            "HUDSUCKER_RECORD": str(tmp_path / "begun.jsonl"),
        }
        asked = {"environment": environment, "record": str(tmp_path / "begun.jsonl")}

        def step(word: str, **more: str) -> Ran:
            return job.step(asked | more, HUDSUCKER_RESULT=word, **host)

        begun, ended = step("running", debug="true"), step("dingus")
        assert (begun.code, ended.code) == (0, 0), begun.log + ended.log
        assert shown(sandbox) == [(kind, "created IN_PROGRESS, overwritten SUCCESSFUL")]
        [event] = sandbox.feed()["events"]
        assert list(event["identity"].values()) == identity
        assert seconds(event) > 0
        assert "Hudsucker" in begun.log
        assert "accepted by Compass" in ended.log
