"""The sandbox's HTTP: the rate limit, many clients, broken requests, faults, the command."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox

ROOT = Path(__file__).parents[2]
BODY = (ROOT / "tests" / "events" / "valid" / "build-full.json").read_bytes()
EVENTS = "/compass/v1/events"
AUTH = "Basic " + base64.b64encode(b"ada@example.com:secret").decode()


@contextmanager
def connected(sandbox: Sandbox) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", sandbox.server_port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def ask(
    connection: HTTPConnection,
    method: str = "POST",
    path: str = EVENTS,
    body: Any = BODY,
    auth: str = AUTH,
) -> tuple[int, bytes]:
    connection.request(method, path, body, {"Authorization": auth})
    answer = connection.getresponse()
    return answer.status, answer.read()


def talk(sandbox: Sandbox, data: bytes) -> bytes:
    """Send bytes, say that this is all, read until the sandbox hangs up."""
    with socket.create_connection(("127.0.0.1", sandbox.server_port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(*headers: str, body: bytes = b"") -> bytes:
    lines = [
        f"POST {EVENTS} HTTP/1.1",
        "Host: localhost",
        f"Authorization: {AUTH}",
        *headers,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.clear()
    assert shared.service.faults.waiting() == []
    return shared


@pytest.mark.parametrize(("retry_after", "header"), [(None, None), (7, "7")])
def test_a_user_may_send_so_many_requests_in_any_sixty_seconds(
    retry_after: int | None, header: str | None
) -> None:
    """Requests over the limit do not count, and other users have a minute of their own."""
    steps = [(0, "a", 202), (30, "a", 202), (59, "a", 429), (59, "b", 202), (60, "a", 202)]
    steps.append((61, "a", 429))
    now = [0.0]
    with (
        running_sandbox(rate_limit=2, retry_after=retry_after, clock=lambda: now[0]) as sandbox,
        connected(sandbox) as connection,
    ):
        for moment, user, status in steps:
            now[0] = float(moment)
            basic = "Basic " + base64.b64encode(f"{user}:token".encode()).decode()
            connection.request("POST", EVENTS, BODY, {"Authorization": basic})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (status, b"")
            assert answer.getheader("Retry-After") == (header if status == 429 else None)
        assert [one["status"] for one in sandbox.feed()["refused"]] == [429, 429]
        assert [one.arrived for one in sandbox.requests] == [moment for moment, *_ in steps]


@pytest.mark.parametrize(("limit", "accepted"), [(0, 120), (None, 120), (100, 100)])
def test_the_limit_is_a_hundred_or_none(limit: int | None, accepted: int) -> None:
    with running_sandbox(rate_limit=limit) as sandbox, connected(sandbox) as connection:
        codes = [ask(connection)[0] for _ in range(120)]
        assert codes == [202] * accepted + [429] * (120 - accepted)


def test_fifty_clients_at_once_send_five_hundred_events(sandbox: Sandbox) -> None:
    """Each over one kept-alive connection; every event is stored once, within seconds."""

    def send(client: int) -> list[int]:
        with connected(sandbox) as connection:
            document = json.loads(BODY)
            pipeline = document["event"]["build"]["buildProperties"]["pipeline"]
            codes = []
            for number in range(10):
                pipeline["pipelineId"] = f"{client}/{number}"
                codes.append(ask(connection, body=json.dumps(document))[0])
            return codes

    start = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(send, range(50))) == [[202] * 10] * 50
    ids = [event["identity"]["pipelineId"] for event in sandbox.feed()["events"]]
    assert sorted(ids) == sorted(f"{client}/{n}" for client in range(50) for n in range(10))
    assert time.monotonic() - start < 20  # a delay of 40 ms in each answer would make it more


def test_a_connection_outlives_refusals_and_every_request_is_kept(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        assert ask(connection, body=b"{")[0] == 400
        local = connection.sock
        assert ask(connection, auth="")[0] == 401
        assert ask(connection, "GET", body=None)[0] == 405
        assert ask(connection, "PUT", "/activity")[0] == 405
        assert ask(connection, "HEAD", "/compass/v2/events", None) == (404, b"")
        assert ask(connection) == (202, b"")
        assert connection.sock is local
    feed = sandbox.feed()
    assert feed["requests"] == len(sandbox.requests) == 6
    assert [one["status"] for one in feed["refused"]] == [400, 401, 405, 405, 404]
    last = sandbox.requests[-1]
    assert (last.method, last.path, last.body) == ("POST", EVENTS, BODY)
    assert last.users == ("ada@example.com",)
    assert last.headers["content-length"] == str(len(BODY))
    assert "authorization" not in last.headers


def test_the_sandbox_says_what_it_is_shows_and_forgets(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        status, text = ask(connection, "GET", "/", None)
        assert status == 200
        assert "not Atlassian's server" in json.loads(text)["stand_in"]
        assert set(json.loads(text)["endpoints"]) >= {f"POST {EVENTS}", "GET /activity"}
        ask(connection)
        status, text = ask(connection, "GET", "/activity?now", None)
        assert json.loads(text) == sandbox.feed()
        event = {event["type"]: event["event"] for event in json.loads(text)["events"]}
        assert event == json.loads(BODY)["event"]
        assert ask(connection, "DELETE", "/activity", None) == (204, b"")
    empty = {"events": [], "not_shown": [], "refused": [], "requests": 0}
    assert sandbox.feed().items() >= empty.items()


CHUNKED = "Transfer-Encoding: chunked"
BROKEN = {
    "length-word": (request("Content-Length: many"), 400),
    "length-below-zero": (request("Content-Length: -1"), 400),
    "two-lengths": (request("Content-Length: 1", "Content-Length: 2"), 400),
    "length-and-chunks": (request(CHUNKED, "Content-Length: 1"), 400),
    "other-encoding": (request("Transfer-Encoding: gzip, chunked"), 501),
    "chunk-size": (request(CHUNKED, body=b"many\r\n"), 400),
    "chunk-too-long": (request(CHUNKED, body=b"1\r\nabc\r\n"), 400),
    "chunk-line-endless": (request(CHUNKED, body=b"1" * 9000), 400),
    "chunks-too-big": (request(CHUNKED, body=b"100001\r\n"), 413),
    "trailers-endless": (request(CHUNKED, body=b"0\r\n" + b"a: b\r\n" * 200), 400),
    "body-too-big": (request("Content-Length: 1048577", body=b" " * 1048577), 413),
    "header-huge": (request("A: " + "a" * 70_000), 431),
    "headers-many": (request(*["A: b"] * 200), 431),
    "url-huge": (b"POST /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    "method-unknown": (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
    "not-http": (b"\x16\x03\x01 hello\r\n\r\n", 400),
}


@pytest.mark.parametrize(("data", "status"), BROKEN.values(), ids=BROKEN)
def test_a_broken_request_is_answered_and_ends_the_connection(
    sandbox: Sandbox, data: bytes, status: int
) -> None:
    answer = talk(sandbox, data)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Connection: close" in head
    assert json.loads(body)["errors"][0]["message"]
    assert sandbox.feed()["refused"][-1]["status"] == status


@pytest.mark.parametrize(
    "data",
    [
        request("Content-Length: 100", body=b"{"),
        request(CHUNKED, body=b"5\r\nab"),
        request(CHUNKED, body=b"5"),
    ],
)
def test_a_client_that_goes_away_in_its_body_leaves_nothing(sandbox: Sandbox, data: bytes) -> None:
    assert talk(sandbox, data) == b""
    assert sandbox.feed()["requests"] == 0


def test_a_body_may_come_in_chunks(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        for _ in range(2):
            assert ask(connection, body=iter([BODY[:100], BODY[100:]])) == (202, b"")
    assert [one.body for one in sandbox.requests] == [BODY] * 2


def test_a_body_of_one_mebibyte_is_still_read(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        assert ask(connection, body=BODY.ljust(1024 * 1024)) == (202, b"")


def test_the_end_of_the_sandbox_is_the_end_of_its_connections() -> None:
    with running_sandbox() as sandbox:
        connection = HTTPConnection("127.0.0.1", sandbox.server_port, timeout=10)
        assert ask(connection)[0] == 202
    with closing(connection), pytest.raises((RemoteDisconnected, ConnectionError)):
        ask(connection)
