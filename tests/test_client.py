"""Sending: what is sent, how often, and when it is given up. The clock is the tests' own."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import requests_mock

from compass_action import client, retry
from compass_action.connection import Connection
from compass_action.errors import Interrupted
from compass_action.receipt import Receipt
from compass_action.sandbox import running_sandbox
from compass_action.schemas import Payload
from tests.faults.certificates import write_bundle
from tests.faults.server import make_answer, read_request, running_adversary, running_proxy

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
    request = compass.last_request
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
    compass.post(URL, status_code=202, text=lambda *_: times.append(clock.at) or "")
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
        ask, calls = client.Line.ask, iter(range(3))
        monkeypatch.setattr(
            client.Line, "ask", lambda *a: interrupt() if next(calls) == 2 else ask(*a)
        )
    receipts = send([payload(name) for name in "abcd"], clock)
    assert keys(receipts) == [None, "invalid", "interrupted", "interrupted"]
    assert [receipt.attempts for receipt in receipts] == [1, 1, 1, 0]


@contextmanager
def talking(conversation: Callable[[socket.socket, int], None]) -> Iterator[Connection]:
    """A server whose every connection, numbered, has this conversation."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(
                    target=conversation, args=(connection, number), daemon=True
                )
                thread.start()
                number += 1

        threading.Thread(target=listen, daemon=True).start()
        yield Connection(f"http://127.0.0.1:{listener.getsockname()[1]}/", "a@b.example", "t")
        listener.shutdown(socket.SHUT_RDWR)


def test_a_kept_connection_that_the_server_has_closed_is_no_outage(clock: Clock) -> None:
    """The request goes out again at once, on a new connection; it counts as an attempt."""

    def answer_once(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            connection.sendall(make_answer(202, b""))
            read_request(connection)

    with talking(answer_once) as where:
        receipts = client.send([payload(name) for name in "abc"], where, 20, clock.work)
    assert keys(receipts) == [None, None, None]
    assert [receipt.attempts for receipt in receipts] == [1, 2, 2]
    assert clock.slept == []


def test_a_late_answer_is_not_taken_for_that_to_another_question(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt is given up; its refusal arrives while the second is under way."""
    monkeypatch.setattr(client, "ATTEMPT_SECONDS", 0.6)

    def answer_late(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            time.sleep(0.8 if number == 0 else 0.4)
            connection.sendall(make_answer(404 if number == 0 else 202, b'{"errors":[{}]}'))

    with talking(answer_late) as where:
        work = client.Clockwork(uniform=lambda low, high: 0.0)
        [receipt] = client.send([payload()], where, 20, work)
    assert (receipt.accepted, receipt.attempts) == (True, 2)


def test_many_components_share_one_connection() -> None:
    with running_sandbox() as sandbox, running_adversary({}, sandbox.server_port) as server:
        where = Connection(
            f"http://127.0.0.1:{server.port}/compass/v1/events", "ada@acme.example", "t"
        )
        receipts = client.send([Payload("deployment", "c", EVENT)] * 5, where, 10)
    assert keys(receipts) == [None] * 5
    assert server.connections == 1


def test_netrc_neither_supplies_nor_replaces_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do a proxy or a CA of the process's surroundings that the snapshot does not have."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password other\ndefault login m password p\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert requests.utils.get_netrc_auth("http://127.0.0.1/") == ("mallory", "other")
    with running_sandbox(credentials=("ada@acme.example", "t")) as sandbox:
        where = Connection(f"{sandbox.url}/compass/v1/events", "ada@acme.example", "t")
        [receipt] = client.send([Payload("deployment", "c", EVENT)], where, 10)
        assert receipt.accepted
        basic = base64.b64encode(b"ada@acme.example:t").decode()
        assert [r.headers.get_all("Authorization") for r in sandbox.requests] == [
            [f"Basic {basic}"]
        ]


def test_a_proxy_sees_the_host_and_nothing_else(tmp_path: Path) -> None:
    """CONNECT, with the proxy's own credentials; the token travels inside TLS."""
    with (
        running_sandbox() as sandbox,
        running_adversary({"tls": "good"}, sandbox.server_port) as server,
        running_proxy() as proxy,
    ):
        where = Connection(
            f"https://127.0.0.1:{server.port}/compass/v1/events",
            "ada@acme.example",
            "made-up-token",
            {"https": f"http://user:pass@127.0.0.1:{proxy.port}"},
            str(write_bundle(tmp_path)),
        )
        receipts = client.send([Payload("deployment", "c", EVENT)] * 2, where, 10)
        assert keys(receipts) == [None, None]
        [asked] = proxy.asked
        assert asked.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.".encode())
        assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:pass") in asked
        token = base64.b64encode(b"ada@acme.example:made-up-token")
        assert token not in asked
        assert server.requests == 2


def test_sending_leaves_the_process_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)
    seen: list[dict[str, str]] = []
    with running_sandbox() as sandbox:
        where = Connection(f"{sandbox.url}/compass/v1/events", "ada@acme.example", "t")
        client.send(
            [Payload("deployment", "c", EVENT)], where, 10,
            on_attempt=lambda _: seen.append(dict(os.environ)),
        )  # fmt: skip
    assert seen == [before]


@pytest.mark.parametrize("seconds", [1, 2])
def test_a_server_that_says_nothing_costs_the_budget_and_no_more(seconds: float) -> None:
    """Within half a second, in real time."""

    def say_nothing(connection: socket.socket, number: int) -> None:
        read_request(connection)
        time.sleep(10)

    with talking(say_nothing) as where:
        start = time.monotonic()
        [receipt] = client.send([payload()], where, seconds)
        assert time.monotonic() - start == pytest.approx(seconds, abs=0.5)
    assert keys([receipt]) == ["timeout"]
