"""Values: how the text of an input is read, by its type. Pure; every function raises ValueError.

The message of the ValueError is a whole sentence that says what is wrong and what to write instead;
`given.parse` puts the input's name in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from compass_action.text import advise, fold_word, holds_credentials, nearest, quoted

from .categories import CATEGORIES, CATEGORY_OF_WORD
from .mappings import WITH_CREDENTIALS, read_mapping
from .paths import read_owners, read_paths

INT64_MAX = 2**63 - 1
TIMEOUT_MAX_SECONDS = 3_600

FLAGS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip

# RFC 3339, section 5.6; a blank or a lower-case t is allowed there in place of the T.
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)
EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?", re.ASCII)
INTEGER = re.compile(r"\d+", re.ASCII)
DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
FORBIDDEN_IN_URL = re.compile(r"[\s\x00-\x20\x7f-\x9f\\<>\"^`{|}]")


def read_text(text: str) -> str:
    """Any text; blanks around it are dropped."""
    return text


def read_event_text(text: str) -> str:
    """Read a text that goes into the event, where the credentials of an address would be for all to see."""
    if holds_credentials(text):
        raise ValueError(WITH_CREDENTIALS)
    return text


def read_flag(text: str) -> bool:
    """Read a truth value in any case."""
    try:
        return FLAGS[text.lower()]
    except KeyError:
        raise ValueError(
            f"{quoted(text)} is neither true nor false. Write true or false."
        ) from None


def read_integer(text: str) -> int:
    """Read a whole number from 0 to 2^63 - 1 (the contract's int64)."""
    if not INTEGER.fullmatch(text) or len(text) > 19 or int(text) > INT64_MAX:
        raise ValueError(f"{quoted(text)} is not a whole number from 0 to {INT64_MAX}.")
    return int(text)


def read_score(text: str) -> float:
    """Read a decimal number as JSON writes it: no NaN, no infinity, no exponent."""
    if not DECIMAL.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a number.")
    return float(text)


def read_seconds(text: str) -> int:
    """Read a duration in whole seconds."""
    if not INTEGER.fullmatch(text) or len(text) > 5 or not 1 <= int(text) <= TIMEOUT_MAX_SECONDS:
        raise ValueError(
            f"{quoted(text)} is not a number of seconds. Write a whole number from 1 to "
            f"{TIMEOUT_MAX_SECONDS}."
        )
    return int(text)


def read_time(text: str) -> datetime:
    """Read an RFC 3339 date-time, or seconds or milliseconds since 1970, as UTC.

    Jenkins and shells offer the epoch forms; a time without an offset is refused, because whose
    clock it shows cannot be known.
    """
    if EPOCH.fullmatch(text):
        whole = text.partition(".")[0]
        seconds = float(text) / (1000 if len(whole) == 13 else 1)
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=round(seconds, 3))
    match = RFC3339.fullmatch(text)
    if match:
        date, clock, fraction, offset = match.groups()
        try:
            written = f"{date}T{clock}.{fraction or 0}{offset.upper()}"
            return datetime.fromisoformat(written).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError(
        f"{quoted(text)} is not a point in time. Write a date-time with its offset, such as "
        "2026-01-31T01:23:45Z, or seconds since 1970."
    )


def read_url(text: str) -> str:
    """Read an absolute http or https URL without credentials."""
    parts = split_url(text)
    if parts is None or parts[0] not in ("http", "https"):
        raise ValueError(
            f"{quoted(text)} is not a web address. Write a whole http or https URL, without "
            "user name, password or blanks."
        )
    return text


