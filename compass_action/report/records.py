"""Records of begun events, in files that later steps read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from compass_action import locked_file
from compass_action.errors import reason
from compass_action.locked_file import locked
from compass_action.snapshot import RECORDS_MAX_BYTES, last_lines
from compass_action.text import json_line
from compass_action.tracking import NAME, Tracked, read_record

from . import files

ENDED = "ended"
"""Stands in the record of an event that is over."""


def keep_in_folder(folder: str | Path, tracked: Tracked) -> list[str]:
    """Write a record as a file of its own; returns what went wrong, in sentences."""
    return write_into(folder, tracked.file_name, without_components(tracked).to_json())


def write_into(folder: str | Path, name: str, text: str) -> list[str]:
    """Write one line as a file of a folder, whole or not at all; returns what went wrong."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        beside = place / f".{name}.{os.getpid()}"
        files.replace(beside, text + "\n")
        beside.replace(place / name)
    except OSError as error:
        return [_unkept(str(folder), error)]
    return []


def keep_in_file(path: str, tracked: Tracked) -> list[str]:
    """Put a record into a file of records, in the place of an earlier one of the same event; returns
    what went wrong.
    """

    def put(lines: list[str]) -> list[str]:
        kept = [line for line in lines if not _is_of(line, tracked)]
        return _bounded([*kept, without_components(tracked).to_json()])

    return _change(path, os.O_RDWR | os.O_CREAT, put)


def end_in_file(path: str, tracked: Tracked) -> None:
    """Note in a file of records that an event is over, if the file can be written.

    Its record stays, for another report of it may follow, but has to make room first. Nothing else
    depends on that.
    """

    def end(lines: list[str]) -> list[str]:
        return _bounded([_ended(line) if _is_of(line, tracked) else line for line in lines])

    if os.path.lexists(path):
        _change(path, os.O_RDWR, end)


def _change(path: str, flags: int, change: Callable[[list[str]], list[str]]) -> list[str]:
    """Change the lines of a file while nobody else does; of one that is too long the last ones stay."""
    file = Path(path)
    try:
        with locked(file, flags) as descriptor, open(descriptor, "rb", closefd=False) as opened:
            lines = last_lines(opened, RECORDS_MAX_BYTES)
            changed = change(lines)
            if changed != lines:
                text = "".join(f"{line}\n" for line in changed)
                locked_file.replace(descriptor, file, text.encode())
    except OSError as error:
        return [_unkept(path, error)]
    return []


def _bounded(lines: list[str]) -> list[str]:
    """Take away as many lines as are read no more: of events that are over first, then the oldest."""
    excess = sum(len(line.encode()) + 1 for line in lines) - RECORDS_MAX_BYTES
    gone: set[int] = set()
    for place in sorted(range(len(lines) - 1), key=lambda place: not _has_ended(lines[place])):
        if excess <= 0:
            break
        gone.add(place)
        excess -= len(lines[place].encode()) + 1
    return [line for place, line in enumerate(lines) if place not in gone]


def _ended(line: str) -> str:
    return json_line(json.loads(line) | {ENDED: True})


def _has_ended(line: str) -> bool:
    return f'"{ENDED}":true' in line


def without_components(tracked: Tracked) -> Tracked:
    """Leave the components out: only the end of a tracked job goes by them, and they may be many."""
    return tracked._replace(component_ids=())


def _is_of(line: str, tracked: Tracked) -> bool:
    record = read_record(line)
    return record is not None and record.file_name == tracked.file_name


def _unkept(place: str, error: OSError) -> str:
    return (
        f"{NAME} cannot be kept in {place} ({reason(error)}), so the event's end will not know "
        "its start."
    )
