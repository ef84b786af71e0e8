"""Sending over several connections at a time: answers come in any order, and cost what they must."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest

from compass_action.connection.answer import Answer
from compass_action.delivery import client
from compass_action.delivery.receipt import Receipt
from compass_action.errors import Interrupted
from compass_action.schemas import Payload
from tests.delivery.sending import Clock, Lanes, keys, payload


def send(lanes: Lanes, clock: Clock, *names: str, seconds: float = 120) -> tuple[Receipt, ...]:
    return client.send([payload(name) for name in names], lanes.asking(), seconds, clock.work)


def numbered(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def update(name: str, pipeline: str) -> Payload:
    """A request that updates the build of this pipeline."""
    body = {
        "for": name,
        "event": {"build": {"buildProperties": {"pipeline": {"pipelineId": pipeline}}}},
    }
    return Payload("build", "shop", json.dumps(body).encode())


def test_ninety_take_hardly_longer_than_a_dozen_would_in_a_row(clock: Clock) -> None:
    """The first alone, then eight at a time: 13 times the latency."""
    lanes = Lanes(clock)
    assert keys(send(lanes, clock, *numbered(90))) == [None] * 90
    assert clock.at - 1000 == pytest.approx(1.3)
    assert lanes.most == 8


def test_receipts_stand_in_the_order_of_the_payloads(clock: Clock) -> None:
    """Whichever answer comes first."""
    status = {"a": 202, "b": 400, "c": 202, "d": 404}
    takes = {"a": 0.1, "b": 3.0, "c": 2.0, "d": 1.0}
    lanes = Lanes(clock, lambda name, attempt: status[name], lambda name: takes[name])
    receipts = send(lanes, clock, "a", "b", "c", "d")
    assert [receipt.http_status for receipt in receipts] == [202, 400, 202, 404]
    assert [json.loads(receipt.payload.body)["for"] for receipt in receipts] == ["a", "b", "c", "d"]
    assert clock.at == pytest.approx(1003.1)


def test_in_no_minute_are_there_more_than_a_hundred_requests(clock: Clock) -> None:
    """Those that fail are counted as well."""
    lanes = Lanes(clock, lambda name, attempt: 503 if name == "c7" and attempt < 4 else 202)
    receipts = send(lanes, clock, *numbered(350), seconds=600)
    assert keys(receipts) == [None] * 350
    times = [at for _, at in lanes.begun]
    for first, later in zip(times, times[100:], strict=False):
        assert later - first > 60
    assert clock.at - 1000 < 260


def test_wrong_credentials_are_sent_once(clock: Clock) -> None:
    """Not once for each connection: some servers lock an account."""
    lanes = Lanes(clock, lambda name, attempt: 401)
    assert keys(send(lanes, clock, *numbered(20))) == ["credentials"] * 20
    assert len(lanes.begun) == 1


def test_what_stops_all_lets_those_under_way_have_their_answers(clock: Clock) -> None:
    """Nothing more begins, and nothing is tried again."""
    status = {"c1": 401, "c2": 202, "c3": 503, "c4": 400}
    takes = {"c1": 0.1, "c2": 0.2, "c3": 0.3, "c4": 0.4}
    lanes = Lanes(
        clock, lambda name, attempt: status.get(name, 202), lambda name: takes.get(name, 0.5)
    )
    receipts = send(lanes, clock, *numbered(20))
    assert len(lanes.begun) == 9
    assert keys(receipts[:6]) == [None, "credentials", None, "credentials", "invalid", None]
    assert keys(receipts[9:]) == ["credentials"] * 11
    assert [receipt.attempts for receipt in receipts] == [1] * 9 + [0] * 11


def test_updates_of_one_event_are_sent_in_their_order_and_never_at_once(clock: Clock) -> None:
    """Also if the first one has to be tried again; those of other events do not wait for it."""
    lanes = Lanes(clock, lambda name, attempt: 503 if name == "one-a" and attempt < 3 else 202)
    payloads = [
        update("two-a", "2"), update("one-a", "1"), update("one-b", "1"),
        update("two-b", "2"), update("one-c", "1"), update("three", "3"),
    ]  # fmt: skip
    receipts = client.send(payloads, lanes.asking(), 120, clock.work)
    assert keys(receipts) == [None] * 6
    one = [begun for begun in lanes.begun if begun[0].startswith("one")]
    assert [name for name, _ in one] == ["one-a", "one-a", "one-a", "one-b", "one-c"]
    assert one[3][1] >= one[2][1] + 0.1
    assert one[4][1] >= one[3][1] + 0.1
    others = [name for name, _ in lanes.begun if not name.startswith("one")]
    assert others.index("two-a") < others.index("two-b")
    assert max(at for name, at in lanes.begun if not name.startswith("one")) < one[3][1]


@pytest.mark.parametrize(("place", "seconds"), [(0, 4.6), (1, 1.6), (40, 1.6), (89, 1.6)])
def test_a_component_that_hangs_costs_the_others_one_connection(
    place: int, seconds: float, clock: Clock
) -> None:
    """Three seconds if it is the first, for the others wait for its answer no longer."""
    answered: dict[str, float] = {}
    lanes = Lanes(clock, takes=lambda name: 1e6 if name == f"c{place}" else 0.1)

    def note(attempt: client.Attempt) -> None:
        if not attempt.failed:
            answered[str(len(answered))] = clock.at

    payloads = [payload(name) for name in numbered(90)]
    receipts = client.send(payloads, lanes.asking(), 120, clock.work, note)
    assert keys(receipts) == [None] * place + ["timeout"] + [None] * (89 - place)
    assert len(answered) == 89
    assert max(answered.values()) - 1000 < seconds


def test_a_component_that_the_server_chokes_on_costs_the_others_one_wait(clock: Clock) -> None:
    lanes = Lanes(clock, lambda name, attempt: 500 if name == "c40" else 202)
    receipts = send(lanes, clock, *numbered(90))
    assert keys(receipts) == [None] * 40 + ["server"] + [None] * 49
    assert max(at for name, at in lanes.begun if name != "c40") - 1000 < 4
    assert receipts[40].attempts > 3


def test_an_outage_that_several_requests_meet_is_one_failure(clock: Clock) -> None:
    """The waits double from round to round, not from request to request; and one request probes."""
    lanes = Lanes(clock, lambda name, attempt: 202 if name == "c0" or clock.at > 1010 else 503)
    assert keys(send(lanes, clock, *numbered(20))) == [None] * 20
    times = [round(at - 1000, 1) for _, at in lanes.begun]
    assert times[:9] == [0.0] + [0.1] * 8
    assert times[9:12] == [2.2, 6.3, 14.4]
    assert times[12:20] == [14.5] * 8


@pytest.mark.parametrize("status", [503, 429])
def test_a_failure_that_was_under_way_already_makes_nobody_wait_longer(
    status: int, clock: Clock
) -> None:
    """It tells nothing new, however late it comes."""

    def answer(name: str, attempt: int) -> int:
        return status if name in ("c1", "c2") and attempt == 1 else 202

    lanes = Lanes(clock, answer, lambda name: 1.0 if name == "c2" else 0.1)
    assert keys(send(lanes, clock, *numbered(9))) == [None] * 9
    wait = {503: 2, 429: 60}[status]
    assert [at - 1000 for _, at in lanes.begun[9:]] == pytest.approx([0.2 + wait, 0.3 + wait])


def test_a_retry_after_holds_whatever_is_answered_to_those_under_way(clock: Clock) -> None:
    """The server has taken them before it refused the other one."""

    def answer(name: str, attempt: int) -> int | Answer:
        return Answer(429, b"", "30") if name == "c1" and attempt == 1 else 202

    lanes = Lanes(clock, answer, lambda name: 0.1 if name in ("c0", "c1") else 1.0)
    assert keys(send(lanes, clock, *numbered(20))) == [None] * 20
    assert [at - 1000 < 1 for _, at in lanes.begun] == [True] * 9 + [False] * 12
    assert lanes.begun[9][1] >= 1030.2


def test_a_refusal_is_not_the_reason_why_others_had_no_time(clock: Clock) -> None:
    """They may be sent later: the outbox takes them, as it does not take the refused one."""
    lanes = Lanes(clock, lambda name, attempt: 400 if name == "c99" else 202)
    receipts = send(lanes, clock, *numbered(120), seconds=30)
    assert keys(receipts) == [None] * 99 + ["invalid"] + ["budget"] * 20


def test_an_interruption_keeps_what_was_answered(clock: Clock) -> None:
    """What is under way may have arrived; its payload is kept all the same, for it does no harm."""
    lanes = Lanes(clock, takes=lambda name: 0.1 if name in ("c0", "c2") else 9.0)
    heard: list[object] = []

    def interrupt(_: float) -> NoReturn:
        raise Interrupted

    def hear(seconds: float) -> object:
        heard.append(seconds)
        return lanes.hear(seconds) if len(heard) < 3 else interrupt(seconds)

    asking = lanes.asking()._replace(hear=hear)  # type: ignore[arg-type]
    receipts = client.send([payload(name) for name in numbered(12)], asking, 120, clock.work)
    assert keys(receipts) == [None, "interrupted", None] + ["interrupted"] * 9
    assert [receipt.attempts for receipt in receipts] == [1] * 10 + [0] * 2