def split_url(text: str) -> tuple[str, str, str] | None:
    """Split a URL into scheme, host with port, and the rest; None if it is malformed or odd."""
    if FORBIDDEN_IN_URL.search(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname or "@" in parts.netloc or port == 0:
        return None
    rest = text.split("://", 1)[-1][len(parts.netloc) :]
    return parts.scheme, parts.netloc, rest


def read_commit(text: str) -> str:
    """Read a commit's hash, whole or abbreviated."""
    if not re.fullmatch(r"[0-9a-f]{7,64}", text.lower(), re.ASCII):
        raise ValueError(f"{quoted(text)} is not a commit. Write its hash, 7 to 64 hex digits.")
    return text.lower()


def read_list(text: str) -> tuple[str, ...]:
    """Read a list separated by newlines or commas; blank entries and repetitions are dropped."""
    entries = (entry.strip() for entry in re.split(r"[\n\r,]", text))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def read_slugs(text: str) -> tuple[str, ...]:
    """Read a list of slugs, as they stand in addresses."""
    found = read_list(text)
    for slug in found:
        if not re.fullmatch(r"[A-Za-z0-9._~-]+", slug):
            raise ValueError(
                f"{quoted(slug)} is not a slug. Write letters, digits and hyphens, such as shop-web."
            )
    return found


def read_rules(text: str) -> tuple[tuple[str, str], ...]:
    """Read a list of `glob=CATEGORY`, first match first."""
    rules = []
    for line in read_list(text):
        glob, equals, word = (part.strip() for part in line.rpartition("="))
        category = (CATEGORIES | CATEGORY_OF_WORD).get(fold_word(word))
        if not equals or not glob or not category:
            near = nearest(word, CATEGORIES) if glob and not category else ""
            raise ValueError(
                f"{quoted(line)} is not a rule. Write one `glob=CATEGORY` on each line, such as "
                "`eu-live-*=PRODUCTION`." + (f" Did you mean {near}?" if near else "")
            )
        rules.append((glob, category))
    return tuple(rules)


class ValueType(NamedTuple):
    """What sort of value an input takes."""

    read: Callable[[str], Any]
    """From its text, blanks dropped around it, to the value; raises ValueError."""
    metavar: str = "TEXT"
    """What stands for a value in the help."""
    is_list: bool = False
    """It may be given several times, and as a list of a Bitbucket pipe's variables."""
    is_flag: bool = False
    """On the command line its value may be left out, and is then true."""
    is_secret: bool = False
    from_file: bool = False
    """It may be `@path`, and is then read from that file in the workspace."""
    dropped: str | None = None
    """The characters dropped around a text; None: blanks."""
    choices: Mapping[str, Any] = {}
    """The words that may be written, in lower case, where only they may."""


def one_of(choices: Mapping[str, Any], besides: Mapping[str, Any] = {}) -> ValueType:
    """Make the type of an input that takes one of some words, in any case: `pull-request`, but also
    `pullRequest` and `PULL_REQUEST`. Words `besides`, which are folded, are taken and not offered.
    """

    def read_word(text: str) -> Any:
        if text.lower() in choices:
            return choices[text.lower()]
        meant = fold_word(text)
        for word, value in choices.items():
            if fold_word(word) == meant:
                return value
        if meant in besides:
            return besides[meant]
        shown = [word for word in choices if word != "auto"]
        advice = advise(text, shown, (), "compass-event help inputs")
        raise ValueError(f"{quoted(text)} is not known. {advice}")

    return ValueType(read_word, "WORD", choices=choices)


TEXT = ValueType(read_text)
EVENT_TEXT = ValueType(read_event_text)
SECRET = ValueType(read_text, is_secret=True)
FLAG = ValueType(read_flag, "[BOOL]", is_flag=True)
WHOLE_NUMBER = ValueType(read_integer, "N")
SECONDS = ValueType(read_seconds, "N")
TIME = ValueType(read_time, "TIME")
WEB_ADDRESS = ValueType(read_url)
COMMIT = ValueType(read_commit)
LIST = ValueType(read_list, is_list=True, dropped=" \t\r\n,")
SLUGS = ValueType(read_slugs, is_list=True, dropped=" \t\r\n,")
MAPPING = ValueType(read_mapping, "YAML", from_file=True)
RULES = ValueType(read_rules, is_list=True)
CATEGORY = one_of(CATEGORIES, CATEGORY_OF_WORD)
PATHS = ValueType(read_paths, is_list=True)
OWNERS = ValueType(read_owners, is_list=True)
