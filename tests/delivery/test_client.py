"""Sending: how often, when, and when it is given up. Neither a network nor a clock is needed for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from compass_action.connection import one_at_a_time
from compass_action.connection.answer import Answer, AttemptTimeoutError, Reply
from compass_action.delivery import client
from compass_action.delivery.receipt import Receipt
from compass_action.errors import Interrupted
from tests.connection.playing import Time
from tests.delivery.sending import Clock, Compass, keys, payload, send


def test_a_retry_sends_the_very_same_bytes(clock: Clock) -> None:
    """The waits double; the attempts are counted; nothing of the request changes."""
    compass = Compass([500, 502, 408, 202])
    [receipt] = send([payload()], compass, clock)
    assert receipt == Receipt(payload(), http_status=202, attempts=4)
    assert clock.slept == [2, 4, 8]
    assert compass.asked == [payload().body] * 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 200, 204, 301, 418])
def test_what_cannot_pass_is_not_tried_again(status: int, clock: Clock) -> None:
    compass = Compass([status])
    [receipt] = send([payload()], compass, clock)
    assert (receipt.accepted, receipt.http_status, receipt.attempts) == (False, status, 1)
    assert len(compass.asked) == 1
    assert clock.slept == []


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0", 0), ("Mon, 23 Nov 2026 12:00:40 GMT", 40)],
)
def test_a_retry_after_is_kept_to(header: str, wait: float, clock: Clock) -> None:
    compass = Compass([Answer(429, b"", header), 202])
    assert send([payload()], compass, clock)[0].accepted
    assert wait <= clock.slept[0] <= wait * 1.5 + 1


def test_one_bad_payload_does_not_use_up_the_time_of_the_others(clock: Clock) -> None:
    """It goes to the end of the queue."""
    compass = Compass([lambda body: 500 if b"bad" in body else 202])
    receipts = send([payload("bad"), payload("b"), payload("c")], compass, clock)
    assert keys(receipts) == ["server", None, None]
    assert receipts[0].attempts > 3
    assert clock.slept[0] == 2
    assert compass.asked[:4] == [payload(name).body for name in ("bad", "b", "c", "bad")]


@pytest.mark.parametrize("status", [401, 302])
def test_what_stops_one_payload_stops_all(status: int, clock: Clock) -> None:
    """Wrong credentials are sent once, not once for each component."""
    compass = Compass([status])
    receipts = send([payload(name) for name in "abc"], compass, clock)
    assert len(set(keys(receipts))) == 1
    assert [receipt.attempts for receipt in receipts] == [1, 0, 0]
    assert [receipt.detail for receipt in receipts[1:]] == ["not tried"] * 2
    assert len(compass.asked) == 1


def test_what_was_accepted_before_stays_accepted(clock: Clock) -> None:
    receipts = send([payload(name) for name in "abc"], Compass([202, 401]), clock)
    assert keys(receipts) == [None, "credentials", "credentials"]


def test_a_kept_connection_that_was_closed_is_no_outage(clock: Clock) -> None:
    """The request goes out again at once; only an attempt on a new connection counts as a failure."""
    closed = ConnectionResetError()
    compass = Compass([202, Reply(closed, was_kept=True), Reply(closed), 202])
    told: list[client.Attempt] = []
    payloads = [payload(name) for name in "ab"]
    receipts = client.send(payloads, one_at_a_time(compass.ask), 120, clock.work, told.append)
    assert keys(receipts) == [None, None]
    assert told == [
        client.Attempt(1, "HTTP 202", failed=False, wait=None),
        client.Attempt(1, "the server had closed the connection", failed=False, wait=None),
        client.Attempt(2, "the connection was cut", failed=True, wait=2),
        client.Attempt(3, "HTTP 202", failed=False, wait=None),
    ]
    assert [receipt.attempts for receipt in receipts] == [1, 3]
    assert clock.slept == [2]


def test_an_answer_over_a_kept_connection_is_waited_for_like_any(clock: Clock) -> None:
    """It is the connection that may go stale, not the server's refusal."""
    compass = Compass([Reply(Answer(503, b""), was_kept=True), 202])
    assert send([payload()], compass, clock)[0].attempts == 2
    assert clock.slept == [2]


