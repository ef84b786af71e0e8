"""What a replay tells: what stays and why, what was delivered, and the outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import outbox
from compass_action.sandbox import Sandbox
from compass_action.schemas import Payload
from tests.commands.replaying import event, file, foreign, lines_of, replay, said, sandbox, where

__all__ = ["file", "sandbox"]


def test_where_nothing_is_left_a_replay_says_so(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    file.touch()
    assert replay(sandbox, file) == 0
    assert said(capsys).splitlines()[-1] == "nothing to replay"


def test_a_replay_without_a_file_or_credentials_says_so(sandbox: Sandbox, capsys: Any) -> None:
    """All problems at once, exit 2, nothing sent."""
    assert replay(sandbox, COMPASS_API_TOKEN="") == 2
    text = said(capsys)
    assert "no file is named" in text
    assert "api-token" in text


def test_of_many_that_stay_the_number_is_told(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    """Neither a line nor a name for each."""
    outbox.spool(str(file), [event(n) for n in range(20)], where(sandbox))
    sandbox.add_faults([{"status": 400, "times": 20}])
    with file.open("ab") as more:
        more.write(b"torn\n" * 30)
    outbox.spool(str(file), [event(n) for n in range(7)], "https://other.atlassian.net/events")
    assert replay(sandbox, file) == 1
    text = said(capsys)
    assert f"30 lines of {file} (21, 22, 23, 24 …) hold no request. They stay in the file." in text
    assert f"7 lines of {file} (51, 52, 53, 54 …) hold a request for another address than " in text
    assert '(such as "https://other.atlassian.net/events"). They stay in the file.' in text
    assert "20 events of 1 component\n" in text
    assert f"They stay in {file}." in text
    assert len(text.splitlines()) < 20


@pytest.mark.parametrize(
    ("many", "sentence"),
    [
        (1, "Warning: Line 1 of FILE holds no request. It stays in the file."),
        (2, "Warning: 2 lines of FILE (1, 2) hold no request. They stay in the file."),
    ],
)
def test_what_is_no_request_is_told_with_its_number(
    many: int, sentence: str, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    foreign(file, *["torn"] * many)
    for on_error, code in (("warn", 0), ("fail", 1)):
        assert replay(sandbox, file, COMPASS_ON_ERROR=on_error) == code
        assert lines_of(capsys) == [sentence.replace("FILE", str(file))]


def test_each_reason_is_told_in_its_own_words(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    outbox.spool(str(file), [event(1)], "https://other.example/events")
    outbox.spool(str(file), [Payload("build", "c", b"{}")], where(sandbox))
    assert replay(sandbox, file) == 1
    assert lines_of(capsys) == [
        f"Warning: Line 1 of {file} holds a request for another address than {where(sandbox)} "
        '("https://other.example/events"). It stays in the file.',
        f"Warning: Line 2 of {file} holds no valid event. It stays in the file.",
    ]


@pytest.mark.parametrize(
    ("on_error", "stay", "code", "outcome"),
    [("fail", False, 0, "skipped"), ("fail", True, 1, "failed"), ("warn", True, 0, "failed")],
)
def test_where_nothing_can_be_sent_the_outcome_says_whether_something_stays(
    on_error: str, stay: bool, code: int, outcome: str, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    file.write_text("torn\n" if stay else "")
    assert replay(sandbox, file, COMPASS_ON_ERROR=on_error, COMPASS_JSON="true") == code
    found = json.loads(next(line for line in lines_of(capsys) if line.startswith("{")))
    assert found["outputs"] == {"outcome": outcome}


def test_all_that_is_wrong_is_told_before_anything_is_sent(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1)], where(sandbox))
    gone = file.with_name("gone")
    assert replay(sandbox, file, gone, file.parent, COMPASS_TIMEOUT="soon") == 2
    assert lines_of(capsys)[1:] == [
        'timeout: "soon" is not a number of seconds. Write a whole number from 1 to 3600.',
        f'replay: "{gone}" is not there.',
        f'replay: "{file.parent}" cannot be read (OSError).',
    ]
    assert sandbox.requests == []
    assert replay(sandbox) == 2
    assert lines_of(capsys) == [
        "Error: Some inputs are missing or wrong: replay: no file is named. Write compass-event replay "
        "FILE."
    ]


@pytest.mark.parametrize(
    ("faults", "summary", "outcome", "code"),
    [
        (0, "delivered 3 events of 2 components", "accepted", 0),
        (2, "delivered 1 event of 1 component, 2 stay", "partial", 1),
        (3, "delivered 0 events, 3 stay", "failed", 1),
        (1, "delivered 2 events of 1 component, 1 stays", "partial", 1),
    ],
)
def test_what_was_delivered_is_counted(
    faults: int, summary: str, outcome: str, code: int, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    other = json.loads(event(1).body)
    other["componentId"] = other["componentId"][:-1] + "0"
    first = Payload("deployment", other["componentId"], json.dumps(other).encode())
    outbox.spool(str(file), [first, event(2), event(3)], where(sandbox))
    sandbox.add_faults([{"status": 400}] * faults)
    assert replay(sandbox, file, COMPASS_JSON="true") == code
    text = lines_of(capsys)
    assert summary in text
    found = json.loads(next(line for line in text if line.startswith("{")))
    assert found["outputs"]["outcome"] == outcome
    assert found["outputs"]["send-attempts"] == "3"
    assert len(found["receipts"]) == 3


def test_what_stays_in_several_files_is_told_with_their_names(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    second = file.with_name("second")
    outbox.spool(str(file), [event(1)], where(sandbox))
    outbox.spool(str(second), [event(2)], where(sandbox))
    sandbox.add_faults([{"status": 400}] * 2)
    assert replay(sandbox, file, second) == 1
    assert f"They stay in {file}, {second}." in said(capsys)


def test_what_was_delivered_and_cannot_be_taken_out_is_told(
    file: Path, sandbox: Sandbox, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(outbox, "remove", refuse)
    outbox.spool(str(file), [event(1)], where(sandbox))
    assert replay(sandbox, file) == 0
    assert lines_of(capsys)[-1] == (
        f"Warning: What was delivered is still in {file} (PermissionError); sending it again does no harm."
    )
