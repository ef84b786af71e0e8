"""The outbox: what could not be delivered in time, kept for a later replay.

A file of JSON lines, one for each request. A line holds the very bytes of the request, as text, and
where they were going; never a credential. Since the update sequence number travels along, a late
replay cannot overwrite a newer state.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from .schemas import Payload

MODE = 0o600


class Entry(NamedTuple):
    """One line of an outbox."""

    payload: Payload
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
    file = Path(path)
    if file.parent != Path():
        file.parent.mkdir(parents=True, exist_ok=True)
    with _locked(file, os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        _write(descriptor, (b"\n" if torn else b"") + lines)
        os.fsync(descriptor)


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
    content = Path(path).read_bytes()
    entries: list[Entry] = []
    damaged: list[bytes] = []
    for line in content.splitlines(keepends=True):
        entry = _parse(line)
        if entry:
            entries.append(entry)
        elif line.strip():
            damaged.append(line)
    return entries, damaged


def _parse(line: bytes) -> Entry | None:
    try:
        record: Any = json.loads(line)
        texts = [record[name] for name in ("event_type", "component_id", "body", "url")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if record.get("version") != 1 or not all(isinstance(text, str) for text in texts):
        return None
    event_type, component_id, body, url = texts
    try:
        return Entry(Payload(event_type, component_id, body.encode("utf-8")), url, line)
    except UnicodeEncodeError:
        return None


def remove(path: str, delivered: Sequence[bytes]) -> None:
    """Take delivered lines out of an outbox; what was added meanwhile stays. Raises OSError.

    The rest is written beside the file and moved over it, so that a crash loses nothing.
    """
    gone = list(delivered)
    file = Path(path)
    with _locked(file, os.O_RDWR) as descriptor:
        kept = []
        with open(descriptor, "rb", closefd=False) as content:
            for line in content:
                if line in gone:
                    gone.remove(line)
                else:
                    kept.append(line)
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        rest = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        try:
            _write(rest, b"".join(kept))
            os.fsync(rest)
        finally:
            os.close(rest)
        beside.replace(file)


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


@contextmanager
def _locked(file: Path, flags: int) -> Iterator[int]:
    """Open a file and lock it, where the system has locks.

    `remove` puts another file in its place; who waited for the lock of the old one opens the new one.
    """
    while True:
        descriptor = os.open(file, flags | getattr(os, "O_CLOEXEC", 0), MODE)
        try:
            with suppress(ImportError, OSError):  # Windows, and file systems without locks
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), file.stat()):
                    yield descriptor
                    return
        finally:
            os.close(descriptor)
