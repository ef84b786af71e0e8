"""What Compass does not take is kept as an artifact, and a project of its own delivers it later.

Both pipelines are really run. Between them stands a stand-in for GitLab's API, which knows the jobs of
the first one and their artifacts, and sends downloads on to a storage, as gitlab.com does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import EMAIL, EXAMPLES, TOKEN, make_project, run_pipeline, states

OUTBOX_TOKEN = "glpat-only-for-gitlab"
OUTBOX = "compass-outbox.jsonl"
DOWN = {"status": 503, "headers": {"Retry-After": "3600"}}
PROJECT = "/api/v4/projects/acme%2Fshop"

Replay = Callable[[], CompletedProcess[str]]


class GitLab(ThreadingHTTPServer):
    """The part of GitLab's API that the replay asks for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.jobs: list[dict[str, Any]] = []
        self.outboxes: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.leaked = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, outbox: bytes, ref: str = "main", archive: str = "compass-outbox.zip") -> None:
        """Add a job that kept an outbox; newest first, as GitLab lists them."""
        row = {
            "id": 7000 + len(self.jobs),
            "ref": ref,
            "tag": False,
            "created_at": "2126-11-23T19:00:00.000Z",
            "artifacts_file": {"filename": archive, "size": len(outbox)},
        }
        self.jobs.insert(0, row)
        self.outboxes[str(row["id"])] = outbox


class Answering(BaseHTTPRequestHandler):
    """The answers of `GitLab`, and of the storage behind it."""

    server: GitLab

    def do_GET(self) -> None:
        """Answer one question."""
        token = self.headers["PRIVATE-TOKEN"]
        path, _, query = self.path.partition("?")
        if path.startswith("/storage/"):
            self.server.leaked |= token is not None
            self.server.fetched.append(path.removeprefix("/storage/"))
            self._answer(200, self.server.outboxes[self.server.fetched[-1]])
        elif token != OUTBOX_TOKEN:
            self._answer(401, b"{}")
        elif path == PROJECT:
            self._answer(200, b'{"default_branch":"main"}')
        elif path == f"{PROJECT}/jobs":
            page = int(query.rpartition("page=")[2])
            self._answer(200, json.dumps(self.server.jobs[page - 1 : page]).encode())
        else:
            self._answer(302, b"", f"{self.server.url}/storage/{path.split('/')[-3]}")

    def _answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    """A stand-in for GitLab, on loopback."""
    with GitLab() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def replay(tmp_path: Path, commands: Path, sandbox: Sandbox, gitlab: GitLab) -> Replay:
    """Run the pipeline of the project that replays."""
    folder = tmp_path / "replay"
    text = (EXAMPLES / "outbox-replay.yml").read_text()
    make_project(folder, text, {"site": "", "api-url": sandbox.url, "timeout": 5})
    given = {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "OUTBOX_TOKEN": OUTBOX_TOKEN,
        "OUTBOX_PROJECTS": "acme/shop",
        "CI_API_V4_URL": f"{gitlab.url}/api/v4",
    }

    def run() -> CompletedProcess[str]:
        done = run_pipeline(folder, commands, variables=given)
        assert OUTBOX_TOKEN not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done

    return run


def artifacts(tmp_path: Path) -> dict[str, bytes]:
    """The outboxes that GitLab would keep, by the job."""
    files = (tmp_path / "shop" / ".gitlab-ci-local" / "artifacts").rglob(OUTBOX)
    return {file.parent.name: file.read_bytes() for file in files}


def lines(outbox: bytes) -> list[bytes]:
    """The requests in an outbox, as they were to be sent."""
    return [json.loads(line)["body"].encode() for line in outbox.splitlines()]


def test_what_compass_refuses_is_kept_and_delivered_later(
    pipeline: Pipeline, sandbox: Sandbox, gitlab: GitLab, replay: Replay, tmp_path: Path
) -> None:
    """A failed pipeline keeps its outcome, which has the start; the replay sends the same bytes, once."""
    sandbox.add_faults([DOWN, DOWN])
    done = pipeline("outbox", CI_PIPELINE_ID="901", TESTS_EXIT_WITH="3")
    assert done.returncode == 1, done.stdout + done.stderr
    refused = [request.body for request in sandbox.requests]
    kept = artifacts(tmp_path)
    assert set(kept) == {"compass-event-failed"}
    assert lines(kept["compass-event-failed"]) == refused[1:]
    assert sandbox.feed()["events"] == []
    for outbox in kept.values():
        gitlab.add(outbox)
    done = replay()
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert event["identity"] == {"pipelineId": "gitlab.example/acme/shop/pipelines/901"}
    assert event["state"] == "FAILED"
    assert [request.body for request in sandbox.requests] == [*refused, refused[1]]
    assert replay().returncode == 0
    assert (len(sandbox.requests), len(gitlab.fetched), gitlab.leaked) == (3, 1, False)


def test_a_late_replay_does_not_overwrite_what_came_in_between(
    pipeline: Pipeline, sandbox: Sandbox, gitlab: GitLab, replay: Replay, tmp_path: Path
) -> None:
    """The failure is refused, a retry's success arrives; then the failure is replayed."""
    sandbox.add_faults([{"delay": 0}, DOWN])
    pipeline("outbox", CI_PIPELINE_ID="901", TESTS_EXIT_WITH="3")
    gitlab.add(artifacts(tmp_path)["compass-event-failed"])
    done = pipeline("outbox", CI_PIPELINE_ID="901")
    assert done.returncode == 0, done.stdout + done.stderr
    assert replay().returncode == 0
    [event] = sandbox.feed()["events"]
    assert event["state"] == "SUCCESSFUL"
    assert states(event)[-2:] == ["overwritten SUCCESSFUL", "ignored FAILED"]


def test_where_all_was_delivered_nothing_is_kept(
    pipeline: Pipeline, sandbox: Sandbox, tmp_path: Path
) -> None:
    assert pipeline("outbox").returncode == 0
    assert artifacts(tmp_path) == {}
    assert len(sandbox.requests) == 2


def test_a_replay_that_fails_is_red_and_comes_again(
    pipeline: Pipeline, sandbox: Sandbox, gitlab: GitLab, replay: Replay, tmp_path: Path
) -> None:
    """What was delivered is not sent again; what was not, is, from the cache."""
    sandbox.add_faults([{"delay": 0}, DOWN])
    pipeline("outbox", CI_PIPELINE_ID="901", TESTS_EXIT_WITH="3")
    gitlab.add(artifacts(tmp_path)["compass-event-failed"])
    sandbox.clear()
    sandbox.add_faults([DOWN])
    done = replay()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "It stays in outboxes/7000.jsonl" in done.stdout
    assert sandbox.feed()["events"] == []
    assert replay().returncode == 0
    assert [states(event) for event in sandbox.feed()["events"]] == [["created FAILED"]]
    assert gitlab.fetched == ["7000"]
    assert len({request.body for request in sandbox.requests}) == 1


def test_only_outboxes_of_the_default_branch_are_replayed(
    sandbox: Sandbox, gitlab: GitLab, replay: Replay
) -> None:
    """Who may push to any branch can make a job that keeps whatever they like."""
    gitlab.add(b"{}\n", ref="feature/x")
    gitlab.add(b"{}\n", archive="artifacts.zip")
    done = replay()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (gitlab.fetched, sandbox.requests) == ([], [])
