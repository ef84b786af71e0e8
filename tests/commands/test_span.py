"""An event around a command, in this process: what its beginning and its end say, and the exit code."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compass_action.commands import span
from compass_action.commands.call import Call
from compass_action.commands.opening import open_call
from compass_action.delivery import dispatch, meanwhile
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.errors import CompassEventError, Interrupted, NothingToReport, Problem
from compass_action.inputs.command_line import CommandLine
from compass_action.inputs.given import Given
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload
from tests.building import ARI

STARTED = datetime(2026, 11, 25, 10, tzinfo=UTC)
ENDED = STARTED + timedelta(seconds=12)


class AtOnce:
    """The two steps, one after the other, in the same thread."""

    def __init__(
        self, make: Callable[[], Any], then: Callable[[Any, threading.Event], None]
    ) -> None:
        self.error: Exception | None = None
        try:
            self.made = make()
        except CompassEventError as error:
            self.error = error
            return
        then(self.made, OVER)

    def finish(self) -> Any:
        if self.error:
            raise self.error
        return self.made


OVER = threading.Event()
"""Set where the command is over before the start is told."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    OVER.clear()
    monkeypatch.setattr(meanwhile, "Meanwhile", AtOnce)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def called(sandbox: Sandbox, folder: Path, **given: str) -> Call:
    arguments = {name.replace("_", "-"): value for name, value in given.items()}
    env = {
        "GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.com/acme/search", "CI_JOB_NAME": "test",
        "CI_PIPELINE_ID": "901", "CI_JOB_ID": "7788", "CI_PROJECT_DIR": str(folder),
        "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example",
        "COMPASS_API_TOKEN": "correct-horse", "COMPASS_API_URL": sandbox.url,
    }  # fmt: skip
    return open_call(CommandLine("run", arguments), env, keeps_streams=True)


def report(
    call: Call,
    code: int = 0,
    hear: Callable[[], None] = lambda: None,
    *,
    cancelled: bool = False,
) -> int:
    return span.end(span.begin(call, STARTED), code, ENDED, hear, cancelled=cancelled)


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The own parts of what was sent."""
    bodies = [json.loads(request.body)["event"] for request in sandbox.requests]
    return [body[kind][f"{kind}Properties"] for body in bodies for kind in body]


def test_a_command_is_begun_and_ended(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its own times; a given start is older than the command."""
    assert report(called(sandbox, tmp_path)) == 0
    begun, ended = sent(sandbox)
    assert (begun["state"], begun["startedAt"]) == ("IN_PROGRESS", "2026-11-25T10:00:00Z")
    assert (ended["state"], ended["startedAt"]) == ("SUCCESSFUL", "2026-11-25T10:00:00Z")
    assert ("completedAt" in begun, ended["completedAt"]) == (False, "2026-11-25T10:00:12Z")
    said = capsys.readouterr().err
    assert "took 12 s, " in said
    assert said.endswith("accepted by Compass\n")
    sandbox.clear()
    given = {
        "started_at": "2026-11-25T09:00:00Z",
        "completed_at": "2026-11-25T09:30:00Z",
        "track": "true",
    }
    assert report(called(sandbox, tmp_path, **given), 3) == 3
    begun, ended = sent(sandbox)
    assert begun["startedAt"] == ended["startedAt"] == "2026-11-25T09:00:00Z"
    assert (ended["state"], ended["completedAt"]) == ("FAILED", "2026-11-25T10:00:12Z")


