"""A cancelled job has seconds: on SIGTERM or SIGINT the program stops at once and spools."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compass_action.delivery import outbox
from compass_action.sandbox import running_sandbox
from tests.faults.cell import COMPONENTS, EMAIL, JOB, TOKEN

ROOT = Path(__file__).parents[2]


def begin(url: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    env = JOB | {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_API_URL": url,
        "COMPASS_COMPONENT_ID": ",".join(COMPONENTS),
        "COMPASS_STATE": "success",
        "COMPASS_TIMEOUT": "60",
        "COMPASS_OUTBOX": str(folder / "outbox.jsonl"),
        "COMPASS_DEBUG": "true",
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    return subprocess.Popen(
        [sys.executable, "-I", str(ROOT / "entrypoint.py")],
        env=env | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Read what is said until the words are."""
    assert process.stdout
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize("on_error", ["warn", "fail"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_a_stalled_request(
    number: signal.Signals, on_error: str, tmp_path: Path
) -> None:
    """The one accepted before stays accepted; the others are spooled, and it says so."""
    with running_sandbox(faults=[{"delay": 0}, {"delay": 30, "times": 2}]) as sandbox:
        process = begin(sandbox.url, tmp_path, COMPASS_ON_ERROR=on_error)
        wait_for(process, "attempt 1: HTTP 202")
        while len(sandbox.requests) < 3:
            time.sleep(0.01)
        stop(process, number, on_error, tmp_path, accepted=1)


def test_a_signal_between_two_attempts(tmp_path: Path) -> None:
    """While it waits for what a Retry-After asked for."""
    faults = [{"status": 503, "headers": {"Retry-After": "30"}, "times": 9}]
    with running_sandbox(faults=faults) as sandbox:
        process = begin(sandbox.url, tmp_path)
        wait_for(process, "Trying again")
        stop(process, signal.SIGTERM, "warn", tmp_path, accepted=0)


def test_a_second_signal_does_not_disturb_the_spooling(tmp_path: Path) -> None:
    faults = [{"status": 503, "headers": {"Retry-After": "30"}, "times": 9}]
    with running_sandbox(faults=faults) as sandbox:
        process = begin(sandbox.url, tmp_path)
        wait_for(process, "Trying again")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        stop(process, signal.SIGINT, "warn", tmp_path, accepted=0)


def stop(
    process: subprocess.Popen[str],
    number: signal.Signals,
    on_error: str,
    folder: Path,
    accepted: int,
) -> None:
    start = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=10)
    assert time.monotonic() - start < 5
    assert process.returncode == (1 if on_error == "fail" else 0), said
    assert "The run was interrupted" in said
    assert "send it later with: compass-event replay" in said
    assert "Traceback" not in said
    assert "itself has failed" not in said
    entries, damaged = outbox.read(str(folder / "outbox.jsonl"))
    assert [e.request.component_id for e in entries] == list(COMPONENTS[accepted:])
    assert damaged == []
    assert ("partial" if accepted else "spooled") in (folder / "output").read_text()


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3])
def test_a_signal_at_any_moment_ends_without_a_traceback(delay: float, tmp_path: Path) -> None:
    """Before the handlers are there the system ends the program; after that it ends itself."""
    with running_sandbox(faults=[{"delay": 30, "times": 9}]) as sandbox:
        process = begin(sandbox.url, tmp_path)
        time.sleep(delay)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)
    assert time.monotonic() - start < 5
    assert process.returncode in (0, 1, -signal.SIGTERM)
    assert "Traceback" not in said
    assert "itself has failed" not in said
