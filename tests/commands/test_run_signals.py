"""How a command is started and waited for, in this process: signals, orphans, systems without them."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from compass_action import snapshot
from compass_action.commands import run, span
from compass_action.commands.opening import open_call
from compass_action.errors import Interrupted
from compass_action.inputs.command_line import CommandLine

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
HEARD = frozenset({
    signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
    signal.SIGCHLD,
})  # fmt: skip


@pytest.fixture(autouse=True)
def a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "clock", lambda: NOW)


@pytest.fixture
def unheld() -> Iterator[None]:
    """Signals are heard again afterwards."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    heard = signal.getsignal(signal.SIGCHLD)
    # In the background of a script a process is born with this one ignored.
    quitting = signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGCHLD, heard)
    signal.signal(signal.SIGQUIT, quitting)


def test_signals_are_passed_on_but_those_that_everybody_on_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An orphan that ends is none of the command's business."""
    come = iter([
        (signal.SIGCHLD, False), (signal.SIGUSR1, False), (signal.SIGINT, True), (signal.SIGUSR2, False),
        (signal.SIGCHLD, False),
    ])  # fmt: skip
    ended = iter([None, 5 << 8])
    passed: list[tuple[int, int]] = []
    monkeypatch.setattr(run, "_next_signal", lambda signals: next(come))
    monkeypatch.setattr(run, "_reap", lambda pid: next(ended))
    monkeypatch.setattr(os, "kill", lambda pid, number: passed.append((pid, number)))
    child = run.Child(77, run.Signals(HEARD, frozenset()))
    assert child.wait() == run.Ended(5, cancelled=True, at=NOW)
    assert passed == [(77, signal.SIGUSR1), (77, signal.SIGUSR2)]


@pytest.mark.parametrize(
    ("name", "cancelled"),
    [("SIGTERM", True), ("SIGINT", True), ("SIGHUP", True), ("SIGQUIT", True), ("SIGUSR1", False),
     ("SIGUSR2", False)],
)  # fmt: skip
def test_only_some_signals_cancel(
    name: str, cancelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    come = iter([getattr(signal, name), signal.SIGCHLD])
    monkeypatch.setattr(run, "_next_signal", lambda signals: (next(come), False))
    monkeypatch.setattr(run, "_reap", lambda pid: 0)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    ended = run.Child(77, run.Signals(HEARD, frozenset())).wait()
    assert ended == run.Ended(0, cancelled, NOW)


@pytest.mark.usefixtures("unheld")
def test_signals_are_held_back_but_those_that_are_ignored() -> None:
    """What was held back before stays so for the command."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    ignored = signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    try:
        held = run._hold_signals()
    finally:
        signal.signal(signal.SIGUSR2, ignored)
    assert held
    assert held.held == HEARD - {signal.SIGUSR2}
    assert signal.SIGUSR1 in held.mask
    assert signal.SIGTERM not in held.mask
    now = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert held.held <= now
    assert callable(signal.getsignal(signal.SIGCHLD))
    run._hear(held)
    assert now - signal.pthread_sigmask(signal.SIG_BLOCK, ()) == {signal.SIGTERM, signal.SIGINT}


def test_where_there_are_no_such_signals_none_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    monkeypatch.delattr(os, "posix_spawnp")
    assert run._hold_signals() is None
    run._hear(None)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_the_command_has_the_system_s_own_ways_with_signals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python ignores two; and what was held back before us is held back from the command."""
    started: list[object] = []

    def spawn(path: str, argv: list[str], env: object, **more: object) -> int:
        started.extend([path, argv, env, more])
        return 78

    monkeypatch.setattr(os, "posix_spawnp", spawn)
    signals = run.Signals(HEARD, frozenset({signal.SIGUSR1}))
    assert run._start(["tool", "a"], signals) == run.Child(78, signals)
    ways = {"setsigmask": {signal.SIGUSR1}, "setsigdef": (signal.SIGPIPE, signal.SIGXFSZ)}
    assert started == ["tool", ["tool", "a"], os.environ, ways]


def test_without_such_signals_the_command_runs_as_well(
    capfd: pytest.CaptureFixture[str],
) -> None:
    child = run._start(["sh", "-c", "echo ran; exit 4"], None)
    assert child.wait() == run.Ended(4, cancelled=False, at=NOW)
    assert capfd.readouterr().out == "ran\n"
    assert run._start(["sh", "-c", "kill -9 $$"], None).wait().code == 137


@pytest.mark.parametrize("heard", [KeyboardInterrupt, Interrupted])
def test_ctrl_c_without_such_signals_is_a_cancelled_command(heard: type[BaseException]) -> None:
    signals = [heard()]

    def wait() -> int:
        if signals:
            raise signals.pop()
        return 0

    process = SimpleNamespace(wait=wait)
    assert run.Waited(process).wait() == run.Ended(0, cancelled=True, at=NOW)  # type: ignore[arg-type]


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


@pytest.mark.parametrize(("code", "from_terminal"), [(0x80, True), (0, False), (0x81, False)])
def test_a_signal_tells_who_has_sent_it(
    code: int, from_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = SimpleNamespace(si_signo=signal.SIGINT, si_code=code)
    monkeypatch.setattr(signal, "sigwaitinfo", lambda held: info)
    found = run._next_signal(run.Signals(HEARD, frozenset()))
    assert found == (signal.SIGINT, from_terminal)


@pytest.mark.parametrize(
    ("name", "foreground", "from_terminal"),
    [
        ("SIGINT", True, True),
        ("SIGQUIT", True, True),
        ("SIGTERM", True, False),
        ("SIGINT", False, False),
    ],
)
def test_where_that_is_not_told_a_key_is_from_the_terminal(
    name: str, foreground: bool, from_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS."""
    number = getattr(signal, name)
    monkeypatch.delattr(signal, "sigwaitinfo")
    monkeypatch.setattr(signal, "sigwait", lambda held: number)
    monkeypatch.setattr(os, "getpgrp", lambda: 5)
    monkeypatch.setattr(os, "tcgetpgrp", lambda terminal: {0: 5 if foreground else 6}[terminal])
    assert run._next_signal(run.Signals(HEARD, frozenset())) == (number, from_terminal)


def test_without_a_terminal_there_is_no_foreground(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(terminal: int) -> int:
        raise OSError(errno.ENOTTY, "no terminal")

    monkeypatch.setattr(os, "tcgetpgrp", refuse)
    assert run._is_in_foreground() is False


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


@pytest.mark.usefixtures("unheld")
def test_the_command_is_not_left_alone_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    command = Ending(0, monkeypatch)
    monkeypatch.setattr(span, "begin", fail)
    with pytest.raises(ZeroDivisionError):
        run.run(open_call(CommandLine("run", rest=("tool", "a")), {}))
    assert command.waited
    assert command.started[0] == ("tool", "a")


@pytest.mark.usefixtures("unheld")
@pytest.mark.parametrize(
    ("on_error", "code", "expected"), [("fail", 0, 1), ("warn", 0, 0), ("fail", 3, 3)]
)
def test_a_fault_of_ours_at_the_end_is_shown(
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
    assert capsys.readouterr().err.endswith("ZeroDivisionError: ours\n\n")


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
