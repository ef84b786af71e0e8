"""Bitbucket: what Compass does not take goes to the repository's Downloads, and a schedule delivers it.

The scripts of the example are really run, with the program as a process and a stand-in for Bitbucket's
API on loopback, whose address alone is put in place of the real one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from compass_action.sandbox import Sandbox, running_sandbox
from tests.bitbucket.downloads import OUTBOX_TOKEN, Bitbucket
from tests.bitbucket_pipes import (
    EMAIL,
    EXAMPLES,
    HOSTS,
    ROOT,
    TOKEN,
    Step,
    container_env,
    make_clone,
    places,
    states,
)

EXAMPLE: dict[str, Any] = yaml.safe_load((EXAMPLES / "outbox.yml").read_text())["pipelines"]
DEPLOY: dict[str, Any] = EXAMPLE["branches"]["main"][0]["step"]
REPLAY: dict[str, Any] = EXAMPLE["custom"]["replay-outboxes"][0]["step"]
OUTBOX = "compass-outbox.jsonl"
NAME = "compass-outbox-218-1-4d5e6f70-8192-4a3b-b4c5-d6e7f8091a2b.jsonl"
DOWN = {"status": 503, "headers": {"Retry-After": "3600"}}
COMMAND = f"""#!/bin/sh
exec {sys.executable} -I {ROOT / "entrypoint.py"} "$@"
"""


class Runner:
    """What runs the steps of the example: each in a clone of its own."""

    def __init__(self, folder: Path, sandbox: Sandbox, bitbucket: Bitbucket) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.bitbucket = bitbucket
        self.runs = 0
        (folder / "commands").mkdir()
        for name, text in {"compass-event": COMMAND, "deploy.sh": "#!/bin/sh\nexit 127\n"}.items():
            (folder / "commands" / name).write_text(text)
            (folder / "commands" / name).chmod(0o755)

    def run(self, step: dict[str, Any], step_uuid: str = "") -> tuple[int, Path]:
        """Run a step, after-script included; its exit code, and its clone."""
        self.runs += 1
        clone = self.folder / f"clone-{self.runs}"
        make_clone(clone)
        (clone / "deploy.sh").symlink_to(self.folder / "commands" / "deploy.sh")
        recorded = Step(
            "bitbucket-deployment", {"BITBUCKET_STEP_UUID": step_uuid} if step_uuid else {}
        )
        code = self._commands(step["script"], recorded, clone)
        after = Step(recorded.recorded, {**recorded.changes, "BITBUCKET_EXIT_CODE": str(code)})
        self._commands(step["after-script"], after, clone)
        return code, clone

    def _commands(self, commands: list[Any], step: Step, clone: Path) -> int:
        for command in commands:
            code = self._command(command, step, clone)
            if code:
                return code
        return 0

    def _command(self, command: Any, step: Step, clone: Path) -> int:
        if isinstance(command, dict):
            given = {
                **command["variables"],
                "COMPASS_SITE": "",
                "COMPASS_API_URL": self.sandbox.url,
            }
            argv = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
            env = container_env(step, given, HOSTS[0], None)
        else:
            argv = [
                "sh",
                "-e",
                "-c",
                command.replace("https://api.bitbucket.org", self.bitbucket.url).replace(
                    "--site acme", f"--api-url {self.sandbox.url}"
                ),
            ]
            env = step.env | {
                "PATH": f"{self.folder / 'commands'}:{os.environ['PATH']}",
                "COMPASS_EMAIL": EMAIL,
                "COMPASS_API_TOKEN": TOKEN,
                "COMPASS_API_URL": self.sandbox.url,
                "OUTBOX_TOKEN": OUTBOX_TOKEN,
            }
        done = subprocess.run(
            argv,
            env=env | places(clone),
            cwd=clone,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert OUTBOX_TOKEN not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in for Compass on loopback, which takes these credentials only."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def bitbucket() -> Iterator[Bitbucket]:
    """A stand-in for Bitbucket's API on loopback, with a download that is none of ours."""
    with Bitbucket() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        server.downloads["manual.pdf"] = b"%PDF"
        yield server
        server.shutdown()


