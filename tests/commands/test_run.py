"""`compass-event run -- COMMAND …`: the command's own streams, signals and exit code, and its event."""

from __future__ import annotations

import hashlib
import os
import pty
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.commands.program import ARI, PROGRAM, ROOT, call, job

SILENT = [{"delay": 30}] * 9
"""A Compass that takes requests and says nothing."""


def states(sandbox: Sandbox) -> list[str]:
    """What became of the one event, in order."""
    [event] = sandbox.feed()["events"]
    return [step["state"] for step in event["history"]]


def event(sandbox: Sandbox) -> dict[str, Any]:
    [found] = sandbox.feed()["events"]
    return dict(found)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


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


def test_the_event_is_begun_while_the_command_runs_and_ended_with_its_outcome(
    tmp_path: Path,
) -> None:
    """One event, with the command's own start and end."""
    with running_sandbox() as sandbox:
        before = time.time()
        done = call(["run", "--", "sleep", "1.5"], job(tmp_path, sandbox.url), tmp_path)
        assert (done.returncode, done.stdout) == (0, "")
        assert states(sandbox) == ["IN_PROGRESS", "SUCCESSFUL"]
        found = event(sandbox)
        took = seconds(found["completed_at"]) - seconds(found["started_at"])
        assert 1.5 <= took < 3
        assert before <= seconds(found["started_at"]) < before + 3


@pytest.mark.parametrize(
    ("command", "code", "state"),
    [
        ("exit 0", 0, "SUCCESSFUL"),
        ("exit 1", 1, "FAILED"),
        ("exit 42", 42, "FAILED"),
        ("exit 124", 124, "TIMED_OUT"),
        ("kill -9 $$", 137, "FAILED"),
        ("kill -SEGV $$", 139, "FAILED"),
    ],
)
def test_the_exit_code_is_the_command_s_own(
    command: str, code: int, state: str, tmp_path: Path
) -> None:
    with running_sandbox() as sandbox:
        done = call(["run", "--", "sh", "-c", command], job(tmp_path, sandbox.url), tmp_path)
        assert done.returncode == code
        assert event(sandbox)["state"] == state


def test_what_cannot_be_started_ends_as_in_a_shell(tmp_path: Path) -> None:
    """127 for what is not found, 126 for what cannot be executed; both are failures."""
    plain = tmp_path / "plain"
    plain.write_text("echo not executable\n")
    for command, code, said in (
        ("no-such-command", 127, "compass-event: no-such-command: command not found\n"),
        (str(plain), 126, f"compass-event: {plain}: Permission denied\n"),
        (str(tmp_path), 126, f"compass-event: {tmp_path}: Permission denied\n"),
    ):
        with running_sandbox() as sandbox:
            done = call(["run", "--", command], job(tmp_path, sandbox.url), tmp_path)
            assert done.returncode == code
            assert said in done.stderr
            assert event(sandbox)["state"] == "FAILED"


def test_a_script_that_names_no_interpreter_runs(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "hello-script"
    script.parent.mkdir()
    script.write_text('echo "hello $1"\nexit 7\n')
    script.chmod(0o755)
    env = job(tmp_path, PATH=f"{script.parent}:/usr/bin:/bin", COMPASS_TIMEOUT="1")
    for command in (str(script), "hello-script"):
        done = call(["run", "--", command, "a  b"], env, tmp_path)
        assert (done.returncode, done.stdout) == (7, "hello a  b\n")


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


@pytest.mark.parametrize(
    ("argv", "printed"),
    [
        (["--", "echo", "a  b", "--state", "x"], "a  b --state x\n"),
        (["--", "echo", "--", "c"], "-- c\n"),
        (["--debug", "--", "echo", "$HOME"], "$HOME\n"),
        (["--component-id", ARI, "--", "echo"], "\n"),
    ],
)
def test_what_stands_behind_the_dashes_is_the_command_s(
    argv: list[str], printed: str, tmp_path: Path
) -> None:
    done = call(["run", *argv], job(tmp_path, COMPASS_TIMEOUT="1"), tmp_path)
    assert done.stdout == printed


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


def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """`nohup compass-event run …` goes on when its terminal is gone."""
    argv = ["nohup", *PROGRAM, "run", "--", "sh", "-c", "touch ready; sleep 1; echo done"]
    process = subprocess.Popen(
        argv, env=job(tmp_path, COMPASS_TIMEOUT="1"), cwd=tmp_path, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for(tmp_path / "ready")
    process.send_signal(signal.SIGHUP)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "done\n")


def test_a_silent_compass_delays_nothing(tmp_path: Path) -> None:
    """The command starts at once, and is not held up by the report of its start."""
    with running_sandbox(faults=SILENT) as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_TIMEOUT="2")
        began = time.time()
        done = call(["run", "--", "sh", "-c", "date +%s.%N; sleep 1; date +%s.%N"], env, tmp_path)
        first, last = map(float, done.stdout.split())
        assert done.returncode == 0
        assert first - began < 1
        assert last - first < 1.5
        assert "Compass did not answer in time" in done.stderr


def test_a_dead_compass_delays_nothing_either(tmp_path: Path) -> None:
    """It is told that it could not be reached, and the exit code stays."""
    env = job(tmp_path, "http://127.0.0.1:1", COMPASS_TIMEOUT="1", COMPASS_OUTBOX="out.jsonl")
    done = call(["run", "--", "sh", "-c", "echo hello; exit 3"], env, tmp_path)
    assert (done.returncode, done.stdout) == (3, "hello\n")
    assert "Compass could not be reached" in done.stderr
    [kept] = (tmp_path / "out.jsonl").read_text().splitlines()
    assert "FAILED" in kept  # the outcome, which carries the start; the start alone is not kept


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


