"""Dates in the headers of an answer, which may be nonsense of any kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.connection.dates import seconds_until

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 11:59:00 GMT", -60),
        ("Mon, 23 Nov 2026 13:01:30 +0100", 90),
        ("Mon, 23 Nov 2026 12:01:30", 90),
        ("Mon Nov 23 12:01:30 2026", 90),
        ("Mon, 01 Jan 2035 00:00:00 +99999999999999", None),
        ("Mon, 01 Jan 2035 00:00:00 +999999", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 01 Jan " + "9" * 5000 + " 00:00:00 GMT", None),
        ("Mon, 01 Jan 2035 " + "1" * 5000 + ":00:00 GMT", None),
    ],
)
def test_a_date_is_so_many_seconds_away(date: str | None, seconds: float | None) -> None:
    assert seconds_until(date, NOW) == seconds


PIECES = ("Mon,", "01", "Jan", "2035", "00:00:00", "+0100", "-99999999999999", "GMT", "9999", "0")


@given(st.lists(st.sampled_from(PIECES) | st.text("0123456789+-:", max_size=30)).map(" ".join))
def test_no_date_raises_anything(date: str) -> None:
    found = seconds_until(date, NOW)
    assert found is None or isinstance(found, float)
