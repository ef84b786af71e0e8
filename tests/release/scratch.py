"""A scratch copy of this repository, with a remote that refuses what GitHub refuses."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
GITHUB = "ghcr.io/compass-event/compass-event"
HUB = "compassevent/compass-event"
DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER_DIGEST = "sha256:" + "fedcba9876543210" * 4

# Every file that a release reads or writes, and some that it has to leave alone.
FILES = (
    *("action.yml", "bitbucket-pipe.yml", "pipe.yml", "templates/compass-event.yml"),
    *("compass_action/__init__.py", "CHANGELOG.md", "README.md", ".gitlab-ci.yml"),
    "docs/bitbucket.md",
    *("bitbucket-pipelines.yml", "no-docker/action.yml", "Dockerfile"),
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
        self.clone.mkdir(parents=True)
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
        return self.run(["git", *command], env, ok)

    def script(self, name: str, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run([f".github/release/{name}.sh", *arguments], env, ok)

    def run(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        ok: bool = True,
        cwd: Path | None = None,
    ) -> str:
        """Run a command that has to end as told, and give its output; of a failed one all of it."""
        identity = {f"GIT_{who}_NAME": "A Maintainer" for who in ("AUTHOR", "COMMITTER")}
        identity |= {f"GIT_{who}_EMAIL": "m@acme.example" for who in ("AUTHOR", "COMMITTER")}
        system = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.clone)}
        done = subprocess.run(
            command, cwd=cwd or self.clone, env={**system, **identity, **env},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout.strip() if ok else done.stdout + done.stderr

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
