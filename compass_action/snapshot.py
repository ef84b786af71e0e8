"""Reading: the only module that looks at the process, its files and its clock.

`read` takes everything a run may need at one moment, so that all that follows is a function of it.
It is told what to read, and knows neither the inputs nor the CI systems.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .globs import glob_matcher, is_glob

TRIGGER_MAX_BYTES = 32 * 1024 * 1024  # GitHub caps a webhook's payload at 25 MB
COMPONENT_FILE_MAX_BYTES = 128 * 1024  # the parts that Atlassian documents come to far less
COMPONENT_FILES_MAX = 500
RECORD_MAX_BYTES = 16 * 1024
ELSEWHERE_SHOWN = 4
VENDORED = frozenset({"node_modules", "vendor", "bower_components", "__pycache__"})


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


class ComponentFile(NamedTuple):
    """A component file, read; exactly one of `text` and `problem` is there."""

    path: str
    """Relative to the workspace."""
    text: str | None = None
    problem: str | None = None
    """Why it was not read, and what to do."""
    by_chance: bool = False
    """A glob matched it, or it has one of the names that are tried: nobody asked for just this one."""


class ComponentFiles(NamedTuple):
    """What was found of component files."""

    files: tuple[ComponentFile, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """If there is none: some paths at which others have the same names."""
    workspace_is_empty: bool = False


class Snapshot(NamedTuple):
    """The process as it was at one moment."""

    env: Mapping[str, str]
    """A copy of the environment, in valid Unicode."""
    now: datetime
    """UTC; the clock is read once."""
    trigger: Mapping[str, Any] = {}
    """The payload of what triggered the run, where the host hands one over."""
    component_files: ComponentFiles = ComponentFiles()
    records: tuple[str, ...] = ()
    """The lines in which earlier stages, steps and jobs may have left records, as they are."""

    def __repr__(self) -> str:
        """Show nothing of the environment, which holds secrets."""
        return f"Snapshot(now={self.now}, component_files={self.component_files})"


def read(
    env: Mapping[str, str], wanted: Wanted, hide: Callable[[str], str] = lambda text: text
) -> Snapshot:
    """Read the process. Raises nothing: what cannot be read is absent, or says so in the record.

    `hide` takes the secrets out of a text; everything that is read passes through it.
    """
    files = _read_component_files(wanted)
    shown = (
        file._replace(text=hide(file.text) if file.text else file.text) for file in files.files
    )
    return Snapshot(
        env=env,
        now=datetime.now(UTC),
        trigger=_read_trigger(wanted.trigger, hide),
        component_files=files._replace(files=tuple(shown)),
        records=tuple(hide(line) for place in wanted.records for line in _read_lines(place)),
    )


def clean(texts: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment, or the arguments of a command line, in valid Unicode."""
    return {name: _valid(value) for name, value in texts.items()}


def _valid(text: str) -> str:
    """Replace the bytes that are not UTF-8, which Python hands over as lone surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a pair of surrogates, which Windows allows
        return text.encode("utf-8", "replace").decode()


def _read_trigger(path: str | None, hide: Callable[[str], str]) -> Mapping[str, Any]:
    if not path:
        return {}
    try:
        text = read_regular_file(path, TRIGGER_MAX_BYTES)
    except (OSError, ValueError):
        return {}
    import json

    try:
        payload = json.loads(hide(text))
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _read_component_files(wanted: Wanted) -> ComponentFiles:
    workspace = Path(wanted.workspace)
    files: list[ComponentFile] = []
    for pattern in wanted.component_files:
        if is_glob(pattern):
            files += _read_matching_files(workspace, pattern)
        # A symlink that leads nowhere is there, and the user has to know.
        elif pattern not in wanted.optional:
            files.append(_read_component_file(workspace, pattern))
        elif os.path.lexists(workspace / pattern):
            files.append(_read_component_file(workspace, pattern)._replace(by_chance=True))
    if files or not wanted.component_files:
        return ComponentFiles(tuple(files))
    elsewhere = [path for name in wanted.optional for path in _find(workspace, f"**/{name}")]
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
    named = {part for part in pattern.split("/") if not is_glob(part)}
    found = []
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = sorted(n for n in subfolders if n in named or not _is_foreign(n))
        below = folder[start:].replace(os.sep, "/")
        for name in sorted(names):
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
