"""The signals that a command is to hear, a clock that stands still, and the way back to how it was."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from compass_action import snapshot

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
