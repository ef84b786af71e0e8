"""A file that several jobs write: nobody's lines are lost, whatever comes between."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from compass_action import locked_file
from compass_action.errors import reason
from compass_action.locked_file import locked, replace
from tests.files import left_open


def put(file: Path, content: bytes) -> None:
    with locked(file, os.O_RDWR | os.O_CREAT) as descriptor:
        replace(descriptor, file, content)


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "a" / "shared"
    put(file, b"one")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o664)
    before = file.stat().st_ino
    put(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_ino != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert [each.name for each in file.parent.iterdir()] == ["shared"]


def test_a_file_keeps_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not whoever writes it anew."""
    file, given = tmp_path / "shared", []
    monkeypatch.setattr(os, "fchown", lambda _, user, group: given.append((user, group)))
    put(file, b"one")
    assert given in ([], [(file.parent.stat().st_uid, file.parent.stat().st_gid)])
    given.clear()
    put(file, b"two")
    assert given == []
    like = list(file.stat())
    locked_file._write_beside(
        tmp_path / "x", os.stat_result([*like[:4], 1001, 1002, *like[6:]]), b""
    )
    assert given == [(1001, 1002)]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY])
@pytest.mark.parametrize("content", [b"", b"short", b"a content that is longer than before"])
def test_where_nothing_can_be_moved_over_it_the_file_itself_is_written(
    number: int, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted into a container, say."""
    file = tmp_path / "shared"
    file.write_bytes(b"what was there")
    before = file.stat().st_ino

    def refuse(path: Path, target: Path) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "replace", refuse)
    put(file, content)
    assert (file.read_bytes(), file.stat().st_ino) == (content, before)
    assert [each.name for each in tmp_path.iterdir()] == ["shared"]


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "shared"
    file.write_bytes(b"what was there")

    def full(descriptor: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(locked_file, "write", full)
    with pytest.raises(OSError, match="no space"):
        put(file, b"two")
    assert file.read_bytes() == b"what was there"
    assert [each.name for each in tmp_path.iterdir()] == ["shared"]


@pytest.mark.parametrize("kind", ["symlink", "pipe", "folder"])
def test_what_is_no_regular_file_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "shared"
    make: dict[str, Callable[[], None]] = {
        "symlink": lambda: file.symlink_to(tmp_path / "elsewhere"),
        "pipe": lambda: os.mkfifo(file),
        "folder": file.mkdir,
    }
    make[kind]()
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's affair
        put(file, b"two")
    assert not (tmp_path / "elsewhere").exists()


def test_who_holds_the_lock_for_too_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was left behind, say; an event must not wait for it without end."""
    monkeypatch.setattr(locked_file, "LOCK_SECONDS", 0.1)
    file = tmp_path / "shared"
    put(file, b"one")
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TimeoutError) as raised:
            put(file, b"two")
    assert reason(raised.value) == "another process has locked it"
    assert file.read_bytes() == b"one"
    assert left_open(tmp_path) == []


def test_the_lock_is_waited_for_a_while(tmp_path: Path) -> None:
    file = tmp_path / "shared"
    put(file, b"one")
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = threading.Thread(target=put, args=(file, b"two"))
        writer.start()
        time.sleep(0.2)
        assert file.read_bytes() == b"one"
    writer.join(10)
    assert file.read_bytes() == b"two"
    assert locked_file.LOCK_SECONDS == 5
