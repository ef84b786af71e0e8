"""Files for the program to find and read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def write(path: Path, text: str = "id: x\n") -> Path:
    """Write one, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def left_open(folder: Path) -> list[str]:
    """List what this process has open in a folder; what other threads have open elsewhere is no matter."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # that of this listing
            found.append(str(descriptor.readlink()))
    return [path for path in found if path.startswith(str(folder))]
