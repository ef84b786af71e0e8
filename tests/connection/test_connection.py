"""The connection, for real on loopback: kept alive, given up, proxied."""

from __future__ import annotations

import base64
import os
import socket
import time
from pathlib import Path

import pytest
import requests

from compass_action.connection.answer import Answer, AttemptTimeoutError, Reply
from compass_action.connection.connection import Connection
from compass_action.connection.destination import Destination
from compass_action.sandbox import running_sandbox
from tests.connection.loopback import EMAIL, TOKEN, asking, at, talking, undated
from tests.faults.certificates import write_bundle
from tests.faults.places import running_proxy
from tests.faults.server import make_answer, read_request, running_adversary
from tests.recorded import TESTS

EVENT = (TESTS / "events" / "valid" / "deployment-full.json").read_bytes()


def test_a_request_is_what_the_contract_says() -> None:
    """POST, HTTP Basic, JSON; uncompressed, so that no answer can be a bomb."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
        [request] = sandbox.requests
    assert undated(reply.answer) == Answer(202, b"")
    assert request.body == EVENT
    assert request.users == (EMAIL,)  # and 202 is the answer to the right token alone
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["User-Agent"].startswith("compass-event/")


def test_a_connection_is_kept_and_when_it_is_closed_another_one_is_opened() -> None:
    """It is told which kind the failed request was made on: a closed one that was kept is no outage."""

    def answer_once(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            connection.sendall(make_answer(202, b""))
            read_request(connection)

    with talking(answer_once) as where:
        first, second, third = asking(where, b"a", b"b", b"b")
    assert first == third == Reply(Answer(202, b""), was_kept=False)
    assert isinstance(second.answer, requests.ConnectionError)
    assert second.was_kept


def test_a_late_answer_is_not_taken_for_that_to_another_question() -> None:
    """The first attempt is given up; its refusal arrives while the second is under way."""

    def answer_late(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            time.sleep(0.8 if number == 0 else 0.4)
            connection.sendall(make_answer(404 if number == 0 else 202, b'{"errors":[{}]}'))

    with talking(answer_late) as where:
        connection = Connection(where)
        first, second = connection.ask(b"a", 0.6), connection.ask(b"a", 10)
        connection.close()
    assert isinstance(first.answer, AttemptTimeoutError | requests.Timeout)
    assert undated(second.answer) == Answer(202, b"")


def test_many_requests_share_one_connection() -> None:
    with running_sandbox() as sandbox, running_adversary({}, sandbox.server_port) as server:
        replies = asking(at(server.port), *[EVENT] * 5)
    assert [undated(reply.answer) for reply in replies] == [Answer(202, b"")] * 5
    assert [reply.was_kept for reply in replies] == [False, True, True, True, True]
    assert server.connections == 1


def test_an_answer_is_read_with_its_body_and_retry_after() -> None:
    faults = [{"status": 429, "headers": {"Retry-After": "7"}, "body": "slow down"}]
    with running_sandbox(faults=faults) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
    assert undated(reply.answer) == Answer(429, b"slow down", "7")


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
    with running_sandbox(credentials=(EMAIL, TOKEN)) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
        [request] = sandbox.requests
    assert undated(reply.answer) == Answer(202, b"")
    assert request.users == (EMAIL,)  # and 202 is the answer to the right token alone


def test_a_proxy_sees_the_host_and_nothing_else(tmp_path: Path) -> None:
    """CONNECT, with the proxy's own credentials; the token travels inside TLS."""
    with (
        running_sandbox() as sandbox,
        running_adversary({"tls": "good"}, sandbox.server_port) as server,
        running_proxy() as proxy,
    ):
        where = Destination(
            f"https://127.0.0.1:{server.port}/compass/v1/events",
            EMAIL,
            TOKEN,
            {"https": f"http://user:pass@127.0.0.1:{proxy.port}"},
            str(write_bundle(tmp_path)),
        )
        replies = asking(where, EVENT, EVENT)
        assert [undated(reply.answer) for reply in replies] == [Answer(202, b"")] * 2
        [asked] = proxy.asked
        assert asked.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.".encode())
        assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:pass") in asked
        token = base64.b64encode(b"ada@acme.example:made-up-token")
        assert token not in asked
        assert server.requests == 2


def test_asking_leaves_the_process_environment_alone() -> None:
    before = dict(os.environ)
    with running_sandbox() as sandbox:
        connection = Connection(at(sandbox.server_port))
        connection.ask(EVENT, 10)
        seen = dict(os.environ)
        connection.close()
    assert seen == before


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_server_that_says_nothing_costs_the_time_given_and_no_more(seconds: float) -> None:
    """In real time; the rest is what a busy machine takes."""

    def say_nothing(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            connection.recv(1)  # until the client hangs up

    with talking(say_nothing) as where:
        start = time.monotonic()
        [reply] = asking(where, b"a", seconds=seconds)
        assert seconds * 0.9 < time.monotonic() - start < seconds + 1.5
    assert isinstance(reply.answer, AttemptTimeoutError | requests.Timeout)


def test_the_token_is_not_shown() -> None:
    connection = Connection(at(1))
    assert TOKEN not in repr(connection) + str(connection)
