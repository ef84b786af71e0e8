"""The retry policy: how long is waited, and what a fleet of jobs makes of it."""

# ruff: noqa: S311 - the same chance each time is wanted

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import fleet
from compass_action.connection import one_at_a_time
from compass_action.connection.answer import Answer, Reply
from compass_action.delivery import client, retry
from compass_action.schemas import Payload

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


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_simulated_job_waits_as_the_client_does(seed: int, alone: bool) -> None:
    """The fleet's figures are those of the real client: the same answers lead to the same requests."""
    statuses = random.Random(seed).choices([202, 429, 503], [5, 1, 2], k=500)

    def play_client() -> list[tuple[float, int]]:
        clock, script, asked = [1000.0], iter(statuses), []

        def ask(body: bytes, seconds: float) -> Reply:
            asked.append((clock[0], int(body)))
            clock[0] += fleet.LATENCY
            return Reply(Answer(next(script), b""))

        def sleep(seconds: float) -> None:
            clock[0] += seconds

        work = client.Clockwork(lambda: clock[0], sleep, random.Random(seed).uniform)
        payloads = [Payload("build", "c", str(n).encode()) for n in range(150)]
        client.send(payloads, one_at_a_time(ask), 900, work, alone=alone)
        return asked

    def play_fleet() -> list[tuple[float, int]]:
        script, asked = iter(statuses), []

        def answer(event: int, now: float) -> int:
            asked.append((now, event))
            return next(script)

        uniform = random.Random(seed).uniform
        sender, now = fleet.send(range(150), 900, 1000.0, answer, uniform, alone=alone), 1000.0
        try:
            pause = next(sender)
            while True:
                now += pause
                pause = sender.send(now)
        except StopIteration:
            return asked

    expected = play_client()
    assert len(expected) > 80
    played = play_fleet()
    assert [event for _, event in played] == [event for _, event in expected]
    assert [at for at, _ in played] == pytest.approx([at for at, _ in expected])


@pytest.mark.parametrize("scenario", fleet.SCENARIOS, ids=lambda s: f"{s.name}, {s.budget:.0f} s")
def test_a_fleet_loses_nothing(scenario: fleet.Scenario) -> None:
    """Accepted or in an outbox, never neither; and Compass's limit is the only brake on a replay."""
    outcome = fleet.simulate(scenario, seed=2)
    assert outcome.lost == 0
    assert outcome.accepted + outcome.spooled == scenario.jobs
    assert outcome.requests / scenario.jobs >= outcome.bound - 0.05
    if scenario.replay_every:
        assert outcome.spooled == 0


def test_small_budgets_and_one_replay_come_near_the_optimum() -> None:
    """What docs/reliability.md recommends: hardly later than the optimum, and hardly more requests
    than clients that do not know each other can do with.
    """
    for scenario in fleet.SCENARIOS:
        if scenario.budget == 1:
            outcome = fleet.typical(scenario)
            assert outcome.finish / outcome.optimum <= 1.2
            assert outcome.requests / scenario.jobs <= outcome.bound + 0.05


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
    ],
)
def test_a_date_is_so_many_seconds_away(date: str | None, seconds: float | None) -> None:
    assert retry.seconds_until(date, NOW) == seconds


# When the next of several requests may begin.


def test_the_first_request_goes_alone_until_it_is_answered() -> None:
    turns = retry.Turns(3)
    assert turns.is_free(0)
    first = turns.begin(0)
    assert [turns.is_free(now) for now in (0, 2.9, 3, 100)] == [False, False, True, True]
    turns.end(first)
    turns.trust(first)
    for _ in range(3):
        assert turns.is_free(4)
        turns.begin(4)
    assert not turns.is_free(100)  # three are under way


def test_another_is_tried_where_the_answer_takes_long() -> None:
    """One every three seconds, as long as nothing is known."""
    turns = retry.Turns(8)
    turns.begin(0)
    turns.begin(3)
    assert [turns.is_free(now) for now in (3, 5.9, 6)] == [False, False, True]


def test_one_failure_of_several_under_way_is_one_round() -> None:
    """Those that began before it was known neither lengthen the wait nor end it."""
    turns = retry.Turns(8)
    first, second, third = turns.begin(0), turns.begin(0), turns.begin(0)
    assert first == retry.Turn(0, 0)
    assert turns.doubt(first) is True
    assert turns.doubt(second) is False
    assert turns.failures == 1
    turns.trust(third)  # of the round before
    assert turns.failures == 1
    turns.end(first)
    probe = turns.begin(1)
    assert probe == retry.Turn(1, 1)
    assert not turns.is_free(1)
    turns.end(probe)
    assert turns.doubt(probe) is True
    assert turns.failures == 2
    again = turns.begin(2)
    turns.end(again)
    turns.trust(again)
    assert turns.failures == 0
    assert turns.is_free(2)
    assert turns.doubt(again) is True
    assert turns.failures == 1
    turns.begin(3)
    assert not turns.is_free(3)  # nothing is known again


def test_who_began_before_a_failure_is_no_probe_after_it() -> None:
    turns = retry.Turns(8)
    first = turns.begin(0)
    turns.begin(0)
    turns.end(first)
    turns.doubt(first)
    assert turns.is_free(0.1)


def test_a_hold_is_kept_and_never_shortened() -> None:
    turns = retry.Turns(8)
    assert turns.wait(0) == 0
    turns.hold(5)
    turns.hold(3)
    assert [turns.wait(now) for now in (0, 4, 5, 6)] == [5, 1, 0, 0]
    turns.hold(7)
    assert turns.wait(5) == 2


@pytest.mark.parametrize(("rest", "wait"), [(1e-7, 0), (1e-6, 0), (2e-6, 2e-6), (0.5, 0.5)])
def test_what_is_left_of_a_wait_by_rounding_is_none(rest: float, wait: float) -> None:
    turns = retry.Turns(8)
    turns.hold(rest)
    assert turns.wait(0) == wait


def test_a_hundred_requests_hold_up_the_next() -> None:
    turns = retry.Turns(8)
    for number in range(100):
        assert turns.wait(number / 10) == 0
        turns.end(turns.begin(number / 10))
    assert turns.wait(10) == 51
    turns.hold(70)
    assert turns.wait(10) == 60
