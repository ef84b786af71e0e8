"""A file that several jobs write at a time: locked, so that none overwrites what another one adds, and
replaced as a whole, so that a crash or a full disk loses nothing of it.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .workspace import refuse_detour

MODE = 0o600
# Not through a symlink: the folder may be the checkout, and hold what anybody has committed. And a
# named pipe must not make us wait.
FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
LOCK_SECONDS = 5
"""Who writes holds the lock for milliseconds; who holds it for longer has left it behind, or hangs."""
IN_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)
"""What keeps a file from being moved over another one: the folder is not ours to write to, or just this
file is mounted into a container, or somebody has it open on Windows."""


@contextmanager
def locked(file: Path, flags: int) -> Iterator[int]:
    """Open a file and lock it, where the system has locks; make it, and its folder, if `flags` say so.
    Raises OSError, also if somebody else holds the lock for too long.

    `replace` puts another file in its place; who waited for the lock of the old one opens the new one.
    """
    until = time.monotonic() + LOCK_SECONDS
    refuse_detour(file.parent)
    if flags & os.O_CREAT and file.parent != Path():
        file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = open_regular(file, flags)
        try:
            _lock(descriptor, until)
            current = False
            with suppress(FileNotFoundError):
                current = os.path.samestat(os.fstat(descriptor), file.stat())
            if current:
                if os.fstat(descriptor).st_size == 0:
                    _hand_over(descriptor, file)
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _lock(descriptor: int, until: float) -> None:
    """Wait for the lock. Raises TimeoutError; does nothing where there are no locks."""
    with suppress(ImportError):  # Windows
        import fcntl

        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError(errno.ETIMEDOUT, "another process has locked it") from None
                time.sleep(0.01)
            except OSError:  # a file system without locks
                return None


def open_regular(file: Path, flags: int) -> int:
    """Open a file that is one. Raises OSError."""
    descriptor = os.open(file, flags | FLAGS, MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return descriptor


def _hand_over(descriptor: int, file: Path) -> None:
    """Give a new file to the owner of its folder: in a container root writes it, but the step that
    keeps it as an artifact runs outside, as somebody else.
    """
    with suppress(AttributeError, OSError):  # Windows has no such owners
        folder = file.parent.stat()
        if os.geteuid() == 0:
            os.fchown(descriptor, folder.st_uid, folder.st_gid)


def write(descriptor: int, content: bytes) -> None:
    """Write all of it. Raises OSError."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def replace(descriptor: int, file: Path, content: bytes) -> None:
    """Put this content in the place of that of a locked file, whose owner and mode stay. Raises OSError.

    It is written beside the file and moved over it; where that may not be, into the file itself.
    """
    beside = file.with_name(f".{file.name}.rest")
    try:
        beside.unlink(missing_ok=True)  # of one that crashed: who is at work holds the lock
        _write_beside(beside, os.fstat(descriptor), content)
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if error.errno not in IN_PLACE:
            raise
        os.lseek(descriptor, 0, os.SEEK_SET)
        write(descriptor, content)
        os.ftruncate(descriptor, len(content))


def _write_beside(beside: Path, like: os.stat_result, content: bytes) -> None:
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FLAGS, MODE)
    try:
        own = os.fstat(descriptor)
        with suppress(AttributeError, OSError):  # Windows, or a file that is somebody else's
            if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(descriptor, like.st_uid, like.st_gid)
        with suppress(AttributeError, OSError):
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
