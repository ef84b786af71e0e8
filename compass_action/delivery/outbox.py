"""The outbox: what could not be delivered in time, kept for a later replay.

A file of JSON lines, one for each request. A line holds the very bytes of the request, as text, and
where they were going; never a credential. Since the update sequence number travels along, a late
replay cannot overwrite a newer state.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from compass_action import locked_file
from compass_action.locked_file import locked
from compass_action.schemas import Payload


class Request(NamedTuple):
    """A request as its line has it: nobody has looked at it, so it is no payload."""

    event_type: str
    component_id: str
    body: bytes


class Entry(NamedTuple):
    """One line of an outbox."""

    request: Request
    url: str
    """The endpoint the request was meant for; a replay goes nowhere else."""
    line: bytes
    """As it stands in the file, so that what stays, stays as it was."""


def spool(path: str, payloads: Sequence[Payload], url: str) -> None:
    """Append payloads to an outbox. Raises OSError.

    The lines go to the end of the file in one write under a lock, so that jobs which share the file
    do not mix their lines; a line that another writer left torn is closed first.
    """
    lines = b"".join(_line(payload, url) for payload in payloads)
    with locked(Path(path), os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        os.lseek(descriptor, max(size - 1, 0), os.SEEK_SET)  # Windows has no pread
        torn = size > 0 and os.read(descriptor, 1) != b"\n"
        try:
            locked_file.write(descriptor, (b"\n" if torn else b"") + lines)
            os.fsync(descriptor)
        except OSError:  # a full disk: all or nothing
            os.ftruncate(descriptor, size)
            raise


def _line(payload: Payload, url: str) -> bytes:
    record = {
        "version": 1,
        "url": url,
        "event_type": payload.event_type,
        "component_id": payload.component_id,
        "body": payload.body.decode("utf-8"),
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def read(path: str) -> tuple[list[Entry], list[bytes]]:
    """Read an outbox: its entries, and the lines that are none (torn, or foreign). Raises OSError."""
    entries: list[Entry] = []
    damaged: list[bytes] = []
    for _, line in read_lines(path):
        entry = parse(line)
        if entry:
            entries.append(entry)
        else:
            damaged.append(line)
    return entries, damaged


def read_lines(path: str) -> list[tuple[int, bytes]]:
    """Read the lines of an outbox with their numbers, as they stand, without those that are empty.
    Raises OSError.
    """
    descriptor = locked_file.open_regular(Path(path), os.O_RDONLY)
    with open(descriptor, "rb") as content:  # noqa: PTH123 - a descriptor, not a path
        return [(number, line) for number, line in enumerate(content, 1) if line.strip()]


def read_json_once(text: str | bytes) -> Any:
    """Read JSON of which there is only one reading. Raises ValueError for duplicate keys and NaN."""
    return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def parse(line: bytes) -> Entry | None:
    """Read one line; None if it is none of ours."""
    try:
        record = read_json_once(line)
        texts = [record[name] for name in ("event_type", "component_id", "body", "url")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if record.get("version") != 1 or not all(isinstance(text, str) for text in texts):
        return None
    event_type, component_id, body, url = texts
    try:
        return Entry(Request(event_type, component_id, body.encode("utf-8")), url, line)
    except UnicodeEncodeError:
        return None


def remove(path: str, delivered: Sequence[bytes]) -> None:
    """Take delivered lines out of an outbox; what was added meanwhile stays. Raises OSError."""
    gone = Counter(delivered)
    file = Path(path)
    with locked(file, os.O_RDWR) as descriptor:
        kept = []
        with open(descriptor, "rb", closefd=False) as content:
            for line in content:
                if gone[line]:
                    gone[line] -= 1
                else:
                    kept.append(line)
        locked_file.replace(descriptor, file, b"".join(kept))
