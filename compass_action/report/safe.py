"""Text that is safe to write: without commands and markup. Pure."""

from __future__ import annotations

import re
import unicodedata

# Bidirectional controls can make a line read as something else (CVE-2021-42574).
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def neutral(line: str) -> str:
    """Make one line that no log reader takes for a command.

    GitHub reads `::command::` at the start of a line and `##[command]` anywhere in it, Azure and
    TeamCity read `##vso[` and `##teamcity[`; terminals and GitLab's sections need control characters.
    """
    shown = printable(line)
    # The runner compares as .NET does, which overlooks some invisible characters in between.
    shown = re.sub(r"#(?=[^\x00-\x7f]*#)", "# ", shown)
    return f"| {shown}" if re.match(r"[^\x21-\x7e]*:", shown) else shown


def printable(text: str) -> str:
    """Replace what ends a line, moves a cursor or turns the reading direction."""
    if text.isprintable():
        return text
    return "".join(
        " " if c in "\t\x85" else "\N{REPLACEMENT CHARACTER}" if _unprintable(c) else c
        for c in text
    )


def _unprintable(character: str) -> bool:
    return character in BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def code(text: str) -> str:
    """Put foreign text into a Markdown code span, inside a table: no markup, link or cell begins."""
    plain = " ".join(printable(text).split()).replace("`", "'").replace("|", "¦")
    return f"`{plain}`" if plain else ""
