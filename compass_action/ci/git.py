"""Git on a laptop: repository, branch and commit, from the texts of `.git`. Pure.

Used only where no CI system is known. No git program is needed, nothing of the repository's own
configuration is obeyed, and credentials in a remote's address are left out.

https://git-scm.com/docs/gitrepository-layout
"""

from __future__ import annotations

import re
from typing import NamedTuple

from compass_action.workspace import GitTexts

from .reading import repository_url

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
SECTION = re.compile(r'\[\s*remote\s+"((?:[^"\\]|\\.)*)"\s*\]', re.IGNORECASE)
URL = re.compile(r"\s*url\s*=\s*(.*?)\s*$", re.IGNORECASE)
DEFAULT_REMOTE = "origin"


class LocalGit(NamedTuple):
    """What a checkout tells of itself."""

    repository_url: str | None = None
    """`https://github.com/acme/shop`."""
    branch: str | None = None
    commit: str | None = None


def parse(texts: GitTexts) -> LocalGit:
    """Read a checkout; what it does not say is None."""
    name = texts.head.strip().removeprefix("ref:").strip() if "ref:" in texts.head else None
    commit = texts.head.strip() if name is None else texts.ref.strip()
    if name and not COMMIT.fullmatch(commit):
        commit = _packed(texts.packed_refs, name)
    branch = name.removeprefix("refs/heads/") if name and name.startswith("refs/heads/") else None
    return LocalGit(
        repository_url(_remote(texts.config)),
        branch,
        commit if COMMIT.fullmatch(commit) else None,
    )


def _packed(packed: str, name: str) -> str:
    for line in packed.splitlines():
        commit, _, ref = line.partition(" ")
        if ref.strip() == name:
            return commit
    return ""


def _remote(config: str) -> str | None:
    """Find the address of `origin`, else of the only remote."""
    found: dict[str, str] = {}
    remote = None
    for line in config.splitlines():
        if line.lstrip().startswith("["):
            section = SECTION.match(line.strip())
            remote = section[1] if section else None
        elif remote is not None:
            address = URL.fullmatch(line)
            if address:
                found.setdefault(remote, address[1].strip('"'))
    if DEFAULT_REMOTE in found:
        return found[DEFAULT_REMOTE]
    return next(iter(found.values())) if len(found) == 1 else None
