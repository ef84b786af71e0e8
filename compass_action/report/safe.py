"""Text that is safe to write: without secrets, commands, markup. Pure."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "***"

# Bidirectional controls can make a line read as something else (CVE-2021-42574).
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def secret_forms(token: str, email: str) -> tuple[str, ...]:
    """List the forms in which a token could show up: plain, in URLs and JSON, in Basic authentication.

    Of fewer than four characters there is no secret; hiding them would blot out every message.
    """
    pair = f"{email}:{token}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (token, pair)]
    safe = [text.translate(str.maketrans("+/", "-_")) for text in encoded]
    urls = [quote(token, safe=""), quote(token)]
    urls += [re.sub("%..", lambda found: found[0].lower(), url) for url in urls]
    in_json = token.replace("\\", "\\\\").replace('"', '\\"')
    forms = [token, *urls, in_json, pair, *encoded, *safe]
    return tuple(dict.fromkeys(form.rstrip("=") for form in forms if len(form) >= 4))


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Put stars in the place of every secret."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


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
