"""Files that a host or a user named, written with care.

The path is theirs, what stands there is anybody's: a named pipe that nobody reads would hold us for
ever, and a symlink in the checkout could lead anywhere.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
NO_SYMLINK = getattr(os, "O_NOFOLLOW", 0)
"""For a file in the checkout, which holds what anybody has committed."""


def append(path: str | Path, text: str) -> None:
    """Append to a file of the host's. Raises OSError."""
    _write(path, text, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)


def replace(path: str | Path, text: str) -> None:
    """Write a file anew, not through a symlink. Raises OSError."""
    _write(path, text, os.O_WRONLY | os.O_CREAT | NO_SYMLINK, 0o644, truncate=True)


def _write(path: str | Path, text: str, flags: int, mode: int, *, truncate: bool = False) -> None:
    descriptor = os.open(path, flags | _NONBLOCK | getattr(os, "O_CLOEXEC", 0), mode)
    try:
        found = os.fstat(descriptor)
        # What is written to the null device is meant to be gone.
        if not stat.S_ISREG(found.st_mode) and str(path) != os.devnull:
            raise OSError(errno.EINVAL, "not a regular file")
        if truncate:
            os.ftruncate(descriptor, 0)
        view = memoryview(text.encode())
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
