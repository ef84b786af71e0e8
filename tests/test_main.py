"""Which command is called, where errors end, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from compass_action import __version__, demo, main, report, sandbox
from compass_action.commands import check, completion, events, replay, run, send, verify
from compass_action.commands import help as pages
from compass_action.commands.call import Call
from compass_action.errors import EventError, InputError, Interrupted, Problem
from compass_action.report.report import Report

CALLED = {
    "send": (send, "send"), "post": (send, "post"), "check": (check, "check"),
    "verify": (verify, "verify"), "replay": (replay, "replay"), "run": (run, "run"),
    "events": (events, "events"),
}  # fmt: skip
PROGRAMS = {
    "sandbox": (sandbox, "main"), "demo": (demo, "main"), "help": (pages, "explain"),
    "completion": (completion, "completion"),
}  # fmt: skip
ARGUMENTS = {"replay": ["a"], "run": ["--", "a"], "events": ["a"]}


def patch(monkeypatch: pytest.MonkeyPatch, name: str, does: Callable[[Any], int]) -> None:
    module, function = (CALLED | PROGRAMS)[name]
    monkeypatch.setattr(module, function, does)


def remembering(given: list[Any], code: int) -> Callable[..., int]:
    """A command that keeps what it is given, and ends with a code."""

    def does(one: Any, *_: object) -> int:
        given.append(one)
        return code

    return does


@pytest.mark.parametrize("name", CALLED)
def test_a_command_gets_the_call_and_gives_the_code(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is named, an event is sent."""
    calls: list[Call] = []
    patch(monkeypatch, name, remembering(calls, 7))
    argv = [name, "--email", "x", *ARGUMENTS.get(name, [])]
    assert main.main(argv, {"COMPASS_SITE": "acme"}) == 7
    if name == "send":
        assert main.main([], {"COMPASS_EMAIL": "x", "COMPASS_SITE": "acme"}) == 7
    for call in calls:
        assert (call.inputs.site, call.inputs.email) == ("acme", "x")
        assert call.files == (("a",) if name in ARGUMENTS else ())
        assert call.keeps_streams is (name == "run")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_its_own_gets_its_arguments_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []
    patch(monkeypatch, name, remembering(given, 7))
    assert main.main([name, "bash"], {}) == 7
    assert given == [["bash"]]


def test_these_are_the_commands() -> None:
    assert sorted(main.COMMANDS) == [
        "check", "events", "post", "replay", "run", "send", "verify",
    ]  # fmt: skip
    assert sorted(main.PROGRAMS) == ["completion", "demo", "help", "sandbox", "version"]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"], {}) == 0
    assert capsys.readouterr() == (f"compass-event {__version__}\n", "")


def raising(error: BaseException) -> Callable[[Call], int]:
    def fail(call: Call) -> int:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "on_error", "code", "said"),
    [
        (InputError([Problem("a", "b.")]), "warn", 2,
         "Error: Some inputs are missing or wrong: a: b.\n"),
        (EventError([Problem("a", "b.")]), "warn", 2,
         "Error: The event does not satisfy its schema: a: b.\n"),
        (InputError([Problem("a", "b.")]), "warn-all", 0,
         "Warning: Some inputs are missing or wrong: a: b.\n"),
        (Interrupted(), "warn", 1, "Error: The run was interrupted: Nothing had been sent yet.\n"),
    ],
)  # fmt: skip
def test_every_error_of_ours_ends_here(
    error: BaseException,
    on_error: str,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is said, and left behind as the outcome."""
    left: list[tuple[Any, ...]] = []
    monkeypatch.setattr(report, "save", lambda *given: left.append(given))
    patch(monkeypatch, "send", raising(error))
    assert main.main([], {"COMPASS_ON_ERROR": on_error}) == code
    assert capsys.readouterr() == ("", said)
    [(found, *_)] = left
    assert isinstance(found, Report)
    assert found.outputs == {"outcome": "failed"}


def test_a_command_line_that_cannot_be_read_is_told_and_not_looked_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It may hold a secret; of its options only `--json` counts."""
    assert main.main(["--sate", "x"], {}) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err.startswith("Error: Some inputs are missing or wrong: command line: ") or "--sate" in err
    )
    assert main.main(["--json", "--sate", "x"], {}) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["exit-code"] == 2
    assert '"--sate" is not an option. Did you mean --state?' in err


@pytest.mark.parametrize(
    ("name", "argv", "printed"),
    [("send", ["--json"], True), ("send", [], False), ("run", ["--json", "--", "true"], False)],
)
def test_the_json_object_is_printed_where_the_output_is_ours(
    name: str,
    argv: list[str],
    printed: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    patch(monkeypatch, name, lambda call: 7)
    assert main.main([name, *argv], {}) == 7
    out = capsys.readouterr().out
    assert bool(out) is printed
    if printed:
        assert json.loads(out)["exit-code"] == 7


def test_variables_are_valid_text_for_all_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Call] = []
    patch(monkeypatch, "send", remembering(calls, 0))
    main.main([], {"CI_TITLE": "a\udc80b"})
    [call] = calls
    call.env["CI_TITLE"].encode()
