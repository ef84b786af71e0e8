"""Signals: a host that cancels a job sends SIGTERM, SIGINT or SIGHUP, and kills it seconds later."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from compass_action.errors import Interrupted

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
)

AGAIN_SECONDS = 0.01


def listen() -> None:
    """Make the first signal raise `Interrupted`.

    As process 1 of a container nothing else would end the program on them. What is ignored stays
    ignored, also for a command that `run` starts.
    """
    sys.unraisablehook = _raise_later
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def ignore() -> None:
    """Let no signal disturb what is left to do, which is done at once; only after `listen`."""
    if signal.getsignal(signal.SIGTERM) is _interrupt:
        for number in SIGNALS:
            signal.signal(number, _overhear)


def _overhear(number: int, frame: object) -> None:
    # Not SIG_IGN: Python complains of a signal that has come in before that, and is not yet heard.
    pass


def _interrupt(number: int, frame: object) -> NoReturn:
    ignore()
    raise Interrupted


def _raise_later(unraisable: UnraisableHookArgs) -> None:
    """Interrupt a moment later, if the signal came inside a callback of the import system or of the
    garbage collector. What is raised there Python only prints.
    """
    if isinstance(unraisable.exc_value, Interrupted) and hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    else:
        sys.__unraisablehook__(unraisable)
