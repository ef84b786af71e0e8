"""Text: quoted in a message, put on one line, cut, with secrets hidden; and points in time. Pure.

What comes from outside (branches, titles, answers) passes through here before anybody reads it.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

HIDDEN = "***"
QUOTED_MAX_CHARS = 80
LIMIT = 255
"""Atlassian's own app cuts descriptions here; counted in UTF-16 units, as its servers count."""


def quoted(text: str, limit: int = QUOTED_MAX_CHARS) -> str:
    """Show foreign text inside a message: short, on one line, printable."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return '"' + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown) + '"'


NAMED_MAX = 4
"""No message names more words than these; where the rest stands is said instead."""


def words(known: Iterable[str], where: str = "") -> str:
    """Name some of the known words, in the order of their table; `where` is what has them all."""
    named = list(known)
    rest = f" … ({where} has them all)" if where else " …"
    return ", ".join(named[:NAMED_MAX]) + (rest if len(named) > NAMED_MAX else "")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that somebody probably meant."""
    from difflib import get_close_matches  # only where something is wrong

    folded = {fold_word(name): name for name in known}
    return next((folded[n] for n in get_close_matches(fold_word(word), folded, 1, 0.7)), None)


def fold_word(word: str) -> str:
    """Fold what does not tell words apart: case, and hyphens, underscores and blanks."""
    return re.sub(r"[\s_-]+", "-", word.strip().lower())


def advise(word: str, known: Iterable[str], examples: Iterable[str] = (), where: str = "") -> str:
    """Say what to write in place of an unknown word: the near miss, else a few examples."""
    named = list(known)
    near = nearest(word, named)
    if near:
        return f"Did you mean {near}?"
    return f"Use one of: {words(list(examples) or named, where)}."


def one_line(text: str) -> str:
    """Put text from outside on one line: control characters and lone surrogates become blanks."""
    return " ".join(
        re.sub(
            r"\s+",
            " ",
            "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text),
        ).split()
    )


def utf16_units(text: str) -> int:
    """Count a text as Java and JavaScript do: a character beyond U+FFFF is two units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int = LIMIT) -> str:
    """Cut a text to `limit` UTF-16 units, at a character's boundary, with an ellipsis."""
    if utf16_units(text) <= limit:
        return text
    kept, used = [], 1  # the ellipsis
    for character in text:
        used += 2 if ord(character) > 0xFFFF else 1
        if used > limit:
            break
        kept.append(character)
    end = len(kept)
    # What would combine with the first character cut off belongs to it: é may be two characters.
    while end and unicodedata.combining(text[end]):
        end -= 1
    return "".join(kept[:end]).rstrip() + "…"


def timestamp(moment: datetime) -> str:
    """Write a point in time as RFC 3339 in UTC, with milliseconds where there are any."""
    utc = moment.astimezone(UTC)
    exact = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def json_line(value: object) -> str:
    """Write JSON on one ASCII line, in which neither a shell nor a dotenv file finds anything to expand."""
    line = json.dumps(value, separators=(",", ":"))
    return line.replace("$", "\\u0024").replace("`", "\\u0060")


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
