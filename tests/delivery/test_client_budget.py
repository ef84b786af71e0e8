"""How much time there is: no wait, no attempt and no component takes more than is left of it."""

from __future__ import annotations

import pytest

from compass_action.connection import one_at_a_time
from compass_action.connection.answer import Answer
from compass_action.delivery import client
from tests.delivery.sending import Clock, Compass, keys, payload, send


def test_the_budget_bounds_the_waits(clock: Clock) -> None:
    """The last attempt comes late, but in time; then it is given up, with its last reason."""
    compass = Compass([503])
    [receipt] = send([payload()], compass, clock)
    assert keys([receipt]) == ["server"]
    assert 110 <= sum(clock.slept) <= 120 - client.WORTHWHILE_SECONDS
    assert receipt.attempts == len(compass.asked) == len(clock.slept) + 1
    assert "the next attempt was due" in receipt.detail


def test_an_attempt_may_take_no_more_than_is_left(clock: Clock) -> None:
    """And never more than 45 seconds, whatever the budget is."""
    compass = Compass([503])
    send([payload()], compass, clock, seconds=50)
    assert compass.seconds[:4] == [45, 45, 50 - 2 - 4, 50 - 2 - 4 - 8]
    assert compass.seconds[-1] == 50 - sum(clock.slept)


def test_a_retry_after_beyond_the_budget_gives_up_at_once(clock: Clock) -> None:
    compass = Compass([Answer(429, b"", "3600")])
    receipts = send([payload("a"), payload("b")], compass, clock)
    assert keys(receipts) == ["rate-limit", "rate-limit"]
    assert [receipt.attempts for receipt in receipts] == [1, 0]
    due = "the next attempt was due in 3660 s, with 120 s left"
    assert [receipt.detail for receipt in receipts] == [f"HTTP 429; {due}", f"not tried: {due}"]
    assert len(compass.asked) == 1
    assert clock.slept == []


def test_components_beyond_the_budget_are_not_tried(clock: Clock) -> None:
    receipts = send([payload(str(n)) for n in range(150)], Compass([202]), clock, seconds=30)
    assert keys(receipts) == [None] * 100 + ["budget"] * 50
    assert {receipt.attempts for receipt in receipts[100:]} == {0}


def test_half_a_second_is_worth_an_attempt(clock: Clock) -> None:
    compass = Compass([202])
    assert keys(send([payload()], compass, clock, 0.5)) == [None]
    assert compass.seconds == [0.5]


def test_what_had_no_time_says_why(clock: Clock) -> None:
    """In whole seconds, and never with less than none."""
    for seconds, left in [(0, 0), (0.4, 0), (-7, 0)]:
        [receipt] = send([payload()], Compass([202]), clock, seconds)
        assert receipt.detail == (f"not tried: the next attempt was due in 0 s, with {left} s left")
        assert (receipt.attempts, receipt.http_status) == (0, None)


def test_another_wait_must_leave_half_a_second_for_the_attempt(clock: Clock) -> None:
    """Compass asks for 9 s, which chance makes 13.5 s."""
    for seconds, waits in [(14, [13.5]), (13.99, [])]:
        clock.slept.clear()
        told: list[client.Attempt] = []
        compass = Compass([Answer(503, b"", "9"), 202])
        client.send([payload()], one_at_a_time(compass.ask), seconds, clock.work, told.append)
        assert clock.slept == waits
        assert told[0] == client.Attempt(1, "HTTP 503", True, waits[0] if waits else None)


@pytest.mark.parametrize("seconds", [0, 0.4])
def test_with_no_budget_nothing_is_asked(seconds: float, clock: Clock) -> None:
    """An attempt could only be cut off."""
    compass = Compass([202])
    assert keys(send([payload()], compass, clock, seconds)) == ["budget"]
    assert compass.asked == []


def test_the_last_attempt_that_is_in_the_budget_has_no_wait_behind_it(clock: Clock) -> None:
    told: list[client.Attempt] = []
    client.send([payload()], one_at_a_time(Compass([503]).ask), 20, clock.work, told.append)
    assert [attempt.wait is None for attempt in told] == [False] * (len(told) - 1) + [True]
