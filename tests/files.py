"""Files for the program to find and read."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, text: str = "id: x\n") -> Path:
    """Write one, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
