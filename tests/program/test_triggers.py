"""GitHub's triggers whose payload knows more than the environment: all of it is used, or none.

Each row of `triggers.json` is a run of the program in a job that succeeded, on branch main at
8e1f5c0, started by octocat.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import Job, shown
from tests.recorded import TESTS, read_json

CASES: list[dict[str, Any]] = read_json(TESTS / "program" / "triggers.json")
OUTPUTS = ("event-type", "state", "pipeline-id", "environment-id", "sequence-number")


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.clear()
    return server


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_trigger_leads_to_this_event(number: int, sandbox: Sandbox, tmp_path: Path) -> None:
    case = CASES[number]
    job = Job(tmp_path, sandbox.url, trigger=case["payload"])
    ran = job.step(case.get("inputs"), GITHUB_EVENT_NAME=case["trigger"])
    assert ran.code == 0, ran.log
    found = {name: ran.outputs[name] for name in ("outcome", *OUTPUTS) if name in ran.outputs}
    expected = case["expected"]
    for row in sandbox.feed()["events"]:
        body = row["event"]
        part = body[f"{row['type']}Properties"]
        found |= {name: body[name] for name in ("description", "url")}
        if "lastUpdated" in expected:
            found["lastUpdated"] = body["lastUpdated"]
            found["update-sequence-number"] = ran.outputs["update-sequence-number"]
            found |= {name: part[name] for name in ("startedAt", "completedAt") if name in part}
    assert found == expected
    assert "::notice" not in ran.log


def status(state: str, second: int) -> dict[str, Any]:
    """One status of a deployment that was made at 10:00."""
    payload: dict[str, Any] = CASES[0]["payload"]
    news = {"state": state, "updated_at": f"2026-11-23T10:05:{second:02}Z"}
    return payload | {"deployment_status": payload["deployment_status"] | news}


@pytest.mark.parametrize(
    "news",
    [
        [("queued", 1), ("in_progress", 1), ("success", 1)],
        [("in_progress", 1), ("queued", 1), ("failure", 1)],
        [("success", 1), ("in_progress", 1)],
        [("error", 2), ("in_progress", 1), ("pending", 0)],
        [("pending", 0), ("failure", 4), ("inactive", 5)],
    ],
    ids=str,
)
def test_statuses_within_a_second_and_late_ones_leave_the_outcome(
    news: list[tuple[str, int]], sandbox: Sandbox, tmp_path: Path
) -> None:
    """Each is a run of its own, and the runs may come in any order; all are one deployment."""
    for number, (state, second) in enumerate(news):
        (tmp_path / str(number)).mkdir()
        job = Job(tmp_path / str(number), sandbox.url, trigger=status(state, second))
        ran = job.step(GITHUB_EVENT_NAME="deployment_status")
        assert ran.code == 0, ran.log
    [event] = sandbox.feed()["events"]
    last = {"success": "SUCCESSFUL", "failure": "FAILED", "error": "FAILED"}
    assert event["state"] == next(last[state] for state, _ in news if state in last)
    assert event["started_at"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize("order", [("in_progress", "completed"), ("completed", "in_progress")])
def test_a_late_listener_does_not_undo_the_end_of_a_run(
    order: tuple[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    run = next(
        case["payload"]["workflow_run"] for case in CASES if case["trigger"] == "workflow_run"
    )
    news = {
        "in_progress": {"status": "in_progress", "conclusion": None},
        "completed": {"status": "completed", "conclusion": "failure"},
    }
    for name in order:
        (tmp_path / name).mkdir()
        payload = {"workflow_run": run | news[name]}
        job = Job(tmp_path / name, sandbox.url, trigger=payload)
        job.step({"scope": "run"}, GITHUB_EVENT_NAME="workflow_run")
    [event] = sandbox.feed()["events"]
    assert event["state"] == "FAILED"


def test_a_tracked_job_that_a_status_started_is_an_event_of_its_own(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """The tests after a deployment, say."""
    job = Job(tmp_path, sandbox.url, trigger=status("success", 1))
    env = {"GITHUB_EVENT_NAME": "deployment_status"}
    asked = {"track": "true", "event-type": "build"}
    job.step(asked, **env)
    job.post(asked, **env)
    assert shown(sandbox) == [("build", "created IN_PROGRESS, overwritten SUCCESSFUL")]


@pytest.mark.parametrize("ref", ["refs/pull/44/merge", "refs/pull/44/head"])
def test_a_pull_request_without_a_readable_payload_keeps_its_number(
    ref: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """And names no merge commit, which nobody has pushed."""
    Job(tmp_path, sandbox.url).step(
        GITHUB_EVENT_NAME="pull_request", GITHUB_REF=ref, GITHUB_REF_NAME="44/merge",
        GITHUB_HEAD_REF="fix/x", GITHUB_EVENT_PATH="/nowhere",
    )  # fmt: skip
    [event] = sandbox.feed()["events"]
    assert event["event"]["description"] == "CI #7421 on fix/x for pull request 44 by octocat"
