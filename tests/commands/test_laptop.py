"""A laptop: no CI system is known, and the checkout tells where the event belongs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compass_action.ci import git
from compass_action.ci.reading import repository_url
from compass_action.workspace import GitTexts
from tests.commands.program import call, job, shell

HASH = "5b2e9f0c7d1a4e83b6f50c9d8e7a6b5c4d3e2f10"
EVENT = [
    "check",
    "--offline",
    "--json",
    "--event-type",
    "incident",
    "--event-id",
    "INC-7",
    "--state",
    "open",
]

REMOTES = [
    ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
    ("https://ann:t0ken@github.com/acme/shop", "https://github.com/acme/shop"),
    (
        "https://t0ken@dev.azure.com/acme/shop/_git/shop",
        "https://dev.azure.com/acme/shop/_git/shop",
    ),
    ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
    ("github.com:acme/shop", "https://github.com/acme/shop"),
    ("ssh://git@git.acme.example:7999/team/shop.git", "https://git.acme.example/team/shop"),
    ("git://git.acme.example/shop.git", "https://git.acme.example/shop"),
    ("/srv/git/shop.git", None),
    ("file:///srv/git/shop.git", None),
    ("../shop", None),
    ("C:\\code\\shop", None),
    ("ext::sh -c evil", None),
    ("", None),
]


@pytest.mark.parametrize(("address", "expected"), REMOTES)
def test_a_remote_is_a_web_address_without_credentials(address: str, expected: str | None) -> None:
    assert repository_url(address) == expected


def config(*remotes: tuple[str, str]) -> str:
    return "[core]\n\turl = no\n" + "".join(
        f'[remote "{name}"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/{name}/*\n'
        for name, url in remotes
    )


@pytest.mark.parametrize(
    ("remotes", "expected"),
    [
        ([("origin", "https://a.example/x"), ("fork", "https://b.example/y")], "https://a.example/x"),
        ([("upstream", "https://b.example/y")], "https://b.example/y"),
        ([("one", "https://a.example/x"), ("two", "https://b.example/y")], None),
        ([], None),
    ],
)  # fmt: skip
def test_origin_counts_else_the_only_remote(
    remotes: list[tuple[str, str]], expected: str | None
) -> None:
    assert git.parse(GitTexts("", config(*remotes))).repository_url == expected


@pytest.mark.parametrize(
    ("texts", "branch", "commit"),
    [
        (GitTexts("ref: refs/heads/main\n", "", "", f"{HASH}\n"), "main", HASH),
        (GitTexts("ref: refs/heads/a/b\n", "", f"# pack\n{HASH} refs/heads/a/b\n"), "a/b", HASH),
        (GitTexts(f"{HASH}\n"), None, HASH),
        (GitTexts("ref: refs/heads/new\n"), "new", None),
        (GitTexts("nonsense"), None, None),
        (GitTexts(), None, None),
    ],
)
def test_branch_and_commit(texts: GitTexts, branch: str | None, commit: str | None) -> None:
    found = git.parse(texts)
    assert (found.branch, found.commit) == (branch, commit)


def run_git(folder: Path, *argv: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@acme.example", *argv],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    run_git(folder, "init", "-b", "trunk")
    run_git(folder, "remote", "add", "origin", "https://ann:t0ken@git.acme.example/acme/shop.git")
    run_git(folder, "commit", "--allow-empty", "-m", "first")
    return folder


def report(folder: Path, env: dict[str, str]) -> tuple[dict[str, Any], str]:
    done = call(EVENT, env, folder)
    assert done.returncode == 0, done.stderr
    [request] = json.loads(done.stdout)["requests"]
    return request["event"]["incident"], done.stdout + done.stderr


def test_a_real_checkout_tells_repository_branch_and_commit(checkout: Path) -> None:
    """Also from a folder inside, from a worktree, and when refs are packed; the log says so."""
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=checkout, text=True).strip()
    inside = checkout / "a" / "b"
    inside.mkdir(parents=True)
    run_git(checkout, "worktree", "add", "../other", "-b", "side")
    for folder, branch in (
        (checkout, "trunk"),
        (inside, "trunk"),
        (checkout.parent / "other", "side"),
    ):
        for _ in range(2):
            event, said = report(folder, shell())
            assert event["externalEventSourceId"].startswith("https://git.acme.example/acme/shop")
            assert event["description"] == f"shop at {head[:7]} on {branch}"
            assert (
                "the local checkout says https://git.acme.example/acme/shop on "
                f"{branch} at {head[:7]}." in said
            )
            assert "t0ken@" not in said
            run_git(checkout, "pack-refs", "--all")


def test_where_a_ci_system_is_known_the_checkout_is_not_asked(checkout: Path) -> None:
    event, said = report(checkout, job(checkout, COMPASS_URL="https://acme.example"))
    assert event["externalEventSourceId"].startswith("https://gitlab.com/acme/search")
    assert "local checkout" not in said


def test_a_damaged_checkout_is_as_good_as_none(tmp_path: Path) -> None:
    """A folder that leads elsewhere is not followed, and nothing hangs."""
    dot_git = tmp_path / ".git"
    dot_git.mkdir()
    (dot_git / "HEAD").write_text("ref: refs/../../../etc/passwd\n")
    (dot_git / "config").symlink_to("/etc/passwd")
    env = shell(
        COMPASS_URL="https://acme.example", COMPASS_EXTERNAL_EVENT_SOURCE_ID="https://acme.example"
    )
    event, _ = report(tmp_path, env)
    assert "root" not in json.dumps(event)