def test_an_attempt_that_timed_out_is_tried_again(clock: Clock) -> None:
    compass = Compass([Reply(AttemptTimeoutError(), was_kept=True), 202])
    [receipt] = send([payload()], compass, clock)
    assert (receipt.accepted, receipt.attempts, receipt.http_status) == (True, 2, 202)
    assert clock.slept == [2]


def test_the_status_of_an_earlier_attempt_is_not_that_of_the_last(clock: Clock) -> None:
    [receipt] = send([payload()], Compass([503, Reply(TimeoutError())]), clock, seconds=4)
    assert (keys([receipt]), receipt.http_status) == (["connection"], None)


def test_many_components_stay_below_the_rate_limit(clock: Clock) -> None:
    """In no 60 seconds are there more than 100 requests."""
    times: list[float] = []

    def note(body: bytes) -> int:
        times.append(clock.at)
        return 202

    compass = Compass([note])
    receipts = send([payload(str(n)) for n in range(350)], compass, clock, seconds=600)
    assert all(receipt.accepted for receipt in receipts)
    for first, later in zip(times, times[100:], strict=False):
        assert later - first > 60
    assert clock.at - 1000 < 200


def test_a_refusal_is_told_as_a_failure_without_a_wait(clock: Clock) -> None:
    told: list[client.Attempt] = []
    compass = Compass([400])
    client.send([payload()], one_at_a_time(compass.ask), 120, clock.work, told.append)
    assert told == [client.Attempt(1, "HTTP 400", failed=True, wait=None)]


def test_a_rate_limit_is_waited_for_by_who_is_not_alone(clock: Clock) -> None:
    """Half of each one's share of the time; alone, a minute is enough."""
    for alone, number, wait in [(False, 1, 300), (False, 2, 150), (True, 1, 60)]:
        clock.slept.clear()
        compass = Compass([429, 202])
        payloads = [payload(str(n)) for n in range(number)]
        client.send(payloads, one_at_a_time(compass.ask), 600, clock.work, alone=alone)
        assert clock.slept == [wait]


def test_a_fleet_is_what_one_is_part_of_unless_it_is_said(clock: Clock) -> None:
    compass = Compass([429, 202])
    client.send([payload()], one_at_a_time(compass.ask), 600, clock.work)
    assert clock.slept == [300]


def test_an_attempt_has_not_failed_unless_it_is_said() -> None:
    assert client.Attempt(1, "x") == client.Attempt(1, "x", failed=False, wait=None)


def test_the_real_clock_waits_in_pieces_and_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a signal is heard within a fifth of a second."""
    time = Time()
    monkeypatch.setattr(client, "time", time)
    real = client.Clockwork()
    real.sleep(0.5)
    assert time.waits == pytest.approx([0.2, 0.2, 0.1])
    real.sleep(0)
    assert len(time.waits) == 3
    assert real.now().tzinfo is UTC
    assert abs(real.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert {5 <= real.uniform(5, 6) <= 6 for _ in range(99)} == {True}
    assert len({real.uniform(0, 1) for _ in range(99)}) > 90


def test_every_attempt_and_wait_is_told(clock: Clock) -> None:
    told: list[client.Attempt] = []
    client.send([payload()], one_at_a_time(Compass([503, 202]).ask), 120, clock.work, told.append)
    assert told == [
        client.Attempt(1, "HTTP 503", failed=True, wait=2.0),
        client.Attempt(2, "HTTP 202", failed=False, wait=None),
    ]


@pytest.mark.parametrize("when", ["waiting", "asking"])
def test_an_interruption_keeps_what_is_known(when: str, clock: Clock) -> None:
    """Accepted stays accepted, refused stays refused; the rest may be sent again."""

    def interrupt(_: object) -> NoReturn:
        raise Interrupted

    if when == "waiting":
        clock.work = clock.work._replace(sleep=interrupt)
    compass = Compass([202, 400, 503 if when == "waiting" else interrupt])
    receipts = send([payload(name) for name in "abcd"], compass, clock)
    assert keys(receipts) == [None, "invalid", "interrupted", "interrupted"]
    assert [receipt.attempts for receipt in receipts] == [1, 1, 1, 0]
