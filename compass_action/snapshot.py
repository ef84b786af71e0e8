"""Reading: with `workspace`, the only module that looks at the process, its files and its clock.

`read` takes everything a run may need at one moment, so that all that follows is a function of it.
It is told what to read, and knows neither the inputs nor the CI systems.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from . import workspace
from .workspace import ComponentFiles, GitTexts, open_regular, read_regular_file

TRIGGER_MAX_BYTES = 32 * 1024 * 1024  # GitHub caps a webhook's payload at 25 MB
RECORDS_MAX_BYTES = 128 * 1024
"""Of a file of records its end is read; it has room for the records of some three hundred events."""
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
    git: GitTexts = GitTexts()

    def __repr__(self) -> str:
        """Show nothing of the environment, which holds secrets."""
        return f"Snapshot(now={self.now}, component_files={self.component_files})"


def read(
    env: Mapping[str, str], wanted: Wanted, hide: Callable[[str], str] = lambda text: text
) -> Snapshot:
    """Read the process. Raises nothing: what cannot be read is absent, or says so in the record.

    `hide` takes the secrets out of a text; everything that is read passes through it.
    """
    files = workspace.read_component_files(
        Path(wanted.workspace), wanted.component_files, wanted.optional
    )
    shown = (
        file._replace(
            text=hide(file.text) if file.text else file.text,
            is_nested=wanted.git and workspace.is_nested(wanted.workspace, file.path),
        )
        for file in files.files
    )
    return Snapshot(
        env=env,
        now=clock(),
        trigger=_read_trigger(wanted.trigger, hide),
        component_files=files._replace(files=tuple(shown)),
        records=tuple(hide(line) for place in wanted.records for line in _read_lines(place)),
        git=workspace.read_git(Path(wanted.workspace)) if wanted.git else GitTexts(),
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


def _read_lines(place: Place) -> list[str]:
    """Read the lines of a file, or of the files of a folder; a record is a convenience, not more."""
    try:
        if place.names is None:
            return _read_last_lines(place.path, RECORDS_MAX_BYTES)
        names = sorted(filter(place.names.fullmatch, os.listdir(place.path)))  # noqa: PTH208
    except (OSError, ValueError):
        return []
    files = (Place(os.path.join(place.path, name)) for name in names)  # noqa: PTH118
    return [line for file in files for line in _read_lines(file)]


def _read_last_lines(path: str | Path, limit: int) -> list[str]:
    with open(open_regular(path), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        return last_lines(file, limit)


def last_lines(file: IO[bytes], limit: int) -> list[str]:
    """Read the whole lines that stand in the last `limit` bytes; what is no UTF-8 is replaced."""
    start = max(file.seek(0, os.SEEK_END) - limit, 0)
    file.seek(max(start - 1, 0))
    content = file.read(limit + 1)
    if start:  # what the line begins with was cut off, unless it is nothing
        content = content.partition(b"\n")[2]
    return content.decode("utf-8-sig", "replace").splitlines()


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
