"""How a command is started, waited for and ended, in this process: shells, orphans, faults of ours."""

from __future__ import annotations

import errno
import os
import signal
from datetime import datetime
from pathlib import Path

import pytest

from compass_action.commands import run, span
from compass_action.commands.opening import open_call
from compass_action.inputs.command_line import CommandLine
from tests.commands.signals import HEARD, NOW, a_moment, unheld

__all__ = ["a_moment", "unheld"]


def test_without_such_signals_the_command_runs_as_well(
    capfd: pytest.CaptureFixture[str],
) -> None:
    child = run._start(["sh", "-c", "echo ran; exit 4"], None)
    assert child.wait() == run.Ended(4, cancelled=False, at=NOW)
    assert capfd.readouterr().out == "ran\n"
    assert run._start(["sh", "-c", "kill -9 $$"], None).wait().code == 137


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (FileNotFoundError(2, "No"), 127, "compass-event: tool: command not found\n"),
        (PermissionError(13, "Permission denied"), 126, "compass-event: tool: Permission denied\n"),
        (OSError(), 126, "compass-event: tool: OSError\n"),
    ],
)
def test_what_cannot_be_started_is_told_as_a_shell_does(
    error: OSError,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def spawn(*_: object) -> None:
        raise error

    monkeypatch.setattr(run, "_spawn", spawn)
    child = run._start(["tool", "a"], None)
    assert child.wait() == run.Ended(code, cancelled=False, at=NOW)
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("signals", [None, run.Signals(HEARD, frozenset())])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ([""], 127),
        (["", "--force"], 127),
        (["no such tool"], 127),
        (["\udcff\udcfe"], 127),
        (["/usr"], 126),
        (["/dev/null/tool"], 126),
        (["true", "x" * 200_000], 126),
    ],
)
def test_whatever_stands_behind_the_dashes_ends_with_a_code(
    command: list[str], code: int, signals: run.Signals | None
) -> None:
    """An empty word, bytes that are no text, a folder, a list of arguments that is too long."""
    assert run._start(command, signals).wait() == run.Ended(code, cancelled=False, at=NOW)


def test_a_script_without_an_interpreter_is_the_shell_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where PATH finds it, else as it was named; with the same ways."""
    (tmp_path / "tool").touch(0o755)
    started: list[tuple[object, ...]] = []

    def refuse(*_: object, **more: object) -> int:
        raise OSError(errno.ENOEXEC, "Exec format error")

    def spawn(path: str, argv: list[str], env: object, **more: object) -> int:
        started.append((path, argv, more))
        return 78

    monkeypatch.setattr(os, "posix_spawnp", refuse)
    monkeypatch.setattr(os, "posix_spawn", spawn)
    monkeypatch.setenv("PATH", str(tmp_path))
    signals = run.Signals(HEARD, frozenset({signal.SIGUSR1}))
    assert run._spawn(["tool", "a"], signals) == run.Child(78, signals)
    run._spawn(["gone", "a"], signals)
    ways = {"setsigmask": {signal.SIGUSR1}, "setsigdef": (signal.SIGPIPE, signal.SIGXFSZ)}
    assert started == [
        ("/bin/sh", ["/bin/sh", str(tmp_path / "tool"), "a"], ways),
        ("/bin/sh", ["/bin/sh", "gone", "a"], ways),
    ]


def test_all_that_have_ended_are_taken_note_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours is among them, or it is not; where none is left, that is the end of it."""
    told: list[tuple[int, int]] = []

    def wait(pid: int, options: int) -> tuple[int, int]:
        assert (pid, options) == (-1, os.WNOHANG)
        if not told:
            raise ChildProcessError
        return told.pop(0)

    monkeypatch.setattr(os, "waitpid", wait)
    for statuses, found in (
        ([(70, 1), (77, 256), (71, 2)], 256),
        ([(77, 256), (0, 0)], 256),
        ([(70, 1), (0, 0), (77, 256)], None),
        ([], None),
    ):
        told[:] = statuses
        assert run._reap(77) == found


@pytest.mark.parametrize(("status", "code"), [(0, 0), (256, 1), (9, 137), (15, 143)])
def test_an_exit_code_is_told_as_a_shell_does(status: int, code: int) -> None:
    assert run._exit_code(status) == code


class Ending:
    """A command that ends with a code; it was waited for, or not."""

    def __init__(self, code: int, patch: pytest.MonkeyPatch) -> None:
        self.code = code
        self.waited = False
        self.started: list[object] = []
        patch.setattr(run, "_start", self.start)

    def start(self, command: object, signals: object) -> Ending:
        self.started += [command, signals]
        return self

    def wait(self) -> run.Ended:
        self.waited = True
        return run.Ended(self.code, cancelled=True, at=NOW)


@pytest.mark.usefixtures("unheld", "faults_of_ours")
@pytest.mark.parametrize("code", [0, 3])
def test_the_command_is_not_left_alone_whatever_happens(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And its outcome counts."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    command = Ending(code, monkeypatch)
    monkeypatch.setattr(span, "begin", fail)
    assert run.run(open_call(CommandLine("run", rest=("tool", "a")), {})) == code
    assert "Compass Event itself has failed: ZeroDivisionError in " in capsys.readouterr().err
    assert command.waited
    assert command.started[0] == ("tool", "a")


@pytest.mark.usefixtures("unheld", "faults_of_ours")
@pytest.mark.parametrize(
    ("on_error", "code", "expected"), [("fail", 0, 1), ("warn", 0, 0), ("fail", 3, 3)]
)
def test_a_fault_of_ours_at_the_end_is_told(
    on_error: str,
    code: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **more: object) -> None:
        raise ZeroDivisionError("ours")

    Ending(code, monkeypatch)
    monkeypatch.setattr(span, "begin", lambda call, started: None)
    monkeypatch.setattr(span, "end", fail)
    line = CommandLine("run", {"on-error": on_error}, ("tool",))
    assert run.run(open_call(line, {})) == expected
    said = capsys.readouterr().err
    level = "Error" if on_error == "fail" else "Warning"
    assert said.startswith(f"{level}: Compass Event itself has failed: ZeroDivisionError in ")
    assert "ours" not in said


@pytest.mark.usefixtures("unheld")
def test_what_the_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code, the moment, whether it was cancelled; and how to hear signals again."""
    given: list[object] = []

    def end(reported: object, code: int, at: datetime, hear: object, *, cancelled: bool) -> int:
        given.extend([reported, code, at, cancelled])
        assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        hear()  # type: ignore[operator]
        assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        return 9

    command = Ending(3, monkeypatch)
    monkeypatch.setattr(span, "begin", lambda call, started: ("begun", started))
    monkeypatch.setattr(span, "end", end)
    assert run.run(open_call(CommandLine("run", rest=("tool",)), {})) == 9
    assert given == [("begun", NOW), 3, NOW, True]
    assert isinstance(command.started[1], run.Signals)
