"""`compass-event events FILE`: many events from JSON lines."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import running_sandbox
from tests.commands.program import PROGRAM, call, shell

COMMON = ["--event-type", "vulnerability", "--external-event-source-id", "https://git.acme.example/s",
          "--url", "https://acme.example"]  # fmt: skip


def write(folder: Path, *lines: Any) -> str:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "events.jsonl").write_text("\n".join(texts) + "\n")
    return "events.jsonl"


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


def test_all_lines_are_checked_before_the_first_is_sent(tmp_path: Path) -> None:
    """With the number of the line and the input, all at once."""
    file = write(
        tmp_path,
        {"event-id": "good", "severity": "high", "state": "open"},
        {"event-id": "a", "severty": "high", "state": "open"},
        "[1, 2]",
        {"event-id": "b", "severity": "UNKNOWN", "state": "open"},
        {"site": "acme"},
        {"event-id": "c", "severity": "low", "state": "open", "properties": {"score": 11}},
    )
    with running_sandbox() as sandbox:
        done = call(["events", file, *COMMON], shell(sandbox.url), tmp_path)
        assert done.returncode == 2
        assert sandbox.requests == []
    for message in (
        'line 2, "severty": it is not the name of an input. Did you mean severity?',
        "line 3: it is not a JSON object.",
        'line 4, severity: "UNKNOWN" is not a severity of vulnerability events.',
        "line 5, site: it applies to the whole file.",
        "line 6, $.event.vulnerability.vulnerabilityProperties.score",
    ):
        assert message in done.stderr


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


@pytest.mark.parametrize("argv", [["events"], ["events", "a", "b"], ["events", "nowhere.jsonl"]])
def test_one_file_is_needed(argv: list[str], tmp_path: Path) -> None:
    done = call([*argv, *COMMON], shell(), tmp_path)
    assert done.returncode == 2
    assert "one file is needed" in done.stderr or "it cannot be read" in done.stderr


def test_an_empty_file_sends_nothing(tmp_path: Path) -> None:
    done = call(["events", write(tmp_path, ""), *COMMON], shell(), tmp_path)
    assert (done.returncode, done.stdout) == (0, "The file has no events.\n")


def test_what_is_lost_counts_under_fail(tmp_path: Path) -> None:
    """And goes to the outbox, each request on its own."""
    lines = [{"event-id": f"{n}", "severity": "low", "state": "open"} for n in range(3)]
    argv = ["events", write(tmp_path, *lines), *COMMON, "--outbox", "out.jsonl", "--timeout", "1"]
    done = call(argv, shell("http://127.0.0.1:1", COMPASS_ON_ERROR="fail"), tmp_path)
    assert done.returncode == 1
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3


def test_a_line_about_nothing_is_skipped_and_told(tmp_path: Path) -> None:
    """A deployment that was skipped, say; the others are sent."""
    file = write(
        tmp_path,
        {"state": "skipped", "environment": "staging", "sequence-number": 1},
        {"state": "success", "environment": "production", "sequence-number": 1},
    )
    argv = ["events", file, "--pipeline-id", "p", *COMMON[2:]]
    with running_sandbox() as sandbox:
        done = call(argv, shell(sandbox.url), tmp_path)
        assert done.returncode == 0, done.stderr
        assert len(sandbox.requests) == 1
    assert "Line 1 is skipped." in done.stdout
