"""Reading: the only module that looks at the process, its files and its clock.

`read` takes everything a run may need at one moment, so that all that follows is a function of it.
It is told what to read, and knows neither the inputs nor the CI systems.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

TRIGGER_MAX_BYTES = 32 * 1024 * 1024  # GitHub caps a webhook's payload at 25 MB
COMPONENT_FILE_MAX_BYTES = 128 * 1024  # the parts that Atlassian documents come to far less
COMPONENT_FILES_MAX = 500
RECORD_MAX_BYTES = 16 * 1024
GIT_MAX_BYTES = 4 * 1024 * 1024  # of packed-refs in a repository with many tags
LINES_MAX_BYTES = 32 * 1024 * 1024


class Place(NamedTuple):
    """Where records may be found."""

    path: str
    """A file of lines, or a folder of such files."""
    names: re.Pattern[str] | None = None
    """The files of the folder that count; None where `path` is a file."""


class Wanted(NamedTuple):
    """What to read besides the environment and the clock."""

    workspace: str = "."
    trigger: str | None = None
    """The file of the payload of what triggered the run."""
    component_files: tuple[str, ...] = ()
    """Paths and globs in the workspace."""
    optional: tuple[str, ...] = ()
    """Those of them that need not be there."""
    records: tuple[Place, ...] = ()
    git: bool = False
    """Whether to read where the checkout stands."""


class ComponentFile(NamedTuple):
    """A component file, read; exactly one of `text` and `problem` is there."""

    path: str
    """Relative to the workspace."""
    text: str | None = None
    problem: str | None = None
    """Why it was not read, and what to do."""


class GitTexts(NamedTuple):
    """The files of a checkout's `.git` that tell where it stands; empty where there is none."""

    head: str = ""
    config: str = ""
    packed_refs: str = ""
    ref: str = ""
    """The file of the branch that `head` names."""


class Snapshot(NamedTuple):
    """The process as it was at one moment."""

    env: Mapping[str, str]
    """A copy of the environment, in valid Unicode."""
    now: datetime
    """UTC; the clock is read once."""
    trigger: Mapping[str, Any] = {}
    """The payload of what triggered the run, where the host hands one over."""
    component_files: tuple[ComponentFile, ...] = ()
    records: tuple[str, ...] = ()
    """The lines in which earlier stages, steps and jobs may have left records, as they are."""
    git: GitTexts = GitTexts()

    def __repr__(self) -> str:
        """Show nothing of the environment, which holds secrets."""
        return f"Snapshot(now={self.now}, component_files={self.component_files})"


def read(env: Mapping[str, str], wanted: Wanted) -> Snapshot:
    """Read the process. Raises nothing: what cannot be read is absent, or says so in the record."""
    return Snapshot(
        env=env,
        now=clock(),
        trigger=_read_trigger(wanted.trigger),
        component_files=tuple(_read_component_files(wanted)),
        records=tuple(line for place in wanted.records for line in _read_lines(place)),
        git=_read_git(Path(wanted.workspace)) if wanted.git else GitTexts(),
    )


def clock() -> datetime:
    """Read the clock: when a command was started, and when it had ended."""
    return datetime.now(UTC)


def clean(texts: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment, or the arguments of a command line, in valid Unicode."""
    return {name: _valid(value) for name, value in texts.items()}


def _valid(text: str) -> str:
    """Replace the bytes that are not UTF-8, which Python hands over as lone surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a pair of surrogates, which Windows allows
        return text.encode("utf-8", "replace").decode()


def _read_trigger(path: str | None) -> Mapping[str, Any]:
    if not path:
        return {}
    try:
        text = read_regular_file(path, TRIGGER_MAX_BYTES)
    except (OSError, ValueError):
        return {}
    import json

    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _read_component_files(wanted: Wanted) -> Iterator[ComponentFile]:
    workspace = Path(wanted.workspace)
    for pattern in wanted.component_files:
        if is_glob(pattern):
            yield from _read_matching_files(workspace, pattern)
        # A symlink that leads nowhere is there, and the user has to know.
        elif pattern not in wanted.optional or os.path.lexists(workspace / pattern):
            yield _read_component_file(workspace, pattern)


def is_glob(pattern: str) -> bool:
    """Tell a glob from a plain path."""
    return any(c in pattern for c in "*?")  # not [: folders of web projects are named [slug]


def glob_matcher(pattern: str) -> Callable[[str], object]:
    """Compile a glob over paths with slashes: `*` and `?` stay inside a folder, `**/` spans any."""
    tokens = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(tokens.get(part) or re.escape(part) for part in parts)).fullmatch


