"""What links out of docs/ leads to the repository: the site holds the pages only. A hook of mkdocs."""

from __future__ import annotations

import re
from posixpath import normpath

REPOSITORY = "https://github.com/compass-event/compass-event/blob/main/"


def on_page_markdown(markdown: str, **_: object) -> str:
    """Make `](../examples/github)` an address of the repository."""
    return re.sub(r"\]\(\.\./([^)]+)\)", lambda m: f"]({REPOSITORY}{normpath(m[1])})", markdown)
