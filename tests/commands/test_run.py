"""`compass-event run -- COMMAND …`: the exit code is the command's own, its event tells the outcome."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.commands.program import ARI, ROOT, call, job
from tests.commands.running import SILENT, event


def states(sandbox: Sandbox) -> list[str]:
    """What became of the one event, in order."""
    [event] = sandbox.feed()["events"]
    return [step["state"] for step in event["history"]]


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


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
        ("", 127, "compass-event: : command not found\n"),
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


def test_a_silent_compass_delays_nothing(tmp_path: Path) -> None:
    """The command starts at once, and is not held up by the report of its start."""
    with running_sandbox(faults=SILENT) as sandbox:
        env = job(tmp_path, sandbox.url, COMPASS_TIMEOUT="3")
        began = time.time()
        done = call(["run", "--", "sh", "-c", "date +%s.%N; sleep 1; date +%s.%N"], env, tmp_path)
        first, last = map(float, done.stdout.split())
        assert done.returncode == 0
        assert first - began < 2.5
        assert last - first < 2.5
        assert "Compass did not answer in time" in done.stderr


def test_a_dead_compass_delays_nothing_either(tmp_path: Path) -> None:
    """It is told that it could not be reached, and the exit code stays."""
    env = job(tmp_path, "http://127.0.0.1:1", COMPASS_TIMEOUT="1", COMPASS_OUTBOX="out.jsonl")
    done = call(["run", "--", "sh", "-c", "echo hello; exit 3"], env, tmp_path)
    assert (done.returncode, done.stdout) == (3, "hello\n")
    assert "Compass could not be reached" in done.stderr
    [kept] = (tmp_path / "out.jsonl").read_text().splitlines()
    assert "FAILED" in kept  # the outcome, which carries the start; the start alone is not kept


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


def test_a_fault_of_ours_is_told_and_changes_nothing(tmp_path: Path) -> None:
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
        assert (
            "Compass Event itself has failed: ZeroDivisionError in commands.run, line"
            in done.stderr
        )
        assert "Traceback" not in done.stderr


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
