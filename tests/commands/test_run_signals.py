"""Signals around a command, in this process: which are held, passed on or cancel, and who sent them."""

from __future__ import annotations

import errno
import os
import signal
from types import SimpleNamespace

import pytest

from compass_action.commands import run
from compass_action.errors import Interrupted
from tests.commands.signals import HEARD, NOW, a_moment, unheld

__all__ = ["a_moment", "unheld"]


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


@pytest.mark.parametrize("heard", [KeyboardInterrupt, Interrupted])
def test_ctrl_c_without_such_signals_is_a_cancelled_command(heard: type[BaseException]) -> None:
    signals = [heard()]

    def wait() -> int:
        if signals:
            raise signals.pop()
        return 0

    process = SimpleNamespace(wait=wait)
    assert run.Waited(process).wait() == run.Ended(0, cancelled=True, at=NOW)  # type: ignore[arg-type]


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
