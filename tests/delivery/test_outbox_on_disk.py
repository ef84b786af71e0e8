"""The outbox as a file that others write to, move and lock: what is on the disk, and when."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from compass_action.delivery import outbox
from tests.delivery.lines import URL, line, small


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.jsonl"


@pytest.mark.parametrize(
    ("before", "between"),
    [(b"", b""), (b"\n", b""), (b"x", b"\n"), (b"xy", b"\n"), (b"x\n", b""), (b"x\ny", b"\n")],
)
def test_a_line_that_was_left_torn_is_closed_and_no_other(
    before: bytes, between: bytes, file: Path
) -> None:
    file.write_bytes(before)
    outbox.spool(str(file), [small("a"), small("b")], URL)
    assert file.read_bytes() == before + between + line(b"a") + line(b"b")


def test_of_lines_that_are_alike_as_many_go_as_were_delivered(file: Path) -> None:
    file.write_bytes(line(b"a") * 3 + line(b"b") + b"odd\n")
    file.chmod(0o600)
    outbox.remove(str(file), [line(b"a"), line(b"a"), line(b"z")])
    assert file.read_bytes() == line(b"a") + line(b"b") + b"odd\n"
    outbox.remove(str(file), [])
    assert file.read_bytes() == line(b"a") + line(b"b") + b"odd\n"
    outbox.remove(str(file), [line(b"a"), line(b"b"), b"odd\n"])
    assert file.read_bytes() == b""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_outbox_that_is_not_there_has_nothing_to_read_or_take_out(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        outbox.read(str(file))
    with pytest.raises(FileNotFoundError):
        outbox.remove(str(file), [line(b"a")])
    assert not file.exists()


def test_what_is_kept_is_on_the_disk_before_anybody_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And before it takes the place of the file it was made from."""
    seen: list[tuple[int, int]] = []

    def sync(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_size, file.stat().st_size))

    monkeypatch.setattr(os, "fsync", sync)
    size = len(line(b"a"))
    outbox.spool(str(file), [small("a"), small("b")], URL)
    assert seen == [(2 * size, 2 * size)]
    outbox.remove(str(file), [line(b"a")])
    assert seen == [(2 * size, 2 * size), (size, 2 * size)]


def test_the_rest_is_written_beside_the_file_for_nobody_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one that crashed has left there."""
    file.write_bytes(line(b"a") + line(b"b"))
    file.chmod(0o600)
    beside = file.with_name(".outbox.jsonl.rest")
    beside.write_bytes(b"of one that crashed")
    beside.chmod(0o644)

    def crash(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.remove(str(file), [line(b"a")])
    assert beside.read_bytes() == line(b"b")
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    outbox.remove(str(file), [line(b"a")])
    assert [path.name for path in file.parent.iterdir()] == ["outbox.jsonl"]


def test_a_write_that_takes_only_a_part_goes_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, content: write(to, bytes(content[:7])))
    outbox.spool(str(file), [small("a"), small("b")], URL)
    assert file.read_bytes() == line(b"a") + line(b"b")
    outbox.remove(str(file), [line(b"a")])
    assert file.read_bytes() == line(b"b")


def test_an_owner_that_cannot_be_given_is_no_failure(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a system that has none."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", refuse)
    outbox.spool(str(file), [small("a")], URL)
    monkeypatch.delattr(os, "geteuid")
    outbox.remove(str(file), [line(b"z")])
    assert file.read_bytes() == line(b"a")


def waiting(file: Path) -> threading.Thread:
    """A writer that waits for the lock of the file."""
    thread = threading.Thread(target=outbox.spool, args=(str(file), [small("b")], URL), daemon=True)
    thread.start()
    time.sleep(0.15)
    assert thread.is_alive()
    return thread


@pytest.mark.parametrize("meanwhile", ["nothing", "replaced", "gone"])
def test_who_waits_for_the_lock_writes_to_the_file_that_is_there_then(
    meanwhile: str, file: Path
) -> None:
    """Not to one that a replay has taken away."""
    file.write_bytes(line(b"a"))
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = waiting(file)
        if meanwhile == "replaced":
            other = file.with_name("other")
            other.write_bytes(line(b"c"))
            other.replace(file)
        elif meanwhile == "gone":
            file.unlink()
    writer.join(10)
    assert not writer.is_alive()
    left = {"nothing": line(b"a"), "replaced": line(b"c"), "gone": b""}[meanwhile]
    assert file.read_bytes() == left + line(b"b")


def test_a_file_system_without_locks_will_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    outbox.spool(str(file), [small("a")], URL)
    assert file.read_bytes() == line(b"a")
