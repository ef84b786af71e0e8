"""Globs over paths with slashes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable


def is_glob(pattern: str) -> bool:
    """Tell a glob from a plain path."""
    return any(c in pattern for c in "*?")  # not [: folders of web projects are named [slug]


def glob_matcher(pattern: str) -> Callable[[str], object]:
    """Compile a glob over paths with slashes: `*` and `?` stay inside a folder, `**/` spans any."""
    tokens = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(tokens.get(part) or re.escape(part) for part in parts)).fullmatch
