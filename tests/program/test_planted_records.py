"""The stage at a job's end ends what its own step has begun, and not what a step in between makes up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_runner.file_commands import parse_pairs
from tests.program.steps import ARI, OTHER, Job, shown

NAME = "STATE_COMPASS_TRACKED"
TRACKED = {"track": "true", "environment": "production"}
FOREIGN = {
    "outputs": {
        "event-type": "deployment",
        "state": "IN_PROGRESS",
        "pipeline-id": "other/pipeline",
        "environment-id": "production",
        "sequence-number": "99999",
        "update-sequence-number": "1795697565621",
    },
    "component_ids": [OTHER],
    "environment": {
        "environmentId": "production",
        "displayName": "production",
        "category": "PRODUCTION",
    },
    "source_id": "https://github.com/other/repo",
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def job(sandbox: Sandbox, tmp_path: Path) -> Job:
    return Job(tmp_path, sandbox.url)


def own_record(job: Job, inputs: dict[str, str]) -> dict[str, Any]:
    """The record that the step leaves itself."""
    assert job.step(inputs).code == 0
    state = parse_pairs((job.folder / "state").read_bytes())
    record: dict[str, Any] = json.loads(state["COMPASS_TRACKED"])
    return record


def test_a_step_that_was_to_begin_nothing_ends_nothing(job: Job, sandbox: Sandbox) -> None:
    ended = job.step({}, "post", **{NAME: json.dumps(FOREIGN)})
    assert (ended.code, sandbox.requests) == (0, [])


def test_a_record_of_another_event_altogether_is_refused(job: Job, sandbox: Sandbox) -> None:
    ended = job.step(TRACKED, "post", **{NAME: json.dumps(FOREIGN)})
    assert (ended.code, sandbox.requests) == (0, [])
    told = (
        "what it says was begun has another component-id and external-event-source-id than this job"
    )
    assert f"{NAME}: {told}, so nothing was sent." in ended.log
    assert "::warning" in ended.log
    assert job.step(TRACKED | {"on-error": "fail"}, "post", **{NAME: json.dumps(FOREIGN)}).code == 2
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"component_ids": [OTHER]}, "component-id"),
        ({"source_id": "https://github.com/other/repo#"}, "external-event-source-id"),
    ],
)
def test_a_record_that_says_one_thing_otherwise_is_refused(
    changed: dict[str, Any], said: str, job: Job, sandbox: Sandbox
) -> None:
    record = own_record(job, TRACKED)
    planted = json.dumps(record | changed)
    sandbox.clear()
    ended = job.step(TRACKED, "post", **{NAME: planted})
    assert (ended.code, sandbox.requests) == (0, [])
    assert f"has another {said} than this job, so nothing was sent." in ended.log


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"environment": "production"},
        {"environment": "production", "sequence-number": "12"},
        {"pipeline-id": "p/7"},
        {"properties": "pipeline: {pipelineId: p/8}"},
        {"external-event-source-id": "https://git.acme.example/shop"},
        {"external-event-source-id": f"x#{ARI.rpartition('/')[2]}"},
        {"component-id": f"{ARI},{OTHER}"},
        {"component-id": "", "component-map": f"** = {ARI}", "changed-files": "a.py"},
        {"scope": "run", "state": "success"},
    ],
    ids=str,
)
def test_its_own_record_is_believed(inputs: dict[str, str], job: Job, sandbox: Sandbox) -> None:
    asked = {"track": "true"} | inputs
    assert job.step(asked).code == 0
    ended = job.post(asked)
    assert ended.code == 0, ended.log
    for _, history in shown(sandbox):
        assert history == "created IN_PROGRESS, overwritten SUCCESSFUL"
    assert shown(sandbox)


def test_what_has_changed_by_then_ends_the_same_event(job: Job, sandbox: Sandbox) -> None:
    """The runner evaluates the inputs again; the file of the component may be another one's, or gone."""
    file, asked = job.folder / "compass.yml", {"track": "true", "component-id": ""}
    file.write_text(f"id: {ARI}\n")
    assert job.step(asked).code == 0
    file.write_text(f"id: {OTHER}\n")
    assert job.post(asked | {"pipeline-id": "p/9", "environment": "live"}).code == 0
    file.unlink()
    assert job.post(asked | {"component-id": f"{OTHER},{ARI}"}).code == 0
    [(_, history)] = shown(sandbox)
    assert history.startswith("created IN_PROGRESS, overwritten SUCCESSFUL")


@pytest.mark.parametrize(
    "inputs", [{"state": "sucess"}, {"component-id": "shop"}, {"event-type": "incident"}], ids=str
)
def test_a_step_that_could_begin_nothing_says_so_to_its_own_end(
    inputs: dict[str, str], job: Job, sandbox: Sandbox
) -> None:
    """The runner lays a step's own state over what others have planted, if there is one."""
    record = own_record(job, TRACKED)
    (job.folder / "state").unlink()
    sandbox.clear()
    assert job.step(TRACKED | inputs).code == 2
    state = {f"STATE_{k}": v for k, v in parse_pairs((job.folder / "state").read_bytes()).items()}
    assert state == {NAME: ""}
    ended = job.step(TRACKED, "post", **({NAME: json.dumps(record)} | state))
    assert (ended.code, sandbox.requests) == (0, [])