@pytest.mark.parametrize(
    ("given", "told"), [({"state": "failed"}, True), ({}, False), ({"environment": "x"}, False)]
)
def test_a_state_that_is_given_is_not_used(
    given: dict[str, str],
    told: bool,
    sandbox: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(called(sandbox, tmp_path, **given))
    assert sent(sandbox)[-1]["state"] == "SUCCESSFUL"
    sentence = "Note: state is not used: the command's outcome is the state.\n"
    assert (sentence in capsys.readouterr().err) is told


def test_a_state_of_the_whole_project_needs_no_word(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = called(sandbox, tmp_path)
    for source, told in (("COMPASS_STATE", False), ("INPUT_STATE", True), ("--state", True)):
        report(call._replace(given={**call.given, "state": Given("failed", source)}))
        assert ("state is not used" in capsys.readouterr().err) is told


@pytest.mark.parametrize(
    ("on_error", "code", "expected", "level"),
    [("warn", 0, 0, "Error"), ("fail", 0, 2, "Error"), ("fail", 9, 9, "Error"),
     ("warn-all", 0, 0, "Warning")],
)  # fmt: skip
def test_what_is_wrong_with_the_inputs_is_told_at_the_end(
    on_error: str,
    code: int,
    expected: int,
    level: str,
    sandbox: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = called(sandbox, tmp_path, event_type="incident", on_error=on_error, severity="high")
    assert report(call, code) == expected
    assert capsys.readouterr().err.startswith(f"{level}: Some inputs are missing or wrong")
    assert call.log.said[0].problems[0] == Problem(
        "event-type", "a command is a deployment or build. Leave event-type out."
    )
    assert sandbox.requests == []


def test_what_a_system_needs_for_two_reports_to_be_one_event_is_a_problem(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    call = called(sandbox, tmp_path)
    own = [Problem("check-run-id", "it is not given.")]
    unfilled = call.system._replace(unfilled=lambda inputs: own if inputs.state else [])
    call = call._replace(system=unfilled, problems=(Problem("timeout", "no."),))
    report(call)
    assert call.log.said[0].problems == (Problem("timeout", "no."), *own)


def test_what_is_skipped_keeps_the_command_s_code(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = called(sandbox, tmp_path)
    call = call._replace(inputs=call.inputs._replace(api_token=None), env={**call.env,
        "CI_COMMIT_REF_PROTECTED": "false", "CI_COMMIT_BRANCH": "a", "CI_DEFAULT_BRANCH": "main",
    })  # fmt: skip
    assert (report(call), report(call, 3)) == (0, 3)
    reason = (
        "GitLab hands no secrets to an unprotected branch or tag, if the variables are protected."
    )
    assert capsys.readouterr().err == f"Note: Nothing was sent: {reason}\n" * 2
    assert sandbox.requests == []


def test_what_did_not_happen_is_skipped_too(sandbox: Sandbox, tmp_path: Path) -> None:
    call = called(sandbox, tmp_path)
    for code in (0, 4):
        call.log.left = None
        reported = span.Reported(call, NotNow(), [])  # type: ignore[arg-type]
        assert span.end(reported, code, ENDED, lambda: None, cancelled=False) == code
        assert call.log.said[-1].text == "It did not happen."
        assert call.log.left


class NotNow:
    """A beginning that finds nothing to report."""

    def finish(self) -> span.Begun:
        raise NothingToReport("It did not happen.")


def test_a_dry_run_shows_both_requests(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = called(sandbox, tmp_path, dry_run="true")
    assert (report(call), report(call, 3)) == (0, 3)
    said = capsys.readouterr().err
    states = [
        line.strip(' ",').removeprefix('state": "')
        for line in said.split("\n")
        if '"state"' in line
    ]
    assert states == ["IN_PROGRESS", "SUCCESSFUL", "IN_PROGRESS", "FAILED"]
    assert sandbox.requests == []
    assert call.log.left
    assert call.log.left.outputs["state"] == "FAILED"


def test_a_lost_report_is_exit_code_1_under_fail(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the outputs tell what became of it."""
    monkeypatch.setattr(dispatch, "deliver", lost)
    for on_error, code, expected in (("fail", 0, 1), ("fail", 5, 5), ("warn", 0, 0)):
        call = called(sandbox, tmp_path, on_error=on_error)
        assert report(call, code) == expected
        assert call.log.left
        assert call.log.left.outputs["outcome"] == "failed"


def lost(payloads: Sequence[Payload], *_: object) -> tuple[Receipt, ...]:
    return tuple(Receipt(payload, FAILURES["server"], "HTTP 503", 503, 2) for payload in payloads)


class Told:
    """What both deliveries are given, and a beginning that is told what it is."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begins: list[float] = []
        self.ends: list[tuple[float, str | None]] = []
        self.raised: list[BaseException] = []
        self.receipts: Callable[[Sequence[Payload]], tuple[Receipt, ...]] = lambda payloads: tuple(
            Receipt(payload, http_status=202, attempts=1) for payload in payloads
        )
        patch.setattr(meanwhile, "transmit", self.transmit)
        patch.setattr(dispatch, "deliver", self.deliver)

    def transmit(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        tell: Callable[[str], None],
        over: threading.Event,
    ) -> tuple[Receipt, ...]:
        self.begins.append(seconds)
        tell("attempt 1")
        return self.receipts(payloads)

    def deliver(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        outbox: str | None,
        *_: object,
    ) -> tuple[Receipt, ...]:
        self.ends.append((seconds, outbox))
        if self.raised:
            raise self.raised.pop()
        return tuple(Receipt(payload, http_status=202, attempts=1) for payload in payloads)


@pytest.mark.parametrize(
    ("timeout", "cancelled", "begin", "end"),
    [
        ("9", False, 9, 9), ("10", False, 10, 10), ("11", False, 10, 11),
        ("4", True, 4, 4), ("5", True, 5, 5), ("6", True, 6, 5),
    ],
)  # fmt: skip
def test_beginning_and_end_have_their_time(
    timeout: str,
    cancelled: bool,
    begin: int,
    end: int,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told(monkeypatch)
    report(called(sandbox, tmp_path, timeout=timeout, outbox="o"), cancelled=cancelled)
    assert (told.begins, told.ends) == ([begin], [(end, "o")])


def test_the_rate_limit_adds_to_the_time_of_a_begin(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(monkeypatch)
    ids = ",".join(f"{ARI[:-3]}{number:03}" for number in range(101))
    report(called(sandbox, tmp_path, component_id=ids))
    assert told.begins == [10 + 61]
    assert told.ends == [(120 + 61, None)]


def test_a_cancelled_command_is_reported_in_a_hurry(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The rate limit is not waited for."""
    told = Told(monkeypatch)
    ids = ",".join(f"{ARI[:-3]}{number:03}" for number in range(101))
    call = called(sandbox, tmp_path, component_id=ids)
    assert report(call, 143, cancelled=True) == 143
    assert told.ends == [(5, None)]
    said = capsys.readouterr().err
    assert said.startswith("build CANCELLED ")
    assert "The 5 s of timeout have room for 100." in said


def test_a_signal_at_the_end_leaves_five_seconds(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was waiting or comes while it is sent."""
    told = Told(monkeypatch)

    def interrupt() -> None:
        raise Interrupted

    assert report(called(sandbox, tmp_path, outbox="o"), 3, interrupt) == 3
    assert told.ends == [(5, "o")]
    told.raised = [Interrupted()]
    report(called(sandbox, tmp_path, timeout="4"))
    assert told.ends[1:] == [(4, None), (4, None)]


def test_a_start_that_could_not_be_reported_is_a_line(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Unless the command was over before it could arrive."""
    told = Told(monkeypatch)
    told.receipts = lost
    line = (
        "Note: The start could not be reported while the command ran (Compass could not take the event "
        "now, HTTP 503). The outcome carries it.\n"
    )
    report(called(sandbox, tmp_path))
    assert capsys.readouterr().err.startswith(line + "build SUCCESSFUL")
    OVER.set()
    report(called(sandbox, tmp_path, debug="true"))
    said = capsys.readouterr().err
    assert "could not be reported" not in said
    assert said.startswith("Debug: start: attempt 1\n")


def test_a_start_that_could_not_be_reported_for_one_component_is_told_as_well(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = Told(monkeypatch)
    told.receipts = lambda payloads: (Receipt(payloads[0], http_status=202), *lost(payloads[1:]))
    report(called(sandbox, tmp_path, component_id=f"{ARI},{ARI[:-1]}5"))
    assert "Note: The start could not be reported" in capsys.readouterr().err


def test_sending_without_a_place_is_a_fault_of_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    call = called(sandbox, tmp_path, dry_run="true")
    begun = span.begin(call, STARTED).begun.finish()
    assert begun.prepared
    with pytest.raises(ValueError, match="there is nowhere to send to"):
        span._deliver(call, call.inputs, begun.prepared, lambda: None)
