"""The release workflow's own scripts, run in a scratch copy of this repository.

Its remote refuses what GitHub refuses a workflow's token: a ref on which files below .github/workflows
were created or changed. What that rule makes of files that are left out rests on GitHub's words alone;
CONTRIBUTING.md has the way around, should it be stricter.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = "ghcr.io/compass-event/compass-event"
HUB = "compassevent/compass-event"
DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER_DIGEST = "sha256:" + "fedcba9876543210" * 4

# Every file that a release reads or writes, and some that it has to leave alone.
FILES = (
    *("action.yml", "bitbucket-pipe.yml", "pipe.yml", "templates/compass-event.yml"),
    *("compass_action/__init__.py", "CHANGELOG.md", "README.md", ".gitlab-ci.yml"),
    *("bitbucket-pipelines.yml", "no-docker/action.yml"),
)

# GitHub's rule as a hook of the remote: old and new are what the ref was and will be; of a new ref the
# rule looks at the default branch.
HOOK = """#!/bin/sh
ref=$1 old=$2 new=$3
case $new in *[!0]*) ;; *) exit 0 ;; esac
case $old in *[!0]*) ;; *) old=refs/heads/main ;; esac
test -n "$AS_MAINTAINER" && exit 0
if test -n "$(git diff --diff-filter=d --name-only "$old" "$new" -- .github/workflows)"; then
    echo "refusing to allow a GitHub App to create or update workflow without workflows permission"
    exit 1
fi
"""


class Scratch:
    """A clone with a remote of its own; every command is run in it."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.remote = folder / "clone", folder / "remote.git"
        self.clone.mkdir()
        git = ("git", "-c", "init.defaultBranch=main", "init", "--quiet")
        subprocess.run([*git, "--bare", str(self.remote)], check=True)
        (self.remote / "hooks" / "update").write_text(HOOK)
        (self.remote / "hooks" / "update").chmod(0o755)
        subprocess.run([*git, str(self.clone)], check=True)
        self.git("remote", "add", "origin", str(self.remote))
        for file in FILES:
            (self.clone / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.clone / file)
        shutil.copytree(ROOT / ".github", self.clone / ".github")

    def git(self, *command: str, ok: bool = True, **env: str) -> str:
        return self.run("git", *command, ok=ok, **env)

    def run(self, *command: str, ok: bool = True, **env: str) -> str:
        identity = {f"GIT_{who}_NAME": "A Maintainer" for who in ("AUTHOR", "COMMITTER")}
        identity |= {f"GIT_{who}_EMAIL": "m@acme.example" for who in ("AUTHOR", "COMMITTER")}
        done = subprocess.run(
            command,
            cwd=self.clone, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.clone), **identity, **env},
        )  # fmt: skip
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout.strip() if ok else done.stdout + done.stderr

    def script(self, name: str, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run(f".github/release/{name}.sh", *arguments, ok=ok, **env)

    def tag(self, version: str, message: str = "Work") -> None:
        """Set the version everywhere, as the last commit before a release does, and tag it."""
        self.git("checkout", "--quiet", "-B", "main")
        package = (self.clone / "compass_action/__init__.py").read_text()
        [old] = re.findall(r'^__version__ = "(.+)"$', package, re.MULTILINE)
        for file in FILES:
            path = self.clone / file
            path.write_text(path.read_text().replace(old, version))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        self.git("tag", f"release-{version}")
        self.git("push", "--quiet", "origin", "main", f"release-{version}", AS_MAINTAINER="yes")
        self.git("fetch", "--quiet", "origin")

    def release(self, version: str, digest: str = DIGEST) -> str:
        """The steps of the workflow, in its order; gives the commit."""
        self.git("checkout", "--quiet", "--detach", f"release-{version}")
        assert self.script("version", f"release-{version}") == version
        commit = self.script("commit", version, GITHUB, HUB, digest)
        self.script("push", "stage", version)
        self.script("push", "publish", version)
        return commit

    def published(self) -> dict[str, str]:
        """The remote's refs: the short name, and the commit."""
        lines = self.git("ls-remote", "origin").splitlines()
        return {
            ref.split("/", 2)[-1]: commit for commit, ref in map(str.split, lines) if "/" in ref
        }

    def read(self, commit: str, file: str) -> str:
        return self.git("show", f"{commit}:{file}")


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
