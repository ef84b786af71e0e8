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


REASON = "the checkout may be a fork's, and pull_request_target has this repository's secrets"
FORK = pull_request("mallory/shop")
OTHER = ARI.replace("c34578a8", "1e475014")


def check_out(folder: Path, ari: str, commit: str, *, worktree: bool = False) -> None:
    """A checkout with a component and with properties of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "compass.yml").write_text(f"id: {ari}\n")
    (folder / "properties.yml").write_text("state: FAILED\npipeline: {pipelineId: other}\n")
    if worktree:
        (folder / ".git").write_text("gitdir: ../../elsewhere\n")
    else:
        (folder / ".git").mkdir()
        (folder / ".git" / "HEAD").write_text(f"{commit}\n")


@pytest.mark.parametrize("worktree", [False, True])
@pytest.mark.parametrize(
    "named", ["**/compass.yml", "pr/compass.yml", "compass.yml,pr/compass.yml"]
)
def test_a_fork_s_checkout_below_one_s_own_names_no_component(
    named: str, worktree: bool, job: dict[str, str], sandbox: Sandbox, capsys: Any
) -> None:
    """The base at the root, the pull request in a folder: a common workflow."""
    workspace = Path(job["GITHUB_WORKSPACE"])
    check_out(workspace / "pr", OTHER, HEAD, worktree=worktree)
    assert report(job | {"COMPASS_COMPONENT_FILE": named}, "pull_request_target", FORK, BASE) == 2
    assert sandbox.requests == []
    said = capsys.readouterr().out
    assert f'component-file "pr/compass.yml": {REASON}' in said
    assert "Give component-id." in said
    for name, payload in (("pull_request_target", FORK), ("push", {})):
        own = job | {"COMPASS_COMPONENT_FILE": "compass.yml"} | {"GITHUB_EVENT_NAME": name}
        (workspace / "event.json").write_text(json.dumps(payload))
        assert main([], own) == 0
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize(
    ("path", "checked_out", "code"),
    [
        ("properties.yml", BASE, 0),
        ("properties.yml", HEAD, 2),
        ("pr/properties.yml", BASE, 2),
        ("pr/../properties.yml", BASE, 0),
        ("link.yml", BASE, 2),
        ("pr/link.yml", BASE, 2),
    ],
)
def test_properties_from_a_fork_s_file_are_refused_as_its_components_are(
    path: str, checked_out: str, code: int, job: dict[str, str], sandbox: Sandbox, capsys: Any
) -> None:
    """They could end any build of the source, whatever component-id says. A symlink is no way round."""
    workspace = Path(job["GITHUB_WORKSPACE"])
    check_out(workspace / "pr", OTHER, HEAD)
    (workspace / "properties.yml").write_text("pipeline: {pipelineId: p/7}\n")
    (workspace / "link.yml").symlink_to("pr/properties.yml")
    (workspace / "pr" / "link.yml").symlink_to("../properties.yml")
    asked = {"COMPASS_COMPONENT_ID": ARI, "COMPASS_PROPERTIES": f"@{path}"}
    assert report(job | asked, "pull_request_target", FORK, checked_out) == code
    assert len(sandbox.requests) == (0 if code else 1)
    said = capsys.readouterr().out
    assert (f'properties: "{path}": {REASON}' in said) == bool(code)
    assert (f"Write what it says in place of @{path}." in said) == bool(code)


def test_a_ci_that_is_named_does_not_make_a_fork_s_file_one_s_own(
    job: dict[str, str], sandbox: Sandbox
) -> None:
    workspace = Path(job["GITHUB_WORKSPACE"])
    (workspace / "properties.yml").write_text("state: FAILED\n")
    asked = {"COMPASS_COMPONENT_ID": ARI, "COMPASS_PROPERTIES": "@properties.yml"}
    asked |= {
        "COMPASS_CI": "unknown",
        "COMPASS_PIPELINE_ID": "p",
        "COMPASS_URL": "https://x.example",
    }
    asked |= {"COMPASS_EXTERNAL_EVENT_SOURCE_ID": "s"}
    assert report(job | asked, "pull_request_target", FORK, HEAD) == 2
    assert sandbox.requests == []


def test_a_slug_in_a_fork_s_checkout_below_is_asked_for_nowhere(
    job: dict[str, str], sandbox: Sandbox
) -> None:
    workspace = Path(job["GITHUB_WORKSPACE"])
    check_out(workspace / "pr", OTHER, HEAD)
    (workspace / "pr" / "compass.yml").write_text("slug: payments\n")
    asked = {"COMPASS_COMPONENT_FILE": "pr/compass.yml"}
    assert report(job | asked, "pull_request_target", FORK, BASE) == 2
    assert sandbox.requests == []
