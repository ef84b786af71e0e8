"""Signals: a host that cancels a job sends SIGTERM, SIGINT or SIGHUP, and kills it seconds later."""

from __future__ import annotations

import signal
from typing import NoReturn

from compass_action.errors import Interrupted

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
)


def listen() -> None:
    """Make the first signal raise `Interrupted`.

    As process 1 of a container nothing else would end the program on them. What is ignored stays
    ignored, also for a command that `run` starts.
    """
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
