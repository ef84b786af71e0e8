"""The workspace: files of a checkout that nobody vouches for, found and read with care."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .globs import glob_matcher, is_glob

COMPONENT_FILE_MAX_BYTES = 128 * 1024  # the parts that Atlassian documents come to far less
COMPONENT_FILES_MAX = 10_000
"""More than anybody can report: at the pace that Compass allows they take an hour and a half."""
ELSEWHERE_SHOWN = 4
VENDORED = frozenset({"node_modules", "vendor", "bower_components", "__pycache__"})
GIT_MAX_BYTES = 4 * 1024 * 1024  # of packed-refs in a repository with many tags


class ComponentFile(NamedTuple):
    """A component file, read; exactly one of `text` and `problem` is there."""

    path: str
    """Relative to the workspace."""
    text: str | None = None
    problem: str | None = None
    """Why it was not read, and what to do."""
    by_chance: bool = False
    """A glob matched it, or it has one of the names that are tried: nobody asked for just this one."""
    is_nested: bool = False
    """It stands in another checkout below the workspace's own; looked up where that matters."""


class ComponentFiles(NamedTuple):
    """What was found of component files."""

    files: tuple[ComponentFile, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """If there is none: some paths at which others have the same names."""
    workspace_is_empty: bool = False


class GitTexts(NamedTuple):
    """The files of a checkout's `.git` that tell where it stands; empty where there is none."""

    head: str = ""
    config: str = ""
    packed_refs: str = ""
    ref: str = ""
    """The file of the branch that `head` names."""


def find(named: str | None) -> str:
    """Take the folder that the host names if it is there, else the current one: in a container that
    a job has started itself the checkout stands elsewhere.
    """
    return named if named and os.path.isdir(named) else "."  # noqa: PTH112 - costs a path object less


def holds(workspace: str, path: str) -> bool:
    """Tell whether something is at a path in the workspace."""
    return os.path.lexists(os.path.join(workspace, path))  # noqa: PTH118 - costs a path object less


def is_nested(workspace: str | Path, path: str) -> bool:
    """Tell whether a file stands in another checkout below the workspace's own: in a folder with a
    `.git`, on the way that is written or on the one that symlinks make of it.
    """
    try:
        root = Path(workspace).resolve()
        ways = (Path(os.path.normpath(root / path)), (root / path).resolve())
    except (OSError, RuntimeError):  # a loop of symlinks: nothing will be read
        return True
    folders = (folder for way in ways for folder in way.parents if root in folder.parents)
    return any(os.path.lexists(folder / ".git") for folder in folders)


def read_component_files(
    workspace: Path, patterns: Sequence[str], optional: Sequence[str]
) -> ComponentFiles:
    """Read the files at paths and globs; those that are `optional` are paths, and need not be there."""
    files: list[ComponentFile] = []
    plain = set(optional)
    for pattern in patterns:
        if pattern in plain:  # a changed file's folder may be named `why?`
            # A symlink that leads nowhere is there, and the user has to know.
            if os.path.lexists(workspace / pattern):
                files.append(_read_component_file(workspace, pattern)._replace(by_chance=True))
        elif is_glob(pattern):
            files += _read_matching_files(workspace, pattern)
        else:
            files.append(_read_component_file(workspace, pattern))
    if files or not patterns:
        return ComponentFiles(tuple(files))
    names = [name for name in optional if "/" not in name]
    elsewhere = [path for name in names for path in _find(workspace, f"**/{name}")]
    return ComponentFiles((), tuple(elsewhere[:ELSEWHERE_SHOWN]), _is_empty(workspace))


def _is_empty(folder: Path) -> bool:
    try:
        return not os.listdir(folder)  # noqa: PTH208 - names are enough
    except OSError:
        return False


def _read_matching_files(workspace: Path, pattern: str) -> list[ComponentFile]:
    found = _find(workspace, pattern)
    if not found:
        return [ComponentFile(pattern, problem="no file matches it in the workspace.")]
    if len(found) > COMPONENT_FILES_MAX:
        problem = f"more than {COMPONENT_FILES_MAX} files match it. Write a narrower one."
        return [ComponentFile(pattern, problem=problem)]
    return [_read_component_file(workspace, path)._replace(by_chance=True) for path in found]


def _find(workspace: Path, pattern: str) -> list[str]:
    """Find the files that match a glob. Folders behind symlinks are not entered: they can form
    loops, and lead out of the workspace; nor hidden and vendored ones that the glob does not name.
    """
    matches, top = glob_matcher(pattern), str(workspace)
    start = len(top.rstrip("/")) + 1
    named = set(pattern.split("/"))
    # Most names need no path: the end of the pattern does not match them.
    _, spans, end = pattern.rpartition("/")[2].rpartition("**")
    name_matches = glob_matcher(f"*{end}" if spans else end)
    found = []
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = sorted(n for n in subfolders if n in named or not _is_foreign(n))
        below = folder[start:].replace(os.sep, "/")
        for name in sorted(filter(name_matches, names)):
            path = f"{below}/{name}" if below else name
            if matches(path):
                found.append(path)
                if len(found) > COMPONENT_FILES_MAX:
                    return found
    return found


def _is_foreign(folder: str) -> bool:
    return folder.startswith(".") or folder in VENDORED


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


def read_workspace_file(workspace: str, path: str) -> str:
    """Read a text in the workspace, with the care that component files get; ValueError says why not."""
    read = _read_component_file(Path(workspace), path)
    if read.text is None:
        raise ValueError(read.problem)
    return read.text


def read_regular_file(path: str | Path, limit: int) -> str:
    """Read a UTF-8 text of at most `limit` bytes.

    Raises OSError, or ValueError with a sentence. The file is opened without blocking (a named pipe
    would never answer) and without following a last symlink (it may have been swapped).
    """
    with open(open_regular(path), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit // 1024} KiB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not valid UTF-8.") from None


def open_regular(path: str | Path) -> int:
    """Open a file to read it. Raises OSError, or ValueError with a sentence."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NOFOLLOW)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise ValueError("it is not a regular file.")


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # not on Windows


def read_git(workspace: Path) -> GitTexts:
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


def refuse_detour(folder: Path) -> None:
    """Refuse a folder of the checkout that is a symlink to somewhere else. Raises OSError.

    Below the current folder stands what anybody has committed; what lies elsewhere was named so.
    """
    here = Path.cwd()
    named = Path(os.path.normpath(here / folder))
    # `link/..` is not this folder, but the one above whatever the link leads to.
    found = (here / folder).resolve()
    if named.is_relative_to(here) and not found.is_relative_to(here.resolve()):
        raise OSError(errno.ELOOP, "a folder of its path is a symlink")
