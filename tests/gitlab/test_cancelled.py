"""GitLab runs no job of a cancelled pipeline any more; a project of its own ends what was begun.

Both pipelines are really run. Between them stands a stand-in for GitLab's API.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import (
    DATA,
    EMAIL,
    EXAMPLES,
    TOKEN,
    make_project,
    run_pipeline,
    states,
)

PIPELINES_TOKEN = "glpat-only-for-gitlab"
PROJECT = "/api/v4/projects/acme%2Fshop"
DOWN = {"status": 503, "headers": {"Retry-After": "3600"}}

Sweep = Callable[[], CompletedProcess[str]]


class GitLab(ThreadingHTTPServer):
    """The part of GitLab's API that is asked for: a project, its pipelines, and one file."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.pipelines: list[dict[str, Any]] = []

    def add(self, number: int, **changes: str) -> None:
        """Add a cancelled pipeline."""
        row: dict[str, Any] = {
            "id": number,
            "iid": 7,
            "project_id": 12,
            "name": None,
            "sha": "1f0c5d8e7b6a49382716f5e4d3c2b1a098765432",
            "ref": "main",
            "status": "canceled",
            "source": "push",
            "created_at": "2026-11-23T16:50:00.000Z",
            "updated_at": "2026-11-23T16:58:30.000Z",
            "web_url": f"https://gitlab.example/acme/shop/-/pipelines/{number}",
        }
        self.pipelines.append(row | changes)


class Answering(BaseHTTPRequestHandler):
    """The answers of `GitLab`."""

    server: GitLab

    def do_GET(self) -> None:
        """Answer one question."""
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        if self.headers["PRIVATE-TOKEN"] != PIPELINES_TOKEN:
            self._answer(401, b"{}")
        elif asked.path == PROJECT:
            project = {
                "id": 12,
                "default_branch": "main",
                "web_url": "https://gitlab.example/acme/shop",
            }
            self._answer(200, json.dumps(project).encode())
        elif asked.path == f"{PROJECT}/repository/files/compass.yml/raw" and query["ref"] == [
            "main"
        ]:
            self._answer(200, (DATA / "project" / "compass.yml").read_bytes())
        elif asked.path == f"{PROJECT}/pipelines" and query["updated_after"][0].endswith("Z"):
            page, wanted = int(query["page"][0]), query["status"][0]
            found = [row for row in self.server.pipelines if row["status"] == wanted]
            self._answer(200, json.dumps(found[page - 1 : page]).encode())  # one on each page
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
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
def sweep(tmp_path: Path, commands: Path, sandbox: Sandbox, gitlab: GitLab) -> Sweep:
    """Run the pipeline of the project that ends the cancelled ones."""
    folder = tmp_path / "sweep"
    text = (EXAMPLES / "cancelled.yml").read_text()
    make_project(folder, text, {"site": "", "api-url": sandbox.url, "timeout": 5})
    variables = {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "PIPELINES_TOKEN": PIPELINES_TOKEN,
        "CANCELLED_PROJECTS": "acme/shop",
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_port}/api/v4",
        "CI_PIPELINE_SOURCE": "schedule",
        "CI_PIPELINE_ID": "5000",
    }
    return lambda: run_pipeline(folder, commands, variables=variables)


def test_a_cancelled_pipeline_is_ended(
    pipeline: Pipeline, sandbox: Sandbox, gitlab: GitLab, sweep: Sweep
) -> None:
    """It is the very event that its first job has begun, and it takes as long as GitLab says."""
    pipeline("pipeline", "compass-event-started", CI_PIPELINE_ID="901")
    gitlab.add(901)
    done = sweep()
    assert done.returncode == 0, done.stdout + done.stderr
    [event] = sandbox.feed()["events"]
    assert event["identity"] == {"pipelineId": "gitlab.example/acme/shop/pipelines/901"}
    assert states(event) == ["created IN_PROGRESS", "overwritten CANCELLED"]
    assert (event["started_at"], event["completed_at"]) == (
        "2026-11-23T16:50:00Z",
        "2026-11-23T16:58:30Z",
    )
    assert event["url"] == "https://gitlab.example/acme/shop/-/pipelines/901"


def test_only_cancelled_pipelines_are_ended_and_each_once(
    sandbox: Sandbox, gitlab: GitLab, sweep: Sweep
) -> None:
    """Those of merge requests are not reported, so they are left alone."""
    gitlab.add(901)
    gitlab.add(902, status="success")
    gitlab.add(903, source="merge_request_event")
    gitlab.add(904)
    assert sweep().returncode == 0
    assert sweep().returncode == 0
    ended = sorted(e["identity"]["pipelineId"] for e in sandbox.feed()["events"])
    assert ended == [
        "gitlab.example/acme/shop/pipelines/901",
        "gitlab.example/acme/shop/pipelines/904",
    ]
    assert len(sandbox.requests) == 2


def test_what_could_not_be_ended_is_red_and_tried_again(
    sandbox: Sandbox, gitlab: GitLab, sweep: Sweep
) -> None:
    """The others are ended all the same."""
    gitlab.add(901)
    gitlab.add(902)
    sandbox.add_faults([DOWN])
    assert sweep().returncode == 1
    assert [e["identity"]["pipelineId"][-3:] for e in sandbox.feed()["events"]] == ["902"]
    assert sweep().returncode == 0
    assert len(sandbox.feed()["events"]) == 2
