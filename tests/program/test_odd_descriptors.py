"""Descriptors and files that are not what a host hands over: the event is sent or kept all the same.

Each runs the program as a process, against a sandbox or a server on loopback.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.sources import ROOT

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
PROGRAM = [sys.executable, "-I", str(ROOT / "entrypoint.py")]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def env(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """A job on GitHub whose event is right."""
    sandbox.clear()
    return {
        "PATH": os.environ["PATH"],
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "7",
        "GITHUB_JOB": "test",
        "INPUT_CHECK-RUN-ID": "41",
        "GITHUB_WORKSPACE": str(tmp_path),
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": "ada@acme.example",
        "COMPASS_API_TOKEN": "made-up-token",
        "COMPASS_COMPONENT_ID": ARI,
        "COMPASS_STATE": "success",
    }


def run(env: dict[str, str], cwd: Path, seconds: float = 20) -> tuple[int, str]:
    """Exit code and what was said, on both streams."""
    done = subprocess.run(
        PROGRAM, env=env, cwd=cwd, capture_output=True, text=True, timeout=seconds
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_without_the_standard_streams_the_event_is_sent(
    closed: str, env: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    command = f'exec "$@" {closed}'
    done = subprocess.run(["sh", "-c", command, "sh", *PROGRAM], env=env, cwd=tmp_path, timeout=20)
    assert done.returncode == 0
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "missing folder"])
def test_a_file_of_the_host_s_that_is_none_is_told_and_holds_nobody(
    kind: str, variable: str, env: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    """A named pipe that nobody reads would take for ever to open."""
    path = tmp_path / "odd"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = path / "file"
    code, said = run(env | {variable: str(path)}, tmp_path, seconds=15)
    assert code == 0
    assert f"{variable} cannot be written" in said
    assert len(sandbox.requests) == 1


def test_the_null_device_is_a_place_like_any_other(
    env: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    code, said = run(env | {"GITHUB_OUTPUT": os.devnull}, tmp_path)
    assert code == 0
    assert "cannot be written" not in said


def test_a_full_disk_is_called_so(env: dict[str, str], sandbox: Sandbox, tmp_path: Path) -> None:
    """A limit of no bytes stands in for one. Nothing is kept, and that the event is lost is said."""
    env |= {"COMPASS_API_URL": "http://127.0.0.1:9", "COMPASS_TIMEOUT": "2"}
    outbox = tmp_path / "outbox.jsonl"
    limited = ["sh", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "sh", *PROGRAM]
    done = subprocess.run(
        limited,
        env=env | {"COMPASS_OUTBOX": str(outbox)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0
    assert "The outbox could not be written" in done.stdout
    assert "the event is lost" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_signal_keeps_the_event_in_the_outbox(
    number: signal.Signals, env: dict[str, str], tmp_path: Path
) -> None:
    """A server that never answers; the terminal hangs up, or the host cancels."""
    outbox = tmp_path / "outbox.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as server:
        env |= {
            "COMPASS_API_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
            "COMPASS_OUTBOX": str(outbox),
        }
        process = subprocess.Popen(
            PROGRAM, env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True
        )
        server.settimeout(15)
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            process.send_signal(number)
            said, _ = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "The run was interrupted" in said
    assert outbox.read_text().count("\n") == 1


def test_a_signal_while_modules_are_imported_ends_in_a_sentence(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Wherever it comes: never a traceback, and one of our exit codes."""
    for milliseconds in range(20, 140, 15):
        process = subprocess.Popen(
            PROGRAM,
            env=env | {"COMPASS_DRY_RUN": "true"},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=15)
        assert "Traceback" not in said
        assert "itself has failed" not in said
        # Before a line of ours has run, the system ends the process.
        assert process.returncode in (0, 1, -signal.SIGTERM)


EARLY = [
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5,
]


@pytest.mark.parametrize("early", EARLY)
def test_what_comes_before_the_answer_is_not_the_answer(
    early: bytes, env: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(early + b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                connection.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        code, said = run(env | {"COMPASS_API_URL": address, "COMPASS_ON_ERROR": "fail"}, tmp_path)
    assert code == 0, said
    assert "accepted by Compass" in said


def test_an_outbox_below_a_folder_of_the_checkout_that_is_a_symlink_is_refused(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Somebody has committed it; what it leads to is written by nobody."""
    checkout, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    checkout.mkdir()
    elsewhere.mkdir()
    (checkout / "artifacts").symlink_to(elsewhere)
    env |= {
        "COMPASS_API_URL": "http://127.0.0.1:9",
        "COMPASS_TIMEOUT": "2",
        "COMPASS_OUTBOX": "artifacts/outbox.jsonl",
    }
    code, said = run(env, checkout)
    assert code == 0
    assert "The outbox could not be written" in said
    assert "symlink" in said
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("number", ["-1", "1e9", "99999999999999999999", "NaN", '"7"', "null"])
def test_a_record_with_an_absurd_number_is_no_record(
    number: str, env: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    pipeline = "github.com/acme/shop/runs/7/attempts/1/jobs/41"
    outputs = (
        f'"event-type":"build","state":"IN_PROGRESS","pipeline-id":"{pipeline}",'
        f'"update-sequence-number":{number}'
    )
    record = f'{{"outputs":{{{outputs}}},"component_ids":["{ARI}"]}}'
    code, said = run(env | {"STATE_COMPASS_TRACKED": record}, tmp_path)
    assert code == 0, said
    assert "Traceback" not in said
    assert "itself has failed" not in said
    assert len(sandbox.requests) == 1


def test_the_secrets_of_tls_are_not_written_down(env: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "keys"
    code = (
        "import sys, os; sys.argv = ['x', '--version']; sys.path.insert(0, sys.path_root)\n"
        "from compass_action.__main__ import console\n"
        "os._exit = lambda code: None\n"
        "console()\n"
        "print('SSLKEYLOGFILE' in os.environ)"
    ).replace("sys.path_root", repr(str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env | {"SSLKEYLOGFILE": str(log)},
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout.splitlines()[-1] == "False"
