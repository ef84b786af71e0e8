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
from typing import NamedTuple
from urllib.parse import quote

HIDDEN = "***"
QUOTED_MAX_CHARS = 80
LIMIT = 255
"""Atlassian's own app cuts descriptions here; counted in UTF-16 units, as its servers count."""


def quoted(text: str, limit: int = QUOTED_MAX_CHARS) -> str:
    """Show foreign text inside a message: short, on one line, printable.

    What stands before an @ is hidden: in an address it may be a password.
    """
    text = without_credentials(text)
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return '"' + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown) + '"'


def without_credentials(text: str) -> str:
    """Hide what stands before an @: in an address it may be a password."""
    _, at, rest = text.rpartition("@")  # a pattern's time would grow with the square of the length
    return f"{HIDDEN}@{rest}" if at else text


USER_INFO = (
    r"(?:([a-z][a-z0-9+.-]{0,30}):)?//"
    r"([^\s/?#\"<>]{1,256}"
    # A password may hold a slash; then what stands behind the colon is no port.
    r"|[^\s/?#\"<>:@\[]{1,256}:(?!\d+(?:[/?#]|$))[^\s\"<>]{0,256})@(?!sha\d+:)"
)
"""The scheme of an address, and what stands in front of its host. Behind an @ may be an image's digest."""


def holds_credentials(text: str) -> bool:
    """Tell whether there is an address in a text that has a password, or a user name on the web, where a
    token may be one.
    """
    if "@" not in text or "//" not in text:  # most texts do without the pattern
        return False
    found = re.findall(USER_INFO, text, re.ASCII | re.IGNORECASE)
    return any(":" in user or scheme.lower() in ("http", "https") for scheme, user in found)


NAMED_MAX = 4
"""No message names more words than these; where the rest stands is said instead."""


def words(known: Iterable[str], where: str = "") -> str:
    """Name some of the known words, in the order of their table; `where` is what has them all."""
    named = list(known)
    rest = f" … ({where} has them all)" if where else " …"
    return ", ".join(named[:NAMED_MAX]) + (rest if len(named) > NAMED_MAX else "")


REVERSING = ("un", "no", "in", "pre")
"""What in front of a word makes another word of it, and mostly the opposite."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that somebody probably meant: never success for `unsuccessful`, nor
    production for `preprod`.
    """
    from difflib import get_close_matches  # only where something is wrong

    meant = fold_word(word)
    added = [start for start in REVERSING if meant.startswith(start)]
    folded = {fold_word(name): name for name in known}
    near = [name for name in folded if not added or name.startswith(tuple(added))]
    return next((folded[name] for name in get_close_matches(meant, near, 1, 0.7)), None)


def fold_word(word: str) -> str:
    """Fold what does not tell words apart: case, and hyphens, underscores and blanks."""
    return re.sub(r"[\s_-]+", "", word.lower())


def same_name(one: str | None, other: str | None) -> bool:
    """Tell whether two names are one: case, and blanks around, tell no environments apart."""
    return bool(one and other) and str(one).strip().lower() == str(other).strip().lower()


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
    line = without_commands(json.dumps(value, separators=(",", ":")))
    return line.replace("$", "\\u0024").replace("`", "\\u0060")


def without_commands(text: str) -> str:
    """Write JSON so that no log reads a command in it (`##[x]`, `##vso[`, `##teamcity[`), and that it still
    says the same.
    """
    return text.replace("##", "#\\u0023")


RUN_CHARS = 16
"""So many characters in a row of a long secret are as good as a part of it."""
LONG_CHARS = 32


class Secrets(NamedTuple):
    """The forms of a secret, for finding them in texts from outside."""

    forms: tuple[str, ...] = ()
    """Whole: plain, in URLs and JSON, in Basic authentication."""
    long_forms: tuple[str, ...] = ()
    """Those of them whose parts are secret too: not the pair of address and token, of which a part may
    be the address alone."""

    def __repr__(self) -> str:
        """Show nothing."""
        return f"Secrets({len(self.forms)} forms)"

    def joined(self, others: Secrets) -> Secrets:
        """Put the forms of several secrets together, longest first."""
        return Secrets(
            _ordered([*self.forms, *others.forms]),
            _ordered([*self.long_forms, *others.long_forms]),
        )

    def stand_in(self, text: str) -> bool:
        """Tell whether a text holds a whole form."""
        return any(form in text for form in self.forms)

    def hide_in(self, text: str) -> str:
        """Put stars in the place of every whole form, and of every long part of a long one."""
        for form in self.forms:
            if form in text:
                text = text.replace(form, HIDDEN)
        # Any run of 16 characters holds one of the blocks of 8 that a form is cut into.
        for form in self.long_forms:
            if any(block in text for block in _blocks(form)):
                text = _without_runs(text, form)
        return text


def secrets_of(token: str | None, email: str | None) -> Secrets:
    """List the forms of an API token, longest first, and of the pair that Basic authentication sends.

    Of fewer than four characters there is no secret; hiding them would blot out every message.
    """
    if not token:
        return Secrets()
    pair = f"{email or ''}:{token}"
    encoded = [base64.b64encode(text.encode()).decode() for text in (token, pair)]
    safe = [text.translate(str.maketrans("+/", "-_")) for text in encoded]
    urls = [quote(token, safe=""), quote(token)]
    urls += [re.sub("%..", lambda found: found[0].lower(), url) for url in urls]
    in_json = token.replace("\\", "\\\\").replace('"', '\\"')
    forms = [token, *urls, in_json, pair, *encoded, *safe]
    whole = _ordered(form.rstrip("=") for form in forms if len(form) >= 4)
    return Secrets(whole, _ordered(f for f in forms if len(f) >= LONG_CHARS and f != pair))


def _ordered(forms: Iterable[str]) -> tuple[str, ...]:
    """Leave out repetitions; the longest first, for a short one may stand inside a long one."""
    return tuple(sorted(set(forms), key=lambda form: (-len(form), form)))


def _blocks(form: str) -> list[str]:
    half = RUN_CHARS // 2
    return [form[at : at + half] for at in range(0, len(form) - half + 1, half)]


def _without_runs(text: str, form: str) -> str:
    """Hide each run of a form that is long enough. (What all tokens share is shorter.)"""
    runs = {form[at : at + RUN_CHARS] for at in range(len(form) - RUN_CHARS + 1)}
    shown, at = [], 0
    while at < len(text):
        if text[at : at + RUN_CHARS] not in runs:
            shown.append(text[at])
            at += 1
            continue
        at += RUN_CHARS
        while text[at - RUN_CHARS + 1 : at + 1] in runs:  # at the end the slice is too short
            at += 1
        shown.append(HIDDEN)
    return "".join(shown)
