"""GitHub: what Compass did not take is kept as an artifact, and a schedule delivers it.

The scripts of the example are really run, by bash with jq and unzip, and with a stand-in for `gh`; the
program is a process, and GitHub's own evaluator reads the conditions.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.github_jobs import EMAIL, ROOT, SHOP, TOKEN, read_feed
from tests.github_runner import Evaluate, Execute, Job, parse_pairs, uses
from tests.github_runner.expressions import expand, is_met
from tests.image import artifacts, github_stages

sandbox, execute, evaluator = jobs.sandbox, jobs.execute, github_stages.evaluator

EXAMPLES = ROOT / "examples" / "github"
KEEPING, REPLAYING = (
    yaml.load((EXAMPLES / name).read_text(), yaml.BaseLoader)["jobs"]  # noqa: S506 - texts only
    for name in ("outbox.yml", "outbox-replay.yml")
)
UPLOAD = KEEPING["deploy"]["steps"][-1]["with"]
FETCH, SEND, DELETE = REPLAYING["replay"]["steps"]
DOWN = {"status": 503, "headers": {"Retry-After": "3600"}}
OURS = {"id": 7421, "repository_id": 1296269, "head_repository_id": 1296269}


class Repository:
    """A repository on GitHub: its artifacts, and runners for its jobs."""

    def __init__(
        self, folder: Path, sandbox: Sandbox, execute: Execute, evaluator: Evaluate
    ) -> None:
        self.folder = folder
        self.artifacts = folder / "artifacts"
        self.sandbox = sandbox
        self.execute = execute
        self.evaluator = evaluator
        self.runs = 0
        artifacts.install(self.artifacts, folder / "commands")

    @property
    def kept(self) -> set[str]:
        """The ids of the artifacts that are there."""
        return {file.stem for file in self.artifacts.glob("*.json")}

    def lose(self, attempt: str = "1") -> bytes:
        """Report a deployment while Compass is down; what the job leaves in its outbox."""
        self.sandbox.add_faults([DOWN])
        given = {"component-id": SHOP, "environment": "production", "outbox": UPLOAD["path"]}
        workspace = self._begin()
        status = self._run(workspace, given, {"run_attempt": attempt}, int(attempt))
        assert status == "success"
        return workspace.joinpath(UPLOAD["path"]).read_bytes()

    def keep(self, number: int, content: bytes, **facts: object) -> None:
        """Keep an outbox as the example does; `facts` are what GitHub says otherwise."""
        contexts = {"github": {"run_id": str(number), "run_attempt": "1"}}
        name = expand(UPLOAD["name"], contexts, self.evaluator)
        artifact = {"id": number, "name": name, "expired": False, "workflow_run": OURS} | facts
        artifacts.keep(self.artifacts, artifact, UPLOAD["path"], content)

    def replay(self) -> str:
        """Run the job of the example; how its step that sends ended."""
        workspace = self._begin()
        github = {"repository": "acme/shop", "token": "only-for-github"}
        output = self.folder / "output"
        output.write_bytes(b"")
        env = {
            name: expand(text, {"github": github}, self.evaluator)
            for name, text in REPLAYING["replay"]["env"].items()
        } | {"GITHUB_OUTPUT": str(output)}
        self._script(FETCH, workspace, env)
        contexts: dict[str, Any] = {
            "job": {"status": "success"},
            "steps": {"fetch": {"outputs": parse_pairs(output.read_bytes())}},
        }
        status = "skipped"
        if is_met(SEND["if"], contexts, self.evaluator):
            args = expand(SEND["with"]["args"], contexts, self.evaluator)
            status = self._run(workspace, SEND["with"] | {"args": args}, {}, 1)
        contexts["job"]["status"] = "failure" if status == "failure" else "success"
        if is_met(DELETE["if"], contexts, self.evaluator):
            self._script(DELETE, workspace, env)
        return status

    def _begin(self) -> Path:
        self.runs += 1
        workspace = self.folder / f"runner-{self.runs}" / "shop"
        workspace.mkdir(parents=True)
        return workspace

    def _run(
        self, workspace: Path, given: Mapping[str, str], github: Mapping[str, str], check_run: int
    ) -> str:
        connection = {
            "api-url": self.sandbox.url,
            "email": "${{ vars.COMPASS_EMAIL }}",
            "api-token": "${{ secrets.COMPASS_API_TOKEN }}",
        }
        result = Job(
            ROOT,
            workspace=workspace,
            temp=workspace.with_name("_temp"),
            execute=self.execute,
            evaluate=self.evaluator,
            github=github,
            job={"check_run_id": check_run},
            secrets={"COMPASS_API_TOKEN": TOKEN},
            extra={"vars": {"COMPASS_EMAIL": EMAIL}},
        ).run([uses({**given, **connection})])
        return result.status

    def _script(self, step: Mapping[str, str], workspace: Path, env: Mapping[str, str]) -> None:
        """Run as `run:` does where no shell is named."""
        script = workspace.with_name("script.sh")
        script.write_text(step["run"])
        path = {"PATH": f"{self.folder / 'commands'}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-e", script],
            env={**env, **path},
            cwd=workspace,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def repository(
    tmp_path: Path, sandbox: Sandbox, execute: Execute, evaluator: Evaluate
) -> Repository:
    return Repository(tmp_path, sandbox, execute, evaluator)


def test_what_was_delivered_is_deleted_and_what_is_damaged_stays(
    repository: Repository, sandbox: Sandbox
) -> None:
    """One outbox is whole, another has a torn line beside a good one; each byte arrives as it was."""
    repository.keep(11, repository.lose())
    repository.keep(12, repository.lose(attempt="2") + b'{"version": 1, "bo\n')
    refused = [request.body for request in sandbox.requests]
    assert repository.replay() == "failure"  # something stays
    assert [request.body for request in sandbox.requests] == refused * 2
    assert [shown.history for shown in read_feed(sandbox)] == ["created SUCCESSFUL"] * 2
    assert artifacts.read_asked(repository.artifacts) == ["GET 11/zip", "GET 12/zip", "DELETE 11"]
    assert repository.kept == {"12"}


def test_a_replay_that_fails_is_red_and_deletes_only_what_was_delivered(
    repository: Repository, sandbox: Sandbox
) -> None:
    repository.keep(11, repository.lose())
    repository.keep(12, repository.lose(attempt="2"))
    sandbox.add_faults([{"status": 400}])
    assert repository.replay() == "failure"
    assert repository.kept == {"11"}
    assert repository.replay() == "success"
    assert repository.kept == set()
    assert [shown.history for shown in read_feed(sandbox)] == ["created SUCCESSFUL"] * 2


@pytest.mark.parametrize(
    "facts",
    [
        {"workflow_run": OURS | {"head_repository_id": 7}},
        {"workflow_run": OURS | {"head_repository_id": None}},
        {"workflow_run": {"id": 7421}},
        {"workflow_run": None},
        {"expired": True},
        {"name": "coverage"},
    ],
    ids=["of a fork", "of a deleted fork", "of no repository", "of no run", "expired", "not ours"],
)
def test_what_may_not_be_ours_is_never_fetched(
    repository: Repository, sandbox: Sandbox, facts: dict[str, object]
) -> None:
    """A pull request from a fork can make artifacts of any name and content."""
    repository.keep(11, repository.lose(), **facts)
    assert repository.replay() == "skipped"
    assert artifacts.read_asked(repository.artifacts) == []
    assert repository.kept == {"11"}
    assert len(sandbox.requests) == 1  # the one that was lost
