"""When to try again: one policy, pure, for the client and for the simulation of a fleet.

Failures are tried again after a random wait below a ceiling that doubles (full jitter), as long as
the budget lasts; a repeated request carries the very same bytes, so it can do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BASE_SECONDS = 1.0
CEILING_SECONDS = 30.0
WINDOW_SECONDS = 60.0
"""Compass counts 100 requests per user and minute."""
WINDOW_REQUESTS = 100

Uniform = Callable[[float, float], float]


def backoff(attempt: int, uniform: Uniform) -> float:
    """Seconds to wait after the failed attempt number `attempt`, counted from 1."""
    return uniform(0, min(CEILING_SECONDS, BASE_SECONDS * 2 ** min(attempt, 16)))


def rate_limit_wait(refusals: int, uniform: Uniform) -> float:
    """Seconds to wait after the `refusals`-th answer 429 in a row that names no time.

    The limit is shared by all jobs of the account, and none of them knows the others. The first wait
    falls anywhere in the window, so that a fleet does not come back in step; each further refusal
    says that there are more of us than fit, and doubles the span.
    """
    return uniform(0, WINDOW_SECONDS * 2 ** min(refusals - 1, 6))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, in seconds or as a date; None if it is absent or nonsense.

    RFC 9110, section 10.2.3. Negative spans are 0.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def pace(sent: list[float], now: float) -> float:
    """Seconds to wait before the next of many requests, so that they stay within the window.

    `sent` are the times of the requests so far, on the same clock as `now`.
    """
    if len(sent) < WINDOW_REQUESTS:
        return 0.0
    return max(0.0, sent[-WINDOW_REQUESTS] + WINDOW_SECONDS - now)
