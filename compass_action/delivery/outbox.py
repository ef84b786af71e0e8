"""The outbox: what could not be delivered in time, kept for a later replay.

A file of JSON lines, one for each request. A line holds the very bytes of the request, as text, and
where they were going; never a credential. Since the update sequence number travels along, a late
replay cannot overwrite a newer state.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from compass_action.schemas import Payload
from compass_action.workspace import refuse_detour

MODE = 0o600
# Not through a symlink: the folder may be the checkout, and hold what anybody has committed. And a
# named pipe must not make us wait.
FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


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
    refuse_detour(file.parent)
    if file.parent != Path():
        file.parent.mkdir(parents=True, exist_ok=True)
    with _locked(file, os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        if size == 0:
            _hand_over(descriptor, file)
        os.lseek(descriptor, max(size - 1, 0), os.SEEK_SET)  # Windows has no pread
        torn = size > 0 and os.read(descriptor, 1) != b"\n"
        try:
            _write(descriptor, (b"\n" if torn else b"") + lines)
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
    for line in read_lines(path):
        entry = parse(line)
        if entry:
            entries.append(entry)
        else:
            damaged.append(line)
    return entries, damaged


def read_lines(path: str) -> list[bytes]:
    """Read the lines of an outbox, without those that are empty, as they stand. Raises OSError."""
    with open(_open_regular(Path(path), os.O_RDONLY), "rb") as content:
        return [line for line in content if line.strip()]


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
        return Entry(Payload(event_type, component_id, body.encode("utf-8")), url, line)
    except UnicodeEncodeError:
        return None


def remove(path: str, delivered: Sequence[bytes]) -> None:
    """Take delivered lines out of an outbox; what was added meanwhile stays. Raises OSError.

    The rest is written beside the file and moved over it, so that a crash loses nothing.
    """
    gone = Counter(delivered)
    file = Path(path)
    with _locked(file, os.O_RDWR) as descriptor:
        kept = []
        with open(descriptor, "rb", closefd=False) as content:
            for line in content:
                if gone[line]:
                    gone[line] -= 1
                else:
                    kept.append(line)
        beside = file.with_name(f".{file.name}.rest")
        beside.unlink(missing_ok=True)  # of one that crashed: who is at work holds the lock
        rest = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        try:
            _hand_over(rest, file)
            _write(rest, b"".join(kept))
            os.fsync(rest)
        finally:
            os.close(rest)
        beside.replace(file)


def _hand_over(descriptor: int, file: Path) -> None:
    """Give a new file to the owner of its folder: in a container root writes it, but the step that
    keeps it as an artifact runs outside, as somebody else.
    """
    with suppress(AttributeError, OSError):  # Windows has no such owners
        folder = file.parent.stat()
        if os.geteuid() == 0:
            os.fchown(descriptor, folder.st_uid, folder.st_gid)


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
        descriptor = _open_regular(file, flags)
        try:
            with suppress(ImportError, OSError):  # Windows, and file systems without locks
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX)
            current = False
            with suppress(FileNotFoundError):
                current = os.path.samestat(os.fstat(descriptor), file.stat())
            if current:
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _open_regular(file: Path, flags: int) -> int:
    descriptor = os.open(file, flags | FLAGS, MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return descriptor
