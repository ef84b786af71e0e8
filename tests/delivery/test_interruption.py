"""Signals of a host that cancels a job."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from compass_action.delivery import interruption
from compass_action.errors import Interrupted

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
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
