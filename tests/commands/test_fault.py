"""A fault of ours, which nobody has foreseen: it is told in few words, loses nothing, and fails no job
unless that is wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from compass_action import main, report
from compass_action.commands import prepare
from compass_action.delivery import client, dispatch
from compass_action.errors import Interrupted
from compass_action.report import outcomes
from tests.lookup.compass import BUILD, TOKEN, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

pytestmark = pytest.mark.usefixtures("faults_of_ours")

HEADLINE = "Compass Event itself has failed"
PLEASE = (
    "Your pipeline is not to blame. Please report it, with what debug shows: "
    "https://github.com/compass-event/compass-event/issues"
)
OPEN = ("--event-type", "build", "--state", "success", "--pipeline-id", "b/7")


SAID = " ".join(("something", "with", TOKEN))


def fail(*_: object, **__: object) -> NoReturn:
    raise LookupError(SAID)


def kept(folder: Path) -> int:
    file = folder / "outbox.jsonl"
    return len(file.read_text().splitlines()) if file.exists() else 0


STEPS: Mapping[str, tuple[object, str]] = {
    "announcing": (outcomes, "opening"),
    "keeping the record": (report, "keep"),
    "sending": (client, "send"),
    "connecting": (dispatch, "connect"),
    "summing up": (outcomes, "report"),
}
"""Steps after the event is ready."""


@pytest.mark.parametrize(("on_error", "code"), [("warn", 0), ("fail", 1), ("warn-all", 0)])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_ready_is_kept(
    step: str, on_error: str, code: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with it, and whether or not it was sent before that."""
    monkeypatch.setattr(*STEPS[step], fail)
    said = program(*BUILD, "--on-error", on_error, "--outbox", "outbox.jsonl")
    assert said.code == code, said.said
    assert HEADLINE in said.said
    assert "LookupError in " in said.said
    assert PLEASE in said.said
    assert "send it later with: compass-event replay outbox.jsonl" in said.said
    assert SAID not in said.said
    assert "Traceback" not in said.said
    assert kept(program.folder) == 1


def test_without_an_outbox_it_is_lost_and_says_so(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "opening", fail)
    said = program(*BUILD).said
    assert "The event is lost. Give outbox to keep such events for a replay." in said


def test_the_events_of_a_file_are_kept(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"pipeline-id": f"b/{n}", "state": "failure"}) for n in range(3)]
    (program.folder / "events.jsonl").write_text("\n".join(lines))
    monkeypatch.setattr(dispatch, "budget", fail)
    said = program(
        "events", "events.jsonl", "--event-type", "build", "--started-at", "2026-11-25T10:00:00Z",
        "--outbox", "outbox.jsonl",
    )  # fmt: skip
    assert kept(program.folder) == 3, said.said
    assert HEADLINE in said.said


def test_what_has_only_begun_is_not_kept_and_fails_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "opening", fail)
    said = program(
        "--event-type", "build", "--state", "running", "--pipeline-id", "b/7",
        "--outbox", "outbox.jsonl", "--on-error", "fail",
    )  # fmt: skip
    assert said.code == 0
    assert f"{HEADLINE} (LookupError in " in said.said
    assert "so the start is not shown yet" in said.said
    assert kept(program.folder) == 0


def test_a_signal_between_two_steps_loses_nothing_either(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise Interrupted

    monkeypatch.setattr(outcomes, "opening", interrupt)
    said = program(*BUILD, "--outbox", "outbox.jsonl")
    assert said.code == 0
    assert "The run was interrupted" in said.said
    assert kept(program.folder) == 1


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (BUILD, 0),
        ((*BUILD, "--on-error", "fail"), 1),
        ((*BUILD, "--dry-run"), 0),
        (("check", *BUILD, "--on-error", "warn-all"), 1),
        (("verify", *BUILD), 1),
        (("replay", "outbox.jsonl"), 0),
    ],
    ids=lambda value: str(value),
)
def test_a_fault_before_anything_is_ready_is_told_in_one_line(
    argv: tuple[str, ...],
    code: int,
    program: Program,
    compass: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It fails what is called for nothing but its answer."""
    name = argv[0] if argv[0] in ("check", "verify", "replay") else "send"
    monkeypatch.setitem(main.COMMANDS, name, fail)
    ran = program(*argv)
    assert ran.code == code
    [line] = ran.said.splitlines()
    level = "Error" if code else "Warning"
    assert re.fullmatch(f"{level}: {HEADLINE}: LookupError in main, line \\d+. {PLEASE}", line)
    assert compass.asked == []


def test_debug_shows_the_way_there_and_not_what_was_said(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "validate", fail)
    said = program(*BUILD, "--debug").said
    assert 'commands/prepare.py", line ' in said
    assert "LookupError in commands.prepare, line " in said
    assert SAID not in said
    assert "commands/prepare.py" not in program(*BUILD).said


def test_json_has_it_among_the_problems(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "validate", fail)
    told = json.loads(program(*BUILD, "--json").said.splitlines()[0])
    assert (told["outcome"], told["exit-code"]) == ("failed", 0)
    [problem] = told["problems"]
    assert (problem["level"], problem["headline"]) == ("warning", HEADLINE)


@pytest.mark.parametrize(("env", "code"), [({}, 0), ({"COMPASS_ON_ERROR": "fail"}, 1)])
def test_where_not_even_the_inputs_can_be_read_on_error_counts(
    env: Mapping[str, str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(main, "open_call", fail)
    assert main.main([], {"GITHUB_ACTIONS": "true", "GITHUB_REF": "odd", **env}) == code
    assert main.main(["--on-error", "fail"], {"GITHUB_REF": "odd"}) == 1
    said = "".join(capsys.readouterr())
    assert said.count(HEADLINE) == 2
    assert SAID not in said


def test_a_program_of_its_own_ends_with_its_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(main.PROGRAMS, "sandbox", fail)
    with pytest.raises(LookupError):
        main.main(["sandbox"], {})
