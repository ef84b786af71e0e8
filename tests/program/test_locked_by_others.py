"""Files of records and of an outbox that another process has locked for good."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from compass_action import locked_file
from compass_action.sandbox import running_sandbox
from tests.program.steps import Job


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked_file, "LOCK_SECONDS", 0.2)


@pytest.mark.parametrize("state", ["in_progress", "success"])
def test_a_locked_record_holds_no_event_up(state: str, tmp_path: Path) -> None:
    """The begin says that its end will not know the start; the end has nothing to say."""
    record = tmp_path / "record"
    record.write_text("")
    with running_sandbox() as sandbox, record.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = Job(tmp_path, sandbox.url).step({"state": state, "record": str(record)})
        assert (ran.code, len(sandbox.requests)) == (0, 1)
    assert ("another process has locked it" in ran.log) == (state == "in_progress")


def test_a_locked_outbox_is_told(tmp_path: Path) -> None:
    """The event is lost, and nobody waits for it without end."""
    outbox = tmp_path / "outbox"
    outbox.write_text("")
    with outbox.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = Job(tmp_path, "http://127.0.0.1:1").step(
            {"state": "success", "outbox": str(outbox), "timeout": "1", "on-error": "fail"}
        )
    assert ran.code == 1
    assert "another process has locked it" in ran.log
    assert ran.outputs["outcome"] == "failed"
