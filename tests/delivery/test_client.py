"""Sending: what is sent, how often, and when it is given up. The clock is the tests' own."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests_mock

from compass_action import client, retry
from compass_action.connection import Connection
from compass_action.errors import Interrupted
from compass_action.line import Line
from compass_action.receipt import Receipt
from compass_action.schemas import Payload

URL = "https://acme.atlassian.net/gateway/api/compass/v1/events"
WHERE = Connection(URL, "ada@acme.example", "made-up-token")
EVENT = (Path(__file__).parent / "events" / "valid" / "deployment-full.json").read_bytes()
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Time that passes only in waits."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)
    work: client.Clockwork = field(init=False)

    def __post_init__(self) -> None:
        self.work = client.Clockwork(
            lambda: self.at, self.sleep, lambda low, high: high, lambda: START
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def compass() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker:
        yield mocker


def payload(name: str = "a") -> Payload:
    return Payload("build", name, json.dumps({"for": name}).encode())


def send(payloads: Sequence[Payload], clock: Clock, seconds: float = 120) -> tuple[Receipt, ...]:
    return client.send(payloads, WHERE, seconds, clock.work)


def keys(receipts: Sequence[Receipt]) -> list[str | None]:
    return [receipt.failure and receipt.failure.key for receipt in receipts]


def test_a_request_is_what_the_contract_says(compass: requests_mock.Mocker, clock: Clock) -> None:
    """POST, HTTP Basic, JSON; uncompressed, so that no answer can be a bomb."""
    compass.post(URL, status_code=202)
    [receipt] = send([payload()], clock)
    assert (receipt.accepted, receipt.attempts, receipt.http_status) == (True, 1, 202)
    [request] = compass.request_history
    assert request.body == payload().body
    basic = base64.b64encode(b"ada@acme.example:made-up-token").decode()
    assert request.headers["Authorization"] == f"Basic {basic}"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["User-Agent"].startswith("compass-event/")


def test_a_retry_sends_the_very_same_bytes(compass: requests_mock.Mocker, clock: Clock) -> None:
    """The waits double; the attempts are counted; nothing of the request changes."""
    compass.post(URL, [{"status_code": code} for code in (500, 502, 408, 202)])
    [receipt] = send([payload()], clock)
    assert receipt.accepted
    assert receipt.attempts == 4
    assert clock.slept == [2, 4, 8]
    assert {request.body for request in compass.request_history} == {payload().body}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 200, 204, 301, 418])
def test_what_cannot_pass_is_not_tried_again(
    status: int, compass: requests_mock.Mocker, clock: Clock
) -> None:
    compass.post(URL, status_code=status, headers={"Location": "https://evil.example/"})
    [receipt] = send([payload()], clock)
    assert not receipt.accepted
    assert compass.call_count == 1
    assert clock.slept == []


def test_the_budget_bounds_the_waits(compass: requests_mock.Mocker, clock: Clock) -> None:
    """The last attempt comes late, but in time; then it is given up, with its last reason."""
    compass.post(URL, status_code=503)
    [receipt] = send([payload()], clock)
    assert keys([receipt]) == ["server"]
    assert 110 <= sum(clock.slept) <= 120 - client.WORTHWHILE_SECONDS
    assert receipt.attempts == compass.call_count == len(clock.slept) + 1
    assert "the next attempt was due" in receipt.detail


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0", 0), ("Mon, 23 Nov 2026 12:00:40 GMT", 40)],
)
def test_a_retry_after_is_kept_to(
    header: str, wait: float, compass: requests_mock.Mocker, clock: Clock
) -> None:
    answer = {"status_code": 429, "headers": {"Retry-After": header}}
    compass.post(URL, [answer, {"status_code": 202}])
    assert send([payload()], clock)[0].accepted
    assert wait <= clock.slept[0] <= wait * 1.5 + 1


def test_a_retry_after_beyond_the_budget_gives_up_at_once(
    compass: requests_mock.Mocker, clock: Clock
) -> None:
    compass.post(URL, status_code=429, headers={"Retry-After": "3600"})
    receipts = send([payload("a"), payload("b")], clock)
    assert keys(receipts) == ["rate-limit", "rate-limit"]
    assert [receipt.attempts for receipt in receipts] == [1, 0]
    assert compass.call_count == 1
    assert clock.slept == []


def test_one_bad_payload_does_not_use_up_the_time_of_the_others(
    compass: requests_mock.Mocker, clock: Clock
) -> None:
    """It goes to the end of the queue."""

    def answer(request: requests_mock.request._RequestObjectProxy, context: object) -> str:
        context.status_code = 500 if b'"bad"' in request.body else 202  # type: ignore[attr-defined]
        return ""

    compass.post(URL, text=answer)
    receipts = send([payload("bad"), payload("b"), payload("c")], clock)
    assert keys(receipts) == ["server", None, None]
    assert receipts[0].attempts > 3
    assert clock.slept[0] == 2
    assert [r.json()["for"] for r in compass.request_history][:4] == ["bad", "b", "c", "bad"]


@pytest.mark.parametrize("status", [401, 302])
def test_what_stops_one_payload_stops_all(
    status: int, compass: requests_mock.Mocker, clock: Clock
) -> None:
    """Wrong credentials are sent once, not once for each component."""
    compass.post(URL, status_code=status)
    receipts = send([payload(name) for name in "abc"], clock)
    assert len(set(keys(receipts))) == 1
    assert [receipt.attempts for receipt in receipts] == [1, 0, 0]
    assert compass.call_count == 1


def test_many_components_stay_below_the_rate_limit(
    compass: requests_mock.Mocker, clock: Clock
) -> None:
    """In no 60 seconds are there more than 100 requests."""
    times: list[float] = []

    def note(*_: object) -> str:
        times.append(clock.at)
        return ""

    compass.post(URL, status_code=202, text=note)
    receipts = send([payload(str(n)) for n in range(350)], clock, seconds=600)
    assert all(receipt.accepted for receipt in receipts)
    for first, later in zip(times, times[retry.WINDOW_REQUESTS :], strict=False):
        assert later - first > retry.WINDOW_SECONDS
    assert clock.at - 1000 < 200


def test_components_beyond_the_budget_are_not_tried(
    compass: requests_mock.Mocker, clock: Clock
) -> None:
    compass.post(URL, status_code=202)
    receipts = send([payload(str(n)) for n in range(150)], clock, seconds=30)
    assert keys(receipts) == [None] * 100 + ["budget"] * 50


@pytest.mark.parametrize("when", ["waiting", "asking"])
def test_an_interruption_keeps_what_is_known(
    when: str, compass: requests_mock.Mocker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted stays accepted, refused stays refused; the rest may be sent again."""

    def interrupt(*_: object) -> None:
        raise Interrupted

    statuses = [{"status_code": code} for code in (202, 400, 503)]
    compass.post(URL, statuses)
    if when == "waiting":
        monkeypatch.setattr(Clock, "sleep", interrupt)
        clock = Clock()
    else:
        compass.post(URL, statuses[:2])
        ask, calls = Line.ask, iter(range(3))
        monkeypatch.setattr(Line, "ask", lambda *a: interrupt() if next(calls) == 2 else ask(*a))
    receipts = send([payload(name) for name in "abcd"], clock)
    assert keys(receipts) == [None, "invalid", "interrupted", "interrupted"]
    assert [receipt.attempts for receipt in receipts] == [1, 1, 1, 0]
