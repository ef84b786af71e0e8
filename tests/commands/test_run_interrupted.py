"""`compass-event run`, and signals that come to it: what the command hears, and what is left to report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compass_action.sandbox import running_sandbox
from tests.commands.program import PROGRAM, job
from tests.commands.running import SILENT, event


def wait_for(file: Path) -> None:
    until = time.monotonic() + 20
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert file.exists()


def start(argv: list[str], env: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *argv], env=env, cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_reaches_the_command_and_the_event_is_cancelled(name: str, tmp_path: Path) -> None:
    """Once, and the command decides how it ends."""
    script = f"trap 'echo {name}; exit 5' {name[3:]}; touch ready; while :; do sleep 0.1; done"
    with running_sandbox() as sandbox:
        process = start(["run", "--", "sh", "-c", script], job(tmp_path, sandbox.url), tmp_path)
        wait_for(tmp_path / "ready")
        process.send_signal(getattr(signal, name))
        out, _ = process.communicate(timeout=30)
        assert (process.returncode, out) == (5, f"{name}\n")
        assert event(sandbox)["state"] == "CANCELLED"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_command_that_a_signal_ends_has_the_shell_s_code(name: str, tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        argv = ["run", "--", sys.executable, "-c", READY]
        process = start(argv, job(tmp_path, sandbox.url), tmp_path)
        wait_for(tmp_path / "ready")
        process.send_signal(getattr(signal, name))
        process.communicate(timeout=30)
        assert process.returncode == 128 + getattr(signal, name)
        assert event(sandbox)["state"] == "CANCELLED"


READY = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
open("ready", "w").close()
time.sleep(60)
"""


WAITS = "touch ready; until [ -e go ]; do sleep 0.05; done; echo done"


def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """`nohup compass-event run …` goes on when its terminal is gone."""
    argv = ["nohup", *PROGRAM, "run", "--", "sh", "-c", WAITS]
    process = subprocess.Popen(
        argv, env=job(tmp_path, COMPASS_TIMEOUT="1"), cwd=tmp_path, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for(tmp_path / "ready")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    (tmp_path / "go").touch()
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "done\n")


def test_after_a_signal_the_report_has_five_seconds(tmp_path: Path) -> None:
    """Then it goes to the outbox."""
    with running_sandbox(faults=SILENT) as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_OUTBOX="out.jsonl")
        process = start(["run", "--", sys.executable, "-c", READY], env, tmp_path)
        wait_for(tmp_path / "ready")
        began = time.monotonic()
        process.terminate()
        process.communicate(timeout=30)
        assert 4 < time.monotonic() - began < 9
        assert process.returncode == 128 + signal.SIGTERM
        assert "CANCELLED" in (tmp_path / "out.jsonl").read_text()


def test_a_signal_ends_the_report_too(tmp_path: Path) -> None:
    """The event goes to the outbox at once, and the exit code is still the command's."""
    with running_sandbox(faults=SILENT) as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_OUTBOX="out.jsonl")
        process = start(["run", "--", "sh", "-c", "touch ready; exit 4"], env, tmp_path)
        wait_for(tmp_path / "ready")
        until = time.monotonic() + 10
        outcome: list[bytes] = []
        while not outcome and time.monotonic() < until:
            time.sleep(0.02)
            outcome = [one.body for one in sandbox.requests if b"FAILED" in one.body]
        assert outcome, "no outcome was reported"
        began = time.monotonic()
        process.terminate()
        process.communicate(timeout=30)
        assert time.monotonic() - began < 6
        assert process.returncode == 4
        assert "FAILED" in (tmp_path / "out.jsonl").read_text()


def test_it_works_as_process_1(tmp_path: Path) -> None:
    """As the entrypoint of a container: signals are heard, and orphans do not pile up."""
    script = (
        "echo $PPID; (sleep 0.2 & ) ; sleep 1.5; grep -l '^State:.Z' /proc/[0-9]*/status;"
        "trap 'echo term; exit 6' TERM; touch ready; while :; do sleep 0.1; done"
    )
    with running_sandbox() as sandbox:
        process = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--mount-proc", *PROGRAM, "run", "--", "sh", "-c", script],
            env=job(tmp_path, sandbox.url), cwd=tmp_path, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        wait_for(tmp_path / "ready")
        [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
        assert (process.returncode, out) == (6, "1\nterm\n")
        assert event(sandbox)["state"] == "CANCELLED"