def _read_matching_files(workspace: Path, pattern: str) -> list[ComponentFile]:
    found = _find(workspace, pattern)
    if not found:
        return [ComponentFile(pattern, problem="no file matches it in the workspace.")]
    if len(found) > COMPONENT_FILES_MAX:
        problem = f"more than {COMPONENT_FILES_MAX} files match it. Write a narrower one."
        return [ComponentFile(pattern, problem=problem)]
    return [_read_component_file(workspace, path) for path in found]


def _find(workspace: Path, pattern: str) -> list[str]:
    """Find the files that match a glob. Folders behind symlinks are not entered: they can form
    loops, and lead out of the workspace.
    """
    matches = glob_matcher(pattern)
    found = []
    for folder, subfolders, names in os.walk(workspace):
        subfolders[:] = sorted(name for name in subfolders if name != ".git")
        for name in sorted(names):
            path = os.path.relpath(Path(folder) / name, workspace)
            if matches(path):
                found.append(path)
                if len(found) > COMPONENT_FILES_MAX:
                    return found
    return found


def _read_component_file(workspace: Path, path: str) -> ComponentFile:
    try:
        root = workspace.resolve()
        real = (root / path).resolve()
        if not real.is_relative_to(root):
            return ComponentFile(path, problem="it leads out of the workspace. Name one inside.")
        return ComponentFile(path, text=read_regular_file(real, COMPONENT_FILE_MAX_BYTES))
    except FileNotFoundError:
        problem = "it is not there. Check the path, and that the repository is checked out first."
    except ValueError as error:
        problem = str(error)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symlinks
        problem = f"it cannot be read ({type(error).__name__})."
    return ComponentFile(path, problem=problem)


def read_regular_file(path: str | Path, limit: int) -> str:
    """Read a UTF-8 text of at most `limit` bytes.

    Raises OSError, or ValueError with a sentence. The file is opened without blocking (a named pipe
    would never answer) and without following a last symlink (it may have been swapped).
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("it is not a regular file.")
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit // 1024} KiB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not valid UTF-8.") from None


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # not on Windows


def _read_lines(place: Place) -> list[str]:
    """Read the lines of a file, or of the files of a folder; a record is a convenience, not more."""
    try:
        if place.names is None:
            return read_regular_file(place.path, RECORD_MAX_BYTES).splitlines()
        names = sorted(filter(place.names.fullmatch, os.listdir(place.path)))  # noqa: PTH208
    except (OSError, ValueError):
        return []
    files = (Place(os.path.join(place.path, name)) for name in names)  # noqa: PTH118
    return [line for file in files for line in _read_lines(file)]


def read_workspace_file(workspace: str, path: str) -> str:
    """Read a text in the workspace, with the care that component files get; ValueError says why not."""
    read = _read_component_file(Path(workspace), path)
    if read.text is None:
        raise ValueError(read.problem)
    return read.text


def read_lines_of(path: str) -> str:
    """Read a file that is named on the command line; `-` is standard input. Raises ValueError."""
    try:
        if path != "-":
            return read_regular_file(Path(path).resolve(), LINES_MAX_BYTES)
        content = sys.stdin.buffer.read(LINES_MAX_BYTES + 1)
        if len(content) > LINES_MAX_BYTES:
            raise ValueError(f"it is larger than {LINES_MAX_BYTES // 1024 // 1024} MiB.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not valid UTF-8.") from None
    except (OSError, RuntimeError) as error:
        raise ValueError(f"it cannot be read ({type(error).__name__}).") from None


def _read_git(workspace: Path) -> GitTexts:
    """Read the checkout that a folder stands in, whatever can be read of it."""
    try:
        folder = workspace.resolve()
        dot_git = next(d / ".git" for d in (folder, *folder.parents) if (d / ".git").exists())
    except (OSError, RuntimeError, StopIteration):
        return GitTexts()
    own = dot_git
    if dot_git.is_file():  # a worktree or a submodule: the file says where its folder is
        own = dot_git.parent / _git_text(dot_git).removeprefix("gitdir:").strip()
    shared = _git_text(own / "commondir").strip()
    common = own / shared if shared else own
    head = _git_text(own / "HEAD")
    name = re.fullmatch(r"ref:\s*(refs/[^\s:?*\[\\^~]+)\s*", head)
    return GitTexts(
        head,
        _git_text(common / "config"),
        _git_text(common / "packed-refs"),
        _git_text(common / name[1]) if name and ".." not in name[1] else "",
    )


def _git_text(path: Path) -> str:
    try:
        return read_regular_file(path, GIT_MAX_BYTES)
    except (OSError, ValueError):
        return ""
