"""Reading: the only module that looks at the process, its files and its clock.

`read` takes everything a run may need at one moment, so that all that follows is a function of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import components, given, inputs, tracking

TRIGGER_MAX_BYTES = 32 * 1024 * 1024  # GitHub caps a webhook's payload at 25 MB
COMPONENT_FILE_MAX_BYTES = 128 * 1024  # the parts that Atlassian documents come to far less
COMPONENT_FILES_MAX = 500
TRACKED_MAX_BYTES = 16 * 1024

# Where the hosts put the checkout, first match; the current directory where none of them says.
WORKSPACES = ("GITHUB_WORKSPACE", "BITBUCKET_CLONE_DIR", "CI_PROJECT_DIR")


@dataclass(frozen=True)
class ComponentFile:
    """A component file, read; exactly one of `text` and `problem` is there."""

    path: str
    """Relative to the workspace."""
    text: str | None = None
    problem: str | None = None
    """Why it was not read, and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """The process as it was at one moment."""

    env: Mapping[str, str] = field(repr=False)
    """A copy of the environment, in valid Unicode."""
    arguments: Mapping[str, str] = field(repr=False)
    """The inputs given on the command line, by name."""
    now: datetime
    """UTC; the clock is read once."""
    trigger: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The payload of the event that triggered the run, where the host hands one over."""
    component_files: tuple[ComponentFile, ...] = ()
    tracked: tuple[tracking.Tracked, ...] = ()
    """What earlier stages, steps and jobs saved."""
    begun: tracking.Tracked | None = None
    """What the main stage of this very step began, on GitHub."""


def read(arguments: Mapping[str, str], environ: Mapping[str, str]) -> Snapshot:
    """Read the process. Raises nothing: what cannot be read is absent, or says so in the record."""
    env = clean(environ)
    arguments = {name: _valid(value) for name, value in arguments.items()}
    return Snapshot(
        env=env,
        arguments=arguments,
        now=datetime.now(UTC),
        trigger=_read_trigger(env),
        component_files=_read_component_files(arguments, env),
        tracked=tuple(filter(None, map(tracking.Tracked.from_json, _read_tracked(env)))),
        begun=tracking.Tracked.from_json(env.get("STATE_" + tracking.NAME)),
    )


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment, in valid Unicode."""
    return {name: _valid(value) for name, value in environ.items()}


def _valid(text: str) -> str:
    """Replace the bytes that are not UTF-8, which Python hands over as lone surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a pair of surrogates, which Windows allows
        return text.encode("utf-8", "replace").decode()


def _read_trigger(env: Mapping[str, str]) -> Mapping[str, Any]:
    path = env.get("GITHUB_EVENT_PATH")
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


def _read_component_files(
    arguments: Mapping[str, str], env: Mapping[str, str]
) -> tuple[ComponentFile, ...]:
    """Read the files that the inputs ask for; none if the component is named by its id."""
    patterns = components.wanted_files(
        *(given.find(inputs.BY_NAME[name], arguments, env) for name in components.INPUTS)
    )
    workspace = Path(next((env[name] for name in WORKSPACES if env.get(name)), "."))
    files: list[ComponentFile] = []
    for pattern in patterns:
        if components.is_glob(pattern):
            files += _read_matching_files(workspace, pattern)
        # A symlink that leads nowhere is there, and the user has to know.
        elif pattern not in components.DEFAULTS or os.path.lexists(workspace / pattern):
            files.append(_read_component_file(workspace, pattern))
    return tuple(files)


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
    matches = components.glob_matcher(pattern)
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


def _read_tracked(env: Mapping[str, str]) -> Iterator[str | None]:
    """Read the texts of all records that earlier stages, steps and jobs have left."""
    # One record in each line: without Docker several steps of a GitHub job keep theirs in one file.
    yield from env.get("STATE_" + tracking.NAME, "").splitlines()
    yield env.get(tracking.NAME)
    if env.get("CI_PROJECT_DIR"):  # on GitLab a job's script tells its after_script by the file
        for line in _lines_of(Path(env["CI_PROJECT_DIR"]) / tracking.DOTENV_NAME):
            name, _, value = line.partition("=")
            yield value if name == tracking.NAME else None
    if env.get("BITBUCKET_PIPE_SHARED_STORAGE_DIR"):
        with suppress(OSError):
            files = sorted(Path(env["BITBUCKET_PIPE_SHARED_STORAGE_DIR"]).iterdir())
            for file in filter(lambda file: tracking.FILE_NAME.fullmatch(file.name), files):
                yield from _lines_of(file)


def _lines_of(file: Path) -> list[str]:
    try:
        return read_regular_file(file, TRACKED_MAX_BYTES).splitlines()
    except (OSError, ValueError):
        return []  # a record is a convenience; without it the start is unknown
