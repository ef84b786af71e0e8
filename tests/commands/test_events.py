"""`compass-event events FILE`: many events from JSON lines."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from compass_action.sandbox import running_sandbox
from tests.commands.deliveries import Deliveries
from tests.commands.event_lines import COMMON, OPEN, deliveries, report, said, write
from tests.commands.program import ARI, PROGRAM, call, shell

__all__ = ["deliveries"]


def test_each_line_is_an_event_and_the_rest_is_common(tmp_path: Path) -> None:
    """Keys with hyphens or underscores; numbers, objects and lists are values like any other."""
    file = write(
        tmp_path,
        {"event-id": 7, "severity": "high", "state": "open", "properties": {"score": 8.1}},
        "",
        {"event_id": "b", "severity": "LOW", "state": "fixed", "started_at": 1769822625},
    )
    with running_sandbox() as sandbox:
        done = call(["events", file, "--json", *COMMON], shell(sandbox.url), tmp_path)
        assert done.returncode == 0, done.stderr
        sent = [json.loads(r.body)["event"]["vulnerability"] for r in sandbox.requests]
    parts = [event["vulnerabilityProperties"] for event in sent]
    assert (parts[0]["id"], parts[0]["score"]) == ("7", 8.1)
    assert parts[0]["severity"] == {"level": "HIGH"}
    assert (parts[1]["id"], parts[1]["state"]) == ("b", "REMEDIATED")
    assert parts[1]["vulnerabilityStartTime"] == "2026-01-31T01:23:45Z"
    receipts = json.loads(done.stdout)["receipts"]
    assert [receipt["outcome"] for receipt in receipts] == ["accepted", "accepted"]


def test_standard_input_is_a_file_too(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        done = subprocess.run(
            [*PROGRAM, "events", "-", *COMMON],
            input='{"event-id": "a", "severity": "high", "state": "open"}\n', text=True,
            env=shell(sandbox.url), cwd=tmp_path, capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(sandbox.requests) == 1


def test_lines_about_one_thing_are_updates_in_their_order(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        {"event-id": "a", "severity": "high", "state": "open"},
        {"event-id": "a", "severity": "high", "state": "fixed", "started-at": 1769822625},
    )
    with running_sandbox() as sandbox:
        call(["events", file, *COMMON], shell(sandbox.url), tmp_path)
        [event] = sandbox.feed()["events"]
        assert event["state"] == "REMEDIATED"
        assert [step["verdict"] for step in event["history"]] == ["created", "overwritten"]


def test_many_events_are_counted_now_and_then(tmp_path: Path) -> None:
    lines = [{"event-id": f"CVE-{n}", "severity": "low", "state": "open"} for n in range(40)]
    with running_sandbox() as sandbox:
        done = call(["events", write(tmp_path, *lines), *COMMON], shell(sandbox.url), tmp_path)
        assert len(sandbox.requests) == 40
    counted = [line for line in done.stdout.splitlines() if line.endswith(" of 40 sent")]
    assert counted[-1] == "40 of 40 sent"
    assert 5 <= len(counted) <= 10


def test_what_is_lost_counts_under_fail(tmp_path: Path) -> None:
    """And goes to the outbox, each request on its own."""
    lines = [{"event-id": f"{n}", "severity": "low", "state": "open"} for n in range(3)]
    argv = ["events", write(tmp_path, *lines), *COMMON, "--outbox", "out.jsonl", "--timeout", "1"]
    done = call(argv, shell("http://127.0.0.1:1", COMPASS_ON_ERROR="fail"), tmp_path)
    assert done.returncode == 1
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3


def test_a_line_is_laid_over_what_is_common(deliveries: Deliveries) -> None:
    """Texts, numbers, lists and objects; `null` is not given. Each line has a moment of its own."""
    lines = [
        {"Event_ID": 7, "state": "open", "severity": None, "properties": {"score": 8.1}},
        {
            "event-id": "b",
            "state": "open",
            "component-id": [ARI, ARI[:-1] + "5"],
            "severity": "low",
        },
    ]
    assert report(*lines) == 0
    found = deliveries.parts
    assert [part["id"] for part in found] == ["7", "b", "b"]
    assert [part["severity"]["level"] for part in found] == ["HIGH", "LOW", "LOW"]
    assert found[0]["score"] == 8.1
    assert [payload.component_id[-1] for payload in deliveries.payloads] == ["4", "4", "5"]
    first, second, third = (part["updateSequenceNumber"] for part in found)
    assert (second - first, third - second) == (1, 0)


def test_a_dry_run_needs_no_account_and_shows_all(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(OPEN, OPEN | {"event-id": "b"}, argv=["--dry-run"], COMPASS_EMAIL="") == 0
    ids = [line for line in said(capsys) if line.startswith('"id": ')]
    assert ids == ['"id": "a",', '"id": "b",']
    assert deliveries.payloads == []


def test_outcome_and_outputs_are_of_all_lines(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    deliveries.refuse = 1
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    lines = [OPEN, OPEN | {"event-id": "b"}, OPEN | {"event-id": "c"}]
    assert report(*lines, argv=["--json", "--outbox", "o"], **github) == 0
    found = json.loads(next(x for x in said(capsys) if x.startswith("{")))
    assert found["outputs"] == {"outcome": "partial", "http-status": "202", "send-attempts": "3"}
    outcomes = [receipt["outcome"] for receipt in found["receipts"]]
    assert outcomes == ["failed", "accepted", "accepted"]
    assert (tmp_path / "summary").read_text().startswith("\n### Compass: `3 events`\n")
    assert deliveries.given == [(120, "o")]
    assert report(*lines, argv=["--on-error", "fail"]) == 1


def test_the_rate_limit_is_told_of_events(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    report(*[OPEN | {"event-id": str(number)} for number in range(101)])
    assert "101 events: about 2 minutes at 100 requests a minute." in said(capsys)
    assert deliveries.given == [(120 + 61, None)]
