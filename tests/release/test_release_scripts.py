"""The release workflow's own scripts, run in a scratch copy of this repository.

Its remote refuses what GitHub refuses a workflow's token: a ref on which files below .github/workflows
were created or changed. What that rule makes of files that are left out rests on GitHub's words alone;
CONTRIBUTING.md has the way around, should it be stricter.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.release.scratch import DIGEST, GITHUB, HUB, OTHER_DIGEST, ROOT, Scratch


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_the_tags_name_a_commit_whose_files_name_the_image(scratch: Scratch) -> None:
    scratch.tag("7.1.0")
    commit = scratch.release("7.1.0")
    tagged = scratch.git("rev-parse", "main")
    assert scratch.published() == {
        "main": tagged,
        "release-7.1.0": tagged,
        "v7.1.0": commit,
        "7.1.0": commit,
        "v7": commit,
    }
    runs = yaml.safe_load(scratch.read(commit, "action.yml"))["runs"]
    assert runs["image"] == f"docker://{GITHUB}@{DIGEST}"
    pinned = f"{HUB}:7.1.0@{DIGEST}"
    assert yaml.safe_load(scratch.read(commit, "pipe.yml"))["image"] == pinned
    assert scratch.read(commit, "pipe.yml") == scratch.read(commit, "bitbucket-pipe.yml")
    spec = next(yaml.safe_load_all(scratch.read(commit, "templates/compass-event.yml")))
    assert spec["spec"]["inputs"]["image"]["default"] == pinned
    assert scratch.read("main", "action.yml").count("\n  image: Dockerfile\n") == 1


def test_nothing_else_is_changed_and_the_workflows_are_left_out(scratch: Scratch) -> None:
    scratch.tag("7.1.0")
    commit = scratch.release("7.1.0")
    assert scratch.git("rev-parse", f"{commit}^") == scratch.git("rev-parse", "main")
    assert scratch.git("ls-tree", "-r", "--name-only", commit, ".github/workflows") == ""
    changed = scratch.git("diff", "--name-only", "--diff-filter=d", "main", commit).split()
    assert changed == [
        "action.yml",
        "bitbucket-pipe.yml",
        "pipe.yml",
        "templates/compass-event.yml",
    ]


def test_the_major_tag_moves_though_workflows_have_changed(scratch: Scratch) -> None:
    """With workflows in the release's commit the host refuses that move."""
    scratch.tag("7.1.0")
    first = scratch.release("7.1.0")
    scratch.git("checkout", "--quiet", "main")
    workflow = scratch.clone / ".github" / "workflows" / "ci.yml"
    workflow.write_text(workflow.read_text() + "# changed\n")
    scratch.tag("7.2.0")
    refused = scratch.git("push", "--force", "origin", "main:refs/tags/v7", ok=False)
    assert "refusing to allow" in refused
    second = scratch.release("7.2.0")
    published = scratch.published()
    assert (published["v7.1.0"], published["v7.2.0"], published["v7"]) == (first, second, second)


def test_a_patch_of_an_older_release_leaves_the_major_tag_where_it_is(scratch: Scratch) -> None:
    scratch.tag("7.10.0")
    newest = scratch.release("7.10.0")
    scratch.git("checkout", "--quiet", "main")
    scratch.tag("7.9.1", "A patch")
    patch = scratch.release("7.9.1")
    assert (scratch.published()["v7"], scratch.published()["v7.9.1"]) == (newest, patch)


def test_a_job_that_failed_half_way_can_be_run_again(scratch: Scratch) -> None:
    """The same commit, and pushes that have nothing left to do."""
    scratch.tag("7.1.0")
    first = scratch.release("7.1.0")
    assert scratch.release("7.1.0") == first


def test_a_tag_that_users_have_is_never_moved(scratch: Scratch) -> None:
    """Not even by a second run of the whole workflow, whose image has another digest."""
    scratch.tag("7.1.0")
    first = scratch.release("7.1.0")
    scratch.git("checkout", "--quiet", "--detach", "release-7.1.0")
    scratch.script("commit", "7.1.0", GITHUB, HUB, OTHER_DIGEST)
    scratch.script("push", "publish", "7.1.0", ok=False)
    published = scratch.published()
    assert [published[tag] for tag in ("v7.1.0", "7.1.0", "v7")] == [first] * 3


