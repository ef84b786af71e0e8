"""The connection to Compass, for real on loopback: kept alive, given up, proxied; and its budget."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from compass_action import client
from compass_action.connection import Connection
from compass_action.sandbox import running_sandbox
from compass_action.schemas import Payload
from tests.faults.certificates import write_bundle
from tests.faults.places import running_proxy
from tests.faults.server import make_answer, read_request, running_adversary
from tests.test_client import Clock, keys, payload

EVENT = (Path(__file__).parent / "events" / "valid" / "deployment-full.json").read_bytes()


@pytest.fixture
def clock() -> Clock:
    return Clock()


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
        assert [request.users for request in sandbox.requests] == [("ada@acme.example",)]


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
        with connection:
            read_request(connection)
            connection.recv(1)  # until the client hangs up

    with talking(say_nothing) as where:
        start = time.monotonic()
        [receipt] = client.send([payload()], where, seconds)
        assert time.monotonic() - start == pytest.approx(seconds, abs=0.5)
    assert keys([receipt]) == ["timeout"]
