"""`compass-event events FILE`: many events from JSON lines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import dispatch
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.main import main
from compass_action.sandbox import running_sandbox
from compass_action.schemas import Payload
from tests.commands.program import ARI, PROGRAM, call, shell

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


ENV = {
    "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example", "COMPASS_API_TOKEN": "t0ken-of-tests",
    "COMPASS_SITE": "acme", "COMPASS_EVENT_TYPE": "vulnerability", "COMPASS_SEVERITY": "high",
    "COMPASS_URL": "https://acme.example", "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "shop",
}  # fmt: skip
OPEN = {"event-id": "a", "state": "open"}


class Deliveries:
    """What is given to each delivery, which is accepted; `refuse` says how many of it are not."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.payloads: list[Payload] = []
        self.given: list[tuple[float, str | None]] = []
        self.refuse = 0
        patch.setattr(dispatch, "deliver", self.deliver)

    def deliver(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        outbox: str | None,
        say: object,
    ) -> tuple[Receipt, ...]:
        self.payloads += payloads
        self.given.append((seconds, outbox))
        fine = [Receipt(one, http_status=202, attempts=1) for one in payloads[self.refuse :]]
        lost = [Receipt(one, FAILURES["server"], "", 503, 1) for one in payloads[: self.refuse]]
        return (*lost, *fine)

    @property
    def parts(self) -> list[dict[str, Any]]:
        bodies = [json.loads(payload.body)["event"]["vulnerability"] for payload in self.payloads]
        return [body | body["vulnerabilityProperties"] for body in bodies]


@pytest.fixture
def deliveries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deliveries:
    monkeypatch.chdir(tmp_path)
    return Deliveries(monkeypatch)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.strip() for line in "".join(capsys.readouterr()).splitlines()]


def report(*lines: Any, argv: Sequence[str] = (), **env: str) -> int:
    write(Path(), *lines)
    return main(["events", "events.jsonl", *argv], ENV | env)


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


def test_what_is_wrong_is_told_by_line(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    """Common inputs first; a line that cannot be read is not judged further."""
    lines = [
        OPEN,
        "[1, 2]",
        "{",
        '{"a": ' * 5_000,
        {"severty": "x", "nonsense": "x", "site": "x", "timeout": 1, "check-run-id": 1,
         "component-file": "x", "started-at": "soon"},
        {"event-id": "b", "state": "gone"},
        {"event-id": "c", "state": "open", "properties": {"score": 11}},
    ]  # fmt: skip
    assert report(*lines, argv=["--timeout", "soon"], COMPASS_EMAIL="") == 2
    headline, *problems = said(capsys)
    assert headline == "Error: Some inputs are missing or wrong"
    not_an_object = "it is not a JSON object. Write one object on each line."
    whole = "it applies to the whole file. Give it as an option or a variable."
    assert problems[1:10] == [
        f"line 2: {not_an_object}",
        f"line 3: {not_an_object}",
        f"line 4: {not_an_object}",
        'line 5, "severty": it is not the name of an input. Did you mean severity?',
        'line 5, "nonsense": it is not the name of an input.',
        f"line 5, site: {whole}",
        f"line 5, timeout: {whole}",
        f"line 5, check-run-id: {whole}",
        f"line 5, component-file: {whole}",
    ]
    assert [problem.partition(":")[0] for problem in problems] == [
        "timeout", "line 2", "line 3", "line 4", *["line 5, " + name for name in (
            '"severty"', '"nonsense"', "site", "timeout", "check-run-id", "component-file", "started-at")],
        "line 6, state", "email", "line 7, $.event.vulnerability.vulnerabilityProperties.score",
    ]  # fmt: skip
    assert deliveries.payloads == []


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], "events: one file is needed. Write compass-event events FILE, or - for standard input."),
        (["a", "b"], "events: one file is needed. Write compass-event events FILE, or - for standard "
         "input."),
        (["nowhere"], "nowhere: it cannot be read (FileNotFoundError)."),
    ],
)  # fmt: skip
def test_the_one_file_has_to_be_there(
    files: list[str],
    problem: str,
    deliveries: Deliveries,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["events", *files], ENV) == 2
    assert said(capsys) == [f"Error: Some inputs are missing or wrong: {problem}"]


def test_twenty_problems_are_told_and_the_number_of_the_rest(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(*["no"] * 20) == 2
    twenty = said(capsys)[1:]
    assert (len(twenty), twenty[-1].partition(":")[0]) == (20, "line 20")
    assert report(*["no"] * 21) == 2
    assert said(capsys)[1:] == [*twenty, "more: 1 other problems like these."]


def test_what_did_not_happen_is_a_note_and_the_rest_is_sent(
    deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notices are told once, however many lines have them."""
    skipped = {"event-type": "build", "state": "skipped", "pipeline-id": "p"}
    build = {"event-type": "build", "state": "success", "pipeline-id": "p", "severity": None}
    assert report(skipped, build, build) == 0
    assert len(deliveries.payloads) == 2
    notes = [line for line in said(capsys) if line.startswith("Note: ")]
    assert notes[0].startswith("Note: Line 1 is skipped. ")
    assert len(notes) == 2
    assert report(skipped) == 0
    assert said(capsys)[1:] == ["The file has no events."]
    assert len(deliveries.payloads) == 2


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
