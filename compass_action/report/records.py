"""Records of begun events, in files that later steps read."""

from __future__ import annotations

import os
from pathlib import Path

from compass_action.errors import reason
from compass_action.tracking import NAME, Tracked, read_record
from compass_action.workspace import refuse_detour

from . import files

FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
FILE_MAX_BYTES = 1024 * 1024


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
    """Put a record into a file of records, in the place of an earlier one of the same event."""
    try:
        file = Path(path)
        refuse_detour(file.parent)
        if file.parent != Path():
            file.parent.mkdir(parents=True, exist_ok=True)
        # Not through a symlink, and not into a pipe that nobody reads.
        with os.fdopen(os.open(file, FLAGS, 0o600), "r+b") as opened:
            lines = opened.read(FILE_MAX_BYTES).decode("utf-8", "replace").splitlines()
            kept = [line for line in lines if not _is_of(line, tracked)]
            kept.append(without_components(tracked).to_json())
            opened.seek(0)
            opened.truncate()
            opened.write("".join(f"{line}\n" for line in kept).encode())
    except OSError as error:
        return [_unkept(path, error)]
    return []


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
