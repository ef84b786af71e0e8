"""The retry policy: how long is waited, and for how many requests a budget has room."""

# ruff: noqa: S311 - the same chance each time is wanted

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.delivery import retry

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def highest(_low: float, high: float) -> float:
    return high


def test_the_waits_double_up_to_a_ceiling() -> None:
    """Full jitter: anything from zero to the ceiling; here the ceilings."""
    waits = [retry.backoff(n, 200, highest) for n in range(1, 8)]
    assert waits == [2, 4, 8, 16, 30, 30, 30]
    assert retry.backoff(3, 200, lambda low, _: low) == 0


def test_the_last_attempt_comes_late_but_in_time() -> None:
    """A wait beyond the budget is cut, unless hardly any of it is left."""
    assert retry.backoff(6, 12, highest) == 7
    assert retry.backoff(6, 5, highest) == 30
    assert retry.backoff(6, 5.5, highest) == 0.5
    assert retry.backoff(6, 4, highest) > 4


def test_a_long_budget_is_patient_in_an_outage() -> None:
    assert retry.backoff(16, 3600, highest) == 450
    assert retry.backoff(16, 240, highest) == 30
    assert retry.backoff(16, 248, highest) == 31
    assert [retry.backoff(n, 2**20, highest) for n in (15, 16, 17, 9999)] == [
        2**15,
        2**16,
        2**16,
        2**16,
    ]


def test_a_429_without_retry_after_waits_within_the_window() -> None:
    """A default budget spreads over the whole window, so that a fleet does not return in step."""
    chance = random.Random(1)
    waits = [retry.rate_limit_wait(119, chance.uniform) for _ in range(2000)]
    assert max(waits) <= 60
    for low in range(0, 60, 10):  # evenly
        assert 250 < sum(low <= wait < low + 10 for wait in waits) < 420


def test_a_long_budget_is_patient_with_the_rate_limit() -> None:
    """A scheduled replay, the only sender of its kind, need not be."""
    assert retry.rate_limit_wait(3600, highest) == 1800
    assert retry.rate_limit_wait(0, highest) == 60
    assert retry.rate_limit_wait(121, highest) == 60.5
    assert retry.rate_limit_wait(3600, lambda low, _: low) == 0


def test_never_less_than_the_server_asks_for() -> None:
    assert retry.wait_as_asked(30, 1, lambda low, _: low) == 30
    assert retry.wait_as_asked(30, 1, highest) == 45
    # A server that says 0 for ever is left alone longer and longer.
    assert [retry.wait_as_asked(0, n, highest) for n in (1, 2, 3, 9, 9999)] == [1, 2, 4, 60, 60]
    assert retry.wait_as_asked(300, 1, highest) == 360


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("999999999", 999_999_999),
        ("9999999999", None),
        ("-5", None),
        ("1.5", None),
        ("1e9", None),
        ("٣", None),
        ("soon", None),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 11:59:00 GMT", 0),
        ("Mon, 23 Nov 2026 13:01:30 +0100", 90),
        ("Mon, 23 Nov 2026 12:01:30", 90),
        ("Mon, 99 Nov 2026 12:01:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_the_rfc_has_it(header: str | None, seconds: float | None) -> None:
    """RFC 9110, section 10.2.3: seconds or a date; nonsense counts as absent."""
    assert retry.retry_after(header, NOW) == seconds


@given(st.text(max_size=60) | st.datetimes().map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S GMT")))
def test_no_retry_after_stops_the_program(header: str) -> None:
    offset = timezone(timedelta(hours=-11))
    for now in (NOW, datetime(9999, 12, 31, 23, 59, 59, tzinfo=offset)):
        assert (retry.retry_after(header, now) or 0.0) >= 0


def test_the_hundred_and_first_request_waits_for_the_window() -> None:
    sent = [float(n) / 10 for n in range(100)]
    assert retry.pace(sent[:99], 10) == 0
    assert retry.pace(sent, 10) == 51
    assert retry.pace([0.0, *sent], 10) == 51
    assert retry.pace([*sent, 9.9], 10) == pytest.approx(51.1)
    assert retry.pace(sent, 100) == 0


@pytest.mark.parametrize(
    ("number", "seconds"), [(0, 0), (1, 0), (100, 0), (101, 61), (200, 61), (201, 122), (900, 488)]
)
def test_the_limit_holds_many_requests_up(number: int, seconds: float) -> None:
    """And a budget of just these seconds has room for them."""
    assert retry.pacing(number) == seconds
    assert retry.room(seconds) >= number


@pytest.mark.parametrize(
    ("seconds", "number"), [(-1, 100), (0, 100), (60, 100), (61, 200), (120, 200), (3600, 6000)]
)
def test_a_budget_has_room_for_so_many_requests(seconds: float, number: int) -> None:
    assert retry.room(seconds) == number
