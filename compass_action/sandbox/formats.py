"""The three formats of the contract, asserted: date-time, int64, double. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from jsonschema import FormatChecker

DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
"""RFC 3339, section 5.6. Days and hours that do not exist are found by `datetime`."""


def formats() -> FormatChecker:
    """The three formats of the contract.

    Our own, for jsonschema silently skips a format whose optional package is not installed.
    """
    checker = FormatChecker(formats=())
    checker.checks("date-time")(_is_date_time)
    checker.checks("int64")(lambda value: not _is_number(value) or -(2**63) <= value < 2**63)
    checker.checks("double")(lambda value: not _is_number(value) or abs(value) < 2**1024)
    return checker


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    match = DATE_TIME.fullmatch(value)
    if match is None:
        return False
    try:
        datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return False
    return True
