"""`compass-event run` leaves the command its streams: pipes, other descriptors, the terminal."""

from __future__ import annotations

import hashlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from compass_action.sandbox import running_sandbox
from tests.commands.program import PROGRAM, job
from tests.commands.running import event


def test_ten_megabytes_pass_through_untouched(tmp_path: Path) -> None:
    """Standard input and output are the command's own; nothing of ours is among them."""
    content = hashlib.shake_256(b"anything").digest(10 * 1024 * 1024)
    with running_sandbox() as sandbox:
        done = subprocess.run(
            [*PROGRAM, "run", "--", "sh", "-c", "cat; echo oops >&2"], input=content, check=True,
            env=job(tmp_path, sandbox.url), cwd=tmp_path, capture_output=True, timeout=60,
        )  # fmt: skip
        assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(content).digest()
        assert done.stderr.startswith(b"oops\n")
        assert event(sandbox)["state"] == "SUCCESSFUL"


def test_other_descriptors_are_handed_through_too(tmp_path: Path) -> None:
    """As make hands its job server on."""
    reading, writing = os.pipe()
    os.write(writing, b"token")
    os.close(writing)
    done = subprocess.run(
        [*PROGRAM, "run", "--", "cat", f"/dev/fd/{reading}"], pass_fds=[reading], check=True,
        env=job(tmp_path, COMPASS_TIMEOUT="1"), cwd=tmp_path, capture_output=True, timeout=60,
    )  # fmt: skip
    os.close(reading)
    assert done.stdout == b"token"


def test_a_reader_that_goes_away_ends_the_command(tmp_path: Path) -> None:
    """SIGPIPE works as usual: `compass-event run -- yes | head -1` ends."""
    line = " ".join([*PROGRAM, "run", "--", "yes"])
    done = subprocess.run(
        ["bash", "-c", f"{line} | head -1; exit ${{PIPESTATUS[0]}}"], check=False, timeout=60,
        env=job(tmp_path, COMPASS_TIMEOUT="1"), cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (128 + signal.SIGPIPE, "y\n")


def test_on_a_terminal_the_command_keeps_it(tmp_path: Path) -> None:
    """Its streams are the terminal, and Ctrl-C reaches it once."""
    script = (
        "import os, signal, sys, time\n"
        "heard = []\n"
        "signal.signal(signal.SIGINT, lambda *_: heard.append(1))\n"
        "print(*[os.isatty(n) for n in (0, 1, 2)], flush=True)\n"
        "time.sleep(1)\n"
        "print('heard', len(heard), 'times', flush=True)\n"
        "sys.exit(3)\n"
    )
    with running_sandbox() as sandbox:
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(tmp_path)
            argv = [*PROGRAM, "run", "--", sys.executable, "-c", script]
            os.execve(argv[0], argv, job(tmp_path, sandbox.url))  # noqa: S606 - no shell is wanted
        shown = ""
        while "True True True" not in shown:
            shown += os.read(terminal, 1000).decode()
        os.write(terminal, b"\x03")
        while True:
            try:
                piece = os.read(terminal, 1000).decode()
            except OSError:  # the end, as Linux tells it
                break
            shown += piece
            if not piece:
                break
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        assert os.waitstatus_to_exitcode(status) == 3
        assert "heard 1 times" in shown
        assert event(sandbox)["state"] == "CANCELLED"