@pytest.fixture
def runner(tmp_path: Path, sandbox: Sandbox, bitbucket: Bitbucket) -> Runner:
    """What runs the steps."""
    return Runner(tmp_path, sandbox, bitbucket)


def lines(outbox: bytes) -> list[bytes]:
    """The requests in an outbox, as they were to be sent."""
    return [json.loads(line)["body"].encode() for line in outbox.splitlines()]


def test_what_compass_refuses_is_kept_and_delivered_later(
    runner: Runner, sandbox: Sandbox, bitbucket: Bitbucket
) -> None:
    """A failed deployment keeps its outcome, which has the start; the replay sends the same bytes, once."""
    sandbox.add_faults([DOWN, DOWN])
    code, clone = runner.run(DEPLOY)
    assert code == 127
    _begun, ended = [request.body for request in sandbox.requests]
    [artifact] = DEPLOY["artifacts"]["upload"]
    assert artifact["capture-on"] == "always"
    assert [clone / path for path in artifact["paths"]] == [clone / OUTBOX]
    assert lines((clone / OUTBOX).read_bytes()) == [ended]
    assert bitbucket.downloads[NAME] == (clone / OUTBOX).read_bytes()
    assert runner.run(REPLAY)[0] == 0
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created FAILED"]
    assert [request.body for request in sandbox.requests[2:]] == [ended]
    assert (set(bitbucket.downloads), bitbucket.leaked) == ({"manual.pdf"}, False)
    assert runner.run(REPLAY)[0] == 0
    assert len(sandbox.requests) == 3


def test_a_late_replay_does_not_overwrite_what_came_in_between(
    runner: Runner, sandbox: Sandbox, bitbucket: Bitbucket
) -> None:
    """The end is refused, the step reports once more, and arrives; then the first end is replayed."""
    sandbox.add_faults([{"delay": 0}, DOWN])
    runner.run(DEPLOY)
    assert len(lines(bitbucket.downloads[NAME])) == 1
    runner.run(DEPLOY)
    assert runner.run(REPLAY)[0] == 0
    [event] = sandbox.feed()["events"]
    assert states(event)[0] == "created IN_PROGRESS"
    assert states(event)[-2:] == ["overwritten FAILED", "ignored FAILED"]


def test_where_all_was_delivered_nothing_is_kept(
    runner: Runner, sandbox: Sandbox, bitbucket: Bitbucket
) -> None:
    runner.run(DEPLOY)
    assert len(sandbox.requests) == 2
    assert set(bitbucket.downloads) == {"manual.pdf"}


def test_a_replay_that_fails_is_red_and_keeps_what_is_left(
    runner: Runner, sandbox: Sandbox, bitbucket: Bitbucket
) -> None:
    """Two steps left outboxes, and one of them is delivered: only that one is deleted."""
    sandbox.add_faults([DOWN] * 4)
    runner.run(DEPLOY)
    runner.run(DEPLOY, "{11111111-8192-4a3b-b4c5-d6e7f8091a2b}")
    first, second = sorted(set(bitbucket.downloads) - {"manual.pdf"})
    # What is meant for another address is not sent: a replay cannot deliver this file.
    other = bitbucket.downloads[second].replace(sandbox.url.encode(), b"https://other.example")
    bitbucket.downloads[second] = other
    assert runner.run(REPLAY)[0] == 1
    assert set(bitbucket.downloads) == {"manual.pdf", second}
    assert bitbucket.downloads[second] == other
    bitbucket.downloads = {first: other.replace(b"https://other.example", sandbox.url.encode())}
    sandbox.add_faults([DOWN])
    assert runner.run(REPLAY)[0] == 1
    assert list(bitbucket.downloads) == [first]
    assert runner.run(REPLAY)[0] == 0
    assert bitbucket.downloads == {}