def test_a_host_that_refuses_the_commit_is_found_out_before_anything_is_public(
    scratch: Scratch,
) -> None:
    """And then a maintainer pushes the same commit and tags by hand."""
    scratch.tag("7.1.0")
    hook = scratch.remote / "hooks" / "update"
    hook.write_text('#!/bin/sh\ntest -n "$AS_MAINTAINER"\n')
    scratch.git("checkout", "--quiet", "--detach", "release-7.1.0")
    commit = scratch.script("commit", "7.1.0", GITHUB, HUB, DIGEST)
    scratch.script("push", "stage", "7.1.0", ok=False)
    assert set(scratch.published()) == {"main", "release-7.1.0"}
    bundle = ("v7.1.0", "7.1.0", "v7", "^release-7.1.0")
    scratch.git("bundle", "create", "--quiet", "release.bundle", *bundle)
    scratch.git("tag", "--delete", "v7.1.0", "7.1.0", "v7")
    scratch.git("fetch", "--quiet", "release.bundle", "+refs/tags/*:refs/tags/*")
    scratch.script("push", "publish", "7.1.0", AS_MAINTAINER="yes")
    assert scratch.published()["v7"] == commit


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("compass_action/__init__.py", '"7.1.0"', '"7.1.1"', "compass_action has another version"),
        ("CHANGELOG.md", "[7.1.0] - ", "[7.1.0] ", "no dated entry for 7.1.0"),
        ("pipe.yml", ":7.1.0", ":7.0.0", "pipe.yml names another version"),
        ("README.md", ":7.1.0", ":7.0.0", "README.md names another version"),
        ("docs/bitbucket.md", ":7.1.0", ":7.0.0", "docs/bitbucket.md names another version"),
    ],
)
def test_a_version_that_is_not_the_same_everywhere_is_not_released(
    scratch: Scratch, file: str, old: str, new: str, said: str
) -> None:
    scratch.tag("7.1.0")
    path = scratch.clone / file
    path.write_text(path.read_text().replace(old, new))
    assert said in scratch.script("version", "release-7.1.0", ok=False)


def test_what_is_not_on_main_is_not_released(scratch: Scratch) -> None:
    scratch.tag("7.1.0")
    scratch.git("commit", "--quiet", "--allow-empty", "--message", "Not reviewed")
    scratch.git("tag", "--force", "release-7.1.0")
    assert "is not on main" in scratch.script("version", "release-7.1.0", ok=False)


@pytest.mark.parametrize("tag", ["release-7.1", "release-7.1.0-rc.1", "v7.1.0", "release-7.1.0;ls"])
def test_a_tag_of_another_form_is_not_released(scratch: Scratch, tag: str) -> None:
    scratch.tag("7.1.0")
    assert "is not release-X.Y.Z" in scratch.script("version", tag, ok=False)


@pytest.mark.parametrize("digest", ["", "sha256:", "latest", DIGEST + "0", DIGEST + "|e id"])
def test_an_image_without_a_digest_is_not_released(scratch: Scratch, digest: str) -> None:
    scratch.tag("7.1.0")
    assert "is not a digest" in scratch.script("commit", "7.1.0", GITHUB, HUB, digest, ok=False)


def test_a_file_that_no_longer_names_the_image_is_told(scratch: Scratch) -> None:
    """A line that was moved or renamed would silently not be pinned."""
    action = scratch.clone / "action.yml"
    action.write_text(action.read_text().replace("  image: Dockerfile", "  image: ./Dockerfile"))
    scratch.tag("7.1.0")
    said = scratch.script("commit", "7.1.0", GITHUB, HUB, DIGEST, ok=False)
    assert "action.yml: not exactly one line matches" in said


def test_the_pipe_is_one_file_under_two_names() -> None:
    """Bitbucket reads pipe.yml through its API, where a symlink is a file with a path in it."""
    assert not (ROOT / "pipe.yml").is_symlink()
    assert (ROOT / "pipe.yml").read_bytes() == (ROOT / "bitbucket-pipe.yml").read_bytes()
