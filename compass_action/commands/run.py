"""Running a command, and reporting how it went. The only module that starts a process.

The command comes first: it is started before anything is read, it keeps the standard streams and
the terminal, it gets the signals, and its exit code is ours. See `span` for what is reported.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from datetime import datetime
from types import FrameType
from typing import NamedTuple

from compass_action import snapshot
from compass_action.errors import Interrupted
from compass_action.report import print_text
from compass_action.report.safe import neutral

from . import span
from .call import Call

NOT_FOUND, NOT_EXECUTABLE, BY_SIGNAL = 127, 126, 128
"""The exit codes by which shells tell these, the last one with the signal's number added."""
CANCELLING = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
"""Signals with which a host or a person cancels a job."""
FORWARDED = (*CANCELLING, "SIGUSR1", "SIGUSR2")
SHELL = "/bin/sh"
SENT_BY_KERNEL = 0x80
"""SI_KERNEL of sigaction(2): a key on the terminal, or its end."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    """As a shell tells it: 0 to 255."""
    cancelled: bool
    """A signal to cancel came before the end."""
    at: datetime


def run(call: Call) -> int:
    """Run the command `call.files`, and report it; returns the exit code."""
    started = snapshot.clock()
    held = _hold_signals()
    child = _start(call.files, held)
    try:
        try:
            reported = span.begin(call, started)
        finally:  # whatever happens, the command is not left alone
            ended = child.wait()
        return span.end(
            reported, ended.code, ended.at, lambda: _hear(held), cancelled=ended.cancelled
        )
    except Exception as error:  # a fault of ours; the command's own outcome stays what it is
        from . import fault

        failed = fault.end(call, error)
        return ended.code or failed


class Signals(NamedTuple):
    """Signals that are held back, to be passed on."""

    held: frozenset[int]
    mask: frozenset[int]
    """Those that were held back before, as the command gets it."""


class Child(NamedTuple):
    """A running command."""

    pid: int
    signals: Signals

    def wait(self) -> Ended:
        """Wait until it ends; pass signals on to it meanwhile."""
        cancelled = False
        while True:
            number, from_terminal = _next_signal(self.signals)
            if number == signal.SIGCHLD:
                status = _reap(self.pid)
                if status is not None:
                    return Ended(_exit_code(status), cancelled, snapshot.clock())
                continue
            cancelled = cancelled or number in _numbers(CANCELLING)
            if (
                not from_terminal
            ):  # that one goes to everybody on the terminal, the command included
                os.kill(self.pid, number)


def _numbers(names: Sequence[str]) -> frozenset[int]:
    return frozenset(getattr(signal, name) for name in names)


def _hold_signals() -> Signals | None:
    """Hold signals back from here on, so that none is lost; None on Windows, which has no such thing.

    What is ignored stays ignored: that is how `nohup` works.
    """
    if not hasattr(os, "posix_spawnp"):
        return None
    signal.signal(signal.SIGCHLD, _notice)  # else some systems would drop it
    heard = {n for n in _numbers(FORWARDED) if signal.getsignal(n) is not signal.SIG_IGN}
    held = frozenset(heard | {signal.SIGCHLD})
    return Signals(held, frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, held)))


def _notice(number: int, frame: FrameType | None) -> None:
    pass


def _hear(signals: Signals | None) -> None:
    """Let signals interrupt what is left to do."""
    if signals:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})


class Waited(NamedTuple):
    """A running command on a system without such signals."""

    process: subprocess.Popen[bytes]

    def wait(self) -> Ended:
        """Wait until it ends; Ctrl-C goes to everybody on the console, the command included."""
        cancelled = False
        while True:
            try:
                code = self.process.wait()
                return Ended(code if code >= 0 else BY_SIGNAL - code, cancelled, snapshot.clock())
            except (KeyboardInterrupt, Interrupted):
                cancelled = True


class NotStarted(NamedTuple):
    """A command that could not be started."""

    code: int

    def wait(self) -> Ended:
        """Tell how it ended."""
        return Ended(self.code, cancelled=False, at=snapshot.clock())


def _start(command: Sequence[str], signals: Signals | None) -> Child | Waited | NotStarted:
    """Start the command, or say why it cannot be started."""
    try:
        return _spawn(list(command), signals)
    except FileNotFoundError:
        print_text(f"compass-event: {neutral(command[0])}: command not found", error=True)
        return NotStarted(NOT_FOUND)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        print_text(f"compass-event: {neutral(command[0])}: {reason}", error=True)
        return NotStarted(NOT_EXECUTABLE)


def _spawn(command: list[str], signals: Signals | None) -> Child | Waited:
    if not command[
        0
    ]:  # `run -- "$CMD"` with CMD empty: a ValueError to Python, not found to a shell
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if signals is None:
        return Waited(subprocess.Popen(command))  # noqa: S603 - that is what the user asks for
    # Python ignores SIGPIPE and SIGXFSZ; the command gets the system's ways back.
    ways = (signal.SIGPIPE, signal.SIGXFSZ)
    try:
        pid = os.posix_spawnp(
            command[0], command, os.environ, setsigmask=signals.mask, setsigdef=ways
        )
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        # A script whose first line names no interpreter is the shell's, as it is for a shell.
        script = [SHELL, shutil.which(command[0]) or command[0], *command[1:]]
        pid = os.posix_spawn(SHELL, script, os.environ, setsigmask=signals.mask, setsigdef=ways)
    return Child(pid, signals)


def _next_signal(signals: Signals) -> tuple[int, bool]:
    """Wait for a signal; with it, whether the terminal has sent it to the command as well."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(signals.held)
        return info.si_signo, info.si_code == SENT_BY_KERNEL
    number = signal.sigwait(signals.held)  # macOS does not say who has sent it
    return number, number in (signal.SIGINT, signal.SIGQUIT) and _is_in_foreground()


def _is_in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:  # no terminal
        return False


def _reap(pid: int) -> int | None:
    """Take note of the processes that have ended; the status of this one if it is among them.

    As process 1 of a container we are handed the orphans of others.
    """
    found = None
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if ended == 0:
            return found
        if ended == pid:
            found = status


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else BY_SIGNAL - code
