"""What `compass-event events` tells of lines and files that are wrong, empty or about nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.main import main
from compass_action.sandbox import running_sandbox
from tests.commands.deliveries import Deliveries
from tests.commands.event_lines import COMMON, ENV, OPEN, deliveries, report, said, write
from tests.commands.program import call, shell

__all__ = ["deliveries"]


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


def test_an_empty_file_sends_nothing(tmp_path: Path) -> None:
    done = call(["events", write(tmp_path, ""), *COMMON], shell(), tmp_path)
    assert (done.returncode, done.stdout) == (0, "The file has no events.\n")


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
        "line 6, state", "line 7, $.event.vulnerability.vulnerabilityProperties.score", "email",
    ]  # fmt: skip
    assert deliveries.payloads == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"event-id": "9", "event_id": "8"}',
         'event-id: "event-id" and "event_id" have different values. Give one.'),
        ('{"event_id": 9, "Event-Id": " 9 ", "severity": "low", "Severity": "high"}',
         'severity: "severity" and "Severity" have different values. Give one.'),
        ('{"event-id": "9", "event-id": "9"}', '"event-id": it stands twice in one object.'),
        ('{"event-id": "9", "properties": {"score": 1, "score": 2}}',
         '"score": it stands twice in one object.'),
        ('{"event-id": "9", "description": "t0ken-of-tests"}',
         "description: it holds the API token. Take it out: only api-token is for it."),
    ],
)  # fmt: skip
def test_a_line_says_everything_once_and_no_secret(
    line: str, told: str, deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(OPEN, line) == 2
    assert said(capsys) == [f"Error: Some inputs are missing or wrong: line 2, {told}"]


def test_two_spellings_of_one_value_are_one(deliveries: Deliveries) -> None:
    assert report(OPEN | {"event_id": "a", "Event-Id": None, "EVENT_ID": ""}) == 0
    assert [part["id"] for part in deliveries.parts] == ["a"]


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
