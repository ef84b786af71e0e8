"""Files that a host or a user named: what is written, with which rights, and what is refused."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compass_action.report import files
from tests.files import left_open

Write = Callable[[Path, str], None]
BOTH = pytest.mark.parametrize("write", [files.append, files.replace])


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_append_adds_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "output"
    files.append(file, "größer\n")
    files.append(str(file), "kleiner\n")
    assert file.read_text("utf-8") == "größer\nkleiner\n"
    assert file.stat().st_mode & 0o777 == 0o666


def test_replace_leaves_nothing_of_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "record"
    files.replace(file, "a long one\n")
    files.replace(file, "a\n")
    assert file.read_text() == "a\n"
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_symlink_is_followed_by_append_alone(tmp_path: Path) -> None:
    """The host's own file may be one; in the checkout anybody may have committed it."""
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    files.append(link, "a")
    with pytest.raises(OSError, match="symbolic") as raised:
        files.replace(link, "b")
    assert raised.value.errno == errno.ELOOP
    assert target.read_text() == "a"


@BOTH
def test_a_pipe_that_nobody_reads_holds_nobody_up(write: Write, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device") as raised:
        write(tmp_path / "pipe", "a")
    assert raised.value.errno == errno.ENXIO


@BOTH
def test_what_is_no_file_is_refused(write: Write, tmp_path: Path) -> None:
    """A pipe with a reader, say; but not the null device, by its own name."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OSError, match="not a regular file") as raised:
        write(pipe, "a")
    assert raised.value.errno == errno.EINVAL
    assert left_open(tmp_path) == [str(pipe)]
    os.close(reader)


def test_what_is_written_to_the_null_device_is_gone() -> None:
    files.append(os.devnull, "a")
    files.append(Path(os.devnull), "a")


@BOTH
def test_a_text_that_is_taken_in_pieces_is_written_whole(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the file is closed."""
    whole = os.write
    monkeypatch.setattr(os, "write", lambda to, view: whole(to, view[:3]))
    write(tmp_path / "file", "one, two, three")
    assert left_open(tmp_path) == []
    assert (tmp_path / "file").read_text() == "one, two, three"
