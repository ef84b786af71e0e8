"""The names of components, as their files give them. Pure. For people only: nothing depends on them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compass_action.text import one_line, shorten
from compass_action.workspace import ComponentFile

# A plain or quoted scalar at the top level; a name in any other form is done without.
VALUE = (
    r"""[ \t]+(?:"([^"\\\n]*)"|'([^'\n]*)'|([^\s"'&*!|>%@`{\[#][^\n#]*?))[ \t]*(?:[ \t]\#.*)?\r?$"""
)
NAME = re.compile(rf"^name:{VALUE}", re.MULTILINE)
ID = re.compile(rf"^id:{VALUE}", re.MULTILINE)
NAME_MAX_CHARS = 80


def read_names(files: Iterable[ComponentFile]) -> dict[str, str]:
    """Read the names by ARI; a file without one is left out."""
    found = {}
    for file in files:
        own, name = ID.search(file.text or ""), NAME.search(file.text or "")
        if own and name:
            ari, text = (next(filter(None, m.groups()), "") for m in (own, name))
            found[ari.strip()] = shorten(one_line(text), NAME_MAX_CHARS)
    return {ari: name for ari, name in found.items() if name}
