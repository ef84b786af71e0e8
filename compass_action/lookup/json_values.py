"""Values in JSON that comes from outside: what is not there, or of another kind, is None. Pure."""

from __future__ import annotations

from typing import Any


def at(value: Any, *path: str | int) -> Any:
    """Walk into JSON that comes from outside; None where the path ends early."""
    for name in path:
        if isinstance(name, str) and isinstance(value, dict):
            value = value.get(name)
        elif isinstance(name, int) and isinstance(value, list) and name < len(value):
            value = value[name]
        else:
            return None
    return value


def rows(value: Any) -> list[dict[str, Any]]:
    """Take the objects of a list; what is no list has none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Take a text that says something, or a number in its place."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