def test_a_second_signal_ends_the_report_too(tmp_path: Path) -> None:
    """The event goes to the outbox at once, and the exit code is still the command's."""
    with running_sandbox(faults=SILENT) as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_OUTBOX="out.jsonl")
        process = start(["run", "--", "sh", "-c", "touch ready; exit 4"], env, tmp_path)
        wait_for(tmp_path / "ready")
        until = time.monotonic() + 10
        while len(sandbox.requests) < 1 and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.5)
        began = time.monotonic()
        process.terminate()
        process.communicate(timeout=30)
        assert time.monotonic() - began < 6
        assert process.returncode == 4
        assert "FAILED" in (tmp_path / "out.jsonl").read_text()


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--sate", "x"], '"--sate" is not an option. Did you mean --state?'),
        (["--component-id", "nonsense"], '"nonsense" is not a component\'s ARI'),
        (["--event-type", "incident"], "a command is a deployment or build."),
        (["--timeout", "soon"], '"soon" is not a number of seconds'),
        (["make"], '"make" stands before the --.'),
    ],
)
def test_the_command_runs_whatever_is_wrong_with_the_inputs(
    argv: list[str], said: str, tmp_path: Path
) -> None:
    """The exit code is 0, and 2 only if failing is wanted and the command itself has not failed."""
    env = job(tmp_path)
    run = ["run", *argv, "--", "sh", "-c", "echo ran; exit $CODE"]
    for on_error, code, expected in (("warn", "0", 0), ("fail", "0", 2), ("fail", "9", 9)):
        done = call(run, env | {"COMPASS_ON_ERROR": on_error, "CODE": code}, tmp_path)
        assert (done.returncode, done.stdout) == (expected, "ran\n")
        assert said in done.stderr


def test_a_lost_report_is_exit_code_1_if_failing_is_wanted(tmp_path: Path) -> None:
    env = job(tmp_path, "http://127.0.0.1:1", COMPASS_TIMEOUT="1", COMPASS_ON_ERROR="fail")
    assert call(["run", "--", "true"], env, tmp_path).returncode == 1
    assert call(["run", "--", "sh", "-c", "exit 8"], env, tmp_path).returncode == 8


def test_a_missing_command_is_told(tmp_path: Path) -> None:
    for argv in (["run"], ["run", "--"], ["run", "make", "test"]):
        done = call(argv, job(tmp_path), tmp_path)
        assert done.returncode == 2
        assert "no command is given. Write -- in front of it" in done.stdout + done.stderr


def test_on_github_the_legs_of_a_matrix_have_to_be_told_apart(tmp_path: Path) -> None:
    """Without the id of the check run it says what to write; the command runs all the same."""
    env = {
        "PATH": "/usr/bin:/bin", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "9001", "GITHUB_JOB": "test",
        "GITHUB_RUN_NUMBER": "7421", "GITHUB_WORKSPACE": str(tmp_path),
        "COMPASS_EMAIL": "ops@acme.example", "COMPASS_API_TOKEN": "t0ken-of-the-tests",
        "COMPASS_COMPONENT_ID": ARI,
    }  # fmt: skip
    with running_sandbox() as sandbox:
        env["COMPASS_API_URL"] = sandbox.url
        done = call(["run", "--", "echo", "ran"], env, tmp_path)
        assert (done.returncode, done.stdout) == (0, "ran\n")
        assert "COMPASS_CHECK_RUN_ID: ${{ job.check_run_id }} under env" in done.stderr
        assert sandbox.feed()["events"] == []
        for name, value in (("COMPASS_CHECK_RUN_ID", "41234567890"), ("COMPASS_PIPELINE_ID", "p")):
            call(["run", "--", "true"], env | {name: value}, tmp_path)
        assert [e["state"] for e in sandbox.feed()["events"]] == ["SUCCESSFUL", "SUCCESSFUL"]


def test_it_works_as_process_1(tmp_path: Path) -> None:
    """As the entrypoint of a container: signals are heard, and orphans do not pile up."""
    script = (
        "echo $PPID; (sleep 0.2 & ) ; sleep 0.6; grep -l '^State:.Z' /proc/[0-9]*/status;"
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


def test_a_fault_of_ours_is_shown_and_changes_nothing(tmp_path: Path) -> None:
    """The command has run, and its outcome counts."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from compass_action.commands import span\n"
        "from compass_action.main import main\n"
        "def fail(*given, **more): raise ZeroDivisionError\n"
        "span.end = fail\n"
        f"sys.exit(main(sys.argv[1:], {job(tmp_path)!r}))"
    )
    for command, on_error, code in (
        ("exit 3", "fail", 3),
        ("exit 0", "warn", 0),
        ("exit 0", "fail", 1),
    ):
        argv = ["run", "--on-error", on_error, "--", "sh", "-c", f"echo ran; {command}"]
        done = subprocess.run(
            [sys.executable, "-c", program, *argv], cwd=tmp_path, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (code, "ran\n")
        assert "ZeroDivisionError" in done.stderr


def test_where_there_is_nothing_to_report_the_command_runs_all_the_same(tmp_path: Path) -> None:
    """A rehearsal by act, say: its exit code is the command's."""
    env = {
        "PATH": "/usr/bin:/bin", "ACT": "true", "GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "1",
        "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_JOB": "test", "COMPASS_CHECK_RUN_ID": "1", "COMPASS_COMPONENT_ID": ARI,
        "COMPASS_SITE": "acme", "COMPASS_EMAIL": "a@acme.example", "COMPASS_API_TOKEN": "t0ken",
    }  # fmt: skip
    done = call(["run", "--", "sh", "-c", "echo ran; exit 5"], env, tmp_path)
    assert (done.returncode, done.stdout) == (5, "ran\n")
