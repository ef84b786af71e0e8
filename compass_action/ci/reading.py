"""How values that hosts hand over are read: carefully, and absent where they make no sense. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compass_action.inputs.values import INTEGER, read_time, read_url, split_url


def number(text: str | None) -> int | None:
    """Read a whole number; None if it is not one."""
    return int(text) if text and INTEGER.fullmatch(text) and len(text) <= 18 else None


def time(text: str | None) -> datetime | None:
    """Read a point in time; None if it is not one."""
    try:
        return read_time(text) if text else None
    except ValueError:
        return None


def at(payload: Mapping[str, Any], path: str) -> str | None:
    """Read a text or number at a dotted path of a JSON payload; None if it is not there."""
    value: Any = payload
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def web_address(text: str | None) -> str | None:
    """Read a link; None if it is no whole http or https URL without credentials."""
    try:
        return read_url(text) if text else None
    except ValueError:
        return None


def repository_page(text: str | None) -> str | None:
    """Read a repository's page as it is linked to: the scheme stays, credentials and `.git` go."""
    found = repository_url(text)
    plain = (text or "").strip().lower().startswith("http://")
    return found.replace("https://", "http://", 1) if found and plain else found


def repository_url(text: str | None) -> str | None:
    """Normalise a repository's URL: https, no credentials, no `.git`, no trailing slash."""
    if not text:
        return None
    parts = split_url(re.sub(r"//[^/@]*@", "//", text, count=1))
    if parts is None or parts[0] not in ("http", "https"):
        return None
    _, host, path = parts
    path = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/").removesuffix(".git")
    return f"https://{host.lower()}{path}" if path else None


def slug_of(uuid: str | None) -> str | None:
    """Strip the braces that Bitbucket puts around its UUIDs."""
    return uuid.strip("{}") or None if uuid else None
