"""A run that has secrets, started by a stranger: the files of the stranger's checkout count for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
BASE, HEAD = "1" * 40, "2" * 40


def pull_request(head: str | None) -> dict[str, Any]:
    repo = {"full_name": head} if head else None
    base = {"ref": "main", "repo": {"full_name": "acme/shop"}}
    return {
        "pull_request": {"number": 4, "head": {"sha": HEAD, "ref": "x", "repo": repo}, "base": base}
    }


def workflow_run(head: str) -> dict[str, Any]:
    run = {"id": 8, "head_sha": HEAD, "head_branch": "x", "head_repository": {"full_name": head}}
    return {"workflow_run": run}


COMMENT = {"issue": {"number": 4, "pull_request": {"url": "https://api.github.com/x"}}}
REFUSED = [
    ("pull_request_target", pull_request("mallory/shop"), HEAD),
    ("pull_request_target", pull_request(None), HEAD),
    ("pull_request_target", pull_request("mallory/shop"), ""),
    ("workflow_run", workflow_run("mallory/shop"), HEAD),
    ("issue_comment", COMMENT, HEAD),
]
TAKEN = [
    ("pull_request_target", pull_request("mallory/shop"), BASE),
    ("pull_request_target", pull_request("acme/shop"), HEAD),
    ("workflow_run", workflow_run("acme/shop"), HEAD),
    ("workflow_run", workflow_run("mallory/shop"), BASE),
    ("issue_comment", COMMENT, BASE),
    ("issue_comment", {"issue": {"number": 4}}, HEAD),
    ("push", {}, HEAD),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def job(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    sandbox.clear()
    (tmp_path / "compass.yml").write_text(f"id: {ARI}\n")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": BASE,
        "GITHUB_RUN_ID": "7",
        "GITHUB_JOB": "test",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": "ada@acme.example",
        "COMPASS_API_TOKEN": "made-up-token",
        "COMPASS_STATE": "success",
        "COMPASS_ON_ERROR": "fail",
    }


def report(job: dict[str, str], name: str, payload: dict[str, Any], checked_out: str) -> int:
    workspace = Path(job["GITHUB_WORKSPACE"])
    (workspace / "event.json").write_text(json.dumps(payload))
    if checked_out:
        (workspace / ".git").mkdir()
        (workspace / ".git" / "HEAD").write_text(f"{checked_out}\n")
    return main([], job | {"GITHUB_EVENT_NAME": name})


@pytest.mark.parametrize(("name", "payload", "checked_out"), REFUSED)
def test_a_component_from_a_fork_s_file_is_refused_with_the_reason(
    name: str, payload: Any, checked_out: str, job: dict[str, str], sandbox: Sandbox, capsys: Any
) -> None:
    assert report(job, name, payload, checked_out) == 2
    assert sandbox.requests == []
    said = capsys.readouterr().out
    assert 'component-file "compass.yml": the checkout may be a fork\'s' in said
    assert "Give component-id" in said


@pytest.mark.parametrize(("name", "payload", "checked_out"), TAKEN)
def test_one_s_own_checkout_is_believed(
    name: str, payload: Any, checked_out: str, job: dict[str, str], sandbox: Sandbox
) -> None:
    """That of the base too, whoever has started the run."""
    assert report(job, name, payload, checked_out) == 0
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(("name", "payload", "checked_out"), REFUSED)
def test_a_component_that_the_workflow_names_is_believed(
    name: str, payload: Any, checked_out: str, job: dict[str, str], sandbox: Sandbox
) -> None:
    assert report(job | {"COMPASS_COMPONENT_ID": ARI}, name, payload, checked_out) == 0
    assert len(sandbox.requests) == 1
