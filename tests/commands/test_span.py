"""An event around a command, in this process: what its beginning and its end say, and the exit code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from compass_action.commands import span
from compass_action.errors import NothingToReport, Problem
from compass_action.inputs.given import Given
from compass_action.sandbox import Sandbox
from tests.commands.spanning import ENDED, STARTED, at_once, called, report, sandbox, sent

__all__ = ["at_once", "sandbox"]


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


def test_a_clock_that_steps_back_while_a_command_runs_loses_nothing(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A start given by hand may lie ahead by five minutes only; this one nobody gave."""
    call = called(sandbox, tmp_path, on_error="fail")
    begun = span.begin(call, STARTED)
    back = STARTED - timedelta(minutes=17)
    assert span.end(begun, 0, back, lambda: None, cancelled=False) == 0
    ended = sent(sandbox)[-1]
    assert ended["startedAt"] == ended["completedAt"] == "2026-11-25T10:00:00Z"


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
