"""Signals of a host that cancels a job."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from compass_action.delivery import interruption
from compass_action.errors import Interrupted

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGALRM)}
    hook = sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_interrupts_and_the_next_ones_do_not(number: signal.Signals) -> None:
    interruption.listen()
    with pytest.raises(Interrupted):
        os.kill(os.getpid(), number)
    for later in SIGNALS:
        os.kill(os.getpid(), later)


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_ignored_stays_ignored(number: signal.Signals) -> None:
    """`nohup` asks for it."""
    signal.signal(number, signal.SIG_IGN)
    interruption.listen()
    os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_IGN


def test_what_was_not_listened_to_is_not_overheard() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    interruption.ignore()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


class Last:
    """Does something when it is no longer needed: whatever it raises goes nowhere."""

    def __init__(self, does: Callable[[], object]) -> None:
        self._does = does

    def __del__(self) -> None:
        self._does()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_where_nothing_can_be_raised_interrupts_a_moment_later(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        Last(lambda: os.kill(os.getpid(), number))
        time.sleep(5)

    interruption.listen()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        work()
    assert time.monotonic() - began < 4
    assert capfd.readouterr().err == ""


def test_what_else_cannot_be_raised_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    interruption.listen()
    Last(lambda: 1 / 0)
    assert "ZeroDivisionError" in capfd.readouterr().err
