"""Dates in the headers of an answer. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_until(date: str | None, now: datetime) -> float | None:
    """Seconds from now to a date of an HTTP header; None if it is absent or nonsense.

    One without an offset is in UTC (RFC 9110, section 5.6.7).
    """
    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
